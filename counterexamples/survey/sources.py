"""Which code an answer rests on: an answer that other code gave is none."""

from __future__ import annotations

import platform
import sys
import sysconfig
from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

OURS = tuple(Path(__file__).resolve().parents[2] / name for name in ("model", "properties", "counterexamples"))
"""The folders of this package, in a checkout and in a wheel."""

SOLVERS = ("z3-solver", "cvc5")


@cache
def fingerprint() -> str:
    """Return a fingerprint of this package as it is now, of Python and of the solvers: 64 hexadecimal digits."""
    made = sha256(platform.python_version().encode())
    for name in SOLVERS:
        made.update(f"{name} {_version(name)}".encode())
    for number, folder in enumerate(OURS):
        for file in sorted(folder.rglob("*.py")):
            made.update(f"{number}/{file.relative_to(folder).as_posix()}\n".encode())
            made.update(file.read_bytes())
    return made.hexdigest()


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def others() -> dict[str, str]:
    """Return the hash of each file that this process has imported, but for this package and what is installed."""
    files = {getattr(module, "__file__", None) for module in list(sys.modules.values())}
    paths = sorted({Path(file).resolve() for file in files if file is not None})
    return {str(path): hashed(path) for path in paths if not any(path.is_relative_to(each) for each in _known())}


def unchanged(sources: Mapping[str, str]) -> bool:
    """Return whether files are as they were."""
    return all(hashed(Path(path)) == known for path, known in sources.items())


def hashed(path: Path) -> str:
    """Return the SHA-256 of a file; nothing where it cannot be read."""
    try:
        return sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""


@cache
def _known() -> tuple[Path, ...]:
    paths = sysconfig.get_paths()
    names = ("stdlib", "platstdlib", "purelib", "platlib")
    return (*OURS, *{Path(paths[name]).resolve() for name in names})
