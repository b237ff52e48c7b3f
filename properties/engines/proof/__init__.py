"""Invariants of the automaton that hold for all sizes and any number of steps, and their certificates."""
