"""Who uses the site: teams, roles and tokens, and what a caller may see and do."""
