"""`/mcp`: the streamable HTTP transport behind Django, so that the gate admits its callers.

Nothing is kept between two requests: any web process answers any of them.
"""

import asyncio
import json
from typing import Any

from asgiref.sync import sync_to_async
from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from research.exceptions import BadInput, BodyTooLarge, ResearchError


@csrf_exempt  # the gate asks for a token, or for the form's (`research.web.gate`)
@require_POST  # GET would open a stream of what the server says unasked: it says nothing
async def endpoint(request: HttpRequest) -> HttpResponse:
    """One JSON-RPC message and its answer."""
    try:
        answer = Answer(_body_of(request))
    except ResearchError as error:
        return JsonResponse(error.as_json(), status=error.status)
    manager = await sync_to_async(_manager)()
    async with manager.run():
        await manager.handle_request(_scope(request), answer.receive, answer.send)
    return answer.response


def _body_of(request: HttpRequest) -> bytes:
    """Raises BodyTooLarge, and BadInput for what is not JSON, nested too deeply or no text."""
    try:
        json.dumps(json.loads(request.body), ensure_ascii=False).encode()
    except RequestDataTooBig:
        raise BodyTooLarge(limit=settings.DATA_UPLOAD_MAX_MEMORY_SIZE) from None
    except (ValueError, RecursionError):
        raise BadInput(reason="the body is not valid JSON.") from None
    return request.body


def _manager() -> Any:
    """The protocol's package is imported with the first request."""
    from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

    from research.web.mcp.server import server

    return StreamableHTTPSessionManager(server, json_response=True, stateless=True)


def _scope(request: HttpRequest) -> dict[str, Any]:
    """The request in ASGI's terms; the tools find it as `request.state.django`."""
    headers = [
        (name.lower().encode("latin-1"), value.encode("latin-1"))
        for name, value in request.headers.items()
    ]
    return {
        "type": "http",
        "method": request.method,
        "path": request.path,
        "query_string": b"",
        "headers": headers,
        "state": {"django": request},
    }


class Answer:
    """The two ends of an ASGI application that is given one body, and what it answers."""

    def __init__(self, body: bytes) -> None:
        self.body: bytes | None = body
        self.response = HttpResponse()

    async def receive(self) -> dict[str, Any]:
        if self.body is None:
            await asyncio.Event().wait()  # who hangs up ends the view, and this with it
        body, self.body = self.body, None
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(self, message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            self.response.status_code = message["status"]
            del self.response["content-type"]  # an empty answer has none
            for name, value in message["headers"]:
                self.response[name.decode("latin-1")] = value.decode("latin-1")
        else:
            self.response.write(message.get("body", b""))
