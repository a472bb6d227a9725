"""The table of a run: rows, columns and cells, each cell with its proof and a person's word."""
