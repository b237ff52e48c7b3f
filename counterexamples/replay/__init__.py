"""A counterexample run again: on a model, and on the real thing."""
