"""Changes of a true sentence: fair ones, which keep what it says, and false ones."""

import random
import re
from collections.abc import Callable

Change = Callable[[str, random.Random], str | None]

_SYNONYMS = {
    "returns": "gives back", "return": "give back", "used": "employed", "use": "employ",
    "method": "function", "methods": "functions", "created": "made", "creates": "makes",
    "raised": "thrown", "contains": "holds", "must": "has to", "may": "might", "also": "too",
    "provides": "offers", "provide": "offer", "usually": "normally", "specified": "given",
    "allows": "lets", "argument": "parameter", "such as": "like", "large": "big",
    "several": "multiple", "if": "when", "because": "since", "in order to": "to",
    "called": "invoked", "shows": "displays", "changes": "alters", "begins": "starts",
    "needed": "required", "obtain": "get", "whole": "entire", "quickly": "fast",
}  # fmt: skip
_ADJUNCT = re.compile(
    r"\b(?:usually|also|simply|normally|typically|however|therefore|currently|only|just|very"
    r"|generally|automatically|easily|already|often|always|then)\b,? ?", re.IGNORECASE
)  # fmt: skip
_NUMBER = re.compile(r"(?<![\w.,-])\d+(?:[.,]\d+)*(?![\w.,]*\w)(?=\b)")
_UNIT = {
    "seconds": "minutes", "second": "minute", "minutes": "hours", "bytes": "bits", "byte": "bit",
    "bits": "bytes", "days": "weeks", "hours": "days", "milliseconds": "seconds", "years": "months",
    "characters": "bytes", "percent": "seconds",
}  # fmt: skip
_TURNS = [
    ("before", "after"), ("more", "less"), ("greater", "less"), ("larger", "smaller"),
    ("first", "last"), ("maximum", "minimum"), ("always", "never"), ("above", "below"),
    ("faster", "slower"), ("enabled", "disabled"), ("higher", "lower"), ("left", "right"),
    ("true", "false"), ("most", "least"), ("increase", "decrease"), ("optional", "required"),
    ("earlier", "later"), ("positive", "negative"), ("including", "excluding"), ("all", "none"),
]  # fmt: skip
_VERB = re.compile(
    r"\b(is|are|was|were|can|will|may|must|should|does|do|has been|have been|could|would)\b (?!not\b)"
)
_FINITE = re.compile(
    r"\b(returns|provides|allows|contains|raises|uses|creates|requires|supports)\b"
)
_NAME = re.compile(r"(?<=[a-z,] )[A-Z][A-Za-z]{2,}(?= ?[a-z,.])")
_NAMES = ["Fortran", "Weaver", "Kepler", "Montreal", "Haskell", "Odessa", "Lagrange", "Prolog"]


def with_synonyms(sentence: str, rng: random.Random) -> str | None:
    changed = sentence
    for word, other in _SYNONYMS.items():
        changed = re.sub(rf"\b{word}\b", other, changed)
    return changed if changed != sentence else None


def without_adjunct(sentence: str, rng: random.Random) -> str | None:
    changed = _ADJUNCT.sub("", sentence, count=1)
    if re.search(r"\b(?:not|only|always|if)\b", sentence) or changed == sentence:
        return None
    return changed[0].upper() + changed[1:]


def reordered(sentence: str, rng: random.Random) -> str | None:
    """`If a, b.` as `B if a.`"""
    match = re.fullmatch(r"(If|When|While|Because|After|Before|Since) ([^,]+), ([^,]+)\.", sentence)
    if not match:
        return None
    return f"{match[3][0].upper()}{match[3][1:]} {match[1].lower()} {match[2]}."


def contracted(sentence: str, rng: random.Random) -> str | None:
    changed = re.sub(r"\b(does|do|is|are|should|could|would|has|was) not\b", r"\1n't", sentence)
    return changed if changed != sentence else None


def introduced(sentence: str, rng: random.Random) -> str | None:
    return f"According to the documentation, {sentence[0].lower()}{sentence[1:]}"


def number_altered(sentence: str, rng: random.Random) -> str | None:
    found = list(_NUMBER.finditer(sentence))
    if not found:
        return None
    match = rng.choice(found)
    digits = re.sub(r"\d", lambda d: str((int(d[0]) + rng.randint(1, 8)) % 9 + 1), match[0])
    return (
        None if digits == match[0] else sentence[: match.start()] + digits + sentence[match.end() :]
    )


def unit_altered(sentence: str, rng: random.Random) -> str | None:
    for match in re.finditer(r"(?<=\d )([a-z]+)\b", sentence):
        if other := _UNIT.get(match[1]):
            return sentence[: match.start()] + other + sentence[match.end() :]
    return None


def name_swapped(sentence: str, rng: random.Random) -> str | None:
    found = list(_NAME.finditer(sentence))
    if not found:
        return None
    match = rng.choice(found)
    return sentence[: match.start()] + rng.choice(_NAMES) + sentence[match.end() :]


def negated(sentence: str, rng: random.Random) -> str | None:
    if re.search(r"\b(?:not|no|never|without|cannot|none|neither)\b|n't", sentence):
        return None
    return _VERB.sub(r"\1 not ", sentence, count=1) if _VERB.search(sentence) else None


def affirmed(sentence: str, rng: random.Random) -> str | None:
    if len(re.findall(r"\bnot\b", sentence)) != 1:
        return None
    return re.sub(r"\b(?:does|do|did) not |\bnot ", "", sentence, count=1)


def turned(sentence: str, rng: random.Random) -> str | None:
    for one, other in _TURNS:
        for a, b in ((one, other), (other, one)):
            if re.search(rf"\b{a}\b", sentence) and not re.search(rf"\b{b}\b", sentence):
                return re.sub(rf"\b{a}\b", b, sentence, count=1)
    return None


def with_invented_number(sentence: str, rng: random.Random) -> str | None:
    return f"{sentence[:-1]}, in {rng.randint(31, 99)}.{rng.randint(11, 99)} % of 1,9{rng.randint(10, 99)} cases."


def with_invented_address(sentence: str, rng: random.Random) -> str | None:
    return f"{sentence[:-1]} (https://www.made-up-{rng.randint(100, 999)}.org/paper)."


def with_invented_quotation(sentence: str, rng: random.Random) -> str | None:
    words = sentence.rstrip(".").split()
    rng.shuffle(words)
    return f"The authors write “{' '.join(words[:8]).lower()}” about it."


FAIR: dict[str, Change] = {
    "synonyms": with_synonyms,
    "dropped word": without_adjunct,
    "clauses reordered": reordered,
    "contraction": contracted,
    "introduction": introduced,
}
FALSE: dict[str, Change] = {
    "number altered": number_altered,
    "unit altered": unit_altered,
    "name swapped": name_swapped,
    "negation put in": negated,
    "negation taken out": affirmed,
    "direction turned": turned,
    "invented number": with_invented_number,
    "invented address": with_invented_address,
    "invented quotation": with_invented_quotation,
}
