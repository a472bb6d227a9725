"""Why a table cannot be read as a whole; what is wrong with a single row stands in its preview."""

from research.confined.exceptions import RefusedFile


class NoRows(RefusedFile):
    """{name} holds no row to run. Give each topic a row of its own."""


class TooManyRows(RefusedFile):
    """{name} holds {count} rows, and a run takes at most {limit:,}: the last that fits is
    {place} {line:,}. Split it into several runs."""


class TooManyLines(RefusedFile):
    """{name} has {count:,} lines; {limit:,} is the most. Split it into several runs."""


class TooManyInputs(RefusedFile):
    """{name} has {count} columns at {place} {line:,}; {limit} is the most. Remove those that no
    blueprint uses."""


class TooMuchText(RefusedFile):
    """{name} holds more than {limit:,} characters by {place} {line:,}. Remove long columns, or
    split it into several runs."""


class BrokenQuotes(RefusedFile):
    """{name} has broken quotes in {count} lines, the first of them line {line:,}. Save it anew as
    CSV from a spreadsheet, or send it as XLSX."""


class NotATable(RefusedFile):
    """{name} is {kind}, not a table. Save it as CSV, TSV or XLSX and send that."""


class OldWorkbook(RefusedFile):
    """{name} is a workbook in an old format, or one with a password. Save it as XLSX without a
    password."""


class BrokenWorkbook(RefusedFile):
    """{name} is damaged: {reason}. Open it in a spreadsheet, save it anew as XLSX, and send
    that."""


class WorkbookBomb(RefusedFile):
    """{name} unpacks to more than {limit} MB. Copy the rows to run into a new file."""


class UnknownTopicColumn(RefusedFile):
    """{name} has no column {column!r}. There are: {known}."""


class UnfitRows(RefusedFile):
    """{name} holds rows that cannot run. {problems}"""
