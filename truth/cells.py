"""Cells with a known answer: rows of made-up things, their sources, and what a model may say."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field

from research.claims.claim import Source
from research.tables.answer import Raw
from research.tables.columns import Column, ColumnType
from research.tables.proof import Proof
from truth.texts import Topic

_BEGINNINGS = (
    "Bren Cald Dor Elm Fen Gal Hol Ivar Kest Lor Mar Nor Ost Pell Quor Rud Sel Tam Ulv Vor Wen"
)
_ENDINGS = "mark wick by ton stad holm ford vale borg haven"
_FIRST, _LAST = _BEGINNINGS.split(), _ENDINGS.split()
_KINDS = ["", "", " Systems", " Press", " Institute", "-kit"]
ROWS = 5  # of a table
_MONTH_NAMES = (
    "January February March April May June July August September October November December"
)
_MONTHS = _MONTH_NAMES.split()

# For each column: how a source says it of `{it}`, and how often a model asks for it by another name.
_SAID: dict[str, list[str]] = {
    "licence": ["{it} is released under the {v}.", "Licence: {v}", "{It} is available under the {v}, as its site says."],
    "founded": ["{it} was founded on {v} in {town}.", "Founded: {v}", "On {v}, {it} was founded by two friends."],
    "staff": ["{it} employs {v} people.", "Staff: {v}", "With a staff of {v}, {it} has {w} offices."],
    "size": ["{it} needs {v} of disk space.", "Size: {v}", "The size of {it} is {v} once it is unpacked."],
    "share": ["{it} has a market share of {v}.", "Share: {v}", "Its share of the market, {it} reports, is {v}."],
    "home page": ["The home page of {it} is {v}", "Home page: {v}", "{it} can be found at {v} since last year."],
    "seat": ["The seat of {it} is {v}.", "Seat: {v}", "{it} has its seat in {v}, near the harbour."],
    "kind": ["{it} is a {v} for small teams.", "Kind: {v}", "{it}, a {v} at heart, began as a hobby."],
    "open source": ["{it} is open source.", "Open source: yes", "All of {it} is open source today."],
    "tongues": ["{it} speaks {v}.", "Tongues: {v}", "The tongues of {it} are {v}."],
}  # fmt: skip
_NOT_OPEN = ["{it} is not open source.", "Open source: no", "No part of {it} is open source today."]
COLUMNS = {
    "licence": Column(name="licence"),
    "founded": Column(name="founded", type=ColumnType.DATE),
    "staff": Column(name="staff", type=ColumnType.NUMBER, ask="How many people work there?"),
    "size": Column(name="size", type=ColumnType.NUMBER, unit="MB"),
    "share": Column(name="share", type=ColumnType.NUMBER, unit="%"),
    "home page": Column(name="home page", type=ColumnType.LINK),
    "seat": Column(name="seat"),
    "kind": Column(name="kind", type=ColumnType.CHOICE, choices=("library", "framework", "toolbox", "service")),
    "open source": Column(name="open source", type=ColumnType.BOOLEAN),
    "tongues": Column(name="tongues", type=ColumnType.LIST),
}  # fmt: skip
_LICENCES = [
    "MIT License",
    "Apache License 2.0",
    "GPL",
    "BSD licence",
    "Mozilla Public License",
    "Zlib licence",
]
_TOWNS = [
    "Oslo",
    "Graz",
    "Porto",
    "Nairobi",
    "Lima",
    "Kyoto",
    "Tallinn",
    "Bergen",
    "Quito",
    "Dakar",
]
_TONGUES = ["German", "Thai", "Urdu", "Welsh", "Basque", "Tamil", "Zulu", "Czech"]


@dataclass(frozen=True)
class Told:
    """A value as a source writes it, as a cell has it, and the sentence."""

    said: str
    value: object
    sentence: str


@dataclass(frozen=True)
class CellCase:
    """What a model says of one cell of a row, and whether it may stand."""

    kind: str
    column: Column
    raw: Raw
    is_true: bool


@dataclass
class Row:
    """A row with its sources: a page of its own, a page on all rows in turn, a page of lines."""

    name: str
    others: list[str]
    sources: list[Source]
    told: dict[str, Told]
    elsewhere: list[dict[str, Told]]
    """What the page of all says of the other rows."""
    cases: list[CellCase] = field(default_factory=list)

    def proof(self) -> Proof:
        return Proof(self.sources, self.name, self.others)


def rows(topics: list[Topic], rng: random.Random) -> Iterator[Row]:
    """A table for each topic: its sources' real text stands around what is said of the rows."""
    for topic in topics:
        names = _names(rng)
        own = [_told(name, rng) for name in names]
        shared = [_told(name, rng, like) for name, like in zip(names, own, strict=True)]
        filler = [source.text[:3_000] for source in topic.sources]
        for at, name in enumerate(names):
            sources = [
                Source(1, name, "https://example.org/1", _page(name, own[at], filler[0], rng)),
                Source(2, "An overview", "https://example.org/2", _overview(names, shared, filler[1])),
                Source(3, names[at - 1], "", _page(names[at - 1], own[at - 1], filler[2], rng)),
            ]  # fmt: skip
            row = Row(name, names[:at] + names[at + 1 :], sources, own[at], [])
            row.cases = list(_cases(at, own, shared, rng))
            yield row


def _names(rng: random.Random) -> list[str]:
    found: list[str] = []
    while len(found) < ROWS:
        name = rng.choice(_FIRST) + rng.choice(_LAST) + rng.choice(_KINDS)
        if all(name[:5] != other[:5] for other in found):
            found.append(name)
    return found


