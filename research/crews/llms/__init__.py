"""The models: which there are, what they cost, and an object of each for every agent."""
