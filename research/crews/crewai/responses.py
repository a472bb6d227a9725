"""What comes back from a provider, looked at before its SDK reads it."""

import httpx

from research.crews.answers import coming
from research.crews.protocols import reader_for
from research.crews.protocols.documents import NotACompletion
from research.crews.protocols.reader import ReadStream


async def inspect(response: httpx.Response) -> None:
    """An httpx response hook.

    A web page with status 200 (a proxy's, a wrong base URL's) is an error at once instead of an
    empty stream. An answer in a protocol that its SDK reads is read before; one of a server that
    does not stream is served as the only piece of a stream. OpenAI's is read by
    `research.crews.crewai.openai_chat`, not by its SDK.
    """
    if response.status_code != 200:
        return
    content_type = response.headers.get("content-type", "")
    if content_type.startswith("text/html"):
        raise NotACompletion(content_type="a web page")
    if reader := reader_for(response.request.url.path):
        response.stream = ReadStream(response.stream, reader(coming()))
        response.headers["content-type"] = "text/event-stream"
