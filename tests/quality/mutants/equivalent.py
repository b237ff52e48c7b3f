"""The mutants that do what the source does, each with the reason. The list is by content, so that lines may move."""

from __future__ import annotations

import tomllib
from pathlib import Path

FILE = Path(__file__).with_suffix(".toml")

Reasons = dict[str, dict[str, str]]
"""By module, and by the mutant's name."""


def reasons(file: Path = FILE) -> Reasons:
    """Return the list."""
    read: Reasons = tomllib.loads(file.read_text(encoding="utf-8"))
    return read
