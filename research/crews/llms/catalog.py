"""Which models there are, told from the environment and the keyring: CrewAI is not imported here.

What stands in the environment wins; what an administrator has typed in stands in for what does not
(`research.keyring`). Only providers whose key and address variables are known stand here: others
take an address from the model's name, ask for a sign-in, or write under HOME. The variables are
those that CrewAI's own classes read (`crewai.llms`), or LiteLLM for the providers that CrewAI
reaches through it.
"""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.conf import settings

from research.exceptions import MissingKey, UnknownModel
from research.keyring.current import Kept, kept
from research.keyring.exceptions import KeySealed

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
    title: str = ""
    takes: Mapping[str, str] = field(default_factory=dict)
    """What an LLM object is told in place of a variable, where that is not `api_key` and
    `base_url`; those are the variables that can be typed in."""

    @property
    def missing(self) -> str | None:
        """The first variable that is needed and there neither in the environment nor typed in."""
        typed = self.typed
        return next(
            (
                need
                for need in self.needs
                if not any(os.environ.get(name) or typed.get(name) for name in _each(need))
            ),
            None,
        )

    @property
    def needed(self) -> set[str]:
        return {name for need in self.needs for name in _each(need)}

    @property
    def secrets(self) -> set[str]:
        """The variables that hold a key, or go where keys go."""
        return (self.needed | set(self.keys)) - set(self.addresses)

    @property
    def options(self) -> Mapping[str, str]:
        """What can be typed in, by variable, as an LLM object calls it; what is needed first."""
        if self.takes:
            return self.takes
        keys = [_each(need)[0] for need in self.needs if _each(need)[0] not in self.addresses]
        address = dict.fromkeys(self.addresses[:1], "base_url")
        return dict.fromkeys(keys, "api_key") | address

    @property
    def in_environment(self) -> list[str]:
        """The variables by which the environment decides on this provider; nothing typed counts.

        Its keys; its addresses, too, where it needs no key. So a key of the environment never goes
        to an address that somebody has typed in.
        """
        keys = sorted(self.needed - set(self.addresses))
        deciding = keys or [*self.addresses, *self.keys]
        return [name for name in deciding if os.environ.get(name)]

    @property
    def kept(self) -> Kept:
        """What is known of it from the set-up page."""
        return kept(self.name)

    @property
    def typed(self) -> Mapping[str, str]:
        """Values that were typed in and count, by variable."""
        if self.in_environment:
            return {}
        return {name: value for name, value in self.kept.values.items() if not os.environ.get(name)}

    @property
    def is_sealed(self) -> bool:
        """Whether what was typed in counts and cannot be read."""
        return self.kept.is_broken and not self.in_environment

    @property
    def can_answer(self) -> bool:
        """Whether it has what it needs and was not found wanting when it was last tried."""
        if self.missing or self.is_sealed or (self.typed and self.kept.trouble):
            return False
        return bool(self.needs or self.in_environment or self.typed)

    @property
    def models(self) -> list[str]:
        """Names of its models to offer, the first one as its default."""
        known = [self.kept.model, *self.kept.models] if self.kept.model else [self.suggestion]
        prefix = f"{self.name}/"
        names = dict.fromkeys(f"{prefix}{name.removeprefix(prefix)}" for name in known)
        return [name for name in names if _NAME.fullmatch(name)]

    def value(self, variable: str) -> str:
        """The environment's, or what was typed in; empty: neither."""
        return os.environ.get(variable) or self.typed.get(variable, "")

    def llm_options(self) -> dict[str, str]:
        """What an LLM object is told beside its model; it reads the environment itself.

        Raises KeySealed.
        """
        if self.is_sealed:
            raise KeySealed(title=self.title)
        options = self.options
        return {options[name]: value for name, value in self.typed.items() if name in options}


def _each(need: str) -> list[str]:
    return need.split(" or ")


