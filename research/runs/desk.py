"""What lies on the review desk, page by page: claims that need a person, or that one has decided.

A page begins at a claim's place in the order, so each costs the same however deep it lies, and
claims that are decided meanwhile shift nothing.
"""

import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from research.people.caller import Caller
from research.runs.models import Claim, ClaimQuerySet

WORST_FIRST = ("-rank", "topic_id", "index")
LAST_FIRST = ("-decided_at", "-pk")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Wanted:
    """Which claims are looked for; what is empty or None is not asked about."""

    is_decided: bool = False
    """Those that a person has decided; else those that need one."""
    verdict: str = ""
    """The check's."""
    blueprint: str = ""
    run: uuid.UUID | None = None
    position: int | None = None
    """A topic's in the run."""
    words: str = ""

    @property
    def order(self) -> tuple[str, ...]:
        """Fields by which no two claims are alike."""
        return LAST_FIRST if self.is_decided else WORST_FIRST

    caller: Caller | None = None
    """Who looks; None: the site itself."""

    def claims(self) -> ClaimQuerySet:
        claims: ClaimQuerySet = Claim.objects.all()
        if self.caller:
            claims = claims.visible_to(self.caller)
        claims = claims.decided() if self.is_decided else claims.awaiting_review()
        if self.verdict:
            claims = claims.found_as(self.verdict)
        if self.blueprint:
            claims = claims.of_blueprint(self.blueprint)
        if self.run:
            claims = claims.of_run(self.run, self.position)
        return claims.holding(self.words)


@dataclass(frozen=True)
class Place:
    """A claim's place in an order, as numbers; its text form is made for a query string."""

    numbers: tuple[int, ...]

    @classmethod
    def of(cls, claim: Claim, order: tuple[str, ...]) -> Self:
        return cls(tuple(_number(claim, field.lstrip("-")) for field in order))

    @classmethod
    def parse(cls, text: str, order: tuple[str, ...]) -> Self:
        """Raises ValueError for a text that is not a place in the order."""
        if not re.fullmatch(r"[0-9]{1,17}(-[0-9]{1,17})*", text):  # so many fit every column
            raise ValueError("A place is numbers.")
        place = cls(tuple(map(int, text.split("-"))))
        if len(place.numbers) != len(order):
            raise ValueError("The place belongs to another order.")
        return place

    def __str__(self) -> str:
        return "-".join(map(str, self.numbers))

    def beside(self, order: tuple[str, ...], is_forward: bool) -> Iterator[dict[str, Any]]:
        """Conditions for the claims behind the place, or in front of it, nearest first.

        Each is a stretch of the order's index: one condition for all of them, with "or" in it,
        would have the database read the index from its beginning.
        """
        fields = [field.lstrip("-") for field in order]
        values = dict(zip(fields, map(_value, fields, self.numbers), strict=True))
        for at in reversed(range(len(order))):
            is_rising = order[at].startswith("-") != is_forward
            same = {field: values[field] for field in fields[:at]}
            comparison = f"{fields[at]}__{'gt' if is_rising else 'lt'}"
            yield {**same, comparison: values[fields[at]]}


@dataclass(frozen=True)
class Page:
    """Some claims, and the places that lead on in both directions; None: there is nothing."""

    claims: list[Claim]
    previous: Place | None
    next: Place | None


def page_of(wanted: Wanted, size: int, after: str = "", before: str = "") -> Page:
    """The claims that follow the place `after`, or precede `before`, or the first ones.

    Raises ValueError for a text that is not a place.
    """
    text = before or after
    place = Place.parse(text, wanted.order) if text else None
    found = _beside(wanted, place, size + 1, is_forward=not before)
    if before:
        return _page(wanted, found[:size][::-1], has_previous=len(found) > size, has_next=True)
    return _page(wanted, found[:size], has_previous=bool(after), has_next=len(found) > size)


def _page(wanted: Wanted, claims: list[Claim], has_previous: bool, has_next: bool) -> Page:
    return Page(
        claims,
        previous=Place.of(claims[0], wanted.order) if has_previous and claims else None,
        next=Place.of(claims[-1], wanted.order) if has_next and claims else None,
    )


def _beside(wanted: Wanted, place: Place | None, most: int, is_forward: bool) -> list[Claim]:
    claims = shown(wanted.claims()).order_by(*wanted.order)
    if not is_forward:
        claims = claims.reverse()
    found: list[Claim] = []
    for stretch in place.beside(wanted.order, is_forward) if place else [{}]:
        found += claims.filter(**stretch)[: most - len(found)]
        if len(found) == most:
            break
    return found


def shown(claims: ClaimQuerySet) -> ClaimQuerySet:
    """Claims with what a page shows of them, and without the long texts that it does not."""
    related = claims.select_related("topic__run", "decided_by")
    return related.defer("topic__result", "topic__run__definition")


def _number(claim: Claim, field: str) -> int:
    """A whole number in place of a field's value, in the same order."""
    if field == "decided_at":
        return ((claim.decided_at or EPOCH) - EPOCH) // timedelta(microseconds=1)
    return int(getattr(claim, field))


def _value(field: str, number: int) -> Any:
    """The field's value that a number stands for."""
    return EPOCH + timedelta(microseconds=number) if field == "decided_at" else number
