"""The engines: each executes the same model and the same claims, and each is a test of the others."""
