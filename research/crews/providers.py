"""LLM objects: a fresh one for every agent, whatever the provider."""

from typing import Any

from research.crews import catalog
from research.crews.internals import LLM, BaseLLM, llm_class

CALL_TIMEOUT = 120.0  # seconds for one model call
SDK_RETRIES = 2  # of 429, 5xx and broken connections; the SDK honours Retry-After


def make_llm(model: str) -> BaseLLM:
    """A new LLM object for a CrewAI model name, streaming, with connections of its own."""
    provider, name = catalog.split(model)
    options: dict[str, Any] = {"stream": True, "timeout": CALL_TIMEOUT}
    native = llm_class(provider.name)
    if native is None:
        return LLM(model=model, is_litellm=True, **options)
    return native(model=name, provider=provider.name, max_retries=SDK_RETRIES, **options)
