"""The jars that are looked at, out of the archive of a release on the package index: read only as far as needed.

An archive is compressed as a whole, so that there is no way to its middle but through its beginning. What comes after
the last jar is not read, and so the checksum is not looked at: who means to run the jars fetches them with `replay`.
"""

from __future__ import annotations

import shutil
import tarfile
from collections.abc import Iterator
from http.client import HTTPException
from pathlib import Path
from typing import IO, cast
from urllib.error import URLError
from urllib.request import urlopen

from spillproof.counterexamples.replay.real.fingerprints.modelled import JARS
from spillproof.counterexamples.replay.real.index import Archive
from spillproof.counterexamples.replay.real.jars import artifact
from spillproof.model.errors import ModelError
from spillproof.model.spark.fixes.fix import order

PATIENCE = 60

WITH_UTILITIES = (4, 1)
"""From this line on `CompletionIterator` is in a jar of utilities."""


def needed(release: str) -> frozenset[str]:
    """Return the jars that a release has of those that are looked at."""
    return frozenset(JARS) if order(release) >= (*WITH_UTILITIES, 0) else frozenset(JARS[:2])


def fetch(archive: Archive, folder: Path) -> None:
    """Put the jars into a folder. Raises `ModelError` where they do not come."""
    missing = set(needed(archive.release))
    try:
        with urlopen(archive.url, timeout=PATIENCE) as response:  # noqa: S310 - where pip would fetch it from
            for name, stream in jars(cast("IO[bytes]", response)):
                if artifact(name) in missing:
                    with (folder / name).open("wb") as target:
                        shutil.copyfileobj(stream, target)
                    missing.discard(artifact(name))
                if not missing:
                    return
    except (tarfile.TarError, EOFError, HTTPException, URLError, TimeoutError, ConnectionError) as error:
        raise ModelError(f"pyspark {archive.release} could not be read: {error}; try again") from None
    raise ModelError(f"the archive of pyspark {archive.release} has no jar of {' and '.join(sorted(missing))}")


def jars(stream: IO[bytes]) -> Iterator[tuple[str, IO[bytes]]]:
    """Yield each jar of an archive, as it arrives."""
    with tarfile.open(fileobj=stream, mode="r|gz") as members:
        for member in members:
            if member.isfile() and "/jars/" in member.name:
                source = members.extractfile(member)
                assert source is not None
                yield member.name.rpartition("/")[2], source
