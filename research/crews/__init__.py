"""How a crew works on a topic, from a definition to a result; it knows no run and no database."""
