"""A run on running code as a plain pytest file: it needs the target and nothing of this project."""
