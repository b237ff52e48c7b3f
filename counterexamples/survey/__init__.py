"""Many questions in one go: asked in processes of their own, here or elsewhere, and kept; one table of the answers."""
