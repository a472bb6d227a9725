"""Columns that a person asks for and the cells that fill them, each with its proof; pure Python."""
