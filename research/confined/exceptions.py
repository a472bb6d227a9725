"""Why a file is refused: the docstring is the message."""

from typing import Any

from research.exceptions import BadInput

MAX_NAME_SHOWN = 120  # characters


class RefusedFile(BadInput):
    """{name} cannot be taken."""

    why = "refused"  # in few words, to count files by

    def __init__(self, name: str, **details: Any) -> None:
        shown = name if len(name) <= MAX_NAME_SHOWN else "…" + name[-MAX_NAME_SHOWN:]
        super().__init__(name=shown, **details)
        self.details = details
        self._shown = shown

    @property
    def reason(self) -> str:
        """The message without the name, where it begins with it."""
        return str(self).removeprefix(self._shown).strip()


class FileTooLarge(RefusedFile):
    """{name} is larger than {limit} MB. Split it and add the parts."""

    why = "too large"


class BinaryContent(RefusedFile):
    """{name} holds binary data where text was expected."""

    why = "binary"


class TakesTooLong(RefusedFile):
    """{name} takes too long to read. Split it, or save it in a simpler format."""

    why = "too slow to read"


class NeedsTooMuchMemory(RefusedFile):
    """{name} needs more than {limit} MB of memory to be read. Split it and add the parts."""

    why = "too large for the memory"


class ReaderFailed(RefusedFile):
    """{name} could not be read: its reader failed."""

    why = "unreadable"


class ReadersBusy(RefusedFile):
    """{name} was not read, because other files are still being read. Try again in a minute."""

    why = "not read in time"
