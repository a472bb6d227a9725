"""What the language reference says of its terms and of the proposals it came by, each by itself."""

import re
from collections.abc import Iterable

from research.text.sentences import split

_TERM = re.compile(r"(?<![\w*])\*(?P<term>[a-z][a-z -]{3,40})\*(?![\w*])")
_BEFORE = re.compile(  # what stands before a term that a sentence gives to something
    r"\b(?<!so-)(?:called|known as|referred to as|denotes|wrapped by)"
    r"(?: an?| the| one or more| that class\u2019s)? $|^(?P<article>An?) $"
)
_BEHIND = re.compile(r" (?:(?:is|are) (?:an?|any|one|the)|represents?|defines?|provides?) ")
_LEANING = re.compile(r"\[|These|They|This|It|If|The following")  # on what stands before
_PROPOSAL = re.compile(r"^ *\*\*(PEP \d+)\*\* [-\u2013] (.+)\n((?: {5,}\S.*\n?)+)", re.M)


def terms(topics: Iterable[str]) -> dict[str, str]:
    """The sentences that explain a term, which the reference sets in italics there."""
    found: dict[str, str] = {}
    for topic in topics:
        for paragraph in re.split(r"\n\s*\n", topic):
            text = " ".join(paragraph.split())
            for start, end in split(text):
                for term in _explained(text[start:end]):
                    found.setdefault(term, text[start:end])
    return dict(sorted(found.items()))


def _explained(sentence: str) -> list[str]:
    """The terms that a sentence explains: `A *scope* is …`, `… is called a *generator*`."""
    if not sentence.endswith(".") or _LEANING.match(sentence):
        return []
    return [
        match["term"]
        for match in _TERM.finditer(sentence)
        if (before := _BEFORE.search(sentence[: match.start()]))
        and (not before["article"] or _BEHIND.match(sentence, match.end()))
    ]


def proposals(topics: Iterable[str]) -> dict[str, str]:
    """The proposals that the reference points to, with what it says of them at most."""
    found: dict[str, tuple[str, str]] = {}
    for topic in topics:
        for number, title, about in _PROPOSAL.findall(topic):
            said = f"{title.strip()} ({number}): {' '.join(about.split()).rstrip('.')}."
            known = found.get(number, ("", ""))
            found[number] = max(known, (f"{number} - {title.strip()}", said), key=_length)
    return dict(found.values())


def _length(entry: tuple[str, str]) -> int:
    return len(entry[1])
