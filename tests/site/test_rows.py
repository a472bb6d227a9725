"""Rows on a running site: their crews are told the inputs, and no row hides another's result."""

from pathlib import Path

import pytest

from tests.support.provider import ScriptedProvider
from tests.support.site import Site


def test_a_crew_is_told_its_rows_inputs(site: Site, provider: ScriptedProvider) -> None:
    body = {"rows": [{"topic": "Qdrant", "home page": "https://qdrant.example", "note": ""}]}
    run = site.post("/api/runs", body).raise_for_status().json()
    site.result(run["id"])
    said = str(provider.last_request())
    assert "Qdrant" in said and "home page: https://qdrant.example" in said
    assert "note:" not in said


def test_rows_of_the_same_topic_have_results_of_their_own(
    site: Site, provider: ScriptedProvider
) -> None:
    rows = [
        {"topic": "Apple", "of": "fruit"},
        {"topic": "Pear"},
        {"topic": "Apple", "of": "phones"},
    ]
    answer = site.post("/research", {"rows": rows}).raise_for_status().json()
    assert set(answer["results"]) == {"Apple (row 1)", "Pear", "Apple (row 3)"}


@pytest.mark.parametrize("options", [(), ("--json",)])
def test_the_command_runs_a_file(
    site: Site, provider: ScriptedProvider, tmp_path: Path, options: tuple[str, ...]
) -> None:
    file = tmp_path / "list.csv"
    file.write_text("company;site\nQdrant;https://qdrant.example\n")
    done = site.manage("research", "--rows", str(file), *options)
    assert done.returncode == 0, done.stderr
    assert "https://qdrant.example" in done.stdout and "1/1 topics" in done.stderr
    assert "The first line names the columns. The topic is “company”." in done.stderr
