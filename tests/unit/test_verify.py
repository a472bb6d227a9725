"""`manage.py verify RUN` works verdicts out again, and says what changed since."""

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from research.claims.check import check
from research.claims.claim import Source as Text
from research.runs.events import record
from research.runs.models import Claim, Run, Source, Topic, digest_of
from research.runs.submission import Submission

pytestmark = pytest.mark.django_db

TEXT = "Workers dance to tell where the flowers are. Drones leave in autumn."
RESULT = "- Workers dance to tell where the flowers are. [1]\n- Queens never sleep at all. [1]"


def ended(is_checked: bool = True) -> Run:
    run = Submission.check(["bees"], model="offline").submit()
    Topic.objects.claim(Topic.objects.next_in_line(1), "here:1")
    topic = run.topics.get()
    Source.objects.create(topic=topic, number=1, title="On bees", text=TEXT, digest=digest_of(TEXT))
    claims = check(RESULT, [Text(1, "On bees", "", TEXT)], "bees") if is_checked else None
    record(topic.succeed(RESULT, claims=claims))
    return run


def verified(run: Run, *options: str) -> tuple[int, str]:
    """The exit status and what was printed."""
    printed = StringIO()
    try:
        call_command("verify", str(run.pk), *options, stdout=printed)
    except SystemExit as end:
        return int(end.code or 0), printed.getvalue()
    return 0, printed.getvalue()


def told(run: Run) -> tuple[int, Any]:
    status, printed = verified(run, "--json")
    [topic] = json.loads(printed)["topics"]
    return status, topic


def test_nothing_changed() -> None:
    status, printed = verified(ended())
    assert status == 0
    assert "2 claims: 1 quoted, 1 unsupported" in printed and "As before." in printed


def test_an_altered_source_is_told_with_the_verdicts_that_it_changes() -> None:
    run = ended()
    Source.objects.update(text="Queens never sleep at all.")
    status, topic = told(run)
    assert (status, topic["altered_sources"]) == (1, [1])
    changes = {(c["text"], c["before"], c["after"]) for c in topic["changes"]}
    first, second = Claim.objects.order_by("index")
    assert changes == {
        (first.text, "quoted", "unsupported"),
        (second.text, "unsupported", "quoted"),
    }
    assert {c.verdict for c in Claim.objects.all()} == {"quoted", "unsupported"}  # as they were


def test_a_result_that_was_never_checked_is() -> None:
    run = ended(is_checked=False)
    assert verified(run, "--dry-run")[0] == 0
    assert run.topics.get().checked is None
    status, printed = verified(run)
    assert (status, run.topics.get().checked["claims"]) == (0, 2)
    assert "Checked for the first time." in printed
    assert Claim.objects.count() == 2


def test_sources_from_before_hashes_are_named() -> None:
    run = ended()
    Source.objects.update(digest="")
    status, topic = told(run)
    assert (status, topic["sources_without_hash"]) == (0, [1])


def test_an_open_topic_has_nothing_to_verify() -> None:
    run = Submission.check(["bees"], model="offline").submit()
    status, printed = verified(run)
    assert (status, "no result" in printed) == (0, True)


@pytest.mark.parametrize("name", ["x", "00000000-0000-4000-8000-000000000000"])
def test_an_unknown_run_is_bad_input(name: str) -> None:
    with pytest.raises(CommandError) as refused:
        call_command("verify", name)
    assert refused.value.returncode == 2
