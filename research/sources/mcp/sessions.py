"""Sessions with MCP servers, by the official client.

One is kept for each server and process, whose calls go side by side: two hundred crews that call
one server open one session, not two hundred. It ends when nobody has called for a while, and a new
one is opened where it was lost.
"""

import asyncio
import contextlib
import json
import tempfile
from collections.abc import AsyncIterator, Coroutine
from typing import IO, Any, TypeVar

import httpx
from anyio import BrokenResourceError, ClosedResourceError, EndOfStream
from mcp import ClientSession, McpError, StdioServerParameters
from mcp.client.sse import sse_client
from mcp.client.stdio import stdio_client
from mcp.client.streamable_http import streamable_http_client
from mcp.types import (
    CONNECTION_CLOSED,
    CallToolResult,
    CancelledNotification,
    CancelledNotificationParams,
    ClientNotification,
    Implementation,
    PaginatedRequestParams,
    ServerNotification,
    Tool,
    ToolListChangedNotification,
)
from pydantic import ValidationError

from research.sources.exceptions import EngineFailed
from research.sources.mcp.contract import Connection, Listed, Offer
from research.sources.mcp.exceptions import (
    CannotReach,
    DoesNotStart,
    SpeaksNoMCP,
    ToolFailed,
    UnknownSession,
    WasLost,
)
from research.sources.mcp.guarded import GuardedClient, own_words, raised, words_of
from research.text.cleaning import printable

IDLE_SECONDS = 300.0
MAX_TOOLS = 300  # of one server
MAX_PAGES = 50  # of a server's list
MAX_NAME, MAX_TITLE, MAX_DESCRIPTION = 128, 200, 4000  # characters
MAX_SCHEMA = 50_000  # characters of its JSON
OPENS_WITHIN = 30.0  # seconds; a command may have to fetch its program first
ENDS_WITHIN = 3.0  # seconds

T = TypeVar("T")


