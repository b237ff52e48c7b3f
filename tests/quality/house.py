"""How a tree of this project is laid out, in numbers: `python -m tests.quality.house COMMIT…` compares commits.

Lines are those of Python files as `wc -l` counts them; names are compared within a root, because whoever imports
something writes its root.
"""

from __future__ import annotations

import ast
import io
import subprocess
import sys
import tarfile
import tempfile
from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from shutil import which

FACE = "_face"
"""The folder of what users import from: it is above all."""

ROOTS = ("model", "properties", "counterexamples")
HERE = Path(__file__).resolve().parent.parent.parent


@dataclass(frozen=True)
class Module:
    """A file of Python."""

    path: Path
    """Below the tree."""
    text: str

    @property
    def name(self) -> str:
        """Return what it is called, without its folders."""
        return self.path.stem

    @property
    def lines(self) -> int:
        """Return how many lines it has."""
        return self.text.count("\n")

    @cached_property
    def tree(self) -> ast.Module:
        """Return what it says."""
        return ast.parse(self.text)

    def classes(self) -> Iterator[str]:
        """Yield the names of its classes."""
        yield from (each.name for each in self.tree.body if isinstance(each, ast.ClassDef))

    def functions(self) -> Iterator[tuple[int, str]]:
        """Yield for each function how many lines it has, and its name."""
        for each in ast.walk(self.tree):
            if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef):
                yield (each.end_lineno or each.lineno) - each.lineno + 1, f"{self.path}:{each.name}"

    def imports(self) -> Iterator[str]:
        """Yield what it imports when it is imported itself, by full name, and without what that is imported for."""
        for each in self.tree.body:
            if isinstance(each, ast.Import):
                yield from (alias.name for alias in each.names)
            elif isinstance(each, ast.ImportFrom) and each.module and not each.level:
                yield from (f"{each.module}.{alias.name}" for alias in each.names)


class House:
    """The modules of a tree, by root."""

    def __init__(self, tree: Path) -> None:
        self.rooms = {root: [*_modules(tree, root)] for root in ROOTS}

    def lines(self, root: str) -> int:
        """Return how many lines a root has."""
        return sum(each.lines for each in self.rooms[root])

    def all(self) -> Iterator[Module]:
        """Yield every module."""
        for modules in self.rooms.values():
            yield from modules

    def longest_file(self) -> tuple[int, str]:
        """Return the lines and the path of the longest module."""
        return max((each.lines, str(each.path)) for each in self.all())

    def longest_function(self) -> tuple[int, str]:
        """Return the lines and the place of the longest function."""
        return max(function for each in self.all() for function in each.functions())

    def lengths(self) -> list[int]:
        """Return how many lines each function has, the shortest first."""
        return sorted(lines for each in self.all() for lines, _ in each.functions())

    def participles(self) -> list[str]:
        """Return the modules that are named like something that is being done."""
        return [str(each.path) for each in self.all() if each.name.endswith("ing")]

    def shared_modules(self) -> dict[tuple[str, str], list[str]]:
        """Return, by root and name, where modules of one name stand."""
        return self._shared(lambda each: [each.name] if each.name != "__init__" else [])

    def shared_classes(self) -> dict[tuple[str, str], list[str]]:
        """Return, by root and name, in which modules classes of one name stand."""
        return self._shared(lambda each: [*each.classes()])

    def _shared(self, names: Callable[[Module], list[str]]) -> dict[tuple[str, str], list[str]]:
        found: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
        for root, modules in self.rooms.items():
            for module in modules:
                for name in names(module):
                    found[root, name].append(str(module.path))
        return {key: places for key, places in sorted(found.items()) if len(places) > 1}

    def upward(self) -> list[str]:
        """Return the imports that run from a root to one above it."""
        above = {root: ROOTS[place + 1 :] for place, root in enumerate(ROOTS)}
        return [
            f"{each.path} imports {name}"
            for root, modules in self.rooms.items()
            for each in modules
            if FACE not in each.path.parts
            for name in each.imports()
            if any(f"{name}.".startswith(f"spillproof.{other}.") for other in above[root])
        ]

    def circles(self) -> list[list[str]]:
        """Return the groups of modules that import each other when they are imported."""
        known = {_dotted(each.path): each for each in self.all()}
        arrows = {name: {*_modules_among(each.imports(), known)} - {name} for name, each in known.items()}
        return [sorted(group) for group in _strong(arrows) if len(group) > 1]


