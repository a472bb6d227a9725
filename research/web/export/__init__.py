"""Runs to take away: documents, tables, references. A snapshot is taken, then written as a file."""
