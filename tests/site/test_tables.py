"""A list in, a table out: rows with inputs, cells with their proof, asked again and added."""

import json
from typing import Any

from tests.support.provider import ScriptedProvider
from tests.support.site import Site

ASKED = [{"name": "summary"}, {"name": "size", "type": "number", "unit": "MB"}]


def answer(**cells: Any) -> str:
    return json.dumps(cells)


def submit(site: Site, **more: Any) -> dict[str, Any]:
    rows = [{"topic": "asyncio", "website": "https://a.example/"}, {"topic": "logging", "note": ""}]
    body = {"rows": rows, "columns": ASKED} | more
    response = site.client.post("/api/runs", json=body)
    assert response.status_code == 202, response.text
    return dict(response.json())


def test_rows_are_filled_in_with_proof(site: Site, provider: ScriptedProvider) -> None:
    quote = {
        "value": "a library",
        "quote": "asyncio is a library to write concurrent code",
        "source": 1,
    }
    provider.script(
        tools=True, answer=answer(summary=quote, size={"value": None, "reason": "unsaid"})
    )
    run = site.result(submit(site)["id"])
    first, _ = run["topics"]
    assert first["inputs"] == {"website": "https://a.example/"}
    assert set(first["values"]) == {"summary", "size"}
    size = first["values"]["size"]
    assert (size["value"], size["verdict"], size["reason"]) == (None, None, "unsaid")
    assert first["values"]["summary"]["value"] == "a library"
    assert [c["name"] for c in run["columns"]] == ["summary", "size"]
    kinds = [
        event["kind"] for event in site.client.get(f"/api/runs/{run['id']}/events").json()["events"]
    ]
    assert kinds.count("value.found") == 4
    asked = json.dumps(provider.last_request()["messages"], ensure_ascii=False)
    assert "“size” (a number in MB)" in asked


def test_cells_that_fail_are_asked_for_once_more(site: Site, provider: ScriptedProvider) -> None:
    provider.script(
        {"match": "These cells do not hold", "answer": answer(summary=None)},
        answer=answer(
            summary={"value": "a moon", "quote": "It is a moon.", "source": 1}, size=None
        ),
    )
    run = site.result(submit(site)["id"])
    assert [topic["values"]["summary"]["value"] for topic in run["topics"]] == [None, None]
    provider.script(
        answer=answer(summary={"value": "a moon", "quote": "It is a moon.", "source": 1}, size=None)
    )
    run = site.result(submit(site)["id"])
    assert [t["values"]["summary"]["value"] for t in run["topics"]] == ["a moon", "a moon"]
    assert {t["values"]["summary"]["verdict"] for t in run["topics"]} == {"invented"}


def test_one_cell_again_and_a_column_more(site: Site, provider: ScriptedProvider) -> None:
    provider.script(answer=answer(summary=None, size=None))
    run = submit(site)["id"]
    site.result(run)
    provider.script(answer=answer(size={"value": 12}))
    path = f"/api/runs/{run}/topics/1/values/SIZE/retry"
    assert site.client.post(path).status_code == 202
    values = [topic["values"] for topic in site.result(run)["topics"]]
    assert [each["size"]["value"] for each in values] == [12, None]
    assert [each["summary"]["value"] for each in values] == [None, None]
    provider.script(answer=answer(year={"value": "1999"}))
    added = site.client.post(f"/api/runs/{run}/columns", json={"name": "year", "type": "date"})
    assert added.status_code == 202, added.text
    values = [topic["values"] for topic in site.result(run)["topics"]]
    assert [each["year"]["value"] for each in values] == ["1999", "1999"]
    assert [each["size"]["value"] for each in values] == [12, None]
    again = site.client.post(f"/api/runs/{run}/columns", json={"name": "Year"})
    assert again.json()["error"]["code"] == "same_column"
    unknown = site.client.post(f"/api/runs/{run}/topics/1/values/colour/retry")
    assert (unknown.status_code, unknown.json()["error"]["code"]) == (404, "unknown_column")


def test_rows_that_cannot_be_run_are_refused_by_number(site: Site) -> None:
    body = {"rows": [{"topic": "a"}, {"topic": "b", "x": "\u0007"}]}
    error = site.client.post("/api/runs", json=body).json()["error"]
    assert error["code"] == "bad_row" and "Row 2" in error["message"]
    both = {"rows": [{"topic": "a"}], "topics": ["a"]}
    assert site.client.post("/api/runs", json=both).json()["error"]["code"] == "rows_and_topics"


