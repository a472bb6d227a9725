"""LLM objects: a fresh one for every agent, whatever the provider."""

import threading
from typing import Any

from django.conf import settings

from research.crews.crewai import LLM, BaseLLM, llm_class, warm
from research.crews.llms import catalog
from research.ops.runtime import settle_memory

_ready: set[str] = set()
_getting_ready = threading.Lock()


def is_ready(model: str) -> bool:
    """Whether an LLM object of this model can be made without delay."""
    return model in _ready


def get_ready(model: str) -> None:
    """Imports what a model's provider needs; some take seconds, so call it in a thread."""
    with _getting_ready:
        if model not in _ready:
            if model != catalog.OFFLINE:
                warm(make_llm(model))
            settle_memory()
            _ready.add(model)


def make_llm(model: str) -> BaseLLM:
    """A new LLM object for a CrewAI model name, streaming, with connections of its own."""
    provider, name = catalog.split(model)
    options: dict[str, Any] = {
        "stream": True,
        "timeout": settings.RESEARCH_CALL_TIMEOUT,
        "max_retries": 0,  # research.crews.model_calls asks again, and nobody else
    }
    native = llm_class(provider.name)
    if native is None:
        return LLM(model=model, is_litellm=True, num_retries=0, **options)
    known = {option: options[option] for option in options if option in native.model_fields}
    return native(model=name, provider=provider.name, **known)
