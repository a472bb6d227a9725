"""Why a call of an MCP server's tool gave nothing: the docstring is the message."""

from research.exceptions import ResearchError
from research.sources.exceptions import EngineFailed


class BadServerFile(ResearchError):
    """The file of MCP servers, {file}, cannot be used: {reason}."""


class NotInFile(EngineFailed):
    """{engine} no longer stands in the file of MCP servers, {file}."""

    seconds = 0.0


class NotSetUp(EngineFailed):
    """{engine} cannot be used: {reason}"""

    seconds = 0.0


class DoesNotStart(EngineFailed):
    """{engine} does not start: {reason}."""

    seconds = 10.0


class CannotReach(EngineFailed):
    """{engine} cannot be reached: {reason}."""

    seconds = 10.0


class LetsNobodyIn(EngineFailed):
    """{engine} refuses this site (status {status}): an administrator checks its headers."""

    seconds = 60.0


class TakesNoMore(EngineFailed):
    """{engine} takes no more calls for now: its rate limit is used up."""

    seconds = 30.0


class Redirects(EngineFailed):
    """{engine} redirects to {place}, which is not followed. If it is right, enter that address."""


class Answered(EngineFailed):
    """{engine} answered with status {status}."""

    seconds = 0.0  # the next call may be another matter


class SpeaksNoMCP(EngineFailed):
    """{engine} did not answer as an MCP server does: {reason}."""

    seconds = 0.0


class AnswerTooLarge(EngineFailed):
    """{engine} gave an answer of more than {limit} MB, which is not read. Ask for less."""

    seconds = 0.0


class Slow(EngineFailed):
    """{engine} did not answer within {limit:g} s."""

    seconds = 0.0  # of another tool it may


class WasLost(EngineFailed):
    """The connection to {engine} was lost during the call."""

    seconds = 0.0


class UnknownSession(EngineFailed):
    """{engine} no longer knows the session."""

    seconds = 0.0


class ToolFailed(EngineFailed):
    """{engine}: the tool {tool} failed. {words}"""

    seconds = 0.0


class ToolChanged(EngineFailed):
    """{engine}: the tool {tool} is no longer as it was allowed: {change}. An administrator has to
    allow it again."""

    seconds = 0.0

    def __init__(self, engine: str, tool: str, change: str) -> None:
        super().__init__(engine, tool=tool, change=change)
        self.change = change
