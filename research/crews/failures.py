"""A crew's failure as a kind and a sentence that a person can act on."""

import asyncio
import email.utils
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from research.crews.provider_words import (
    CONTEXT_EXCEEDED,
    KEY_REFUSED,
    QUOTA_SPENT,
    TOOLS_REFUSED,
    ProviderError,
    wait_in,
    without_keys,
    words_in,
)
from research.exceptions import ResearchError
from research.text.redaction import redact

MAX_MESSAGE = 500  # characters
MAX_WORDS = 200  # characters of the provider's own


@dataclass(frozen=True)
class Failure:
    """Why a model call, or a whole crew, failed."""

    kind: str
    sentence: str
    may_pass: bool = False
    """Asking again may help."""
    detail: str = ""
    retry_after: float | None = None
    """Seconds that the provider asks to wait."""

    @property
    def reason(self) -> str:
        """The first sentence as part of another: `the provider's rate limit is used up`."""
        first = self.sentence.split(". ")[0].removesuffix(".")
        return first[:1].lower() + first[1:]

    @property
    def message(self) -> str:
        """All that is known, in one line and without secrets."""
        wait = f" It asks to wait {self.retry_after:g} s." if self.retry_after else ""
        detail = f" ({self.detail})" if self.detail else ""
        return redact(f"{self.sentence}{wait}{detail}")[:MAX_MESSAGE]


_BUSY = Failure(
    "provider_error", "The provider is busy with another request. Try again later.", may_pass=True
)
_DOWN = Failure("provider_error", "The provider had an error. Try again later.", may_pass=True)
_REFUSED = Failure("bad_request", "The provider did not accept the request.")
_QUOTA = Failure("quota", "The provider's quota is used up. Check the plan and its billing there.")
_TIMEOUT = Failure(
    "timeout", "The provider did not answer in time. Try again later.", may_pass=True
)
_TOO_LARGE = Failure("too_large", "The conversation became too large for the model. Ask for less.")
_BY_STATUS = {
    401: Failure(
        "authentication",
        "The provider refused the key. Check it, on /setup/ or in the environment.",
    ),
    402: _QUOTA,
    403: Failure("permission", "The provider does not allow this key to use this model."),
    404: Failure(
        "unknown_model", "The provider does not know this model. Check its name and the base URL."
    ),
    408: _TIMEOUT,
    409: _BUSY,
    413: _TOO_LARGE,
    429: Failure(
        "rate_limited",
        "The provider's rate limit is used up. Wait, or run fewer topics at once.",
        may_pass=True,
    ),
}
_UNREACHABLE = Failure(
    "unreachable",
    "The provider could not be reached{place}. Check the network and the base URL.",
    may_pass=True,
)
_PROXIES = {
    "ClientProxyConnectionError",
    "ClientHttpProxyError",
    "ProxyConnectionError",
    "ProxyError",
}
"""What HTTP clients raise; LiteLLM gives it a status, as if the provider had answered."""
_PROXY = Failure(
    "unreachable",
    "The proxy{place} does not let calls to the provider through. "
    "Check HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY.",
    may_pass=True,
)
_BY_NAME = (
    # Of exceptions and their bases, in the order in which they tell more than the others: aiohttp's
    # before those of its transport for httpx, which calls every lost connection a timeout.
    (
        {"ClientConnectorDNSError", "gaierror"},
        Failure(
            "unreachable",
            "The provider's host name is not known{place}. Check the base URL and the network.",
            may_pass=True,
        ),
    ),
    (
        {"ClientSSLError", "SSLError"},
        Failure(
            "unreachable",
            "No secure connection can be made{place}. Check the base URL and the certificate.",
        ),
    ),
    (
        {"ClientConnectorError", "ConnectionRefusedError", "ConnectError", "ServiceRequestError"},
        Failure(
            "unreachable",
            "The provider's server does not answer{place}. Check that it runs, and the base URL.",
            may_pass=True,
        ),
    ),
    (
        {
            "ClientOSError",
            "ClientPayloadError",
            "ConnectionResetError",
            "ReadError",
            "RemoteProtocolError",
            "ServerDisconnectedError",
            "ServiceResponseError",
        },
        Failure(
            "broken_connection",
            "The connection to the provider broke off{place}. Try again later.",
            may_pass=True,
        ),
    ),
    ({"APITimeoutError", "TimeoutException", "TimeoutError", "HTTPClientError"}, _TIMEOUT),
    ({"APIConnectionError", "ConnectionError", "TransportError"}, _UNREACHABLE),
    (
        {"JSONDecodeError", "APIResponseValidationError", "UnicodeDecodeError"},
        Failure(
            "bad_answer",
            "The provider answered with something that is not a completion. Check its base URL.",
        ),
    ),
    ({"APIError"}, _DOWN),  # told in the middle of a stream, without a status
    (
        {"DatabaseError"},
        Failure("not_stored", "The site's database took no changes. Check its disk."),
    ),
)
_EMPTY = Failure(
    "empty_answer", "The model answered with nothing. Try again, or use another model."
)


def explain(error: BaseException) -> tuple[str, str]:
    """The kind of a failure and what to say about it, without secrets."""
    failure = classify(error)
    notes = ", ".join(filter(None, [failure.detail, *getattr(error, "__notes__", [])]))
    return failure.kind, replace(failure, detail=notes).message


