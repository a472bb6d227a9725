"""Where a result cites its sources, in any of the forms that models write, and what it links to."""

import re
from bisect import bisect_left
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from research.text import citations
from research.text.addresses import ADDRESS, place, trimmed

_LINK = re.compile(
    r"\[(?P<words>(?:[^\[\]\n]|\[\^?\d{1,4}\]){0,300})\]\((?P<to>[^()\s]{1,2000}(?:\([^()\s]*\))?)\)"
)
_ROUND = re.compile(  # `(1)` and `(1, 2)` before a stop or at the end of a line
    r"(?<=[\w\"'”’)\]%])[ \t]?[(\uff08](\d{1,3}(?:\s*[,;–-]\s*\d{1,3}){0,20})[)\uff09]"
    r"(?=[.,;:!?。]|\s*$)",
    re.MULTILINE,
)
_LEAD = re.compile(  # `(see [1])`, `Source: [1]`, `According to [1], …`
    r"""
    [(\[]\s*(?:(?:see|cf\.?|via|from|sources?|refs?\.?|references?|quellen?|fuentes?)\b\s*:?\s*)?\Z
    | (?<=[.!?。"”)*_\n]) \s*\*{0,2}(?:sources?|refs?\.?|references?|quellen?|fuentes?)
        \s*:\*{0,2}\s*\Z
    | \b(?:according\ to|as\ (?:stated|reported|noted|described|shown|said|explained)\ (?:in|by)|per
        |laut|selon|según)\ (?:the\ )?\Z
    """,
    re.IGNORECASE | re.VERBOSE,
)
_LONGEST_LEAD = 30  # characters
_BEHIND = re.compile(r"[.!?。…\"”)\]][*_]{0,3}\s*\(?\s*\Z|\(\s*\Z")
_STEP = re.compile(
    r"(?:steps?|options?|items?|fig(?:ure)?s?|equations?|eq|sections?|chapters?|cases?|points?|part"
    r"|table|appendix|nos?|numbers?)\.?\s*\Z",
    re.IGNORECASE,
)
_RAISED = re.compile(
    r"(?:(?<=[^\W\d_]{3})|(?<=[.,;:!?。”\")\]])|(?<=[.,;:!?。”\")\]] )"
    r"|(?<=[\w`*] )(?=[⁰¹²³⁴⁵⁶⁷⁸⁹]+\s*$))[⁰¹²³⁴⁵⁶⁷⁸⁹]{1,3}(?!\w)",
    re.MULTILINE,
)
_RAISED_DIGITS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")


@dataclass(frozen=True)
class _Mark:
    start: int
    end: int
    numbers: tuple[int, ...]
    blanks: tuple[tuple[int, int], ...]
    link: str = ""


class Cited:
    """The marks of a result, in their order."""

    def __init__(self, marks: Sequence[_Mark]) -> None:
        self._marks = sorted(marks, key=lambda mark: mark.start)
        self._starts = [mark.start for mark in self._marks]

    def _between(self, start: int, end: int) -> Sequence[_Mark]:
        return self._marks[bisect_left(self._starts, start) : bisect_left(self._starts, end)]

    def within(self, start: int, end: int) -> tuple[int, ...]:
        """The numbers that are cited between two places, each once."""
        numbers = (n for mark in self._between(start, end) for n in mark.numbers)
        return tuple(dict.fromkeys(numbers))

    def spans(self, start: int, end: int) -> list[tuple[int, int]]:
        """Where citations stand that have no words of their own."""
        marks = self._between(start, end)
        whole = [m for m in marks if m.numbers and m.blanks == ((m.start, m.end),)]
        return [(m.start, min(m.end, end)) for m in whole]

    def blanks(self, start: int, end: int) -> list[tuple[int, int]]:
        """What says nothing: citations, and the addresses of links."""
        marks = self._between(start, end)
        return [(a, min(b, end)) for mark in marks for a, b in mark.blanks if a < end]

    def links(self, start: int, end: int) -> tuple[str, ...]:
        """Addresses that are written out or linked to, and are no source's."""
        return tuple(m.link for m in self._between(start, end) if m.link and not m.numbers)


def find_citations(
    text: str,
    places: Mapping[str, int],
    known: Collection[int],
    code: Sequence[tuple[int, int]] = (),
) -> Cited:
    """All citations of a result outside of its code."""
    pieces, at = [], 0
    for start, end in code:
        pieces += [text[at:start], " " * (end - start)]
        at = end
    text = "".join([*pieces, text[at:]])
    marks, masked = _addresses(text, places)
    numbered = _numbered(masked, known)
    marks += numbered or _round(masked, known)
    marks += _raised(masked, known)
    return Cited([_widened(text, mark) for mark in marks])


