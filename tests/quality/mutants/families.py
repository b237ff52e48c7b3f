"""The families: which sources are mutated, which tests are to notice it, and how many mutants have to be killed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from tests.quality.mutants.changes import Mutant, mutants_in

ROOT = Path(__file__).resolve().parents[3]


@dataclass(frozen=True)
class Family:
    """Sources, and the tests that stand beside them. Paths are relative to the root.

    What some test happens to notice, that is about something else, does not count; where it imports a source, it is
    about that as well.
    """

    name: str
    sources: tuple[str, ...]
    tests: tuple[str, ...]
    sample: int
    """How many mutants are judged, unless told otherwise."""
    wanted: float
    """The share of those that are not equivalent that has to be killed, in percent."""
    root: Path = ROOT
    package: str = "spillproof."
    """What a module's name begins with, before its path."""
    widely: bool = True
    """Whether tests elsewhere are run that import something of a source."""

    def files(self) -> list[Path]:
        """Return the source files."""
        return _found(self.root, self.sources, "*.py")

    def test_files(self) -> list[Path]:
        """Return the test files: those beside the sources, and those elsewhere that import something of a source."""
        beside = _found(self.root, self.tests, "test_*.py")
        return list(dict.fromkeys([*beside, *(self._importing() if self.widely else ())]))

    def _importing(self) -> list[Path]:
        folders = [self.package + each.replace("/", ".") for each in self.sources if (self.root / each).is_dir()]
        about = re.compile(rf"^ *(?:from|import) (?:{'|'.join(map(re.escape, folders))})\b", re.MULTILINE)
        files = sorted((self.root / "tests").rglob("test_*.py")) if folders else []
        return [file for file in files if about.search(file.read_text(encoding="utf-8"))]

    def mutants(self) -> list[Mutant]:
        """Return every mutant."""
        return [mutant for file in self.files() for mutant in mutants_in(file, self.module(file))]

    def module(self, file: Path) -> str:
        """Return the name under which a source is imported."""
        return self.package + ".".join(file.relative_to(self.root).with_suffix("").parts)


def _found(root: Path, patterns: tuple[str, ...], names: str) -> list[Path]:
    """Return the files that the patterns mean; a folder means all that is in it."""
    places = [place for pattern in patterns for place in sorted(root.glob(pattern))]
    files = [file for place in places for file in ([place] if place.is_file() else sorted(place.rglob(names)))]
    return list(dict.fromkeys(file for file in files if file.name != "__init__.py"))


EXPLAIN = ("explain", "cuts", "telling", "scene", "trace")

FAMILIES = {
    family.name: family
    for family in (
        Family("spark", ("model/spark",), ("tests/model/spark",), sample=100, wanted=95),
        Family("engines", ("properties/engines",), ("tests/engines", "tests/properties"), sample=100, wanted=95),
        Family(
            "explain",
            ("counterexamples/explain",),
            ("tests/counterexamples/explain", *(f"tests/counterexamples/test_{each}.py" for each in EXPLAIN)),
            sample=100,
            wanted=95,
        ),
        Family("audit", ("counterexamples/audit",), ("tests/counterexamples/audit",), sample=100, wanted=90),
        Family("kit", ("model/*.py",), ("tests/model/*.py",), sample=60, wanted=95),
    )
}