PROVIDERS = (
    Provider(
        "openai",
        ("OPENAI_API_KEY",),
        "openai/gpt-4o-mini",
        ("OPENAI_BASE_URL", "OPENAI_API_BASE"),
        ("OPENAI_ORG_ID", "OPENAI_PROJECT_ID"),
        title="OpenAI",
    ),
    Provider(
        "anthropic",
        ("ANTHROPIC_API_KEY",),
        "anthropic/claude-sonnet-4-5",
        ("ANTHROPIC_BASE_URL",),
        ("ANTHROPIC_AUTH_TOKEN",),
        aliases=("claude",),
        title="Anthropic",
    ),
    Provider(
        "gemini",
        ("GEMINI_API_KEY or GOOGLE_API_KEY",),
        "gemini/gemini-2.5-flash",
        ("GOOGLE_GEMINI_BASE_URL", "GOOGLE_VERTEX_BASE_URL"),
        aliases=("google",),
        title="Gemini",
        takes={"GEMINI_API_KEY": "api_key"},
    ),
    Provider(
        "azure",
        ("AZURE_API_KEY", "AZURE_ENDPOINT or AZURE_OPENAI_ENDPOINT or AZURE_API_BASE"),
        "azure/gpt-4o-mini",
        ("AZURE_ENDPOINT", "AZURE_OPENAI_ENDPOINT", "AZURE_API_BASE"),
        aliases=("azure_openai",),
        title="Azure",
        takes={"AZURE_API_KEY": "api_key", "AZURE_ENDPOINT": "endpoint"},
    ),
    Provider(
        "bedrock",
        ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"),
        "bedrock/anthropic.claude-sonnet-4-5-20250929-v1:0",
        ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_BEDROCK_RUNTIME"),
        ("AWS_SESSION_TOKEN", "AWS_DEFAULT_REGION", "AWS_REGION_NAME"),
        aliases=("aws",),
        title="Bedrock",
        takes={
            "AWS_ACCESS_KEY_ID": "aws_access_key_id",
            "AWS_SECRET_ACCESS_KEY": "aws_secret_access_key",
            "AWS_SESSION_TOKEN": "aws_session_token",
            "AWS_DEFAULT_REGION": "region_name",
        },
    ),
    Provider(
        "openrouter",
        ("OPENROUTER_API_KEY",),
        "openrouter/openai/gpt-4o-mini",
        ("OPENROUTER_BASE_URL",),
        title="OpenRouter",
    ),
    Provider(
        "deepseek",
        ("DEEPSEEK_API_KEY",),
        "deepseek/deepseek-chat",
        ("DEEPSEEK_BASE_URL",),
        title="DeepSeek",
    ),
    Provider(
        "cerebras",
        ("CEREBRAS_API_KEY",),
        "cerebras/llama3.1-8b",
        ("CEREBRAS_BASE_URL",),
        title="Cerebras",
    ),
    Provider(
        "dashscope",
        ("DASHSCOPE_API_KEY",),
        "dashscope/qwen-plus",
        ("DASHSCOPE_BASE_URL",),
        title="DashScope (Qwen)",
    ),
    Provider(
        "deepinfra",
        ("DEEPINFRA_API_KEY",),
        "deepinfra/meta-llama/Llama-3.3-70B-Instruct",
        ("DEEPINFRA_BASE_URL",),
        title="DeepInfra",
    ),
    Provider(
        "groq", ("GROQ_API_KEY",), "groq/llama-3.3-70b-versatile", ("GROQ_API_BASE",), title="Groq"
    ),
    Provider(
        "mistral",
        ("MISTRAL_API_KEY",),
        "mistral/mistral-small-latest",
        ("MISTRAL_API_BASE", "MISTRAL_AZURE_API_BASE"),
        ("MISTRAL_AZURE_API_KEY",),
        title="Mistral",
    ),
    Provider("xai", ("XAI_API_KEY",), "xai/grok-3-mini", ("XAI_API_BASE",), title="xAI"),
    Provider(
        "together_ai",
        ("TOGETHERAI_API_KEY or TOGETHER_API_KEY or TOGETHER_AI_API_KEY",),
        "together_ai/openai/gpt-oss-20b",
        ("TOGETHER_AI_API_BASE",),
        ("TOGETHER_AI_TOKEN",),
        title="Together",
    ),
    Provider(
        "fireworks_ai",
        ("FIREWORKS_API_KEY or FIREWORKS_AI_API_KEY",),
        "fireworks_ai/llama-v3p1-8b-instruct",
        ("FIREWORKS_API_BASE",),
        ("FIREWORKSAI_API_KEY", "FIREWORKS_AI_TOKEN"),
        title="Fireworks",
    ),
    Provider(
        "perplexity",
        ("PERPLEXITYAI_API_KEY or PERPLEXITY_API_KEY",),
        "perplexity/sonar",
        ("PERPLEXITY_API_BASE",),
        title="Perplexity",
    ),
    Provider(
        "cohere",
        ("COHERE_API_KEY or CO_API_KEY",),
        "cohere/command-r",
        ("COHERE_API_BASE",),
        title="Cohere",
    ),
    Provider(
        "nvidia_nim",
        ("NVIDIA_NIM_API_KEY",),
        "nvidia_nim/meta/llama3-8b-instruct",
        ("NVIDIA_NIM_API_BASE",),
        title="NVIDIA NIM",
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
        title="Snowflake",
        takes={"SNOWFLAKE_PAT": "api_key", "SNOWFLAKE_ACCOUNT": "account_identifier"},
    ),
    Provider(
        "ollama",
        (),
        "ollama/llama3.2",
        ("OLLAMA_HOST",),
        ("OLLAMA_API_KEY",),
        ("ollama_chat",),
        title="Ollama",
        takes={"OLLAMA_HOST": "base_url", "OLLAMA_API_KEY": "api_key"},
    ),
    Provider(
        "hosted_vllm",
        ("VLLM_BASE_URL",),
        "hosted_vllm/my-model",
        ("VLLM_BASE_URL",),
        ("VLLM_API_KEY",),
        title="vLLM, or any server with OpenAI's protocol",
        takes={"VLLM_BASE_URL": "base_url", "VLLM_API_KEY": "api_key"},
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
    """RESEARCH_MODEL; else a model of the first provider that can answer; else `offline`."""
    if settings.RESEARCH_MODEL:
        return str(settings.RESEARCH_MODEL)
    able = (provider for provider in PROVIDERS if provider.can_answer)
    known = (p.models[0] for p in able if p.needs or p.kept.model)  # who knows what Ollama has
    return next(known, OFFLINE)


def suggestions() -> list[str]:
    """Models to offer, the default first: those of providers that can answer, and offline."""
    able = [name for provider in PROVIDERS if provider.can_answer for name in provider.models]
    default = default_model()
    first = [default] if default == OFFLINE or not split(default)[0].missing else []
    return list(dict.fromkeys([*first, *able, OFFLINE]))


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

    Raises UnknownModel, MissingKey or KeySealed.
    """
    name = (model or "").strip() or default_model()
    if name == OFFLINE:
        return name
    provider, _ = split(name)
    if provider.is_sealed:
        raise KeySealed(title=provider.title)
    if variable := provider.missing:
        line = f"{_each(variable)[0]}=…"
        raise MissingKey(name=name, variable=variable, line=line, file=settings.ENV_FILE)
    return name
