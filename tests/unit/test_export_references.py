"""Sources as BibTeX and CSL JSON."""

import re
from typing import Any

import pytest
from django.test import Client

from research.runs.models import Run, Source
from tests.support.exports import export, finished_run

pytestmark = pytest.mark.django_db


@pytest.fixture
def run() -> Run:
    run = finished_run("a", "b")
    Source.objects.all().delete()
    one, two = run.topics.all()

    def add(topic: Any, number: int, title: str, url: str, **origin: str) -> None:
        Source.objects.create(
            topic=topic, number=number, title=title, url=url, origin=origin or None
        )

    known = {"author": "Ann Bee; Ben O'Wasp", "published": "2024-05-01"}
    add(one, 1, "The dance of {bees} & 100% _honey_", "https://www.example.org/a?b={c}", **known)
    add(one, 2, "蜜蜂的舞蹈", "https://example.cn/")
    add(one, 3, "蜜蜂的家", "https://example.cn/2")
    add(one, 4, "A note", "library/1")
    add(two, 1, "The dance of {bees} & 100% _honey_", "http://example.org/a?b={c}", **known)
    return run


def test_bibtex_is_escaped_and_its_keys_are_own(client: Client, run: Run) -> None:
    answer = export(client, run, format="bib")
    assert answer["Content-Type"].startswith("application/x-bibtex")
    text = answer.content.decode()
    keys = re.findall(r"^@misc\{([^,]+),$", text, re.MULTILINE)
    assert len(keys) == len(set(keys)) == 4 and all(re.fullmatch("[a-z0-9-]+", k) for k in keys)
    assert keys[0] == "bee2024dance"
    assert r"title = {{The dance of \{bees\} \& 100\% \_honey\_}}," in text
    assert "author = {{Ann Bee} and {Ben O'Wasp}}," in text
    assert "year = {2024}," in text and "url = {https://www.example.org/a?b=%7Bc%7D}," in text
    assert "note = {Source of topics 1, 2}," in text and "{{蜜蜂的舞蹈}}" in text
    assert re.search(r"urldate = \{\d{4}-\d\d-\d\d\}", text)
    for entry in text.split("@misc")[1:]:
        unescaped = re.sub(r"\\[{}]", "", entry)
        assert unescaped.count("{") == unescaped.count("}")


def test_csl_has_what_is_known(client: Client, run: Run) -> None:
    items = export(client, run, format="csljson").json()
    assert len({item["id"] for item in items}) == len(items) == 4
    first, chinese, _, note = items
    assert first["author"] == [{"literal": "Ann Bee"}, {"literal": "Ben O'Wasp"}]
    assert first["issued"] == {"date-parts": [[2024, 5, 1]]}
    assert first["type"] == "webpage" and first["accessed"]["date-parts"][0][0] >= 2020
    assert chinese["title"] == "蜜蜂的舞蹈" and "issued" not in chinese
    assert note["type"] == "document" and "URL" not in note


def test_a_run_without_sources_has_no_references(client: Client, run: Run) -> None:
    Source.objects.all().delete()
    assert export(client, run, format="bib").content == b""
    assert export(client, run, format="csljson").json() == []
