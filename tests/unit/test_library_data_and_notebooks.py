"""JSON, Jupyter's notebooks and MDX keep their words."""

import json

import pytest

from research.confined.exceptions import RefusedFile
from research.library.documents import add_bytes
from research.library.exceptions import BrokenFile, NoText

pytestmark = pytest.mark.django_db


def test_json_is_an_outline_of_names_and_values() -> None:
    data = b'{"title": "Hives", "hives": [{"name": "North", "bees": 4e4}], "ok": true, "ok": null}'
    document = add_bytes("hives.json", data).document
    assert document.title == "Hives"
    assert document.text == (
        "```\ntitle: Hives\nhives:\n  -\n    name: North\n    bees: 4e4\nok: true\nok: null\n```"
    )


CELLS = [
    {"cell_type": "markdown", "metadata": {}, "source": ["# Bees\n", "They *dance*."]},
    {
        "cell_type": "code",
        "metadata": {},
        "source": "print(codeword)",
        "outputs": [
            {"output_type": "stream", "name": "stdout", "text": ["streamword\n"]},
            {"output_type": "execute_result", "data": {"text/plain": ["plainword"]}},
            {
                "output_type": "display_data",
                "data": {
                    "text/plain": "<Table>",
                    "text/html": "<table><tr><td>a<td>htmlword</table>",
                },
            },
            {
                "output_type": "error",
                "ename": "ValueError",
                "evalue": "whyword",
                "traceback": ["\x1b[0;31mtraceword\x1b[0m"],
            },
        ],
    },
    {"cell_type": "raw", "metadata": {}, "source": "rawword"},
]


def test_a_notebook_keeps_its_cells_and_what_they_wrote() -> None:
    book = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": CELLS}
    document = add_bytes("bees.ipynb", json.dumps(book).encode()).document
    assert document.title == "Bees"
    for said in ["They dance.", "print(codeword)", "streamword", "plainword", "a | htmlword"]:
        assert said in document.text
    assert "ValueError: whyword\ntraceword" in document.text and "rawword" in document.text


def test_a_notebook_of_the_third_format() -> None:
    cells = [
        {"cell_type": "heading", "level": 1, "source": "Bees"},
        {"cell_type": "code", "input": "x = 1", "outputs": []},
    ]
    book = json.dumps({"nbformat": 3, "metadata": {}, "worksheets": [{"cells": cells}]})
    document = add_bytes("bees.ipynb", book.encode()).document
    assert document.title == "Bees" and document.text == "# Bees\n\n```\nx = 1\n```"


MDX = """---
title: Bees
---
import { Tabs, Tab } from "@site/tabs"
import Note from './note.mdx'

export const data = {
  secret: 1,
}

# Dances

<Tabs>
  <Tab title="Round dance">
Bees *circle*.
  </Tab>
</Tabs>

{/* a remark */}

<Note>They waggle.</Note>

```js
import bees from "bees";
```
"""


def test_mdx_keeps_words_and_code_without_its_modules() -> None:
    document = add_bytes("bees.mdx", MDX.encode()).document
    assert document.title == "Bees"
    assert document.text == (
        "# Dances\n\nRound dance\n\nBees circle.\n\nThey waggle.\n\n"
        '```\nimport bees from "bees";\n```'
    )


@pytest.mark.parametrize(
    ("name", "content", "refusal"),
    [
        ("a.json", b'{"a": \n', BrokenFile),
        ("a.json", b"[" * 100_000, BrokenFile),
        ("a.json", b"", BrokenFile),
        ("a.ipynb", b"{}", BrokenFile),
        ("a.ipynb", b"# Bees", BrokenFile),
        ("a.ipynb", b'{"cells": 5}', BrokenFile),
        ("a.ipynb", b'{"cells": []}', NoText),
        ("a.mdx", b"import a from 'b'\n", NoText),
    ],
)
def test_what_cannot_be_read_is_refused(
    name: str, content: bytes, refusal: type[RefusedFile]
) -> None:
    with pytest.raises(refusal, match=rf"^{name} "):
        add_bytes(name, content)
