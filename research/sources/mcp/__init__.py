"""Tools of MCP servers that an administrator named: sessions, calls, and their limits."""
