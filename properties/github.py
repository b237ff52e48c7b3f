"""Annotations of GitHub: a line that makes a failed claim stand at the line of the guilty action of a pull request.

They are printed where `GITHUB_ACTIONS` is set, and nowhere else.
"""

from __future__ import annotations

import os
from pathlib import Path


def is_there() -> bool:
    """Return whether GitHub runs this."""
    return os.environ.get("GITHUB_ACTIONS") == "true"


def annotation(title: str, words: str, file: str = "", line: int = 0) -> str:
    """Return the line that GitHub reads. A file outside of the workspace, which it does not know, is left out."""
    properties = {"file": _in_workspace(file), "line": str(line or ""), "title": title}
    if not properties["file"]:
        del properties["line"]
    said = ",".join(f"{name}={_property(value)}" for name, value in properties.items() if value)
    return f"::error {said}::{_data(words)}"


def _in_workspace(file: str) -> str:
    """Return a file as GitHub names it, from the folder of the checkout."""
    if not file:
        return ""
    root = Path(os.environ.get("GITHUB_WORKSPACE") or Path.cwd()).resolve()
    path = Path(file).resolve()
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else ""


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
