"""Looks at the modelled methods of every release on the package index: `python -m` with the name of this folder.

Says which release is one that is known, and which changes what; writes `record.json` and docs/reference/releases.md. A
release that is in the record is not fetched again, but with `--all`. With `--jars FOLDER`, jars are looked for in
FOLDER/RELEASE first, and are kept there.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from docs.pages.releases import page
from docs.pages.releases.archive import fetch, needed
from spillproof.counterexamples.replay.real.fingerprints import record
from spillproof.counterexamples.replay.real.fingerprints.program import Program
from spillproof.counterexamples.replay.real.fingerprints.record import Record, Seen
from spillproof.counterexamples.replay.real.index import archives
from spillproof.model.errors import ModelError


@contextmanager
def jars_of(release: str, folder: Path | None) -> Iterator[list[Path]]:
    """Give the jars of a release, fetched if they are not there; without a folder to keep them in, for a while."""
    with tempfile.TemporaryDirectory() as temporary:
        place = Path(temporary) if folder is None else folder / release
        place.mkdir(parents=True, exist_ok=True)
        if len(list(place.glob("*.jar"))) < len(needed(release)):
            fetch(archives()[release], place)
        yield sorted(place.glob("*.jar"))


def main() -> int:
    """Look at what is new, say what it is, and write it down."""
    parser = argparse.ArgumentParser(prog=f"python -m {__package__}", description=__doc__)
    parser.add_argument("releases", nargs="*", metavar="RELEASE", help="which to look at; otherwise all on the index")
    parser.add_argument("--all", action="store_true", help="look at those in the record again")
    parser.add_argument("--jars", type=Path, metavar="FOLDER", help="where jars are kept, a folder a release")
    wanted = parser.parse_args()
    try:
        known = record.committed()
        for release in wanted.releases or archives():
            if wanted.all or wanted.releases or release not in known.seen:
                look(release, known, wanted.jars)
        page.FILE.write_text(page.page(known), encoding="utf-8")
    except ModelError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


def look(release: str, known: Record, folder: Path | None) -> None:
    """Look at a release, write it down, and say what it is."""
    with jars_of(release, folder) as jars:
        known.add(release, Seen.of(Program(jars)))
    record.FILE.write_text(known.dumps(), encoding="utf-8")
    sys.stdout.write(f"{page.told(known, release)}\n")


if __name__ == "__main__":
    sys.exit(main())
