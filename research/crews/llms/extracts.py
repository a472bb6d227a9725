"""Reading for the offline model: sources, sentences and notes in what it is given."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from research.library.blocks import Block, Kind, parse
from research.text.sentences import split

_SOURCE = re.compile(
    r"^Source \[(?P<number>\d+)\]: (?P<title>.*)\nAddress: .*\n(?P<text>(?:(?!^Source \[).*\n?)*)",
    re.MULTILINE,
)
NOTE = re.compile(r"^[ \t]*[-*] (?P<text>.+?) \[(?P<number>\d+)\]\s*$", re.MULTILINE)
LISTED = re.compile(r"^\[(?P<number>\d+)\] (?P<title>.+)$", re.MULTILINE)
NOTHING = "The library holds nothing on “{topic}” that could be quoted."
_NOTHING = re.compile(re.escape(NOTHING).replace(re.escape("{topic}"), ".*"), re.DOTALL)

MOST_LED_IN = 30  # words of a sentence with the list that it announces
_WHOLE = re.compile(r"[.!?][\"\u201d\u2019')\]`]*$")
_NO_SENTENCE = re.compile(
    r"(new|added|changed|deprecated|removed) (in|since) (python )?(version )?\d|copyright\b"
    r"|(param|type|return|returns|raises|keyword|note|see|todo|fixme)\b:? ?[\w ]*:"
    r"|.*(>>>|->|=>)|[\w.()]+ --? |\(",
    re.IGNORECASE,
)
_CREDITS = re.compile(
    r"\w@\w|\b(?:written|contributed|maintained|developed) by\b|copyright|all rights", re.IGNORECASE
)
_CODE_NAME = re.compile(r"[a-z]\w*(?:[._]\w|\(|\d)")
_PAIRS = [("(", ")"), ("[", "]"), ("{", "}"), ("“", "”")]
_CODE = re.compile(r"`[^`]*`")


def says_nothing(text: str) -> bool:
    """Whether a result is the offline model's sentence for a library that holds nothing."""
    return bool(_NOTHING.fullmatch(text.strip()))


@dataclass(frozen=True)
class Source:
    """A numbered source of the tools, as far as they showed it: a text for each time they did."""

    title: str
    texts: list[str] = field(default_factory=list)

    def holds(self, sentence: str) -> bool:
        """Whether the sentence stands here word for word, whatever its line breaks and bullets."""
        return _flat(sentence) in _flat("\n".join(self.texts))


@dataclass(frozen=True)
class Sentence:
    """A sentence and where it stands; `opens`: it is the first under its heading."""

    text: str
    title: str
    heading: str = ""
    opens: bool = False


def sources_in(results: Iterable[str]) -> dict[int, Source]:
    """The sources in tool results by their numbers, in the order they came."""
    found: dict[int, Source] = {}
    for result in results:
        for match in _SOURCE.finditer(result):
            source = found.setdefault(int(match["number"]), Source(match["title"]))
            source.texts.append(match["text"].strip())
    return found


def sentences_in(source: Source) -> Iterator[Sentence]:
    """Whole sentences of running prose: no headings, no code, nothing that is mostly signs."""
    for text in source.texts:
        yield from _sentences(text, source.title)


@lru_cache(maxsize=500)
def _sentences(text: str, title: str) -> tuple[Sentence, ...]:
    """Kept for the next turn, and for other crews that find the same passages."""
    heading, opens = "", True
    blocks = list(parse(text))
    found = []
    for place, block in enumerate(blocks):
        if block.kind == Kind.HEADING:
            heading, opens = block.text, True
        elif block.is_prose:
            for sentence in _of_block(block, blocks[place + 1 :]):
                if _is_whole(sentence, title):
                    found.append(Sentence(sentence, title, heading, opens))
                    opens = False
    return tuple(found)


def _of_block(block: Block, following: Sequence[Block]) -> Iterator[str]:
    for start, end in split(block.text):
        sentence = " ".join(block.text[start:end].split())
        if is_finished(sentence):
            yield sentence
        elif sentence.endswith(":") and end == len(block.text):
            yield _with_list(sentence, following)


def _with_list(lead_in: str, following: Sequence[Block]) -> str:
    """What announces a list with its first item, and with those that punctuation parts from it."""
    whole = lead_in
    for block in following:
        longer = f"{whole} {' '.join(block.text.split())}"
        is_too_long = len(longer.split()) >= MOST_LED_IN
        if block.kind != Kind.ITEM or is_too_long or whole[-1] not in ":;,":
            break
        whole = longer
    return whole if whole[-1] not in ":;," else ""


def _is_whole(sentence: str, title: str) -> bool:
    prose = _CODE.sub("", sentence)
    letters = sum(sign.isalpha() or sign.isspace() for sign in prose)
    return bool(
        sentence
        and letters >= 0.8 * len(prose)
        and _begins_well(sentence, title)
        and is_balanced(sentence)
        and not _NO_SENTENCE.match(sentence)
        and not _CREDITS.search(sentence)
    )


def _begins_well(sentence: str, title: str) -> bool:
    """With a capital or a digit, or with a name that is written small: code's, or the source's."""
    first = sentence.lstrip("`“\"'(")
    name = title.partition(":")[0].lower()
    return bool(
        first[:1].isupper()
        or first[:1].isdigit()
        or sentence.startswith("`")
        or _CODE_NAME.match(first)
        or first.lower().split()[0].rstrip(",.") == name
        or (first[:1].isalpha() and not first[:1].islower())  # scripts without capitals
    )


def is_finished(sentence: str) -> bool:
    """Whether it ends with a full stop or the like, not as a list's item does."""
    return bool(_WHOLE.search(sentence))


def is_balanced(sentence: str) -> bool:
    """Whether brackets, quotation marks and backticks that open are closed, too."""
    bare = _CODE.sub("", sentence)
    return (
        "`" not in bare
        and all(bare.count(opening) == bare.count(closing) for opening, closing in _PAIRS)
        and not bare.count('"') % 2
    )


def _flat(text: str) -> str:
    return " ".join(re.sub(r"^- ", "", text, flags=re.MULTILINE).split())
