"""What `manage.py benchmark` is made of: measuring, the simulated model, the table.

CrewAI is imported when a crew is first built, so that bad input is refused without it.
"""
