"""What of a table will run: its header, its topics, and what is told about the rest."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from research.confined.exceptions import RefusedFile
from research.tables.rows.exceptions import NoRows, TooManyRows, UnknownTopicColumn
from research.tables.rows.names import PLACEHOLDER
from research.tables.rows.preview import Preview, preview
from research.tables.rows.read import read_text


def previewed(text: str, has_header: bool | None = None, topic_column: str = "") -> Preview:
    return preview(read_text(text, most=200), 200, has_header, topic_column)


def test_the_first_column_is_the_topic_and_the_others_are_inputs() -> None:
    found = previewed("Company\tWebsite\nQdrant\thttps://qdrant.tech\nMilvus\t\n")
    assert found.has_header and found.topic == 0
    assert found.as_data() == [
        {"topic": "Qdrant", "Website": "https://qdrant.tech"},
        {"topic": "Milvus", "Website": ""},
    ]


@pytest.mark.parametrize("wanted", ["Company", " company", "2"])
def test_another_column_may_be_the_topic(wanted: str) -> None:
    found = previewed("No\tCompany\n1\tQdrant\n", topic_column=wanted)
    assert found.as_data() == [{"topic": "Qdrant", "No": "1"}]


def test_a_column_called_topic_is_the_topic() -> None:
    assert previewed("no,Topic\n1,Qdrant\n").as_data() == [{"topic": "Qdrant", "no": "1"}]


@pytest.mark.parametrize("wanted", ["Firm", "3", "0", "9" * 5000])
def test_a_topic_column_that_is_not_there_is_told_with_those_that_are(wanted: str) -> None:
    with pytest.raises(UnknownTopicColumn, match="There are: No, Company"):
        previewed("No\tCompany\n1\tQdrant\n", topic_column=wanted)


@pytest.mark.parametrize(
    ("text", "has_header"),
    [
        ("name,site\nQdrant,https://qdrant.tech\n", True),
        ("Qdrant,https://qdrant.tech\nMilvus,https://milvus.io\n", False),
        ("Qdrant,database\nMilvus,database\n", False),
        ("Qdrant,2021\nMilvus,2019\n", False),
        ("会社,都市\n東京電力,東京\n", True),
        ("topic\nasyncio\n", True),
        ("asyncio\nqueues\n", False),
        ("topic\n", False),
    ],
)
def test_a_header_is_guessed_and_the_guess_may_be_changed(text: str, has_header: bool) -> None:
    assert previewed(text).has_header == has_header
    rows = len(text.splitlines())
    assert len(previewed(text, has_header=False).rows) == rows
    if rows > 1:
        assert len(previewed(text, has_header=True).rows) == rows - 1


def test_a_header_alone_is_no_row() -> None:
    with pytest.raises(NoRows):
        previewed("name,site\n", has_header=True)


def test_names_are_made_usable_and_unique_and_told() -> None:
    found = previewed("Name,Price (€),{x},,name,Name,topic\na,1,2,3,4,5,6\n", has_header=True,
                      topic_column="1")  # fmt: skip
    names = [column.name for column in found.inputs]
    assert names == ["Price €", "x", "column 4", "name", "Name 2", "topic 2"]
    assert all(PLACEHOLDER.fullmatch(f"{{{name}}}") for name in names)
    assert "Blueprints name the column “Price (€)” as {Price €}." in found.notes
    assert "Blueprints name the column “Name” as {Name 2}." in found.notes


@given(st.lists(st.text(max_size=100), min_size=1, max_size=12))
@settings(max_examples=200, deadline=None)
def test_any_header_gives_names_that_blueprints_can_use(headers: list[str]) -> None:
    from research.tables.rows.names import key_of, named

    columns = named(headers, 0)[1:]
    assert all(PLACEHOLDER.fullmatch(f"{{{column.name}}}") for column in columns)
    assert len({key_of(column.name) for column in columns} | {"topic"}) == len(headers)


def test_repeats_are_merged_and_repeated_topics_kept() -> None:
    found = previewed("name,site\nA,x\nB,y\nA,x\nA,z\nB,y\n")
    assert [(placed.line, placed.row.topic) for placed in found.rows] == [
        (2, "A"),
        (3, "B"),
        (5, "A"),
    ]
    assert "Lines 4 and 6 are repeated and merged." in found.notes
    assert "“A” stands in lines 2 and 5 with other inputs: each is a row of its own." in found.notes


def test_empty_rows_and_short_rows_are_told() -> None:
    found = previewed("name,site,city\n\nA\nB,y\n,,\nC,z,w\n")
    assert found.as_data()[0] == {"topic": "A", "site": "", "city": ""}
    assert "Lines 3 and 4 are shorter than the table: the rest counts as empty." in found.notes
    assert "2 empty lines are left out." in found.notes


def test_problems_name_their_line() -> None:
    long, control = "x" * 1001, "a\x07b"
    found = previewed(f"name,site\n,y\nA,x,extra\n{long},y\n{control},y\nB,y\n")
    assert [str(problem) for problem in found.problems] == [
        "Line 2: “name”, which is the topic, is empty.",
        "Line 3: it has 3 cells, and the table has 2 columns.",
        "Line 4: the topic is 1,001 characters long; 1,000 is the most.",
        "Line 5: the topic holds a control character (U+0007).",
    ]
    assert found.as_data() == [{"topic": "B", "site": "y"}]


def test_empty_columns_at_the_end_are_left_out() -> None:
    assert previewed("name,site,,\nA,x,,\n").as_data() == [{"topic": "A", "site": "x"}]


def test_as_many_rows_as_may_run_are_counted_after_merging() -> None:
    assert len(previewed("name,site\n" + "A,x\n" * 300).rows) == 1
    with pytest.raises(TooManyRows, match=r"The table holds 201 rows.* line 201"):
        previewed("name,site\n" + "".join(f"A{n},x\n" for n in range(201)))


@given(st.text(st.sampled_from("ab,;\t|\"'\n\r -:é会\u2028\x00\ufeff"), max_size=200))
@settings(max_examples=300, deadline=None)
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        found = previewed(text)
    except RefusedFile:
        return
    assert all(placed.row.topic for placed in found.rows)