class Session:
    """A session with one server, from its opening to its end; of one event loop."""

    def __init__(self, connection: Connection, seconds: float) -> None:
        """`seconds` are those that the server has for each answer."""
        self._connection, self._seconds = connection, seconds
        self._closing = asyncio.Event()
        self._opened: asyncio.Future[ClientSession] = asyncio.get_running_loop().create_future()
        self._is_stale = False
        self._tools: dict[str, Listed] = {}
        self._left_out: list[str] = []
        self._aside: set[asyncio.Task[None]] = set()
        self._life = asyncio.create_task(self._live())

    async def open(self) -> None:
        """Returns once the server has said what it has. Raises EngineFailed."""
        session = await asyncio.shield(self._opened)
        await self._list(session)

    @property
    def is_over(self) -> bool:
        return self._life.done() or self._closing.is_set()

    @property
    def offer(self) -> Offer:
        """What was listed last."""
        return Offer(tuple(self._tools.values()), tuple(self._left_out))

    def end(self) -> asyncio.Task[None]:
        """Lets it end; the task is done when it has."""
        self._closing.set()
        if not self._opened.done():
            self._life.cancel()
        return self._life

    async def listed(self, name: str) -> Listed | None:
        """A tool as the server has it now, as far as it has told."""
        if self._is_stale:
            await self._list(await asyncio.shield(self._opened))
        return self._tools.get(name)

    async def call(self, name: str, arguments: dict[str, Any]) -> CallToolResult:
        """Raises EngineFailed where there is no answer; one may say that the tool failed."""
        session = await asyncio.shield(self._opened)
        number = session._request_id  # which the client gives the next request
        try:
            return await self._unless_lost(session.call_tool(name, arguments))
        except asyncio.CancelledError:
            self._withdraw(session, number)
            raise
        except McpError as error:
            if failure := raised(error.error, self._connection):
                raise failure from None
            words = words_of(error.error, self._connection)
            raise ToolFailed(self._connection.title, tool=name, words=words) from None
        except (RuntimeError, ValidationError):  # against its own description, or MCP's
            reason = f"what {name[:MAX_NAME]} returned is not as the server describes it"
            raise SpeaksNoMCP(self._connection.title, reason=reason) from None

    async def _list(self, session: ClientSession) -> None:
        """Asks for the tools, page by page."""
        self._is_stale, cursor = False, None
        found: dict[str, Listed] = {}
        left_out: list[str] = []
        for _ in range(MAX_PAGES):
            params = PaginatedRequestParams(cursor=cursor) if cursor else None
            try:
                page = await self._unless_lost(session.list_tools(params=params))
            except McpError as error:
                self._is_stale = True
                reason = words_of(error.error, self._connection)
                raise raised(error.error, self._connection) or SpeaksNoMCP(
                    self._connection.title, reason=f"it does not list its tools ({reason})"
                ) from None
            except ValidationError:
                self._is_stale = True
                reason = "its list of tools is not one of MCP"
                raise SpeaksNoMCP(self._connection.title, reason=reason) from None
            for tool in page.tools:
                if _is_usable(tool) and len(found) < MAX_TOOLS:
                    found[tool.name] = _listed(tool)
                else:
                    left_out.append(own_words(tool.name[:MAX_NAME], self._connection) or "?")
            cursor = page.nextCursor
            if not cursor:
                break
        self._tools, self._left_out = found, left_out

    async def _unless_lost(self, work: Coroutine[Any, Any, T]) -> T:
        """What a request returns; the client leaves it waiting where the session ends."""
        task = asyncio.ensure_future(work)
        try:
            await asyncio.wait({task, self._life}, return_when=asyncio.FIRST_COMPLETED)
            if task.done() and not _tells_of_an_end(task):
                return task.result()
            self.end()
            raise WasLost(self._connection.title)
        finally:
            task.cancel()

    async def _live(self) -> None:
        """Holds the session open; all of it is one task's, as the client demands."""
        with tempfile.TemporaryFile("w+", errors="replace") as complaints:
            try:
                async with (
                    self._streams(complaints) as (read, write),
                    ClientSession(
                        read,
                        write,
                        message_handler=self._hear,
                        client_info=Implementation(name="research", version="1"),
                    ) as session,
                ):
                    await session.initialize()
                    self._opened.set_result(session)
                    await self._closing.wait()
            except asyncio.CancelledError:
                self._fail(WasLost(self._connection.title))
                raise
            except BaseException as error:  # noqa: BLE001 a group of whatever went wrong in there
                self._fail(self._failure(error, complaints))
            self._fail(WasLost(self._connection.title))

    @contextlib.asynccontextmanager
    async def _streams(self, complaints: IO[str]) -> AsyncIterator[tuple[Any, Any]]:
        """What the server says, and what it is told."""
        known = self._connection
        if known.kind == "stdio":
            parameters = StdioServerParameters(
                command=known.command, args=list(known.args), env=dict(known.env), cwd=known.cwd
            )
            async with stdio_client(parameters, errlog=complaints) as (read, write):  # type: ignore[arg-type]
                yield read, write
        elif known.kind == "sse":
            async with sse_client(
                known.url,
                timeout=self._seconds,
                sse_read_timeout=IDLE_SECONDS * 2,
                httpx_client_factory=self._client,
            ) as (read, write):
                yield read, write
        else:
            async with (
                self._client() as client,
                streamable_http_client(known.url, http_client=client) as (read, write, _),
            ):
                yield read, write

    def _client(self, *args: Any, **kwargs: Any) -> GuardedClient:
        """Whatever the library would have of it."""
        return GuardedClient(self._connection, self._seconds)

    def _fail(self, failure: EngineFailed) -> None:
        if not self._opened.done():
            self._opened.set_exception(failure)
            self._opened.exception()  # somebody has looked

    def _failure(self, error: BaseException, complaints: IO[str]) -> EngineFailed:
        """Why a session did not open, or ended."""
        while isinstance(error, BaseExceptionGroup):
            error = error.exceptions[0]
        known = self._connection
        if isinstance(error, EngineFailed):
            return error
        if isinstance(error, McpError) and (failure := raised(error.error, known)):
            return failure
        if known.kind == "stdio" and isinstance(error, OSError | McpError):
            complaints.seek(0)
            last = [line.strip() for line in complaints.read()[-5000:].splitlines() if line.strip()]
            reason = last[-1] if last else str(error)
            return DoesNotStart(known.title, reason=own_words(reason, known).rstrip("."))
        if isinstance(error, httpx.HTTPError | OSError):
            reason = own_words(str(error) or type(error).__name__, known)
            return CannotReach(known.title, reason=reason.rstrip("."))
        reason = own_words(str(error) or type(error).__name__, known).rstrip(".")
        return SpeaksNoMCP(known.title, reason=reason)

    async def _hear(self, message: Any) -> None:
        """Of what a server says unasked, news of its tools matter."""
        if isinstance(message, ServerNotification):
            self._is_stale |= isinstance(message.root, ToolListChangedNotification)

    def _withdraw(self, session: ClientSession, number: int) -> None:
        """Tells the server that nobody waits for an answer any more."""
        if self._life.done():
            return
        params = CancelledNotificationParams(requestId=number, reason="The caller has gone.")
        notification = ClientNotification(CancelledNotification(params=params))

        async def tell() -> None:
            with contextlib.suppress(Exception):
                async with asyncio.timeout(ENDS_WITHIN):
                    await self._unless_lost(session.send_notification(notification))

        task = asyncio.create_task(tell())
        self._aside.add(task)
        task.add_done_callback(self._aside.discard)


