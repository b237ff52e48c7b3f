"""What became of each mutant, kept as soon as it is known: a run that was interrupted, or killed, goes on.

An answer counts for as long as nothing changes that it may hang on: the code of the house, the family's tests, and what
stands beside these.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

from tests.quality.mutants.changes import Mutant
from tests.quality.mutants.families import Family
from tests.quality.mutants.trial import Outcome

HOUSE = ("model", "properties", "counterexamples")


class Answers:
    """The answers of one family, a line each in a file."""

    def __init__(self, family: Family, folder: Path) -> None:
        self.file = folder / family.name / "answers.jsonl"
        self.state = state(family)
        self.found: dict[tuple[str, str], Outcome] = {}
        if self.file.exists():
            for written, module, name, outcome in _lines(self.file.read_text(encoding="utf-8")):
                if written == self.state:
                    self.found[module, name] = outcome

    def of(self, mutant: Mutant) -> Outcome | None:
        """Return what became of a mutant, if that is known."""
        return self.found.get((mutant.module, mutant.name))

    def keep(self, mutant: Mutant, outcome: Outcome) -> None:
        """Write down what became of a mutant."""
        self.found[mutant.module, mutant.name] = outcome
        self.file.parent.mkdir(parents=True, exist_ok=True)
        with self.file.open("a", encoding="utf-8") as file:
            file.write("\n" + json.dumps([self.state, mutant.module, mutant.name, outcome]))


def _lines(text: str) -> Iterator[tuple[str, str, str, Outcome]]:
    """Yield what was written. Of a line that was cut off when the run was killed nothing is believed."""
    for line in filter(None, text.split("\n")):
        try:
            written, module, name, outcome = json.loads(line)
        except ValueError:
            continue
        yield written, module, name, outcome


def state(family: Family) -> str:
    """Return a digest of all that an answer may hang on."""
    digest = hashlib.sha256()
    for file in sorted({*_code(family.root), *family.files(), *family.test_files()}):
        digest.update(f"{file.relative_to(family.root)}\n{file.stat().st_size}\n".encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()


def _code(root: Path) -> Iterator[Path]:
    """Yield the code of the house, and of its tests what is not a test itself."""
    for folder in HOUSE:
        yield from (root / folder).rglob("*.py")
    yield from (each for each in (root / "tests").rglob("*.py") if not each.name.startswith("test_"))
