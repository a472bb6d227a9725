"""What is kept of runs, how one begins, and how it is changed. The Django app `research`."""
