"""A folder that keeps evidence: files that are whole, and a report that names them."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from spillproof.counterexamples import files
from spillproof.counterexamples.export.escapes import one_line
from spillproof.model.errors import ModelError

REPORT = "report.json"


class Folder:
    """What `--out` names. Each file in it is written whole; the report has the name and the SHA-256 of each other.

    So whoever finds a report can tell whether what it names is there, whatever ended the process that wrote it, and
    whether it is of the same check. Each method raises `ModelError` where a file cannot be written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.names: dict[str, str] = {}
        self.told: dict[str, Any] = {}

    def add(self, name: str, text: str) -> Path:
        """Write a file, and return where it is."""
        self._write(name, text)
        self.names[name] = hashlib.sha256(text.encode()).hexdigest()
        return self.path / name

    def report(self, told: dict[str, Any] | None = None, *, ascii_only: bool = False) -> None:
        """Write the report, or the last one again; it names the files that are there so far, so that it comes last."""
        self.told = self.told if told is None else told
        whole = {**self.told, "files": dict(sorted(self.names.items()))}
        self._write(REPORT, json.dumps(whole, indent=1, ensure_ascii=ascii_only) + "\n")

    def _write(self, name: str, text: str) -> None:
        try:
            files.write(self.path / name, text)
        except (OSError, ValueError) as error:
            raise ModelError(f"--out {one_line(self.path)}: {one_line(name)}: {files.why(error)}") from None
