"""What breaks in practice, done on purpose, and counted: see `python -m chaos --help`."""
