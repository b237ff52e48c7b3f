"""Which Spark is run: a release of the package index, or jars that somebody has built.

A class path of one's own is written as Java writes it: folders of jars, a `dist/` with `jars/` in it, folders of
classes, and single jars, the first of which that has a class counts.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from spillproof.counterexamples.replay.real.fingerprints.changes import Changes, changes
from spillproof.counterexamples.replay.real.fingerprints.modelled import MODELLED
from spillproof.counterexamples.replay.real.fingerprints.program import Program
from spillproof.counterexamples.replay.real.jars import artifact, jars_of
from spillproof.model.errors import ModelError
from spillproof.model.spark.fixes import TASK, fixes_of
from spillproof.model.spark.fixes.fix import Fix

OLDEST = (2, 1, 3)
"""The first release whose jars are on the package index, but for 2.1.2, which is the same here."""

CORE = re.compile(r"spark-core_[\d.]+-(.+)\.jar")


@dataclass(frozen=True)
class Build:
    """A Spark that can be run, and the release whose model it is compared with."""

    release: str
    own: tuple[Path, ...] = ()
    """What the class path of one's own names. Empty: the jars of the release are fetched."""
    version: str = ""
    """What one's own jars call themselves, such as 4.4.0-SNAPSHOT."""
    changes: Changes | None = None
    """How its modelled methods differ from those of the release. None for the release itself."""

    @property
    def title(self) -> str:
        """Return what it is called: `Spark 3.5.9`, or `your Spark 3.5.9`."""
        return f"your Spark {self.version}" if self.own else f"Spark {self.release}"

    def fixes(self, among: Iterable[Fix] = TASK) -> frozenset[str]:
        """Return the fixes of the model that it is compared with: those of the release, and what it has besides.

        A fix that the release has and whose sign is missing is still expected of it: losing one is what is looked for.
        """
        gained = frozenset() if self.changes is None else self.changes.gained
        return fixes_of(self.release, among) | (gained & {fix.name for fix in among})

    def path(self, progress: Callable[[str], None]) -> list[str]:
        """Return the class path, after fetching what is not there."""
        if not self.own:
            return [str(jars_of(self.release, progress) / "*")]
        return [entry for each in self.own for entry in entries(each)]


def is_real(on: str) -> bool:
    """Return whether `--on` means a Spark that runs, and not a model."""
    return on.startswith("pyspark") or (bool(on) and all(_is_place(part) for part in on.split(os.pathsep)))


def _is_place(part: str) -> bool:
    return part.endswith(".jar") or Path(part).is_dir()


def build_of(on: str) -> Build:
    """Return what `pyspark==2.3.4`, or a class path, names. Raises `ModelError` for anything that is like it."""
    return released(on) if on.startswith("pyspark") else _own(on)


def released(on: str) -> Build:
    """Return the release that `pyspark==2.3.4` names."""
    found = re.fullmatch(r"pyspark *== *(\d+\.\d+\.\d+)", on)
    if found is None:
        raise ModelError(f"--on {on}: a release of real Spark is written like pyspark==2.3.4")
    if tuple(map(int, found[1].split("."))) < OLDEST and found[1] != "2.1.2":
        raise ModelError(f"--on {on}: the package index has no jars older than those of pyspark 2.1.2")
    return Build(found[1])


def _own(on: str) -> Build:
    places = tuple(Path(part) for part in on.split(os.pathsep))
    jars = [file for each in places for file in _modelled(each)]
    version = next((found[1] for file in jars if (found := CORE.fullmatch(file.name))), "")
    if not version:
        raise ModelError(f"--on {on}: no jar of spark-core is there, such as spark-core_2.13-4.3.0.jar")
    _unambiguous(places)
    made = changes(Program(jars), version)
    return Build(made.base, places, version, made)


def entries(place: Path) -> Iterator[str]:
    """Yield what a place is on Java's class path."""
    if place.suffix == ".jar":
        yield str(place)
    elif (place / "jars").is_dir():
        yield str(place / "jars" / "*")
    elif any(place.glob("*.jar")):
        yield str(place / "*")
    else:
        yield str(place)


def _modelled(place: Path) -> list[Path]:
    """Return the jars and folders of classes of a place in which modelled classes may be."""
    if place.suffix == ".jar":
        if not place.is_file():
            raise ModelError(f"--on {place}: there is no such jar")
        return [place]
    if not place.is_dir():
        raise ModelError(f"--on {place}: there is no such folder")
    folder = place / "jars" if (place / "jars").is_dir() else place
    if jars := sorted(folder.glob("*.jar")):
        return [jar for jar in jars if artifact(jar.name).startswith("spark") or len(jars) == 1]
    if (place / "org").is_dir():
        return [place]
    raise ModelError(f"--on {place}: neither jars are there, nor jars/ as in a dist/, nor classes (org/apache/spark)")


def _unambiguous(places: tuple[Path, ...]) -> None:
    """Raise `ModelError` where two jars of one folder have the same modelled class: Java may take either."""
    for place in places:
        programs = {file.name: Program([file]) for file in _modelled(place)}
        for owner in MODELLED:
            having = [name for name, program in programs.items() if program.has(owner)]
            if len(having) > 1:
                raise ModelError(
                    f"--on {place}: {owner.rpartition('/')[2]} is in {' and in '.join(having)}, and Java may take "
                    f"either; put the one that counts first: {having[0]}{os.pathsep}{place}"
                )
