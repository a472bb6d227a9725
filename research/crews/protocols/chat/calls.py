"""Tool calls that come in fragments, and which fragment belongs to which call.

The protocol says: fragments of one call have one index. Servers send index 0 for all, or none, or
an id with each fragment, or a call once more at the end.
"""

import json
from dataclasses import dataclass, field
from typing import Any

from research.crews.bounds import MAX_CALL_BYTES, MAX_CALLS, AnswerTooLarge

Json = dict[str, Any]
FRAGMENT_BYTES = 64  # that a fragment takes beside its text
_KNOWN = {"index", "id", "type", "function", "name", "arguments"}


@dataclass
class Call:
    """A tool call as far as it has come."""

    index: int | None
    id: str
    name: str
    arguments: str = ""
    more: Json = field(default_factory=dict)
    """What else the server put with it, and wants back (Gemini's signature of its thoughts)."""

    @property
    def is_whole(self) -> bool:
        """Whether its arguments are complete."""
        try:
            json.loads(self.arguments)
        except ValueError:
            return False
        return True


class Calls:
    """The tool calls of one answer."""

    def __init__(self) -> None:
        self._calls: list[Call] = []
        self._bytes = 0
        self._is_full = False

    def add(self, fragment: Any) -> int:
        """Takes a fragment in; returns how many characters of arguments it brought."""
        if not isinstance(fragment, dict) or self._is_full:
            return 0
        function = fragment.get("function")
        function = function if isinstance(function, dict) else fragment
        name, arguments = _text(function.get("name")), _arguments(function.get("arguments"))
        identity, index = _text(fragment.get("id")), _index(fragment.get("index"))
        self._bytes += len(name) + len(arguments) + FRAGMENT_BYTES
        if self._bytes > MAX_CALL_BYTES:
            raise AnswerTooLarge(limit=MAX_CALL_BYTES, part="tool calls")
        call = self._owner(index, identity, name, arguments)
        if call is None:
            self._is_full = len(self._calls) == MAX_CALLS
            if self._is_full:
                return 0
            call = Call(index, identity, name)
            self._calls.append(call)
        elif name and call.is_whole and call.arguments == arguments:
            return 0  # told once more
        call.id, call.name = call.id or identity, call.name or name
        call.arguments += arguments
        call.more.update({key: fragment[key] for key in fragment.keys() - _KNOWN})
        return len(arguments)

    def _owner(self, index: int | None, identity: str, name: str, arguments: str) -> Call | None:
        """The call that a fragment goes on with; None: it begins one."""
        same = [call for call in self._calls if index is None or call.index in (index, None)]
        if not same:
            return None
        last = same[-1]
        if not name:  # hence it begins nothing, whatever its id
            return next((call for call in same if identity and call.id == identity), last)
        if identity and last.id and identity != last.id:
            return None
        if name != last.name and last.name:
            return None
        is_repeated = last.arguments == arguments and bool(identity)
        return last if is_repeated or not last.is_whole else None

    def as_json(self) -> list[Json]:
        """The calls that can be made, as the protocol has them, each with an id of its own."""
        found: dict[str, Json] = {}
        for number, call in enumerate(call for call in self._calls if call.name):
            identity = call.id if call.id and call.id not in found else f"call_{number}"
            found[identity] = {
                **call.more,
                "id": identity,
                "type": "function",
                "function": {"name": call.name, "arguments": call.arguments or "{}"},
            }
        return list(found.values())

    def __bool__(self) -> bool:
        return any(call.name for call in self._calls)


def _index(value: Any) -> int | None:
    try:
        return int(value)
    except (TypeError, ValueError, OverflowError):
        return None


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _arguments(value: Any) -> str:
    """Arguments as text, which some servers send as the object itself."""
    if isinstance(value, str):
        return value
    return json.dumps(value) if isinstance(value, (dict, list)) else ""
