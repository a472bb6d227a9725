"""A run taken away from a real site: every format, while the site goes on answering."""

import io
from typing import Any

import docx
import openpyxl
import pypdf
import pytest

from tests.support.provider import ScriptedProvider
from tests.support.site import Site

ANSWER = "- **Bees** dance \u05d3\u05d1\u05d5\u05e8\u05d9\u05dd \u8702 [1].\n\n#panic() <b>x</b>"
FORMATS = ("md", "html", "docx", "pdf", "csv", "xlsx", "json", "bib", "csljson")


@pytest.fixture
def run(site: Site, provider: ScriptedProvider) -> dict[str, Any]:
    provider.script({"match": "", "answer": ANSWER})
    return site.result(site.submit("bees", "wasps")["id"])


def file_of(site: Site, run: dict[str, Any], **query: Any) -> bytes:
    answer = site.client.get(f"/api/runs/{run['id']}/export", params=query)
    assert answer.status_code == 200, answer.text
    assert "attachment; filename=" in answer.headers["Content-Disposition"]
    return answer.content


@pytest.mark.parametrize("format", FORMATS)
def test_every_format_is_answered(site: Site, run: dict[str, Any], format: str) -> None:
    file = file_of(site, run, format=format)
    match format:
        case "pdf":
            text = "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(file)).pages)
        case "docx":
            text = "".join(each.text for each in docx.Document(io.BytesIO(file)).paragraphs)
        case "xlsx":
            rows = openpyxl.load_workbook(io.BytesIO(file))["Topics"].iter_rows(values_only=True)
            text = str(list(rows))
        case _:
            text = file.decode()
    if format not in ("bib", "csljson"):
        assert "dance" in text and "#panic()" in text and "wasps" in text
    if format in ("html", "docx", "xlsx", "json", "csv", "md"):
        assert "\u05d3\u05d1\u05d5\u05e8\u05d9\u05dd" in text and "\u8702" in text


def test_one_topic_is_taken_by_itself(site: Site, run: dict[str, Any]) -> None:
    text = file_of(site, run, format="html", topic=2).decode()
    assert "wasps" in text and "bees" not in text


def test_the_command_writes_the_same(site: Site, run: dict[str, Any]) -> None:
    done = site.manage("export", run["id"], "--format", "csv")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == file_of(site, run, format="csv").decode().splitlines()


def test_the_description_names_the_formats(site: Site) -> None:
    described = site.client.get("/api/openapi.json").json()
    parameters = described["paths"]["/api/runs/{run_id}/export"]["get"]["parameters"]
    assert parameters[1]["schema"]["enum"] == list(FORMATS)
