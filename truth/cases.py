"""Cases with a known answer: a claim, its sources, and whether it may pass."""

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from research.claims.claim import Source
from truth.changes import FAIR, FALSE
from truth.texts import Topic
from truth.written import facts

DATA = Path(__file__).parent / "data"
UNSAID = "on the topic, carried by no source"
BY_HAND = ["languages", "paraphrases", "by_hand", "polarity", "set_aside"]


@dataclass(frozen=True)
class Case:
    """`is_true`: the sources carry the claim. `cited` is the number that it cites, if any."""

    kind: str
    claim: str
    sources: list[Source]
    cited: int
    is_true: bool

    @property
    def text(self) -> str:
        return f"{self.claim} [{self.cited}]"


def of_topics(topics: list[Topic], per_source: int, rng: random.Random) -> Iterator[Case]:
    """All kinds of cases from the sentences of real documents."""
    for at, topic in enumerate(topics):
        elsewhere = topics[(at + 1) % len(topics)]
        for place, sentences in enumerate(topic.sentences):
            for sentence in _some(sentences, per_source, rng):
                yield from _of_sentence(sentence, topic, place, elsewhere, rng)
            for sentence in _some(topic.unsaid[place], per_source, rng):
                yield Case(UNSAID, sentence, topic.sources, place + 1, False)


def _some(sentences: list[str], most: int, rng: random.Random) -> list[str]:
    return rng.sample(sentences, min(most, len(sentences)))


def _of_sentence(
    sentence: str, topic: Topic, place: int, elsewhere: Topic, rng: random.Random
) -> Iterator[Case]:
    number = place + 1

    def case(kind: str, claim: str, is_true: bool, cited: int = number) -> Case:
        return Case(kind, claim, topic.sources, cited, is_true)

    yield case("word for word", sentence, True)
    for kind, change in FAIR.items():
        if changed := change(sentence, rng):
            yield case(f"fair: {kind}", changed, True)
    for kind, change in FALSE.items():
        if (changed := change(sentence, rng)) and not topic.has(changed):
            yield case(kind, changed, False)
    other = (place + 1) % len(topic.sources)
    plain = " ".join(topic.sources[other].text.split())
    if sentence not in plain:
        yield case("citation shifted", sentence, False, other + 1)
    second = rng.choice(topic.sentences[other])
    glued = f"{sentence[:-1]}, and {second[0].lower()}{second[1:]}"
    yield case("two sources glued", glued, False)
    yield case("carried by no source", rng.choice(rng.choice(elsewhere.sentences)), False)


def of_facts(topics: list[Topic], per_topic: int, rng: random.Random) -> Iterator[Case]:
    """Dates, amounts and units in several forms, in the middle of real text."""
    for topic in topics:
        told = list(facts(rng, per_topic))
        added = "\n\n".join(source for _, source, _, _ in told)
        first = topic.sources[0]
        text = f"{first.text[:4_000]}\n\n{added}\n\n{first.text[4_000:8_000]}"
        sources = [replace(first, text=text), *topic.sources[1:]]
        for kind, _, fair, false in told:
            yield Case(f"fair: {kind} in another form", fair, sources, 1, True)
            yield Case(f"{kind} altered", false, sources, 1, False)


def by_hand(name: str) -> Iterator[Case]:
    """Cases written by hand: documents, true claims about their first source, and false ones by
    kind; those of the kind `shifted` are true, but cite the second."""
    for row in json.loads((DATA / f"{name}.json").read_text(encoding="utf-8")):
        sources = [Source(n, "", "", text) for n, text in enumerate(row["sources"], 1)]
        for claim in row["true"]:
            yield Case(f"{name}: fair", claim, sources, 1, True)
        for kind, claims in row["false"].items():
            for claim in claims:
                cited = 2 if kind == "shifted" else 1
                yield Case(f"{name}: {kind}", claim, sources, cited, False)
