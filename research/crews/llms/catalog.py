"""Which models there are, told from the environment alone: CrewAI is not imported here.

Only providers whose key and address variables are known stand here: others take an address from
the model's name, ask for a sign-in, or write under HOME. The variables are those that CrewAI's own
classes read (`crewai.llms`), or LiteLLM for the providers that CrewAI reaches through it.
"""

import os
import re
from dataclasses import dataclass

from django.conf import settings

from research.exceptions import MissingKey, UnknownModel

OFFLINE = "offline"


@dataclass(frozen=True)
class Provider:
    """A model provider, with the variables that say how to reach it."""

    name: str
    needs: tuple[str, ...]
    """Variables that have to be set; `A or B` where either will do."""
    suggestion: str
    """A model of it."""
    addresses: tuple[str, ...] = ()
    """Variables that hold an address."""
    keys: tuple[str, ...] = ()
    """Further variables whose values are sent in a header, as keys are."""
    aliases: tuple[str, ...] = ()

    @property
    def missing(self) -> str | None:
        """The first variable that is needed and not set."""
        return next(
            (need for need in self.needs if not any(map(os.environ.get, _each(need)))), None
        )

    @property
    def secrets(self) -> set[str]:
        """The variables that hold a key, or go where keys go."""
        needed = {name for need in self.needs for name in _each(need)}
        return (needed | set(self.keys)) - set(self.addresses)


def _each(need: str) -> list[str]:
    return need.split(" or ")


