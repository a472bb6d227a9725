"""Why a file is refused: the docstring is the message."""

from typing import Any

from research.exceptions import BadInput

MAX_NAME_SHOWN = 120  # characters


class RefusedFile(BadInput):
    """{name} cannot be taken."""

    def __init__(self, name: str, **details: Any) -> None:
        shown = name if len(name) <= MAX_NAME_SHOWN else "…" + name[-MAX_NAME_SHOWN:]
        super().__init__(name=shown, **details)
        self.details = details


class FileTooLarge(RefusedFile):
    """{name} is larger than {limit} MB. Split it and add the parts."""


class BinaryContent(RefusedFile):
    """{name} holds binary data where text was expected."""


class TakesTooLong(RefusedFile):
    """{name} takes too long to read. Split it, or save it in a simpler format."""


class NeedsTooMuchMemory(RefusedFile):
    """{name} needs more than {limit} MB of memory to be read. Split it and add the parts."""


class ReaderFailed(RefusedFile):
    """{name} could not be read: its reader failed."""


class ReadersBusy(RefusedFile):
    """{name} was not read, because other files are still being read. Try again in a minute."""
