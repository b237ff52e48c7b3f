"""What the models of other engines' memory managers have in common: how an engine declares them, and its fixes."""
