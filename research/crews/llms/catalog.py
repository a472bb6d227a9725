"""Which models there are, told from the environment alone: CrewAI is not imported here.

Providers and the names of their variables are CrewAI's own (`crewai.llms`) and LiteLLM's, for those
that CrewAI reaches through it.
"""

import functools
import importlib.util
import json
import os
import re
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from research.exceptions import MissingKey, UnknownModel

OFFLINE = "offline"


@dataclass(frozen=True)
class Provider:
    """A model provider: the variables that it needs, and a model of it to suggest."""

    name: str
    variables: tuple[str, ...]
    suggestion: str
    aliases: tuple[str, ...] = ()

    @property
    def missing(self) -> str | None:
        """The first variable that is needed and not set."""
        return next((name for name in self.variables if not os.environ.get(name)), None)


PROVIDERS = (
    Provider("openai", ("OPENAI_API_KEY",), "openai/gpt-4o-mini"),
    Provider("anthropic", ("ANTHROPIC_API_KEY",), "anthropic/claude-sonnet-4-5", ("claude",)),
    Provider("gemini", ("GEMINI_API_KEY",), "gemini/gemini-2.5-flash", ("google",)),
    Provider("azure", ("AZURE_API_KEY", "AZURE_ENDPOINT"), "azure/gpt-4o-mini", ("azure_openai",)),
    Provider(
        "bedrock",
        ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"),
        "bedrock/anthropic.claude-sonnet-4-5-20250929-v1:0",
        ("aws",),
    ),
    Provider("openrouter", ("OPENROUTER_API_KEY",), "openrouter/openai/gpt-4o-mini"),
    Provider("deepseek", ("DEEPSEEK_API_KEY",), "deepseek/deepseek-chat"),
    Provider("cerebras", ("CEREBRAS_API_KEY",), "cerebras/llama3.1-8b"),
    Provider("dashscope", ("DASHSCOPE_API_KEY",), "dashscope/qwen-plus"),
    Provider("deepinfra", ("DEEPINFRA_API_KEY",), "deepinfra/meta-llama/Llama-3.3-70B-Instruct"),
    Provider("groq", ("GROQ_API_KEY",), "groq/llama-3.3-70b-versatile"),
    Provider("mistral", ("MISTRAL_API_KEY",), "mistral/mistral-small-latest"),
    Provider("xai", ("XAI_API_KEY",), "xai/grok-3-mini"),
    Provider("together_ai", ("TOGETHERAI_API_KEY",), "together_ai/openai/gpt-oss-20b"),
    Provider("fireworks_ai", ("FIREWORKS_API_KEY",), "fireworks_ai/llama-v3p1-8b-instruct"),
    Provider("perplexity", ("PERPLEXITYAI_API_KEY",), "perplexity/sonar"),
    Provider("cohere", ("COHERE_API_KEY",), "cohere/command-r"),
    Provider("nvidia_nim", ("NVIDIA_NIM_API_KEY",), "nvidia_nim/meta/llama3-8b-instruct"),
    Provider("snowflake", ("SNOWFLAKE_ACCOUNT",), "snowflake/claude-sonnet-4-5"),
    Provider("ollama", (), "ollama/llama3.2", ("ollama_chat",)),
    Provider("hosted_vllm", ("VLLM_BASE_URL",), "hosted_vllm/my-model"),
)
_BY_NAME = {name: provider for provider in PROVIDERS for name in (provider.name, *provider.aliases)}
_BARE_NAMES = (  # the bare names that CrewAI itself recognises
    (re.compile(r"(gpt-|chatgpt-|o1|o3|o4)"), "openai"),
    (re.compile(r"claude-"), "anthropic"),
    (re.compile(r"(gemini-|gemma-)"), "gemini"),
)
_NAME = re.compile(r"[\w.:@/+-]{1,200}")


@functools.cache
def _litellm_providers() -> frozenset[str]:
    """The chat providers of LiteLLM's own list, read without importing it, which takes seconds."""
    spec = importlib.util.find_spec("litellm")
    if spec is None or spec.origin is None:
        return frozenset()
    file = Path(spec.origin).with_name("provider_endpoints_support_backup.json")
    providers = json.loads(file.read_text())["providers"]
    return frozenset(
        name for name, about in providers.items() if about["endpoints"].get("chat_completions")
    )


def default_model() -> str:
    """RESEARCH_MODEL; else a model of the first provider whose key is set; else `offline`."""
    if settings.RESEARCH_MODEL:
        return str(settings.RESEARCH_MODEL)
    with_key = (p for p in PROVIDERS if p.variables and not p.missing)
    return next((provider.suggestion for provider in with_key), OFFLINE)


def suggestions() -> list[str]:
    """Models to offer: the default, one for each provider whose key is set, Ollama and offline."""
    ready = [provider.suggestion for provider in PROVIDERS if not provider.missing]
    return list(dict.fromkeys([default_model(), *ready, OFFLINE]))


def split(model: str) -> tuple[Provider, str]:
    """The provider of a CrewAI model name, and the name without it.

    Raises UnknownModel.
    """
    prefix, slash, rest = model.partition("/")
    if slash and rest and prefix.lower() in _BY_NAME:
        return _BY_NAME[prefix.lower()], rest
    if slash and rest and prefix in _litellm_providers():
        return Provider(prefix, (), model), rest
    for pattern, name in _BARE_NAMES:
        if not slash and pattern.match(model):
            return _BY_NAME[name], model
    raise UnknownModel(name=model[:80], example="openai/gpt-4o-mini, ollama/llama3.2 or offline")


def full_name(name: str) -> str:
    """A model as provider/model, or a provider alone, however they were written.

    `gpt-4o-mini` is `openai/gpt-4o-mini`, `google` is `gemini`. Raises UnknownModel.
    """
    if name.lower() in _BY_NAME:
        return _BY_NAME[name.lower()].name
    if name == OFFLINE or name in _litellm_providers():
        return name
    provider, rest = split(name)
    return f"{provider.name}/{rest}"


def resolve(model: str | None) -> str:
    """The model that a submission runs with; nothing means the default.

    Raises UnknownModel or MissingKey.
    """
    name = (model or "").strip() or default_model()
    if name == OFFLINE:
        return name
    if not _NAME.fullmatch(name):
        raise UnknownModel(name=name[:80], example="openai/gpt-4o-mini, ollama/llama3.2 or offline")
    provider, _ = split(name)
    if variable := provider.missing:
        raise MissingKey(name=name, variable=variable)
    return name
