"""Whether every run of one model is a run of another, as far as one can observe it."""
