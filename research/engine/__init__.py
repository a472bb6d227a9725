"""How topics run: claimed, worked on by a crew within limits, and stored as they go."""
