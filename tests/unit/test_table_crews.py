"""The blueprint of a crew that fills in a row."""

from research.crews.definition import Definition
from research.crews.filling import Row, adapted
from research.tables.cell import Cell
from research.tables.columns import columns_from

COLUMNS = columns_from([{"name": "licence"}, {"name": "size", "type": "number", "unit": "MB"}])
AGENT = {"role": "r", "goal": "g", "backstory": "b"}
DEEP = Definition.model_validate(
    {
        "agents": {
            "finder": AGENT | {"tools": ["search", "read"]},
            "writer": AGENT | {"tools": []},
        },
        "tasks": {
            "find": {"agent": "finder", "description": "Find {topic}", "expected_output": "x"},
            "write": {
                "agent": "writer",
                "description": "Write {topic}",
                "expected_output": "x",
                "context": ["find"],
            },
        },
    }
)


def test_earlier_tasks_hear_of_the_columns_and_the_last_one_can_look_things_up() -> None:
    work = adapted(DEEP, Row(columns=COLUMNS, asked=COLUMNS), "pluggy")
    find, write = work.tasks.values()
    assert "“licence”" in find.description and "“size” (a number in MB)" in find.description
    assert "JSON object" in write.description and write.context == ["find"]
    assert work.agents[write.agent].tools == ["search", "read"]
    assert work.agents[find.agent] == DEEP.agents["finder"]


def test_a_cell_asked_again_is_all_there_is_to_do() -> None:
    row = Row(columns=COLUMNS, asked=COLUMNS[:1], kept=(Cell("size", 12),))
    work = adapted(DEEP, row, "pluggy")
    (write,) = work.tasks.values()
    assert write.context == [] and "“size”" not in write.description
    assert work.agents[write.agent].tools == ["search", "read"]


def test_without_columns_a_blueprint_stays_as_it_is() -> None:
    assert adapted(DEEP, Row(), "pluggy") is DEEP
