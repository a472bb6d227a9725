"""Rows that a person brings, as a file or pasted: read, and shown as what will run."""
