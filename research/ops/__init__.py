"""What keeps a process healthy: logs, metrics, checks, the state of the database and of Python."""
