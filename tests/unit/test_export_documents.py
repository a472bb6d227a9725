"""Reports as HTML, DOCX and PDF: in any script, with marks and sources, and nothing that acts."""

import io
import re
import zipfile
from typing import Any

import docx
import pypdf
import pytest
from django.test import Client

from research.runs.models import Run, Topic
from research.runs.submission import Submission
from tests.support.exports import checked_run, export, finished_run

pytestmark = pytest.mark.django_db

SCRIPTS = {
    "Arabic": "قواعد البيانات المتجهية",
    "Hebrew": "מסדי נתונים וקטוריים",
    "Chinese": "向量数据库比较",
    "Japanese": "ベクトルデータベース",
    "Korean": "벡터 데이터베이스",
    "Thai": "ฐานข้อมูลเวกเตอร์",
    "Devanagari": "वेक्टर डेटाबेस",
    "Greek": "Διανυσματικές βάσεις",
    "Cyrillic": "Векторные базы",
    "emoji": "🐝",
}
IN_SCRIPTS = "\n\n".join(f"{name}: {text}." for name, text in SCRIPTS.items())


def text_of_docx(answer: Any) -> str:
    document = docx.Document(io.BytesIO(answer.content))
    texts = (node for node in document.element.iter() if node.tag.endswith(("}t", "}p")))
    return "".join((node.text or "") if node.tag.endswith("}t") else "\n" for node in texts)


def text_of_pdf(answer: Any) -> str:
    pages = pypdf.PdfReader(io.BytesIO(answer.content)).pages
    return "\n".join(page.extract_text() for page in pages)


def text_of_html(answer: Any) -> str:
    return str(answer.content.decode())


READERS = {"docx": text_of_docx, "pdf": text_of_pdf, "html": text_of_html}


def read(client: Client, run: Run, format: str, **query: Any) -> str:
    return " ".join(READERS[format](export(client, run, format=format, **query)).split())


@pytest.mark.parametrize("format", READERS)
def test_a_document_has_marks_corrections_notes_and_sources(client: Client, format: str) -> None:
    text = re.sub(r"<[^>]+>", "", read(client, checked_run(), format))
    assert "They live for 90 days in summer" in text
    assert "[≠ differs 1]" in text and "Source 1 differs" in text
    assert "The queen lays | 2,000 eggs." in text and "[✎ corrected 2]" in text
    assert "corrected by ann" in text and "it said: The queen lays 3,000 eggs [1]." in text
    assert "invented 3]" in text
    assert "[1] On *bees*, https://example.org/, seen 20" in text


@pytest.mark.parametrize("format", ["docx", "html"])
def test_documents_hold_every_script(client: Client, format: str) -> None:
    text = read(client, finished_run(IN_SCRIPTS), format)
    for name, written in SCRIPTS.items():
        assert written in text, name


def test_a_pdf_shows_every_script(client: Client) -> None:
    """What a font lacks is set as glyph 0, which no text is made of."""
    answer = export(client, finished_run(IN_SCRIPTS), format="pdf")
    text = text_of_pdf(answer)
    for name in ("Chinese", "Japanese", "Korean", "Greek", "Cyrillic", "emoji"):
        assert SCRIPTS[name] in text, name
    letters = set(re.sub(r"[\W\d_a-zA-Z]", "", IN_SCRIPTS))
    assert len(letters - set(text)) < len(letters) / 20  # letters that are set as one sign
    assert "No font here" not in text


def test_a_pdf_says_which_characters_it_cannot_show(client: Client) -> None:
    text = read(client, finished_run("Tibetan: ༀ. Private: \ue000."), "pdf")
    assert "No font here has these characters, which stand as boxes: U+0F00, U+E000." in text


def test_text_from_right_to_left_runs_so(client: Client) -> None:
    run = finished_run(SCRIPTS["Hebrew"])
    assert '<div dir="rtl">' in export(client, run, format="html").content.decode()
    with zipfile.ZipFile(io.BytesIO(export(client, run, format="docx").content)) as parts:
        assert b"<w:bidi" in parts.read("word/document.xml")


def test_a_run_has_contents(client: Client) -> None:
    run = finished_run("One.", "Two.", text="wasps & bees")
    html = export(client, run, format="html").content.decode()
    assert 'href="#topic-2"' in html and 'id="topic-2"' in html
    pdf = pypdf.PdfReader(io.BytesIO(export(client, run, format="pdf").content))
    assert [entry["/Title"] for entry in pdf.outline][-1] == "2. wasps & bees 1"


