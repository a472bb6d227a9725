"""ETags: who polls and has the newest answer already is told so, with 304 and nothing else."""

import hashlib
import json
from collections.abc import Callable, Iterable
from typing import Any, cast

from django.core.cache import caches
from django.db import connection
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from ninja.responses import NinjaJSONEncoder

ANSWERS = "answers"  # the cache of them


def unless_known(request: HttpRequest, version: str) -> HttpResponse:
    """An answer still without content; or one with another status, to be sent as it is.

    `version` has to change whenever anything in the content does.
    """
    headers = {"ETag": f'"{version}"', "Cache-Control": "no-cache", "Vary": "Accept"}
    answer = HttpResponse(content_type="application/json; charset=utf-8", headers=headers)
    known = get_conditional_response(request, etag=headers["ETag"], response=answer)
    return cast("HttpResponse", known)


def versioned(request: HttpRequest, content: bytes) -> HttpResponse:
    """What is shown, under a version of its content's own."""
    answer = unless_known(request, hashlib.blake2b(content, digest_size=16).hexdigest())
    if answer.status_code == 200:
        answer.content = content
    return answer


def unless_kept(rows: Iterable[QuerySet[Any]], show: Callable[[], bytes], *others: object) -> bytes:
    """What `show` makes of these rows and these other things, made anew only once they differ.

    Reading the rows and nothing more takes a sixth of the work of showing them. They are read
    first: what changes meanwhile is the next version's.
    """
    digest = hashlib.blake2b(repr(others).encode(), digest_size=16)
    for some in rows:
        with connection.cursor() as cursor:
            cursor.execute(*some.query.sql_with_params())
            digest.update(repr(cursor.fetchall()).encode())
    key = digest.hexdigest()
    content: bytes | None = caches[ANSWERS].get(key)
    if content is None:
        content = show()
        caches[ANSWERS].set(key, content)
    return content


def as_json(data: Any) -> bytes:
    """Data as all answers of the API have it."""
    return json.dumps(data, cls=NinjaJSONEncoder).encode()
