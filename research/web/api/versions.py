"""ETags: who polls and has the newest answer already is told so, with 304 and nothing else."""

import hashlib
import json
from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from ninja.responses import NinjaJSONEncoder
from pydantic import BaseModel


def unless_known(request: HttpRequest, version: str) -> HttpResponse:
    """An answer still without content; or one with another status, to be sent as it is.

    `version` has to change whenever anything in the content does.
    """
    headers = {"ETag": f'"{version}"', "Cache-Control": "no-cache", "Vary": "Accept"}
    answer = HttpResponse(content_type="application/json; charset=utf-8", headers=headers)
    known = get_conditional_response(request, etag=headers["ETag"], response=answer)
    return cast("HttpResponse", known)


def versioned(request: HttpRequest, shown: BaseModel) -> HttpResponse:
    """What is shown, under a version of its content's own."""
    content = as_json(shown.model_dump())
    answer = unless_known(request, hashlib.blake2b(content, digest_size=16).hexdigest())
    if answer.status_code == 200:
        answer.content = content
    return answer


def as_json(data: Any) -> bytes:
    """Data as all answers of the API have it."""
    return json.dumps(data, cls=NinjaJSONEncoder).encode()
