"""What jars of one's own change in the methods that are modelled: against the record of all releases."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from spillproof.counterexamples.replay.real.fingerprints.fingerprint_text import listed
from spillproof.counterexamples.replay.real.fingerprints.modelled import PLACES
from spillproof.counterexamples.replay.real.fingerprints.program import Program
from spillproof.counterexamples.replay.real.fingerprints.record import Record, Seen, committed
from spillproof.model.spark.releases import spans


@dataclass(frozen=True)
class Changes:
    """How jars differ from the release that they are nearest to."""

    base: str
    version: str
    alike: str
    """Releases whose modelled methods are all the same as those of these jars: `3.5.2–3.5.9`. Empty: none."""
    places: tuple[str, ...]
    """The modelled methods that differ from those of the base."""
    gained: frozenset[str]
    """Fixes whose sign is in these jars, and not in the base."""
    lost: frozenset[str]
    """Fixes whose sign is in the base, and not in these jars."""

    def told(self) -> Iterator[str]:
        """Yield it in sentences."""
        if self.alike:
            yield f"The modelled methods of your Spark {self.version} are those of Spark {self.alike}."
            return
        count = f"{len(self.places)} of {len(PLACES)}"
        yield f"Modelled methods that differ from Spark {self.base}: {count}: {listed(list(self.places))}."
        if self.gained:
            yield f"What tells a fix is there, and was not: {_names(self.gained)}. The model is asked with it."
        if self.lost:
            yield (
                f"What tells a fix is not there any more: {_names(self.lost)}. It may be written in another way: the "
                "model is asked with it all the same, and runs decide."
            )


def changes(program: Program, version: str, record: Record | None = None) -> Changes:
    """Return how jars differ from the release that they say they are, or else from the nearest one."""
    record = committed() if record is None else record
    seen = Seen.of(program)
    base = _base(seen, version, record)
    there = record.seen[base]
    alike = [name for name, each in record.seen.items() if not each.differs(seen)]
    return Changes(
        base,
        version,
        spans(alike, [*record.seen]),
        tuple(seen.differs(there)),
        seen.fixes - there.fixes,
        there.fixes - seen.fixes,
    )


def _base(seen: Seen, version: str, record: Record) -> str:
    """Return the release of a version's number, or the newest of those from which the fewest methods differ."""
    number = re.match(r"\d+\.\d+\.\d+", version)
    if number and number[0] in record.seen:
        return number[0]
    return min(reversed(record.seen), key=lambda name: len(seen.differs(record.seen[name])))


def _names(fixes: frozenset[str]) -> str:
    return ", ".join(sorted(fixes))
