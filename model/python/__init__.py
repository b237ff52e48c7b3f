"""Memory managers of Python packages, as models: run in lockstep with the code that they are of."""
