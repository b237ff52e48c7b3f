"""What the jars of all releases said: a fingerprint of each modelled method, and which fixes were recognised.

It is committed as `record.json`, so that whoever has no jars can ask it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from spillproof.counterexamples.replay.real.fingerprints.modelled import PLACES
from spillproof.counterexamples.replay.real.fingerprints.program import Program
from spillproof.counterexamples.replay.real.fingerprints.signs import SIGNS
from spillproof.model.spark.fixes.fix import order

FILE = Path(__file__).with_name("record.json")

LENGTH = 10
"""Hexadecimal digits of a fingerprint. Two of a few thousand have the same by chance once in 10^5 times."""


def fingerprint(program: Program, place: str) -> str:
    """Return the fingerprint of a method with its closures; nothing where it is not there."""
    lines = [line for method in program.at(place) for line in method.lines()]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:LENGTH] if lines else ""


@dataclass
class Seen:
    """What the jars of one release said."""

    fingerprints: dict[str, str]
    """By method. Nothing: it is not there."""
    fixes: frozenset[str]
    """Those whose sign is there."""

    @classmethod
    def of(cls, program: Program) -> Seen:
        """Look at a release."""
        fixes = frozenset(fix for fix, sign in SIGNS.items() if sign.is_in(program))
        return cls({place: fingerprint(program, place) for place in PLACES}, fixes)

    def differs(self, other: Seen) -> list[str]:
        """Return the methods in which two releases differ."""
        return [place for place in PLACES if self.fingerprints.get(place) != other.fingerprints.get(place)]


@dataclass
class Record:
    """What was said of each release, oldest number first."""

    seen: dict[str, Seen] = field(default_factory=dict)

    def add(self, release: str, seen: Seen) -> None:
        """Write down a release."""
        self.seen = dict(sorted({**self.seen, release: seen}.items(), key=lambda item: order(item[0])))

    def alike(self, release: str) -> list[str]:
        """Return the other releases whose modelled methods are all the same as those of this one."""
        return [each for each, seen in self.seen.items() if each != release and not seen.differs(self.seen[release])]

    def before(self, release: str) -> str | None:
        """Return the release with the number before this one's."""
        names = list(self.seen)
        return names[names.index(release) - 1] if names.index(release) else None

    def dumps(self) -> str:
        """Return the text of the file: what a method or a fix is from a release on, until something else is said."""
        methods = {
            place: runs((name, seen.fingerprints[place]) for name, seen in self.seen.items()) for place in PLACES
        }
        fixes = {fix: runs((name, fix in seen.fixes) for name, seen in self.seen.items()) for fix in SIGNS}
        told = {"releases": list(self.seen), "methods": methods, "fixes": fixes}
        return json.dumps(told, indent=1) + "\n"

    @classmethod
    def loads(cls, text: str) -> Record:
        """Return what a file says."""
        told = json.loads(text)
        names: list[str] = told["releases"]
        methods = {place: spread(names, found) for place, found in told["methods"].items()}
        fixes = {fix: spread(names, found) for fix, found in told["fixes"].items()}
        seen = {
            name: Seen(
                {place: str(found[name]) for place, found in methods.items()},
                frozenset(fix for fix, found in fixes.items() if found[name]),
            )
            for name in names
        }
        return cls(seen)


def runs(values: Iterable[tuple[str, object]]) -> dict[str, object]:
    """Return each value under the release from which on it is there."""
    found: dict[str, object] = {}
    last: object = None
    for release, value in values:
        if not found or value != last:
            found[release] = last = value
    return found


def spread(names: Iterable[str], found: dict[str, object]) -> dict[str, object]:
    """Return the value of each release."""
    value: object = None
    told: dict[str, object] = {}
    for name in names:
        value = told[name] = found.get(name, value)
    return told


def committed() -> Record:
    """Return what is committed."""
    return Record.loads(FILE.read_text(encoding="utf-8")) if FILE.exists() else Record()
