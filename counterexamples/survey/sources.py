"""Which code an answer rests on: an answer that other code gave is none."""

from __future__ import annotations

import platform
import sys
from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from spillproof.counterexamples import interrupts

PACKAGE = Path(__file__).resolve().parents[2]
"""The folder of this package, in a checkout and in a wheel."""

ANSWERING = tuple(PACKAGE / name for name in ("model", "properties", "counterexamples/survey"))
"""What every answer rests on. What else of this package a job imports is named with its answer."""

SOLVERS = ("z3-solver", "cvc5")


@cache
def fingerprint() -> str:
    """Return a fingerprint of the models, the engines, Python and the solvers: 64 hexadecimal digits."""
    made = sha256(platform.python_version().encode())
    for name in SOLVERS:
        made.update(f"{name} {_version(name)}".encode())
    for number, folder in enumerate(ANSWERING):
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
    """Return each file that this process has imported besides those and what is installed, with its hash."""
    files = {getattr(module, "__file__", None) for module in list(sys.modules.values())}
    paths = sorted({Path(file).resolve() for file in files if file is not None})
    return {str(path): hashed(path) for path in paths if not _is_known(path)}


def _is_known(path: Path) -> bool:
    if path.is_relative_to(PACKAGE) and path.relative_to(PACKAGE).parts[0] == "counterexamples":
        return path.is_relative_to(ANSWERING[-1])
    return any(path.is_relative_to(each) for each in (*ANSWERING, *interrupts.libraries()))


def unchanged(sources: Mapping[str, str]) -> bool:
    """Return whether files are as they were."""
    return all(hashed(Path(path)) == known for path, known in sources.items())


def hashed(path: Path) -> str:
    """Return the SHA-256 of a file; nothing where it cannot be read."""
    try:
        return sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""
