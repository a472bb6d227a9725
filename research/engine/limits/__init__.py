"""What a model call has to pass before it is made: the run's budget, and the provider's plan."""

TYPICAL_ANSWER = 500  # tokens, until a run or a model has answers of its own
