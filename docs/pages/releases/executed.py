"""Dates of fixes that were checked by running both neighbours: `python -m` with the name of this module runs them anew.

What a release was seen to do is kept in `executed.json`, so that whoever has no jars can ask.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from spillproof.counterexamples.replay.real.build import Build
from spillproof.counterexamples.replay.real.fingerprints.record import committed
from spillproof.counterexamples.replay.real.worker import Worker, start
from spillproof.model.spark.fixes import FIXES

FILE = Path(__file__).with_name("executed.json")

WAYS: dict[str, str] = {
    "SPARK-18986": "a map that is being filled is asked to spill",
    "SPARK-19244": "of two victims the larger is enough: whether the smaller is asked, in 64 tries",
    "SPARK-19839": "what a map uses before and after its destructive iterator is made",
    "SPARK-21907": "a reset is spilled while it asks for its array: how often the old one is freed",
    "SPARK-22713-exhaustion": "whether a map that was read to its end is still there, after collecting garbage",
    "SPARK-22713-forced-spill": "whether a map that was spilled while it was read is still there",
    "SPARK-23306": "how often a victim is asked that frees a half",
    "SPARK-25081": "a reset of the shuffle's sorter is spilled: how often the old array is freed",
    "SPARK-26114-completion": "whether what a completed iterator read is still there",
    "SPARK-26114-stop": "whether the iterator of a stopped sorter is still there",
    "SPARK-26265": "whether the iterator of a map holds its lock while it frees a page",
    "SPARK-27338": "whether the iterator of a sorter holds its lock while it frees a page",
    "SPARK-27558": "a sorter whose array was refused is asked how much it uses",
    "SPARK-29244": "a map whose reset was refused is freed: whether its array is freed twice",
    "SPARK-32900": "a sorter of nulls and numbers that is being read is asked to spill",
    "SPARK-32901": "a sorter spills while nothing is granted",
    "SPARK-32911": "a sorter that was read to its end is asked to spill",
    "SPARK-33756": "a spilled map that was read to its end is asked once more for a next record",
    "SPARK-35486": "how often a requester is asked that frees a half",
    "SPARK-36933": "whether a requester that has nothing is asked",
    "SPARK-39283": "whether a sorter that is cleaned up holds its lock while it frees a page",
    "SPARK-48642": "what a requester is told where a victim was interrupted",
    "SPARK-56511-reset": "whether a reset of the shuffle's sorter asks for an array",
    "SPARK-56511-usage": "a shuffle's sorter whose array was refused is asked how much it uses",
    "SPARK-57242": "a page is granted and cannot be allocated: whether a victim is asked before more is acquired",
}
"""By fix, what is done with a release to find out whether it does what the fix made it do."""


@dataclass(frozen=True)
class Date:
    """A release that has a fix, and the release before it, which has it not."""

    fix: str
    before: str
    since: str


def dates() -> Iterator[Date]:
    """Yield each date that can be executed: of both releases there are jars."""
    names = list(committed().seen)
    for fix in WAYS:
        for before, since in pairwise(names):
            if FIXES[fix].is_in(since) and not FIXES[fix].is_in(before):
                yield Date(fix, before, since)


def outcome(worker: Worker, fix: str) -> str:
    """Return what a release was seen to do: `with` or `without` the fix, or the exception that kept one from seeing."""
    answer = worker.ask("date", fix)
    return ("with" if answer["result"] else "without") if "result" in answer else str(answer["raised"])


def wanted() -> dict[str, list[str]]:
    """Return by release the fixes that are to be looked for."""
    found: dict[str, list[str]] = {}
    for date in dates():
        for release in (date.before, date.since):
            found.setdefault(release, []).append(date.fix)
    return found


def executed() -> dict[str, dict[str, str]]:
    """Return by release and fix what was seen."""
    told: dict[str, dict[str, str]] = json.loads(FILE.read_text(encoding="utf-8"))
    return told


def main() -> None:
    """Run every neighbour of a date, and write down what was seen."""
    found = {}
    for release, fixes in wanted().items():
        with start(Build(release)) as worker:
            found[release] = {fix: outcome(worker, fix) for fix in fixes}
        sys.stdout.write(f"{release}: {found[release]}\n")
    names = list(committed().seen)
    ordered = dict(sorted(found.items(), key=lambda each: names.index(each[0])))
    FILE.write_text(json.dumps(ordered, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
