"""What can be wrong with the columns of a table."""

from research.exceptions import BadInput


class TooManyColumns(BadInput):
    """A table takes at most {limit} columns, and these are {count}. Leave some out."""


class ColumnUnnamed(BadInput):
    """Column {position} has no name. Give each column one."""


class BadColumnName(BadInput):
    """The name of column {position} {trouble}. Use a few words without {without}."""


class SameColumn(BadInput):
    """Two columns are called {name!r}. Give each a name of its own."""


class NoChoices(BadInput):
    """Column {name!r} is a choice, and names no choices. Name at least two."""


class BadColumn(BadInput):
    """Column {position} cannot be read: {reason}"""


class UnknownColumn(BadInput):
    """There is no column {name!r}. There are: {known}."""

    status = 404