def _modules(tree: Path, root: str) -> Iterator[Module]:
    for file in sorted((tree / root).rglob("*.py")):
        yield Module(file.relative_to(tree), file.read_text(encoding="utf-8"))


def _modules_among(names: Iterable[str], known: Container[str]) -> Iterator[str]:
    """Yield the modules that these names are, or are in."""
    for name in names:
        module = name if name in known else name.rpartition(".")[0]
        if module in known:
            yield module


def _dotted(path: Path) -> str:
    parts = path.with_suffix("").parts
    return ".".join(("spillproof", *(parts[:-1] if parts[-1] == "__init__" else parts)))


def _strong(arrows: dict[str, set[str]]) -> Iterator[set[str]]:
    """Yield the sets of which each member is reached from each other."""
    reached = {start: _reached(arrows, start) for start in arrows}
    left = set(arrows)
    while left:
        one = left.pop()
        group = {one} | {other for other in reached[one] & left if one in reached[other]}
        left -= group
        yield group


def _reached(arrows: dict[str, set[str]], start: str) -> set[str]:
    found: set[str] = set()
    waiting = [start]
    while waiting:
        for each in arrows[waiting.pop()] - found:
            found.add(each)
            waiting.append(each)
    return found


def rows(house: House) -> list[tuple[str, str]]:
    """Return what is measured of a house: for each row what it is, and how much."""
    lines, file = house.longest_file()
    lengths = house.lengths()
    length, function = house.longest_function()
    return [
        *((f"lines of `{root}`", f"{house.lines(root):,}") for root in ROOTS),
        ("modules", f"{sum(1 for _ in house.all()):,}"),
        ("lines of a module, on average", f"{sum(map(house.lines, ROOTS)) / sum(1 for _ in house.all()):.0f}"),
        ("longest module", f"{lines} (`{file}`)"),
        ("functions", f"{len(lengths):,}"),
        (
            "lines of a function: median, nine of ten",
            f"{lengths[len(lengths) // 2]}, {lengths[len(lengths) * 9 // 10]}",
        ),
        ("longest function", f"{length} (`{function}`)"),
        ("modules named with -ing", str(len(house.participles()))),
        ("names of modules that a root has more than once", str(len(house.shared_modules()))),
        ("names of classes that a root has more than once", str(len(house.shared_classes()))),
        ("imports that run up", str(len(house.upward()))),
        ("circles of imports", str(len(house.circles()))),
    ]


def taken_away(commit: str) -> int:
    """Return how many lines of Python a commit took away from the roots: those that it removed less those it added."""
    files = [f"{root}/*.py" for root in ROOTS]
    told = _git("show", "--numstat", "--no-renames", "--format=", commit, "--", *files).decode()
    rows = [line.split("\t") for line in told.splitlines()]
    return sum(int(removed) - int(added) for added, removed, _ in rows)


def _git(*words: str) -> bytes:
    """Return what git answers."""
    return subprocess.run([which("git") or "git", *words], cwd=HERE, capture_output=True, check=True).stdout


def at(commit: str) -> House:
    """Return the house as it was at a commit."""
    packed = _git("archive", commit, *ROOTS)
    with tempfile.TemporaryDirectory() as folder, tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        archive.extractall(folder, filter="data")
        return House(Path(folder))


def table(commits: list[str]) -> str:
    """Return the numbers of some commits, and of what is here, side by side."""
    columns = [rows(at(commit)) for commit in commits] + [rows(House(HERE))]
    lines = [f"| | {' | '.join([*commits, 'now'])} |", f"|---|{'---|' * len(columns)}"]
    lines += [f"| {cells[0][0]} | {' | '.join(value for _, value in cells)} |" for cells in zip(*columns, strict=True)]
    return "\n".join(lines)


if __name__ == "__main__":
    print(table(sys.argv[1:]))
