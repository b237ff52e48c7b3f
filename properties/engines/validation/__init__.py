"""Translation validation: what the automaton says of a model, compared with the model on plain integers."""
