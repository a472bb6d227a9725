"""A run as it happens: stored events first, then what is pushed, to any number of watchers."""