def test_html_stands_by_itself(client: Client) -> None:
    html = export(client, finished_run("A **report**."), format="html").content.decode()
    assert "<strong>report</strong>" in html and "@media print" in html
    assert "prefers-color-scheme: dark" in html
    assert not re.search(r"<(script|img|link|iframe|base)\b|@import|url\(", html)


HOSTILE = (
    "<script>alert(1)</script> ![x](https://evil.example/x.png) [y](javascript:alert(2))\n\n"
    '#eval("1+1") #read("/etc/passwd") $#import "@preview/x:1.0.0"$ `#panic()`\n\n'
    "\\input{/etc/passwd}\n\n"
    "```{=html}\n<b>raw</b>\n```\n\n`<i>`{=html} [//]: # (x)\n\n$$\\write18{id}$$"
)


@pytest.mark.parametrize("format", READERS)
def test_what_a_model_writes_is_text(client: Client, format: str) -> None:
    run = finished_run(HOSTILE, text='#read("/etc/passwd") <b>', source="#panic() ]]> </w:t>")
    text = read(client, run, format)
    assert "root:" not in text
    if format == "html":
        assert (
            "<script" not in text
            and "<img" not in text
            and "javascript:" not in text.lower().replace("[y](javascript:alert(2))", "")
        )
        assert "&lt;script&gt;" in text and "<b>raw" not in text
    else:
        assert "<script>alert(1)</script>" in text
        assert '#read("/etc/passwd")' in text.replace("“", '"').replace("”", '"')


def test_markdown_runs_and_fetches_nothing(client: Client) -> None:
    text = export(client, finished_run(HOSTILE), format="md").content.decode()
    assert "\\<script>" in text and "\\![x]" in text and "[y]\\(javascript:" in text
    assert "```{=html}\n<b>raw</b>\n```" in text  # code stays as it was


@pytest.mark.parametrize(
    "result",
    [
        "> " * 60 + "deep",
        "".join(f"{'  ' * n}- {n}\n" for n in range(60)),
        "| " + " | ".join("abcdefghij") * 5 + " |\n" + "|---" * 46 + "|\n" + "| 1 " * 46 + "|",
        "x" * 100_000,
        "[" * 20_000 + "]" * 20_000,
        "**" * 30_000,
        "1" * 60 + ". many",
        "999999999. last",
    ],
    ids=["quotes", "lists", "wide", "word", "brackets", "stars", "digits", "number"],
)
def test_odd_texts_are_set(client: Client, result: str) -> None:
    run = finished_run(result)
    for format in READERS:
        assert export(client, run, format=format).content, format


def test_a_long_result_is_cut_and_says_so(client: Client) -> None:
    run = finished_run("Short.")
    Topic.objects.update(result="Bees dance. " * 900_000)
    assert "[Cut here: the text is longer than 200,000 characters.]" in read(client, run, "html")


def test_a_failed_topic_tells_its_error(client: Client) -> None:
    run = finished_run("")
    Topic.objects.update(status="failed", error_kind="rate_limited", error_message="Wait <1> s.")
    for format in ("docx", "pdf"):
        assert "Rate limited: Wait <1> s." in read(client, run, format)


def test_what_is_not_finished_is_marked(client: Client) -> None:
    run = Submission.check(["bees", "wasps"], model="offline").submit()
    for format in READERS:
        refused = export(client, run, 409, format=format).json()
        assert refused["error"]["code"] == "not_finished"
        text = read(client, run, format, partial=1)
        assert "Not finished: 2 of 2 topics had not ended." in text


def test_a_run_without_topics_is_a_document(client: Client) -> None:
    run = finished_run("x")
    Topic.objects.all().delete()
    for format in READERS:
        assert "This run has no topics." in read(client, run, format)


def test_too_much_text_is_refused(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("research.web.export.limits.MOST_CHARACTERS", 10)
    run = finished_run("More than ten characters.")
    refused = export(client, run, 413, format="pdf").json()["error"]
    assert refused["code"] == "export_too_large" and "md, csv or json" in refused["message"]
    assert export(client, run, format="md").content


def test_a_writer_that_needs_too_much_is_ended(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("research.web.export.limits.WALL_SECONDS", -2)  # and two of grace
    refused = export(client, finished_run("x"), 413, format="docx").json()["error"]
    assert refused["code"] == "export_takes_too_much"
