"""What a counterexample means: computed from the trace, as data; sentences and pictures are made from it elsewhere."""
