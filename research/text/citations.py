"""Which numbers of a running text cite a source, and which say something else.

Models cite as `[1, 2]`, `[1-3]`, `[^1]`, `【1†source】`, `(Source 1)`, `[S1]`, `<sup>1</sup>`. The
same signs stand for intervals, indexes, years, powers and isotopes, so a number counts only where
its source exists or where nothing else explains it. What code, maths and links are is decided in
`research.text.markdown`.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

MOST = 2_000  # citations of a text that are looked at; the rest stays text
LONGEST_RANGE = 20  # sources in a range such as `[3-7]`, unless the crew has seen all of them
LARGEST_UNSEEN = 999  # a larger number of no known source is a year, or a quantity


@dataclass(frozen=True)
class Citation:
    """The characters from `start` to `end`, which cite the sources `numbers`."""

    start: int
    end: int
    numbers: tuple[int, ...]
    is_worded: bool = False
    """Only the digits of `(Source 1)` are meant; what stands around them is text to be kept."""
    lead: int | None = None
    """Where the words begin in front of the digits, if no bracket holds them: `Source 1 says`."""


# Possessive throughout: no number may be read in two ways, or a long list takes for ever.
_RANGE = r"\s*+[-\u2010-\u2015]\s*+"
_ITEM = rf"\^?\d{{1,6}}+(?:{_RANGE}\d{{1,6}}+)?+"
_AND = r"\s*+(?:,\s*+(?:and\b)?+|[;&]|\band\b)\s*+"
_NUMBERS = rf"{_ITEM}(?:{_AND}{_ITEM}){{0,99}}+"
_WORD = (
    r"(?:\b(?:sources?|src|refs?|references?|cit(?:e|es|ations?)|doc(?:ument)?s?|quellen?|fuentes?"
    r"|fontes?|fonti|bron(?:nen)?|источник\w?|المصدر|مصدر)\b|来源|來源|资料|出典|출처)\.?\s*[:#-]?\s*"
)
_WORDED_NUMBERS = rf"(?i:{_WORD}){_NUMBERS}(?:{_AND}(?i:{_WORD}){_NUMBERS}){{0,20}}+"
_LETTERED = r"(?:(?i:s|src|source|ref|doc|web(?:\s?page)?|search|result|id)[:_-]?\s?|\#)(?=\d)"
_TAIL = r"(?:[:,]\s[^\[\]()\n]{1,200})?"  # `(Source 1: a title)`
_PAGE = r"(?:,\s*(?:pp?|ch|sec|para|S)\.?\s*\d[\d\u2010-\u2015-]{0,12})?"  # `[1, p. 5]`
_ANCHOR = r"(?:\(\#[^()\s]{0,60}\))?"  # `[1](#sources)`
_CITATION = re.compile(
    rf"""
    \[\[ \s* (?P<doubled> {_NUMBERS} ) \s* \]\] {_ANCHOR}
    | \\?[\[\uff3b\u3014] \s* (?P<plain> {_NUMBERS} ) \^? {_PAGE} (?: †[^\]\n]{{0,200}} )?
        \s* \\?[\]\uff3d\u3015] {_ANCHOR}
    | 【 \s* (?P<lenticular> {_NUMBERS} ) (?: :[0-9]{{1,6}} )? (?: †[^】\n]{{0,200}} )? \s* 】
    | \[ \s* (?P<square> {_WORDED_NUMBERS} ) {_TAIL} \s* \]
    | \( \s* (?P<round> {_WORDED_NUMBERS} ) {_TAIL} \s* \)
    | [\[(] \s* (?P<lettered> {_LETTERED}{_ITEM} (?:{_AND}{_LETTERED}{_ITEM}){{0,99}}+ ) \s* [\])]
    | <(?P<tag>sup|ref|cite)> \s* [\[(]? (?P<raised> {_NUMBERS} ) [\])]? \s* </(?P=tag)>
    | (?: \bSources? | (?<=\bto\ )sources? | (?<=\bsee\ )sources? | (?<=\bin\ )sources? )
        \ (?P<bare> {_NUMBERS} ) \b
    """,
    re.VERBOSE,
)
_FORMS = [name for name in _CITATION.groupindex if name != "tag"]
_WORDED = ("square", "round", "bare")
_ONLY_KNOWN = ("lettered", "raised", "bare")  # whose signs often mean something else
_EACH = re.compile(rf"(?P<first>\d+)(?:{_RANGE}(?P<last>\d+))?")
_POWER = re.compile(  # `10<sup>3</sup>`, `m<sup>2</sup>`
    r"(?:[\d^]|\b(?:[A-Za-z]|[cdkmnµ]m|mc|mi|ft|in|yd|ha))\s?\Z"
)

_NO_INDEX = re.compile(r"[\^†【<]|\(#")  # signs that only citations have

# Scripts that set no space between words, so that a number is attached to one without being part
# of it: Thai, Japanese, Chinese, Korean.
_UNSPACED = "\u0e00-\u0e7f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
_LETTER = re.compile(rf"[^\W{_UNSPACED}]")
_NAME = re.compile(rf"[^\W{_UNSPACED}](?:[^\W{_UNSPACED}]|\.(?=\w))*\Z")
_ACCESS = re.compile(r"\w(?:\([^()\s]{0,80}\)|\[[^\[\]\s]{0,80}\])\Z")  # `f(x)`, `xs[0]`
_CODE_LIKE = re.compile(
    r"""
    .\Z                                # one letter
    | .*(?: _ | \. | [a-z][A-Z] | [^\W\d]\d | \d[^\W\d] )   # snake_case, a.b, camelCase, x1, 18F
    | [b-df-hj-np-tv-xz]+ \Z           # nothing to be pronounced
    """,
    re.VERBOSE,
)
_NAME_OF_A_THING = re.compile(r"[A-Z][a-z]+(?:[A-Z][a-z]+)+")  # a class, a firm: `OpenAir`
_LINE_ENDS = re.compile(r"[.!?]?\s*(?:\n|\Z)")
_ARTICLE = re.compile(r"\b(?:a|an|the|this|each|every)\s\Z", re.IGNORECASE)  # `the list[1]`
_SEQUENCE = re.compile(  # what programs call them
    r"args|argv|arr|array|buf|buffer|cols|coords|deque|dict|elem|idx|indices|inputs|items|kwargs"
    r"|list|lst|matrix|nums|obj|params|rows?|seq|str|string|sys\.argv|tensor|tuple|vals|vec|vector"
    r"|[xyz]s",
    re.IGNORECASE,
)
_MATHS = re.compile(  # also the signs for sets, and `interval [1, 2]`
    r"(?:[=<>\u00d7\u2208\u2209\u2229\u222a\u2264\u2265\u2282\u2286]|\binterval(?: of)?)\s*\Z",
    re.IGNORECASE,
)
_QUANTITY = re.compile(
    r"\b(?:range|domain|between|from|span|bounds|limits|array|list|vector|tuple|set|matrix"
    r"|lies in|values? in|numbers? in)(?: of| is| are)?:?\s*\Z",
    re.IGNORECASE,
)
_CONTEXT = 40  # characters before a bracket that are looked at


def find(text: str, known: Collection[int], before: str = "") -> Iterator[Citation]:
    """The citations in a running text that holds no code, maths or link.

    `known` are the numbers of the sources that there are; `before` is what stands in front of the
    text. No more than MOST.
    """
    found, end, was_citation = 0, -1, False
    for match in _CITATION.finditer(text):
        is_chained = match.start() == end and was_citation  # `[1][2]`
        lead = text[max(0, match.start() - _CONTEXT) : match.start()]
        if match.start() < _CONTEXT:
            lead = before[-_CONTEXT:] + lead
        end, was_citation = match.end(), False
        for citation in _read(match, known):
            is_attached = not (is_chained or _NO_INDEX.search(match[0]))
            before_it, after_it = (lead, text[end : end + 4]) if is_attached else ("", "")
            if _is_doubtful(match, citation, known, lead):
                break
            if not _holds(citation, known, before_it, after_it):
                break
            was_citation = True
            yield citation
            found += 1
            if found == MOST:
                return


def _read(match: re.Match[str], known: Collection[int]) -> Iterator[Citation]:
    """What a bracket would cite: all its numbers at once, or each of them beside its word."""
    name = _name(match)
    parts = [
        (match.start(name) + each.start(), match.start(name) + each.end(), _expand(each, known))
        for each in _EACH.finditer(match[name])
    ]
    if name in _WORDED:
        lead = match.start() if name == "bare" else None
        yield from (Citation(start, end, numbers, True, lead) for start, end, numbers in parts)
    elif all(numbers for _, _, numbers in parts):
        numbers = tuple(number for _, _, each in parts for number in each)
        yield Citation(match.start(), match.end(), numbers)


def _name(match: re.Match[str]) -> str:
    """Which of the forms was found."""
    return next(name for name in _FORMS if match[name])


def _is_doubtful(
    match: re.Match[str], citation: Citation, known: Collection[int], before: str
) -> bool:
    """Whether signs that often mean something else name a source that there is not, or a power."""
    name = _name(match)
    if name == "raised" and _POWER.search(before):
        return True
    return name in _ONLY_KNOWN and not all(number in known for number in citation.numbers)


def _expand(item: re.Match[str], known: Collection[int]) -> tuple[int, ...]:
    """The numbers of `3` or `3-7`; none for what is no range of sources."""
    first = int(item["first"])
    last = int(item["last"] or first)
    length = last - first + 1
    if length < 1 or (item["last"] and length == 1):
        return ()
    numbers = range(first, last + 1)
    if length > LONGEST_RANGE and not (length <= len(known) and all(n in known for n in numbers)):
        return ()
    return tuple(numbers)


def _holds(citation: Citation, known: Collection[int], before: str, after: str) -> bool:
    """Whether what looks like a citation is one, by its numbers and by what stands around it."""
    numbers = citation.numbers
    if not numbers or 0 in numbers:
        return False
    if citation.is_worded:
        return True
    if _LETTER.match(after) or len(set(numbers)) < len(numbers) or _is_index(before, after):
        return False
    if len(numbers) > 1 and _MATHS.search(before):
        return False
    unseen = [number for number in numbers if number not in known]
    if not unseen:
        return True
    return max(unseen) <= LARGEST_UNSEEN and not _is_quantity(numbers, before)


def _is_quantity(numbers: Sequence[int], before: str) -> bool:
    """Whether several numbers are said to be a range, or the members of something."""
    return len(numbers) > 1 and bool(_QUANTITY.search(before))


def _is_index(before: str, after: str) -> bool:
    """Whether a bracket right behind this is an index: `xs[1]`, `f(x)[1]`, `table[1][2]`."""
    is_last = bool(_LINE_ENDS.match(after))
    if _ACCESS.search(before):
        return not (is_last and before.endswith("()"))
    name = _NAME.search(before)
    if name is None or name[0].isdecimal():
        return False
    own = name[0].rpartition(".")[2]
    if is_last and len(own) > 1 and not _SEQUENCE.fullmatch(own):
        return False
    if _NAME_OF_A_THING.fullmatch(name[0]) or _ARTICLE.search(before, 0, name.start()):
        return False
    return bool(_CODE_LIKE.match(name[0])) or bool(_SEQUENCE.fullmatch(name[0]))
