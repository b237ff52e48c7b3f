"""A model at a scope as a finite automaton: shapes, and edges with linear guards and updates."""
