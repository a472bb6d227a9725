"""What stands in its source word for word is `quoted`, however the result writes it down."""

import random
import re
from collections.abc import Iterator

import pytest

from research.claims.check import check
from research.claims.claim import Source
from research.library.blocks import Block, as_text
from research.library.sample import language, packages
from research.text.sentences import split

SENTENCES = [
    "The `class`'s `__init__()` calls asyncio.run() with *args.",
    "Bees dance, e.g. in the dark (see [3, 4]), at 34.5 °C.",
    "It is -5 °C; p < 0.05 holds for 1,200,000 of 1.2 million.",
    "Raised when the module could not be found.",
    "None of the documents mention its first author.",
    "“We dance,” she said, “in the dark.”",
    "See https://bees.example/dance for its whole text.",
    "Coopera-\ntion of cells is what the hive rests on.",
    "蜜蜂在黑暗中跳舞温度为34.5度。",
    "النحل يرقص في الظلام عند ٣٤ درجة.",
    "Die Biene tanzt am 3. Oktober in z. B. 12 Körben.",
    "Bees dance.",
    "cl(ear) [filename:lineno | bpnumber ...]",
]
FORMS = [
    "{} [1]", "{}[1]", "- {} [1]", "1. {} 【1】", "* **{}** [1]", "> {} [^1]", "_{}_ (Source 1)",
    "{} [Source 1]", "{} [1][2]", "{} [1, 2]", "{} [1-2]", "{} ([1])", "{} (Source: [1])",
    "{} <sup>[1]</sup>", "{} ([A](https://one.example/a))", "{} [1](https://one.example/a)",
    "{} [[1]](https://one.example/a)", "{} https://one.example/a", "“{}” [1]", "[1] {}",
    "{}  \n[1]", "{} ¹", "According to [1], {}", "{} <sup>1</sup>", "{} [S1]", "{} [1†L3-L5]",
    "{} [citation:1]", "{} [1](#1)", "{} [1, p. 3]", "According to Source 1, {}",
    "| Aspect | What |\n|---|---|\n| Thing | {} [1] |", "| Claim | Source |\n|---|---|\n| {} | 1 |",
]  # fmt: skip


@pytest.mark.parametrize(
    ("sentence", "form"),
    [
        (sentence, form)
        for sentence in SENTENCES
        for form in FORMS
        if "Thing" not in form or len(sentence.split()) > 2  # so short a cell needs its row
    ],
)
def test_a_sentence_of_the_source_is_quoted(sentence: str, form: str) -> None:
    text = f"The first line of all.\n\n{sentence} Something else follows it."
    sources = [
        Source(1, "A", "https://one.example/a", text),
        Source(2, "B", "https://two.example/b", "Nothing of it."),
    ]
    if form.startswith("|"):
        sentence = " ".join(sentence.split()).replace("|", "\\|")
    found = check(form.replace("{}", sentence), sources)
    assert [(claim.verdict.value, claim.reason) for claim in found] == [("quoted", "")]


def test_a_part_that_means_something_else_is_not_quoted() -> None:
    text = "Sales were 5 million in May. It is a myth that bees dance in the dark. It is -5 here."
    for claim in ("Sales were 5 [1].", "Bees dance in the dark [1].", "It is 5 here [1]."):
        (found,) = check(claim, [Source(1, "", "", text)])
        assert found.verdict != "quoted", claim


@pytest.fixture(scope="module")
def documents() -> list[list[Block]]:
    return [text.reading.blocks for text in (*language.texts(), *packages.texts())]


@pytest.mark.fuzz
@pytest.mark.parametrize("form", FORMS)
def test_any_sentence_of_the_library_is_quoted(form: str, documents: list[list[Block]]) -> None:
    rng = random.Random(form)
    missed = []
    for blocks in rng.sample(documents, 40):
        text = as_text(blocks)[:6_000]
        sentences = [s for b in blocks if b.is_prose for s in _sentences(b) if s in text]
        for sentence in rng.sample(sentences, min(5, len(sentences))):
            said = sentence.replace("|", "\\|") if form.startswith("|") else sentence
            sources = [Source(1, "A", "https://one.example/a", text), Source(2, "B", "", "None.")]
            found = check(form.replace("{}", said), sources)
            if {claim.verdict.value for claim in found} != {"quoted"}:
                missed.append((said, found))
    assert missed == []


def _sentences(block: Block) -> Iterator[str]:
    """Sentences as we split them, and as anybody would."""
    spans = (block.text[start:end] for start, end in split(block.text))
    for sentence in {*spans, *re.split(r"(?<=[.!?])\s+", block.text)}:
        words = re.findall(r"\w{2,}", sentence)
        is_odd = re.search(r"\A\W*(?:[#>|]|https?:)|[?:]\W*\Z|https?:\S+\Z", sentence)
        if len(words) >= 4 and not is_odd and "\n" not in sentence:
            yield sentence
