"""What changes from a release to the next besides what a fix of the models says: read in the instructions of both."""

from __future__ import annotations

NOTES: dict[str, str] = {}
"""By release. What is not here was not read."""
