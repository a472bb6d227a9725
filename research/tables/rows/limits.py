"""How much a table may hold."""

MAX_BYTES = 10 * 1024 * 1024  # of its file
MAX_UNPACKED = 50 * 1024 * 1024  # bytes, of a workbook's parts together
MAX_LINES = 250_000
MAX_CHARACTERS = 2_000_000  # of all its cells
MAX_ROW = 80_000  # characters: as JSON, a line of a reader's answer
MAX_TOPIC = 1_000  # characters
MAX_CELL = 4_000  # characters
MAX_COLUMNS = 100
MAX_NAME = 80  # characters of a column's
MAX_BROKEN = 50  # records whose quotes are broken, before the file is given up
EXCESS = 10  # times as many rows as may run are read, since repeats among them are merged
SECONDS = 10.0  # of processor time for a workbook
WALL_SECONDS = 20.0
