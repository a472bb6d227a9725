"""`POST /api/check`: the check of claims by itself, for a text and sources that are sent along."""

import asyncio
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from threading import BoundedSemaphore

from django.http import HttpRequest
from ninja import Router

from research.claims.check import check
from research.claims.claim import Source, count
from research.exceptions import SameNumber, TooManyChecks, TooManySources
from research.web.api.schemas import CheckedClaim, CheckedOut, CheckIn, CheckOut, ErrorOut

MOST_SOURCES = 200
SECONDS = 30.0  # that a check may take; the claims that are left then are marked as not checked
AT_ONCE = 2  # checks: they compute, and pages have to be answered beside them
MOST_WAITING = 32  # checks under way or waiting
_WORKERS = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="check")
_PLACES = BoundedSemaphore(MOST_WAITING)

router = Router()


@router.post(
    "/api/check", response={200: CheckOut, **dict.fromkeys((400, 413, 422, 503), ErrorOut)}
)
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
    if not _PLACES.acquire(blocking=False):
        raise TooManyChecks(limit=MOST_WAITING)
    try:
        return await asyncio.get_running_loop().run_in_executor(_WORKERS, _checked, body)
    finally:
        _PLACES.release()


def _checked(body: CheckIn) -> CheckOut:
    sources = [Source(s.number, s.title, s.url, s.text) for s in body.sources]
    claims = check(body.text, sources, body.topic, SECONDS)
    return CheckOut(
        claims=[CheckedClaim(**asdict(claim)) for claim in claims],
        checked=CheckedOut(**count(claims)),
    )
