"""The review desk: the claims that need a person, each beside its passages, decided one by one."""
