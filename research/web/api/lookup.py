"""What requests name, found or refused."""

import uuid

from research.exceptions import BadInput, NotFound
from research.runs.models import Run

MAX_KEY_LENGTH = 200


def as_uuid(text: str) -> uuid.UUID:
    """A run's id. Raises NotFound."""
    try:
        return uuid.UUID(text)
    except ValueError:
        raise no_run(text) from None


def no_run(run_id: str) -> NotFound:
    return NotFound(thing="run", name=run_id[:40])


def find_run(run_id: str) -> Run:
    """Raises NotFound."""
    run = Run.objects.filter(pk=as_uuid(run_id)).first()
    if run is None:
        raise no_run(run_id)
    return run


def valid_key(key: str | None) -> str | None:
    """An Idempotency-Key, if there is one. Raises BadInput."""
    if key is not None and not 0 < len(key) <= MAX_KEY_LENGTH:
        raise BadInput(reason=f"an Idempotency-Key has 1 to {MAX_KEY_LENGTH} characters.")
    return key
