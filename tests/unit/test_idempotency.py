"""An Idempotency-Key belongs to one request: the same again answers with its run, no other does."""

from decimal import Decimal
from typing import Any

import pytest

from research.exceptions import IdempotencyKeyReused
from research.runs import control
from research.runs.allowance import Allowance
from research.runs.models import Topic
from research.runs.submission import Submission

pytestmark = pytest.mark.django_db

ASKED: dict[str, Any] = {"lines": ["bees"], "model": "offline", "allowance": Allowance(tokens=50)}


def test_the_same_request_is_the_same_run() -> None:
    first = Submission.check(**ASKED).submit("k")
    Topic.objects.get().cancel()
    control.retry(first, allowance=Allowance(tokens=500))  # a larger budget is no other request
    assert Submission.check(**ASKED).submit("k") == first


@pytest.mark.parametrize(
    "other",
    [
        {"lines": ["wasps"]},
        {"lines": ["bees", "wasps"]},
        {"model": "ollama/llama3.2"},
        {"blueprint": "deep"},
        {"allowance": Allowance(tokens=51)},
        {"allowance": Allowance(tokens=50, usd=Decimal("0.5"))},
        {"allowance": None},
        {"priority": "high"},
    ],
)
def test_another_request_is_refused(other: dict[str, Any]) -> None:
    Submission.check(**ASKED).submit("k")
    with pytest.raises(IdempotencyKeyReused, match="another model, blueprint, budget"):
        Submission.check(**(ASKED | other)).submit("k")
