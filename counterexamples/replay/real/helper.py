"""The small jar of ours that drives Spark's classes: from its Java sources, compiled once for every release.

`python -m spillproof.counterexamples.replay.real.helper` (`make helper-jar`) compiles it anew. It is kept beside its
sources and shipped, so that whoever uses it needs a Java and no compiler.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from spillproof.counterexamples.replay.real.jars import jars_of
from spillproof.model.errors import ModelError

SOURCES = Path(__file__).with_name("java")
HELPER = Path(__file__).with_name("helper.jar")
AGAINST = "2.3.4"
"""What it is compiled against. The names that it uses are the same in all releases from 2.1.3 to 4.3.0."""

STAMP = "SOURCES"
"""The entry of the jar that says which sources it was compiled from."""

BEGINNING = (1980, 1, 1, 0, 0, 0)


def digest() -> str:
    """Return what tells whether the sources are those that the jar was compiled from."""
    found = hashlib.sha256()
    for file in sorted(SOURCES.rglob("*.java")):
        found.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    return found.hexdigest()


def build(target: Path = HELPER) -> None:
    """Compile the sources, and write the jar: the same bytes from the same sources and compiler."""
    javac = shutil.which("javac")
    if javac is None:
        raise ModelError("there is no javac, which compiling needs: install a JDK of Java 17")
    with tempfile.TemporaryDirectory() as folder:
        sources = sorted(map(str, SOURCES.rglob("*.java")))
        path = str(jars_of(AGAINST) / "*")
        done = subprocess.run(
            [javac, "--release", "17", "-nowarn", "-g:source,lines", "-cp", path, "-d", folder, *sources],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            raise ModelError(f"javac does not compile the helper: {done.stderr.strip()}")
        _write(Path(folder), target)


def _write(folder: Path, target: Path) -> None:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as jar:
        jar.writestr(zipfile.ZipInfo(STAMP, BEGINNING), digest())
        for file in sorted(folder.rglob("*.class")):
            entry = zipfile.ZipInfo(file.relative_to(folder).as_posix(), BEGINNING)
            entry.compress_type = zipfile.ZIP_DEFLATED
            jar.writestr(entry, file.read_bytes())


if __name__ == "__main__":
    try:
        build()
    except ModelError as error:
        sys.exit(f"spillproof: {error}")
