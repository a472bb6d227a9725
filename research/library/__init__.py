"""Documents that crews may read: what a person adds, and a sample that is on every machine."""
