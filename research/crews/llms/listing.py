"""The list of models that a provider's server says it has.

Servers answer with anything: what is no list, or does not come, is none. Whether the server works
is told by asking one of its models.
"""

import asyncio
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from research.crews.llms.catalog import Provider
from research.ops.tls import tls

SECONDS = 10.0
MAX_ANSWER = 4 * 1024 * 1024  # bytes
MAX_MODELS, MAX_NAME = 500, 180  # and characters of a name

BASES = {  # where CrewAI's objects know no address of their own
    "anthropic": "https://api.anthropic.com",
    "gemini": "https://generativelanguage.googleapis.com",
    "groq": "https://api.groq.com/openai/v1",
    "mistral": "https://api.mistral.ai/v1",
    "nvidia_nim": "https://integrate.api.nvidia.com/v1",
    "openai": "https://api.openai.com/v1",
    "xai": "https://api.x.ai/v1",
}
_OTHERWISE = re.compile(  # models that do something else than answer in text
    r"embed|whisper|\btts\b|dall-e|moderation|image|realtime|audio|transcribe|sora|babbage|davinci"
    r"|rerank|guard|gpt-3\.5-turbo-instruct",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class _Request:
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)


async def listed(provider: Provider, llm: Any) -> list[str] | None:
    """Names of models that answer in text, as the server has them; None: it does not tell.

    `llm` is an LLM object of any model of the provider, which knows the address and the key.
    """
    request = _request(provider, llm)
    if request is None:
        return None
    try:
        async with asyncio.timeout(SECONDS):
            answer = json.loads(await _fetched(request))
    except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError, RecursionError):
        return None
    models = answer.get("data", answer.get("models")) if isinstance(answer, dict) else None
    if not isinstance(models, list):
        return None
    return list(dict.fromkeys(_names(models)))[:MAX_MODELS]


def _request(provider: Provider, llm: Any) -> _Request | None:
    """How the list is asked for; None where there is no way that we know."""
    address = next(filter(None, map(provider.value, provider.addresses)), None)
    base = getattr(llm, "base_url", None) or address or BASES.get(provider.name)
    if not base:
        return None
    base = str(base).rstrip("/")
    key = getattr(llm, "api_key", None) or next(
        filter(None, map(provider.value, _keys(provider))), ""
    )
    match provider.name:
        case "anthropic":
            headers = {"x-api-key": key, "anthropic-version": "2023-06-01"}
            return _Request(f"{base.removesuffix('/v1')}/v1/models?limit=1000", headers)
        case "gemini":
            return _Request(f"{base}/v1beta/models?pageSize=1000", {"x-goog-api-key": key})
        case "ollama":
            return _Request(f"{base.removesuffix('/v1')}/api/tags", _bearer(key))
        case "azure" | "bedrock" | "snowflake":
            return None
    return _Request(f"{base}/models", _bearer(key))


def _keys(provider: Provider) -> list[str]:
    return [name for name in provider.options if name in provider.secrets]


def _bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"} if key else {}


async def _fetched(request: _Request) -> bytes:
    """The body of an answer with status 200; it follows no redirect, which would take a key along.

    Raises httpx.HTTPError and ValueError.
    """
    async with (
        httpx.AsyncClient(verify=tls(), timeout=SECONDS) as client,
        client.stream("GET", request.url, headers=dict(request.headers)) as response,
    ):
        if response.status_code != 200:
            raise ValueError(f"status {response.status_code}")
        body = b""
        async for part in response.aiter_bytes():
            body += part
            if len(body) > MAX_ANSWER:
                raise ValueError("it is too long")
        return body


def _names(models: list[Any]) -> Iterator[str]:
    """OpenAI's and Anthropic's lists have an `id`, Ollama's and Gemini's a `name`."""
    for model in models:
        if not isinstance(model, dict):
            continue
        name = model.get("id") or model.get("name")
        does = model.get("supportedGenerationMethods", ["generateContent"])  # Gemini's
        if (
            isinstance(name, str)
            and 0 < len(name) <= MAX_NAME
            and "generateContent" in does
            and not _OTHERWISE.search(name)
        ):
            yield name.removeprefix("models/")
