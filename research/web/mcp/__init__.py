"""The site as an MCP server: agents elsewhere start runs and read results (docs/mcp.md)."""
