"""Explicit search through every state at fixed sizes."""
