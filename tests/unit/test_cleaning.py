"""Any text in: what is stored and shown of it is bounded, printable, and without secrets."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from research.runs.events import record
from research.runs.models import Event, Run, Topic
from research.runs.submission import Submission
from research.text.cleaning import MAX_FIELD, MAX_TEXT, UNPRINTABLE, clean, clean_data
from research.web.pages.rendering import render_markdown
from tests.support.html import DANGEROUS, Elements

SECRET = 'sk-"quoted\\é-0123456789'
HOSTILE = st.one_of(
    DANGEROUS,
    st.text(max_size=60),
    st.sampled_from(
        [SECRET, "\x00", "\x1b]0;x\x07", "\ud800", "\udfff", "\u202e", "\x9b", "\\u0000"]
    ),
    st.integers(1, 3 * MAX_FIELD).map("x".__mul__),
)
TEXT = st.lists(HOSTILE, max_size=8).map("".join)
DATA = st.dictionaries(
    TEXT,
    st.recursive(
        st.one_of(
            TEXT,
            st.integers(),
            st.floats(allow_nan=False, allow_infinity=False),
            st.booleans(),
            st.none(),
        ),
        lambda held: st.one_of(st.lists(held, max_size=3), st.dictionaries(TEXT, held, max_size=3)),
        max_leaves=6,
    ),
    max_size=4,
)


@pytest.fixture(autouse=True)
def secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_API_KEY", SECRET)


def is_fit(text: str, limit: int) -> bool:
    return SECRET not in text and not UNPRINTABLE.search(text) and len(text) <= limit + 100


@settings(deadline=None)
@given(TEXT)
def test_a_cleaned_text_is_fit_to_be_stored(text: str) -> None:
    cleaned = clean(text)
    assert is_fit(cleaned, MAX_TEXT)
    cleaned.encode()
    assert clean(cleaned) == cleaned


def test_a_text_without_end_is_cut_once_and_says_so() -> None:
    cleaned = clean("word " * MAX_TEXT)
    assert cleaned.endswith("[Cut here: the text is longer than 200,000 characters.]")
    assert clean(cleaned) == cleaned


def test_ordinary_text_stays_as_it_is() -> None:
    text = "Grüße\n\t“quoted” 日本語 👩‍🔬 שלום\r\n"
    assert clean(text) == text
    assert clean_data({"note": text, "n": [1, None]}) == {"note": text, "n": [1, None]}


def texts(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for pair in value.items() for part in pair for text in texts(part)]
    if isinstance(value, list):
        return [text for held in value for text in texts(held)]
    return [value] if isinstance(value, str) else []


@settings(deadline=None)
@given(DATA)
def test_event_data_is_fit_to_be_stored(data: dict[str, Any]) -> None:
    cleaned = clean_data(data)
    assert all(is_fit(text, MAX_FIELD) for text in texts(cleaned))
    assert json.loads(json.dumps(cleaned, ensure_ascii=False).encode()) == cleaned


@pytest.mark.django_db
@settings(max_examples=50, deadline=None)
@given(data=DATA, result=TEXT, message=TEXT)
def test_whatever_happens_is_stored_and_rendered(
    data: dict[str, Any], result: str, message: str
) -> None:
    """The event path from end to end: rows, frames and HTML of one topic."""
    run = Submission.check(["a topic"]).submit()
    topic = run.topics.get()
    claimed = Topic.objects.claim([topic], "here")
    assert claimed
    record([*claimed, topic.event("llm.failed", error=data)])
    record(topic.succeed(result) if len(result) % 2 else topic.fail("crew_error", message))
    topic.refresh_from_db()
    frames = [event.frame() for event in Event.objects.filter(run=run).after(0)]
    assert [frame["seq"] for frame in frames] == list(range(1, len(frames) + 1))
    assert all(is_fit(text, MAX_FIELD) for text in texts(frames))
    assert is_fit(topic.result, MAX_TEXT) and is_fit(topic.error_message, MAX_FIELD)
    for tag, attributes in Elements(render_markdown(topic.result, {})).found:
        assert tag not in ("script", "img", "iframe", "style", "form", "svg")
        assert not [name for name in attributes if name.startswith("on") or name == "style"]
    assert Run.objects.get(pk=run.pk).status in ("succeeded", "failed")
