"""`POST /api/check`: the check of claims by itself, for a text and sources that are sent along."""

from collections import Counter
from dataclasses import asdict

from asgiref.sync import sync_to_async
from django.http import HttpRequest
from ninja import Router

from research.claims.check import check
from research.claims.claim import Source, count
from research.exceptions import SameNumber, TooManySources
from research.web.api.schemas import CheckedClaim, CheckedOut, CheckIn, CheckOut, ErrorOut

MOST_SOURCES = 200

router = Router()


@router.post("/api/check", response={200: CheckOut, **dict.fromkeys((400, 413, 422), ErrorOut)})
async def check_claims(request: HttpRequest, body: CheckIn) -> CheckOut:
    """Splits a text into claims and says of each whether its sources carry it; stores nothing."""
    if len(body.sources) > MOST_SOURCES:
        raise TooManySources(limit=MOST_SOURCES, count=len(body.sources))
    number, times = max(
        Counter(source.number for source in body.sources).items(),
        key=lambda each: each[1],
        default=(0, 0),
    )
    if times > 1:
        raise SameNumber(number=number)
    return await sync_to_async(_checked, thread_sensitive=False)(body)


def _checked(body: CheckIn) -> CheckOut:
    sources = [Source(s.number, s.title, s.url, s.text) for s in body.sources]
    claims = check(body.text, sources, body.topic)
    return CheckOut(
        claims=[CheckedClaim(**asdict(claim)) for claim in claims],
        checked=CheckedOut(**count(claims)),
    )
