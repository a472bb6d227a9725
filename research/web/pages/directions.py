"""Text that runs from right to left: each block of a report has the direction of its own text."""

from markdown_it.rules_core import StateCore


def direct(state: StateCore) -> None:
    """Gives each block `dir="auto"`.

    A citation is isolated (run.css), so that it stands where its sentence ends, also behind a word
    that runs the other way.
    """
    for token in state.tokens:
        if token.level == 0 and token.nesting == 1 and token.tag != "table":
            token.attrSet("dir", "auto")  # a table's frame has it