def test_a_pilot_runs_first_and_tells_what_the_rest_will_take(
    site: Site, provider: ScriptedProvider
) -> None:
    provider.script(answer=answer(size=None, summary=None))
    rows = [{"topic": f"topic {number}", "n": str(number)} for number in range(1, 8)]
    run = site.result(submit(site, rows=rows, pilot=2)["id"])
    assert (len(run["topics"]), run["waiting"]) == (2, 5)
    forecast = run["forecast"]
    assert (forecast["rows"], forecast["done"], forecast["calls"]) == (5, 2, 5)
    assert forecast["tokens"] == 5 * run["tokens"]["total"] // 2
    path = f"/api/runs/{run['id']}"
    provider.script(answer=answer(size={"value": 3}, summary=None))
    columns = [ASKED[0], {"name": "size", "type": "number", "unit": "GB"}]
    assert site.client.put(f"{path}/columns", json={"columns": columns}).status_code == 202
    changed = site.result(run["id"])["topics"]
    assert [topic["values"]["size"]["value"] for topic in changed] == [3, 3]
    assert site.client.post(f"{path}/rest", json={"rows": 1}).status_code == 202
    assert site.client.post(f"{path}/rest").status_code == 202
    done = site.result(run["id"])
    assert [topic["inputs"]["n"] for topic in done["topics"]] == list("1234567")
    assert (done["status"], done["waiting"], done["forecast"]) == ("succeeded", 0, None)
    assert site.client.post(f"{path}/rest").json()["error"]["code"] == "no_rows_wait"


def test_columns_are_kept_to_be_used_again(site: Site) -> None:
    template = {"name": "Software / 2026", "columns": ASKED}
    assert site.client.post("/api/column-templates", json=template).status_code == 201
    assert site.client.post("/api/column-templates", json=template).status_code == 200
    kept = site.client.get("/api/column-templates").json()["templates"]
    assert [c["name"] for c in kept[0]["columns"]] == ["summary", "size"]
    path = "/api/column-templates/Software%20%2F%202026"
    assert site.client.delete(path).status_code == 204
    assert site.client.delete(path).status_code == 404


def test_forty_rows_whose_quotes_are_about_one_of_them(
    site: Site, provider: ScriptedProvider
) -> None:
    """The same answer for all: only the row that it is about keeps it."""
    quote = "asyncio is a library to write concurrent code"
    said = {"value": "a library", "quote": quote, "source": 1}
    provider.script(tools=True, answer=answer(summary=said, size=None))
    rows = [{"topic": "asyncio"}, *({"topic": f"nowhere {number}"} for number in range(39))]
    run = site.result(submit(site, rows=rows)["id"])
    verdicts = [topic["values"]["summary"]["verdict"] for topic in run["topics"]]
    assert len(verdicts) == 40
    assert not {"quoted", "supported"} & set(verdicts[1:])


def test_one_more_crew_compares_the_rows_from_their_cells(
    site: Site, provider: ScriptedProvider
) -> None:
    provider.script(answer=answer(size={"value": 12}, summary={"value": "a library"}))
    table = submit(site)["id"]
    site.result(table)
    said = "- The size of asyncio is 12 MB. [4]\n- The size of logging is 99 MB. [6]"
    provider.script(answer=said)
    begun = site.client.post(f"/api/runs/{table}/comparison")
    assert begun.status_code == 202, begun.text
    run = site.result(begun.json()["id"])
    assert (run["compares"], len(run["topics"])) == (table, 1)
    [topic] = run["topics"]
    sources = {source["number"]: source for source in topic["sources"]}
    assert sources[1]["title"] == "Column summary"
    assert sources[4]["url"] == f"/runs/{table}/table/1/2/"
    asked = json.dumps(provider.last_request()["messages"], ensure_ascii=False)
    assert "[4] asyncio: size: 12 MB." in asked and "found in 2 of 2 rows" in asked
    detail = site.client.get(f"/api/runs/{run['id']}/topics/1").json()
    true, false = detail["claims"]
    assert true["verdict"] in ("quoted", "supported")
    assert false["verdict"] in ("differs", "invented")
    offline = site.client.post(f"/api/runs/{table}/comparison", json={"model": "offline"})
    assert (offline.status_code, offline.json()["error"]["code"]) == (400, "offline_compares")
    page = site.client.get(f"/runs/{table}/table/").text
    assert f"/runs/{run['id']}/" in page
