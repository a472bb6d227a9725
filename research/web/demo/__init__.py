"""A run to look at: sixty long made-up reports with everything that makes a page difficult."""
