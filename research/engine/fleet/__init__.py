"""The engine past one machine, as jobs on PostgreSQL: all that leans on Procrastinate's insides."""
