"""One module per kind of file, each with a `read` that makes a `Reading` of it."""
