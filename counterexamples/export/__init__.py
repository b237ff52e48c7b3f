"""A counterexample written out for other readers and other tools."""
