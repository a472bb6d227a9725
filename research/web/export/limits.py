"""What writing a file may take. 200 long reports as PDF need some 20 s and 2.5 GB."""

MEMORY = 6 * 1024**3  # bytes of address space; a writer maps fonts and reserves more than it uses
FILE_SIZE = 256 * 1024**2  # bytes, of what a writer puts aside in its own folder
SECONDS = 240.0  # of processor time
WALL_SECONDS = 300.0
MOST_CHARACTERS = 6_000_000  # of results in a document or workbook

AT_ONCE = 2  # writers; each leaves the pages the processor (`nice`)
MOST_WAITING = 8  # exports under way or waiting
KEPT_SECONDS = 600.0  # that a file is kept for who asked for it
MOST_KEPT = 8  # files
