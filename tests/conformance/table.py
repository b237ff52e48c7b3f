"""Writes what was held against real Spark into docs/explanation/fidelity.md: `-m tests.conformance.table FOLDER`."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

PAGE = Path(__file__).resolve().parents[2] / "docs" / "explanation" / "fidelity.md"

COLUMNS = {
    "library": "runs of the library",
    "bytes": "byte consumers",
    "modes": "byte consumers of two modes",
    "tasks": "tasks that share memory",
    "managed tasks": "tasks with managers that share memory",
    "raw maps": "maps of raw records",
    "raw maps in the heap": "maps of raw records, in the heap",
    "sorted maps": "maps of raw records that are sorted",
    "sorted maps in the heap": "maps of raw records that are sorted, in the heap",
    "raw sorters": "sorters of raw records",
    "raw sorters in the heap": "sorters of raw records, in the heap",
    "shuffle sorters": "sorters of a shuffle",
    "storage": "blocks and unrolling",
    "storage in the heap": "blocks and unrolling, in the heap",
    "maps": "maps, accounting",
    "maps in the heap": "maps, in the heap",
    "maps by number": "maps that spill at a number of records",
    "sorters": "sorters, accounting",
    "sorters in the heap": "sorters, in the heap",
    "sorters by number": "sorters that spill at a number of records",
    "overflow": "a heap that overflows",
}
"""By what was compared, how to call it."""


def table(tallies: list[dict[str, Any]]) -> str:
    """Return the table: a release a line, oldest first, with the steps of each kind and the disagreements of all."""
    rows = [["release", *COLUMNS.values(), "disagreements", "time"]]
    for each in sorted(tallies, key=lambda tally: [int(part) for part in tally["release"].split(".")]):
        steps = [f"{each['steps'].get(kind, 0):,}" for kind in COLUMNS]
        rows.append([each["release"], *steps, str(sum(each["disagreements"].values())), f"{each['seconds']:.0f} s"])
    lines = [rows[0], ["---"] * len(rows[0]), *rows[1:]]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def merged(tallies: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return one tally for each release: several processes may have taken a part each."""
    found: dict[str, dict[str, Any]] = {}
    for each in tallies:
        there = found.setdefault(each["release"], {**each, "seconds": 0, "steps": {}, "disagreements": {}})
        there["seconds"] += each["seconds"]
        for what in ("steps", "disagreements"):
            for kind, count in each[what].items():
                there[what][kind] = there[what].get(kind, 0) + count
    return list(found.values())


def main() -> None:
    """Print the table, and write it into the page."""
    tallies = merged(json.loads(file.read_text(encoding="utf-8")) for file in sorted(Path(sys.argv[1]).glob("*.json")))
    java = ", ".join(sorted({each["java"] for each in tallies}))
    told = f"{table(tallies)}\n\nSteps, each compared on both sides; Java {java}."
    sys.stdout.write(f"{told}\n")
    page = PAGE.read_text(encoding="utf-8")
    place = r"(<!-- measured: conformance -->\n).*?(\n<!-- end -->)"
    PAGE.write_text(re.sub(place, rf"\g<1>{told}\g<2>", page, flags=re.DOTALL), encoding="utf-8")


if __name__ == "__main__":
    main()
