"""Topics in, one crew of agents for each, results with their sources out; docs/architecture.md."""
