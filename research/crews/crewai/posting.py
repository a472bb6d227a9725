"""Sending JSON with an OpenAI client, without what its SDK works out anew for every request.

The SDK copies a request's options twice, puts its headers together five times and makes keys for
tries that we never make: as much processor time as sending takes. Its own first request is taken as
the pattern of all. What it raises is raised here too.
"""

import json
from typing import Any

import httpx

from research.crews.crewai.quiet_import import quiet_import

with quiet_import():
    from openai import APIConnectionError, APITimeoutError, AsyncOpenAI
    from openai._models import FinalRequestOptions

OF_THE_BODY = ("content-length", "transfer-encoding")


class PostingClient(AsyncOpenAI):
    """An OpenAI client that sends chat requests itself."""

    _pattern: httpx.Request | None = None

    @property
    def user_agent(self) -> str:
        """The SDK's own; it would name this class."""
        return f"{AsyncOpenAI.__name__}/Python {self._version}"

    async def post_json(
        self,
        path: str,
        body: dict[str, Any],
        extra_headers: dict[str, str] | None = None,
        extra_query: dict[str, Any] | None = None,
        timeout: httpx.Timeout | float | None = None,  # noqa: ASYNC109 httpx's, by its parts
    ) -> httpx.Response:
        """The answer, its body not yet read; always asks on the same path.

        Raises the SDK's errors.
        """
        if self._pattern is None:
            self._pattern = self._build_request(FinalRequestOptions(method="post", url=path))
            for name in OF_THE_BODY:
                self._pattern.headers.pop(name, None)
        pattern = self._pattern
        request = httpx.Request(
            "POST",
            pattern.url.copy_merge_params(extra_query) if extra_query else pattern.url,
            headers={**pattern.headers, **extra_headers} if extra_headers else pattern.headers,
            content=_dumped(body),
            extensions=pattern.extensions if timeout is None else _within(timeout, pattern),
        )
        response = await self._send_it(request)
        if response.is_success:
            return response
        await response.aread()
        raise self._make_status_error_from_response(response)

    async def _send_it(self, request: httpx.Request) -> httpx.Response:
        try:
            return await self._client.send(request, stream=True)
        except httpx.TimeoutException as error:
            raise APITimeoutError(request=request) from error
        except Exception as error:
            raise APIConnectionError(request=request) from error


def _dumped(body: dict[str, Any]) -> bytes:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def _within(timeout: httpx.Timeout | float, pattern: httpx.Request) -> dict[str, Any]:
    return {**pattern.extensions, "timeout": httpx.Timeout(timeout).as_dict()}
