"""The engine of a single machine: a process beside the site's, with one loop for all crews."""