PROVIDERS = (
    Provider(
        "openai",
        ("OPENAI_API_KEY",),
        "openai/gpt-4o-mini",
        ("OPENAI_BASE_URL", "OPENAI_API_BASE"),
        ("OPENAI_ORG_ID", "OPENAI_PROJECT_ID"),
    ),
    Provider(
        "anthropic",
        ("ANTHROPIC_API_KEY",),
        "anthropic/claude-sonnet-4-5",
        ("ANTHROPIC_BASE_URL",),
        ("ANTHROPIC_AUTH_TOKEN",),
        aliases=("claude",),
    ),
    Provider(
        "gemini",
        ("GEMINI_API_KEY or GOOGLE_API_KEY",),
        "gemini/gemini-2.5-flash",
        ("GOOGLE_GEMINI_BASE_URL", "GOOGLE_VERTEX_BASE_URL"),
        aliases=("google",),
    ),
    Provider(
        "azure",
        ("AZURE_API_KEY", "AZURE_ENDPOINT or AZURE_OPENAI_ENDPOINT or AZURE_API_BASE"),
        "azure/gpt-4o-mini",
        ("AZURE_ENDPOINT", "AZURE_OPENAI_ENDPOINT", "AZURE_API_BASE"),
        aliases=("azure_openai",),
    ),
    Provider(
        "bedrock",
        ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"),
        "bedrock/anthropic.claude-sonnet-4-5-20250929-v1:0",
        ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_BEDROCK_RUNTIME"),
        ("AWS_SESSION_TOKEN", "AWS_DEFAULT_REGION", "AWS_REGION_NAME"),
        aliases=("aws",),
    ),
    Provider(
        "openrouter",
        ("OPENROUTER_API_KEY",),
        "openrouter/openai/gpt-4o-mini",
        ("OPENROUTER_BASE_URL",),
    ),
    Provider("deepseek", ("DEEPSEEK_API_KEY",), "deepseek/deepseek-chat", ("DEEPSEEK_BASE_URL",)),
    Provider("cerebras", ("CEREBRAS_API_KEY",), "cerebras/llama3.1-8b", ("CEREBRAS_BASE_URL",)),
    Provider("dashscope", ("DASHSCOPE_API_KEY",), "dashscope/qwen-plus", ("DASHSCOPE_BASE_URL",)),
    Provider(
        "deepinfra",
        ("DEEPINFRA_API_KEY",),
        "deepinfra/meta-llama/Llama-3.3-70B-Instruct",
        ("DEEPINFRA_BASE_URL",),
    ),
    Provider("groq", ("GROQ_API_KEY",), "groq/llama-3.3-70b-versatile", ("GROQ_API_BASE",)),
    Provider(
        "mistral",
        ("MISTRAL_API_KEY",),
        "mistral/mistral-small-latest",
        ("MISTRAL_API_BASE", "MISTRAL_AZURE_API_BASE"),
        ("MISTRAL_AZURE_API_KEY",),
    ),
    Provider("xai", ("XAI_API_KEY",), "xai/grok-3-mini", ("XAI_API_BASE",)),
    Provider(
        "together_ai",
        ("TOGETHERAI_API_KEY or TOGETHER_API_KEY or TOGETHER_AI_API_KEY",),
        "together_ai/openai/gpt-oss-20b",
        ("TOGETHER_AI_API_BASE",),
        ("TOGETHER_AI_TOKEN",),
    ),
    Provider(
        "fireworks_ai",
        ("FIREWORKS_API_KEY or FIREWORKS_AI_API_KEY",),
        "fireworks_ai/llama-v3p1-8b-instruct",
        ("FIREWORKS_API_BASE",),
        ("FIREWORKSAI_API_KEY", "FIREWORKS_AI_TOKEN"),
    ),
    Provider(
        "perplexity",
        ("PERPLEXITYAI_API_KEY or PERPLEXITY_API_KEY",),
        "perplexity/sonar",
        ("PERPLEXITY_API_BASE",),
    ),
    Provider("cohere", ("COHERE_API_KEY or CO_API_KEY",), "cohere/command-r", ("COHERE_API_BASE",)),
    Provider(
        "nvidia_nim",
        ("NVIDIA_NIM_API_KEY",),
        "nvidia_nim/meta/llama3-8b-instruct",
        ("NVIDIA_NIM_API_BASE",),
    ),
    Provider(
        "snowflake",
        (
            "SNOWFLAKE_PAT or SNOWFLAKE_TOKEN or SNOWFLAKE_JWT",
            "SNOWFLAKE_ACCOUNT or SNOWFLAKE_ACCOUNT_URL or SNOWFLAKE_ACCOUNT_ID"
            " or SNOWFLAKE_ACCOUNT_IDENTIFIER",
        ),
        "snowflake/claude-sonnet-4-5",
        ("SNOWFLAKE_ACCOUNT_URL",),
    ),
    Provider(
        "ollama", (), "ollama/llama3.2", ("OLLAMA_HOST",), ("OLLAMA_API_KEY",), ("ollama_chat",)
    ),
    Provider(
        "hosted_vllm",
        ("VLLM_BASE_URL",),
        "hosted_vllm/my-model",
        ("VLLM_BASE_URL",),
        ("VLLM_API_KEY",),
    ),
)
KEYS: list[str] = sorted(name for provider in PROVIDERS for name in provider.secrets)
ADDRESSES: list[str] = [name for provider in PROVIDERS for name in provider.addresses]
BARE_ADDRESSES = {"OLLAMA_HOST", "SNOWFLAKE_ACCOUNT_URL"}  # which may lack their http://
_BY_NAME = {name: provider for provider in PROVIDERS for name in (provider.name, *provider.aliases)}
_BARE_NAMES = (  # the bare names that CrewAI itself recognises
    (re.compile(r"(gpt-|chatgpt-|o1|o3|o4)"), "openai"),
    (re.compile(r"claude-"), "anthropic"),
    (re.compile(r"(gemini-|gemma-)"), "gemini"),
)
_NAME = re.compile(r"(?!.{201})[\w@][\w.:@+-]*(/[\w@][\w.:@+-]*)*", re.ASCII)  # holds no x://


def default_model() -> str:
    """RESEARCH_MODEL; else a model of the first provider whose key is set; else `offline`."""
    if settings.RESEARCH_MODEL:
        return str(settings.RESEARCH_MODEL)
    with_key = (p for p in PROVIDERS if p.needs and not p.missing)
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
    if _NAME.fullmatch(model):
        if slash and prefix.lower() in _BY_NAME:
            return _BY_NAME[prefix.lower()], rest
        for pattern, name in _BARE_NAMES:
            if not slash and pattern.match(model):
                return _BY_NAME[name], model
    raise UnknownModel(name=model[:80], known=", ".join(each.name for each in PROVIDERS))


def full_name(name: str) -> str:
    """A model as provider/model, or a provider alone, however they were written.

    `gpt-4o-mini` is `openai/gpt-4o-mini`, `google` is `gemini`. Raises UnknownModel.
    """
    if name.lower() in _BY_NAME:
        return _BY_NAME[name.lower()].name
    if name == OFFLINE:
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
    provider, _ = split(name)
    if variable := provider.missing:
        line = f"{_each(variable)[0]}=…"
        raise MissingKey(name=name, variable=variable, line=line, file=settings.ENV_FILE)
    return name