def classify(error: BaseException) -> Failure:
    """What an exception of a crew, a provider's SDK or an HTTP client means."""
    chain = list(_causes(error))
    for cause in chain:
        if isinstance(cause, ResearchError):
            return Failure(cause.code, str(cause))
    if proxies := [cause for cause in chain if type(cause).__name__ in _PROXIES]:
        place = _place(proxies[-1:])  # aiohttp's, which knows the proxy; others know the provider
        return replace(_PROXY, sentence=_PROXY.sentence.format(place=place))
    for cause in chain:
        if type(cause).__name__ == "LLMContextLengthExceededError":  # CrewAI's, for a 400
            return replace(_TOO_LARGE, detail=_words_of(cause))
        if status := _status(cause):
            return _refusal(status, cause)
        if isinstance(cause, ProviderError):
            return _without_status(cause)
    if "None or empty" in str(error):
        return _EMPTY
    names = {cls.__name__ for cause in chain for cls in type(cause).__mro__}
    for known, failure in _BY_NAME:
        if names & known:
            return replace(failure, sentence=failure.sentence.format(place=_place(chain)))
    first_line = (str(error).strip().splitlines() or [""])[0]
    detail = f"{type(error).__name__}: {first_line}"
    return Failure("crew_error", "The crew stopped with an error.", detail=detail)


def refuses_tools(error: BaseException) -> bool:
    """Whether a provider says that it takes no tools in the protocol's own field."""
    if isinstance(error, ResearchError) or classify(error).may_pass:
        return False
    return any(TOOLS_REFUSED.search(f"{cause} {_body(cause)}") for cause in _causes(error))


def _refusal(status: int, error: BaseException) -> Failure:
    """An answer with an HTTP status other than 200."""
    said = f"{error} {_body(error)}"
    failure = _BY_STATUS.get(status) or (_DOWN if status >= 500 else _REFUSED)
    if failure in (_REFUSED, _DOWN) and CONTEXT_EXCEEDED.search(said):
        failure = _TOO_LARGE
    if status in (400, 429) and QUOTA_SPENT.search(said):
        failure = _QUOTA
    if status == 400 and KEY_REFUSED.search(said):
        failure = _BY_STATUS[401]
    words = _words_of(error)
    detail = f"HTTP {status}: {words}" if words else f"HTTP {status}"
    return replace(failure, detail=detail, retry_after=_wait(error) if failure.may_pass else None)


def _wait(error: BaseException) -> float | None:
    """The seconds that a refusal asks to wait."""
    told = _retry_after(_headers(error))
    return wait_in(_body(error)) if told is None else told


def _without_status(error: ProviderError) -> Failure:
    """An error that was told amid an answer, with nothing but words."""
    failure = _TOO_LARGE if CONTEXT_EXCEEDED.search(str(error)) else _DOWN
    return replace(failure, detail=_words_of(error))


def _words_of(error: BaseException) -> str:
    """What the provider says itself, in one line and without keys."""
    body = _body(error)
    words = words_in(body) if body else str(getattr(error, "message", None) or error)
    return without_keys(" ".join(words.split()))[:MAX_WORDS]


def _body(error: BaseException) -> Any:
    """The JSON of a refusal, where the SDK keeps it."""
    body = getattr(error, "body", None) or getattr(error, "details", None)  # Google's word for it
    return body if isinstance(body, (dict, list)) else None


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error and what it was raised from, each once."""
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        if not isinstance(current, asyncio.CancelledError):
            yield current
        seen.add(id(current))
        current = current.__cause__ or current.__context__


def _status(error: BaseException) -> int | None:
    """The HTTP status that an SDK's exception carries."""
    if type(error).__name__ == "APIConnectionError":  # LiteLLM gives it a status of its own
        return None
    response = getattr(error, "response", None)
    if isinstance(response, Mapping):  # botocore
        found = response.get("ResponseMetadata", {}).get("HTTPStatusCode")
    else:
        # Google's SDK has its own word for it, which means other things elsewhere.
        name = "code" if type(error).__module__.startswith("google.") else "status_code"
        found = getattr(error, name, None)
    return found if isinstance(found, int) and 400 <= found < 600 else None


def _headers(error: BaseException) -> Mapping[str, str]:
    """The headers of the answer; an SDK's mapping that minds no case."""
    response: Any = getattr(error, "response", None)
    if isinstance(response, Mapping):
        found = response.get("ResponseMetadata", {}).get("HTTPHeaders")
    else:
        found = getattr(response, "headers", None)
    return found if isinstance(found, Mapping) else {}


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds to wait: of `retry-after-ms`, or of `Retry-After` as seconds or as an HTTP date."""
    text = headers.get("retry-after", "")
    try:
        if milliseconds := headers.get("retry-after-ms"):
            return max(0.0, float(milliseconds) / 1000)
        return max(0.0, float(text)) if text else None
    except ValueError:
        pass
    try:
        wait = email.utils.parsedate_to_datetime(text).timestamp() - time.time()
    except ValueError:
        return None
    return round(max(0.0, wait), 1)


def _place(chain: list[BaseException]) -> str:
    """` at host:port`, of the server that was asked; without path and credentials."""
    for cause in chain:
        own = vars(cause)
        url: Any = getattr(own.get("request") or own.get("_request"), "url", None)  # httpx's
        if host := getattr(url, "host", None):
            return f" at {host}:{url.port}" if url.port else f" at {host}"
        if (host := getattr(cause, "host", None)) and isinstance(host, str):  # aiohttp's
            return f" at {host}:{getattr(cause, 'port', '')}".rstrip(":")
    return ""
