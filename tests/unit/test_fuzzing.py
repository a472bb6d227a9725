"""Whatever is sent to pages and API is answered, without a 5xx, within a second of computing."""

import json
import time
from importlib import import_module
from typing import Any

import pytest
from django.conf import settings as site_settings
from django.test import Client
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

pytestmark = [pytest.mark.django_db, pytest.mark.fuzz]

MOST_SECONDS = 1.0  # of processor time: other processes do not count
fuzzed = settings(
    max_examples=400,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)

SEEDS = [
    "",
    "\x00",
    "\ud800",
    "\u202e",
    "%",
    "'; DROP TABLE research_run; --",
    "<script>alert(1)</script>",
    "http://[::1",
    "9" * 4400,
    "-1",
    "1e999",
    "NaN",
    "a " * 1200,
    "\\" * 500,
    "[" * 2000,
]
texts = st.one_of(
    st.sampled_from(SEEDS), st.text(max_size=60), st.text("[]()<>*_`#|\\$1\n ", max_size=80)
)
scalars = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), texts)
values = st.recursive(
    scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(texts, inner, max_size=4)),
    max_leaves=12,
)
FIELDS = [
    "topics",
    "rows",
    "blueprint",
    "model",
    "budget",
    "priority",
    "tokens",
    "usd",
    "name",
    "starred",
]
bodies = st.dictionaries(st.one_of(st.sampled_from(FIELDS), texts), values, max_size=5)


@pytest.fixture(scope="module", autouse=True)
def imported() -> None:
    """What a site imports before it serves is not of the first request's time."""
    import_module(site_settings.ROOT_URLCONF)


def answered(answer: Any, started: float) -> None:
    assert answer.status_code < 500, answer.content[:500]
    assert time.process_time() - started < MOST_SECONDS


@fuzzed
@given(bodies)
@example({"topics": [["nested"]]})
@example({"topics": "not a list"})
@example({"topics": ["\ud800"], "model": "\ud800"})
@example({"topics": ["x"], "budget": {"tokens": 10**400}})
@example({"topics": ["x"], "budget": {"usd": "1e-400000"}})
def test_bodies_of_the_api(client: Client, body: dict[str, Any]) -> None:
    body["blueprint"] = "no such blueprint"  # nothing is to start
    started = time.process_time()
    content = json.dumps(body)
    answered(client.post("/api/runs", content, content_type="application/json"), started)


@fuzzed
@given(st.binary(max_size=200))
@example(b"[" * 100_000)
@example(b'{"a":' * 50_000)
@example(b"\xff\xfe{}")
@example(b'{"topics": ["\\ud800"]}')
def test_bytes_sent_to_the_api(client: Client, content: bytes) -> None:
    started = time.process_time()
    answered(client.post("/api/runs", content, content_type="application/json"), started)


@fuzzed
@given(
    st.fixed_dictionaries(
        {}, optional=dict.fromkeys((*FIELDS, "token_budget", "money_budget"), texts)
    )
)
def test_fields_of_the_form(client: Client, fields: dict[str, str]) -> None:
    fields = {name: text.encode("utf-8", "replace").decode() for name, text in fields.items()}
    fields["blueprint"] = "no such blueprint"  # nothing is to start
    started = time.process_time()
    answered(client.post("/", fields), started)


@fuzzed
@given(
    st.sampled_from(["/runs/", "/api/runs", "/library/", "/estimate/", "/api/library/search"]),
    st.dictionaries(
        st.sampled_from(
            [
                "q",
                "status",
                "blueprint",
                "model",
                "cursor",
                "before",
                "after",
                "page",
                "show",
                "sort",
            ]
        ),
        texts,
        max_size=4,
    ),
)
@example("/runs/", {"q": "word " * 1200})
@example("/api/runs", {"q": "word " * 1200})
@example("/library/", {"page": "9" * 4400})
def test_query_strings(client: Client, path: str, query: dict[str, str]) -> None:
    query = {name: text.encode("utf-8", "replace").decode() for name, text in query.items()}
    started = time.process_time()
    answered(client.get(path, query), started)


@fuzzed
@given(texts, st.one_of(st.integers(), st.sampled_from(["9" * 30, "x", "-1", "0"])))
def test_addresses(client: Client, run: str, position: Any) -> None:
    started = time.process_time()
    readable = (
        run.encode("utf-8", "replace").decode().replace("\x00", "").replace("?", "").strip("/.")
    )
    for path in (f"/api/runs/{readable}", f"/api/runs/{readable}/events", f"/runs/{readable}/"):
        answered(client.get(path), started)
    answered(client.post(f"/api/runs/{readable}/topics/{position}/cancel"), started)
    answered(client.get(f"/library/{position}/"), started)


@pytest.mark.parametrize("depth", [500, 100_000])
def test_deep_json_in_a_blueprint_is_an_error_of_the_form(admin_client: Client, depth: int) -> None:
    definition = '{"agents":' + "[" * depth + "]" * depth + "}"
    fields = {"name": "deep-json", "title": "t", "description": "d", "definition": definition}
    answer = admin_client.post("/admin/research/blueprint/add/", fields)
    assert answer.status_code == 200
    assert b"errorlist" in answer.content
