"""A whole model for other checkers, made from its automaton: each format is a module here, registered in `export`."""