def _widened(text: str, mark: _Mark) -> _Mark:
    """A citation with the brackets and the words that only lead up to it."""
    if not mark.numbers or mark.blanks != ((mark.start, mark.end),):
        return mark
    first = max(0, mark.start - _LONGEST_LEAD)
    lead = _LEAD.search(text[first : mark.start])
    if not lead:
        return mark
    start, end = first + lead.start(), mark.end
    if lead[0].lstrip()[:1] in ("(", "["):
        closing = re.compile(r"\s*[)\]]").match(text, end)
        if not closing:
            return mark
        end = closing.end()
    return replace(mark, start=start, end=end, blanks=((start, end),))


def _addresses(text: str, places: Mapping[str, int]) -> tuple[list[_Mark], str]:
    """Links and bare addresses, and the text without them."""
    marks: list[_Mark] = []
    pieces: list[str] = []
    at = 0
    for link in _LINK.finditer(text):
        to = link["to"].strip("<>")
        if not re.match(r"(?:https?://|www\.|mailto:)", to, re.IGNORECASE):
            continue
        number = places.get(place(to))
        words = link["words"].strip("[]^ ")
        is_mark = words.isdecimal() or bool(re.fullmatch(r"(?i)(?:source|ref|link)s?\W*\d*", words))
        start, end = link.span()
        if number is not None and _BEHIND.search(text[max(0, start - 12) : start]):
            is_mark = True
        inner = (link.start("words"), link.end("words"))
        blanks = ((start, end),) if is_mark else ((start, inner[0]), (inner[1], end))
        if number is None and words.isdecimal() and to == "":
            continue
        marks.append(_Mark(start, end, () if number is None else (number,), blanks, to))
        kept = " " * (inner[0] - start) + text[inner[0] : inner[1]] + " " * (end - inner[1])
        pieces += [text[at:start], " " * (end - start) if is_mark else kept]
        at = end
    masked = "".join([*pieces, text[at:]])
    pieces, at = [], 0
    for match in ADDRESS.finditer(masked):
        address = trimmed(match[0])
        start, end = match.start(), match.start() + len(address)
        number = places.get(place(address))
        numbers = () if number is None else (number,)
        marks.append(_Mark(start, end, numbers, ((start, end),), address))
        pieces += [masked[at:start], " " * (end - start)]
        at = end
    return marks, "".join([*pieces, masked[at:]])


def _numbered(text: str, known: Collection[int]) -> list[_Mark]:
    marks: list[_Mark] = []
    for line in re.finditer(r"[^\n]+", text):
        if len(marks) >= citations.MOST * 5:
            break
        for each in citations.find(line[0], known):
            start, end = line.start() + each.start, line.start() + each.end
            blanks = start, end
            if each.lead is not None:
                blanks = line.start() + each.lead, end
            elif each.is_worded:
                blanks = _bracket(text, start, end)
            marks.append(_Mark(*blanks, each.numbers, (blanks,)))
    return marks


def _bracket(text: str, start: int, end: int) -> tuple[int, int]:
    """`(Source 1: a title)` as a whole, of which only the digit is a citation."""
    before = max(
        text.rfind("(", max(0, start - 60), start), text.rfind("[", max(0, start - 60), start)
    )
    closing = re.compile(r"[^()\[\]\n]{0,220}[)\]]").match(text, end)
    return (before if before >= 0 else start, closing.end() if closing else end)


def _round(text: str, known: Collection[int]) -> list[_Mark]:
    """`(1)`, in a text that cites in no other form, and only sources that there are."""
    marks = []
    for match in _ROUND.finditer(text):
        numbers = tuple(int(n) for n in re.findall(r"\d+", match[1]))
        step = _STEP.search(text[max(0, match.start() - 16) : match.start()])
        if not step and all(n in known for n in numbers):
            marks.append(_Mark(*match.span(), numbers, (match.span(),)))
    return marks


def _raised(text: str, known: Collection[int]) -> list[_Mark]:
    found = []
    for match in _RAISED.finditer(text):
        number = int(match[0].translate(_RAISED_DIGITS))
        if number in known:
            found.append(_Mark(*match.span(), (number,), (match.span(),)))
    return found
