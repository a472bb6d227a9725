"""The check: a result and its sources in, claims with verdicts out. It asks nobody."""

from collections.abc import Sequence

from research.claims.claim import Claim, Evidence, Source, Verdict
from research.text import citations
from research.text.sentences import split


def check(text: str, sources: Sequence[Source], topic: str = "") -> list[Claim]:
    """The claims of a result in their order, each with its verdict; `topic` is what was asked."""
    known = {source.number: source for source in sources}
    claims = []
    for start, end in split(text):
        sentence = text[start:end]
        found = list(citations.find(sentence, known))
        cited = tuple(dict.fromkeys(n for each in found for n in each.numbers))
        plain = sentence[: found[0].start].strip() if found else sentence
        for number in cited:
            at = known[number].text.find(plain) if number in known else -1
            if at >= 0:
                evidence = (Evidence(number, at, at + len(plain), plain),)
                claims.append(Claim(sentence, start, end, cited, Verdict.QUOTED, "", evidence))
                break
        else:
            verdict = Verdict.UNSUPPORTED if cited else Verdict.UNCITED
            reason = "No cited source says so." if cited else "No source is cited."
            claims.append(Claim(sentence, start, end, cited, verdict, reason))
    return claims
