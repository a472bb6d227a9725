"""What providers send, read before their SDKs read it: a file for each protocol.

An answer is taken apart by a `Reader`, and its SDK gets what it cannot stumble over: text in
pieces, then the calls of tools, then the end. Thoughts, usage, refusals and errors are told in the
form that all protocols share, `research.crews.answers`.
"""

from research.crews.protocols.anthropic import AnthropicReader
from research.crews.protocols.gemini import GeminiReader
from research.crews.protocols.reader import Reader

_READERS: tuple[tuple[str, type[Reader]], ...] = (
    ("/messages", AnthropicReader),
    (":streamGenerateContent", GeminiReader),
)


def reader_for(path: str) -> type[Reader] | None:
    """What reads the answer to a request that was sent to this path."""
    return next((reader for ending, reader in _READERS if path.endswith(ending)), None)
