"""Takes the marks off a pasted list: `1. `, `1) `, `- `, `* `, `• `."""

import re
from collections.abc import Iterable

_BULLET = re.compile(
    "\\s*[-*+\u2022\u2023\u25e6\u25aa\u25cf\u00b7\u2013](?:\\s+|$)(?:\\[[ xX]?\\]\\s+)?"
)
_NUMBER = re.compile(r"\s*\(?(?P<number>[0-9]{1,3})[.)](?:\s+|$)")


def without_marks(lines: Iterable[str]) -> tuple[list[str], int]:
    """The lines without their list marks, and how many had one.

    A mark has white space behind it: `-fno-strict-aliasing` and `3D printing` have none. Numbers
    count up by one, each time: those of `1. FC Union` above `1. FC Nürnberg` belong to the topics.
    """
    whole = list(lines)
    numbers = [_NUMBER.match(line) for line in whole]
    counted = [int(match["number"]) for match in numbers if match]
    is_list = bool(counted) and counted == list(range(counted[0], counted[0] + len(counted)))
    bare, marked = [], 0
    for line, number in zip(whole, numbers, strict=True):
        mark = number if number and is_list else _BULLET.match(line)
        marked += bool(mark)
        bare.append(line[mark.end() :] if mark else line)
    return bare, marked
