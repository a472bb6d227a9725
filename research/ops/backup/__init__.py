"""Backups: one file with all that the site keeps, made while it runs, and put back elsewhere."""