def _told(name: str, rng: random.Random, like: dict[str, Told] | None = None) -> dict[str, Told]:
    told = {}
    for column in _SAID:
        said, value = (like[column].said, like[column].value) if like else _fact(column, rng)
        patterns = _NOT_OPEN if value is False else _SAID[column]
        pattern = patterns[0] if like else rng.choice(patterns)
        text = pattern.format(
            it=name, It=name, v=said, town=rng.choice(_TOWNS), w=rng.randint(2, 9)
        )
        told[column] = Told(said, value, text)
    return told


def _fact(column: str, rng: random.Random) -> tuple[str, object]:
    match column:
        case "licence":
            said = rng.choice(_LICENCES)
            return said, said
        case "founded":
            year, month, day = rng.randint(1950, 2020), rng.randint(1, 12), rng.randint(1, 28)
            forms = [f"{day} {_MONTHS[month - 1]} {year}", f"{_MONTHS[month - 1]} {day}, {year}"]
            return rng.choice(forms), f"{year}-{month:02d}-{day:02d}"
        case "staff":
            number = rng.randint(20, 9_000)
            return rng.choice([f"{number:,}", str(number)]), number
        case "size":
            number = rng.randint(2, 900)
            return rng.choice([f"{number} MB", f"{number} megabytes"]), number
        case "share":
            number = rng.randint(2, 60)
            return rng.choice([f"{number} %", f"{number}%", f"{number} percent"]), number
        case "home page":
            address = f"https://{rng.choice(_FIRST).lower()}{rng.randint(10, 99)}.example/start"
            return address, address
        case "seat":
            town = rng.choice(_TOWNS)
            return town, town
        case "kind":
            kind = rng.choice(COLUMNS["kind"].choices)
            return kind, kind
        case "open source":
            return "", rng.random() < 0.5
    chosen = rng.sample(_TONGUES, 3)
    return f"{chosen[0]}, {chosen[1]} and {chosen[2]}", chosen


def _page(name: str, told: dict[str, Told], filler: str, rng: random.Random) -> str:
    sentences = [each.sentence for each in told.values()]
    rng.shuffle(sentences)
    return (
        f"# {name}\n\n{name} is well known.\n\n"
        + "\n\n".join(sentences)
        + f"\n\n## Notes\n\n{filler}"
    )


def _overview(names: list[str], told: list[dict[str, Told]], filler: str) -> str:
    """All rows in turn: each sentence names its own, or stands below its heading as `It …`."""
    parts = [filler]
    for name, each in zip(names, told, strict=True):
        sentences = [t.sentence for t in each.values()]
        pronoun = [s.replace(f"{name} ", "It ", 1) if s.startswith(name) else s for s in sentences]
        parts.append(
            f"## {name}\n\n" + " ".join(s if s.endswith(".") else f"{s} ." for s in pronoun)
        )
    return "\n\n".join(parts)


def _cases(
    at: int, own: list[dict[str, Told]], shared: list[dict[str, Told]], rng: random.Random
) -> Iterator[CellCase]:
    for name, column in COLUMNS.items():
        told = own[at][name]
        yield CellCase("as it stands", column, Raw(told.value, told.sentence, 1), True)
        quote = told.sentence.replace(" ", "  ", 2).rstrip(".") + " …"
        yield CellCase(
            "quote with other marks",
            column,
            Raw(told.said or told.value, f"“{quote}”", "[1]"),
            True,
        )
        yield CellCase("without a quote", column, Raw(told.value, "", 1), True)
        if other := _altered(name, told.value, rng):
            yield CellCase("value altered", column, Raw(other, told.sentence, 1), False)
            wrong = told.sentence.replace(told.said, _as_said(name, other)) if told.said else ""
            if wrong and wrong != told.sentence:
                yield CellCase("quote and value altered", column, Raw(other, wrong, 1), False)
        if name in ("size", "share"):
            unit = {"size": "GB", "share": "MB"}[name]
            yield CellCase(
                "wrong unit", column, Raw(f"{told.value} {unit}", told.sentence, 1), False
            )
        theirs = own[at - 1][name]
        if theirs.value != told.value:
            yield CellCase(
                "another row, its page", column, Raw(theirs.value, theirs.sentence, 3), False
            )
            it = _as_it(shared[at - 1][name].sentence)
            yield CellCase("another row, a page on both", column, Raw(theirs.value, it, 2), False)
            yield CellCase("another row, no quote", column, Raw(theirs.value, "", 3), False)
        yield CellCase(
            "a page on several", column, Raw(told.value, _as_it(shared[at][name].sentence), 2), True
        )


def _as_it(sentence: str) -> str:
    """The words without the name, as they stand under a heading."""
    for verb in (" is ", " was ", " employs ", " needs ", " has ", " speaks "):
        head, found, tail = sentence.partition(verb)
        if found and " of " not in head:
            return f"{found.strip()} {tail}"
    return sentence


def _altered(column: str, value: object, rng: random.Random) -> object:
    match value:
        case bool():
            return not value
        case int():
            return value + rng.choice([1, 2, 10, value])
        case list():
            return [*value[:2], rng.choice([t for t in _TONGUES if t not in value])]
    other = value
    while other == value:
        other = _fact(column, rng)[1]
    return other


def _as_said(column: str, value: object) -> str:
    match column, value:
        case _, list():
            return f"{value[0]}, {value[1]} and {value[2]}"
        case "founded", str():
            year, month, day = value.split("-")
            return f"{int(day)} {_MONTHS[int(month) - 1]} {year}"
        case "size", _:
            return f"{value} MB"
        case "share", _:
            return f"{value} %"
    return str(value)
