"""A crew's failure as a kind and a sentence that a person can act on."""

import asyncio
from collections.abc import Iterator

from research.exceptions import ResearchError
from research.redaction import redact

MAX_MESSAGE = 500  # characters

_BY_STATUS = {
    400: ("bad_request", "The provider did not accept the request."),
    401: ("authentication", "The provider refused the key. Check it and start the site again."),
    403: ("permission", "The provider does not allow this key to use this model."),
    404: ("unknown_model", "The provider does not know this model. Check its name."),
    408: ("timeout", "The provider took too long to answer. Try again later."),
    413: ("too_large", "The conversation became too large for the provider."),
    429: (
        "rate_limited",
        "The provider's rate limit is used up. Wait, or run fewer topics at once.",
    ),
}
_PROVIDER_DOWN = ("provider_error", "The provider had an error of its own. Try again later.")
_UNREACHABLE = ("unreachable", "The provider could not be reached. Check the network and its URL.")
_TIMEOUT = ("timeout", "The provider did not answer in time. Try again later.")
_EMPTY = ("empty_answer", "The model answered with nothing. Try again, or use another model.")
_MALFORMED = ("bad_answer", "The provider answered with something that is no completion.")


def explain(error: BaseException) -> tuple[str, str]:
    """The kind of a failure and what to say about it, without secrets."""
    kind, sentence, detail = _classify(error)
    message = f"{sentence} ({detail})" if detail else sentence
    return kind, redact(message)[:MAX_MESSAGE]


def _classify(error: BaseException) -> tuple[str, str, str]:
    chain = list(_causes(error))
    for cause in chain:
        if isinstance(cause, ResearchError):
            return cause.code, str(cause), ""
        status = getattr(cause, "status_code", None)
        if isinstance(status, int):
            kind, sentence = _BY_STATUS.get(status, _PROVIDER_DOWN)
            return kind, sentence, f"HTTP {status}"
    names = {cls.__name__ for cause in chain for cls in type(cause).__mro__}
    # aiohttp's own words come first: its transport for httpx calls every lost connection a timeout.
    if names & {"ClientOSError", "ServerDisconnectedError", "ClientPayloadError"}:
        return *_UNREACHABLE, ""
    if names & {"APITimeoutError", "TimeoutException", "TimeoutError"}:
        return *_TIMEOUT, ""
    if names & {"APIConnectionError", "ConnectionError", "TransportError"}:
        return *_UNREACHABLE, ""
    if "None or empty" in str(error):
        return *_EMPTY, ""
    if names & {"JSONDecodeError", "APIResponseValidationError"}:
        return *_MALFORMED, ""
    first_line = (str(error).strip().splitlines() or [""])[0]
    return "crew_error", "The crew stopped with an error.", f"{type(error).__name__}: {first_line}"


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error and what it was raised from, each once."""
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        if not isinstance(current, asyncio.CancelledError):
            yield current
        seen.add(id(current))
        current = current.__cause__ or current.__context__