class KeptSession:
    """The session with one server that calls share; of one event loop."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._opening: asyncio.Task[Session] | None = None
        self._session: Session | None = None
        self._calls = 0
        self._idle: asyncio.TimerHandle | None = None

    async def call(
        self, expected: Listed, arguments: dict[str, Any], seconds: float
    ) -> tuple[str, CallToolResult | None]:
        """What has changed of the tool, in words, and the result where nothing has.

        Raises EngineFailed.
        """
        self._calls += 1
        if self._idle:
            self._idle.cancel()
        try:
            try:
                return await self._once(expected, arguments, seconds)
            except UnknownSession:  # nothing was done with the call
                return await self._once(expected, arguments, seconds)
        finally:
            self._calls -= 1
            if not self._calls:
                loop = asyncio.get_running_loop()
                self._idle = loop.call_later(IDLE_SECONDS, self.end)

    async def _once(
        self, expected: Listed, arguments: dict[str, Any], seconds: float
    ) -> tuple[str, CallToolResult | None]:
        session = await self._open(seconds)
        try:
            if change := expected.change_to(await session.listed(expected.name)):
                return change, None
            return "", await session.call(expected.name, arguments)
        except UnknownSession:
            session.end()
            raise

    async def _open(self, seconds: float) -> Session:
        """The session, or a new one, for which all wait together; they share its failure, too."""
        if self._session is None or self._session.is_over:
            if self._opening is None or self._opening.done():
                self._opening = asyncio.create_task(self._new(seconds))
                self._opening.add_done_callback(_look_at)
            return await asyncio.shield(self._opening)
        return self._session

    async def _new(self, seconds: float) -> Session:
        session = Session(self.connection, seconds)
        limit = min(OPENS_WITHIN, seconds)
        try:
            async with asyncio.timeout(limit):
                await session.open()
        except TimeoutError:
            session.end()
            reason = f"it did not answer within {limit:g} s"
            raise CannotReach(self.connection.title, reason=reason) from None
        except BaseException:
            session.end()
            raise
        self._session = session
        return session

    def end(self) -> asyncio.Task[None] | None:
        """Lets it end; another call opens a new one."""
        session, self._session = self._session, None
        if self._idle:
            self._idle.cancel()
        return session.end() if session else None


def _tells_of_an_end(task: "asyncio.Future[Any]") -> bool:
    """Whether a request failed since its session had ended."""
    error = None if task.cancelled() else task.exception()
    if isinstance(error, McpError):
        return error.error.code == CONNECTION_CLOSED and error.error.message == "Connection closed"
    return isinstance(error, ClosedResourceError | BrokenResourceError | EndOfStream)


def _look_at(task: "asyncio.Task[Session]") -> None:
    """So that nobody complains of a failure that nobody waited for."""
    if not task.cancelled():
        task.exception()


def _is_usable(tool: Tool) -> bool:
    """Whether a tool can be told to a model, and kept."""
    is_named = 0 < len(tool.name) <= MAX_NAME and tool.name == printable(tool.name).strip()
    return is_named and len(json.dumps(tool.inputSchema)) <= MAX_SCHEMA


def _listed(tool: Tool) -> Listed:
    title = tool.title or (tool.annotations.title if tool.annotations else "") or ""
    return Listed(
        tool.name,
        printable(" ".join(title.split()))[:MAX_TITLE],
        printable(tool.description or "")[:MAX_DESCRIPTION],
        tool.inputSchema,
    )
