"""Whether a claim says something more than its passage does."""

import re
from collections.abc import Callable

from research.claims.passage import Passage
from research.claims.prepared import Prepared
from research.claims.said import Said

_CLAUSE = re.compile(r"[,;:–—]\s|[，；、]|\s(?:and|while|whereas|but|which|und|et|y|и)\s")
_MOST = 12  # clauses of a claim
_LEAST_WORDS = 2  # with a meaning, of a clause
_LEAST_WEIGHT = 0.12  # of the claim's
_HERE, _ANYWHERE = 0.45, 0.6  # shares of a clause that have to stand in the passage, or a sentence
_SHORT = 0.5  # of these shares, for a clause of two words

Share = Callable[[Said, Prepared, frozenset[str] | None], float]


def missing_clause(
    said: Said, passage: Passage, share: Share, weight: Callable[[str], float]
) -> str:
    """A clause that stands nowhere in the source is not carried by the rest; else empty."""
    parts = [part for part in _CLAUSE.split(said.text[:3000]) if part.strip()]
    if len(parts) < 2:
        return ""
    whole = sum(map(weight, said.keys)) or 1.0
    for part in parts[:_MOST]:
        clause = Said(part)
        if len(clause.keys) < _LEAST_WORDS or sum(map(weight, clause.keys)) < _LEAST_WEIGHT * whole:
            continue
        least = 1.0 if len(clause.keys) > _LEAST_WORDS else _SHORT
        is_here = share(clause, passage.source, passage.near) >= _HERE * least
        if not is_here and share(clause, passage.source, None) < _ANYWHERE * least:
            return " ".join(part.split())[:120]
    return ""
