"""Whose code something is: the manager's and what it uses, or Python's own and this project's."""

from __future__ import annotations

import sys
import sysconfig
from functools import cache
from pathlib import Path


@cache
def file_of(module: str) -> str:
    """Return the file of a module that is loaded; `<built in>` where it has none."""
    found = getattr(sys.modules.get(module), "__file__", None)
    return found or "<built in>"


@cache
def is_theirs(file: str) -> bool:
    """Return whether a file is neither of Python itself nor of this project."""
    if file.startswith("<"):
        return False
    path = Path(file).resolve()
    root = Path(__file__).resolve().parents[2]
    if any(path.is_relative_to(root / each) for each in ("model", "properties", "counterexamples")):
        return False
    library = [Path(sysconfig.get_path(name)).resolve() for name in ("stdlib", "platstdlib")]
    packages = [Path(sysconfig.get_path(name)).resolve() for name in ("purelib", "platlib")]
    return any(path.is_relative_to(each) for each in packages) or not any(path.is_relative_to(each) for each in library)


@cache
def is_in(file: str, homes: frozenset[Path]) -> bool:
    """Return whether a file is below one of some homes."""
    return not file.startswith("<") and any(Path(file).resolve().is_relative_to(home) for home in homes)


@cache
def home_of(file: str) -> Path:
    """Return the folder of a file; of one in a package that is installed, that of the package."""
    path = Path(file).resolve()
    for name in ("purelib", "platlib"):
        root = Path(sysconfig.get_path(name)).resolve()
        if path.is_relative_to(root):
            return root / path.relative_to(root).parts[0]
    return path.parent
