"""`make truth`: how well the check of claims tells true from false, by kind of change."""
