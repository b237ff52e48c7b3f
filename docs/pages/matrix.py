"""What the checker says of every release: release by class by claim. `make matrix` writes docs/reference/matrix.md.

Releases that differ in no fix that a model can ask about are one model, and are checked once.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field
from itertools import groupby
from typing import TypeAlias

from spillproof.model.catalogue import CATALOGUE, find
from spillproof.model.catalogue.alike import fixes_mentioned
from spillproof.model.catalogue.entry import Entry
from spillproof.model.spark.fixes import FIXES
from spillproof.model.spark.releases import NEWEST, RELEASES, fixes_of
from spillproof.properties.catalogue import CLAIMS
from spillproof.properties.engines.check import check
from spillproof.properties.engines.verdict import Proved, Unknown, Verdict, Violated

PATIENCE = 150.0
"""Seconds for one check. One takes up to 15 on an idle machine."""

SLOW = ("spark:execution-pool", "spark:borrowing", "spark:cached-block", "spark:full-disk")
"""Families that are checked first, as they take longest."""

HEAD = f"""\
# What the checker says of every release

<!-- Written by `make matrix`. Do not edit. -->

Each family of models of Spark, at the scope of its entry in the catalogue, in every release that it follows, with
every claim that can be asked of it. ✓ is proved for all sizes and any number of steps. ✗ is violated, in so many
steps; no run is shorter, unless *known* is said. ? is neither: no run is known, and no proof.

A mark is about the scope in the heading of its table, and no more. Some defects need more pages, other tasks that
contend, or an array that grows: `spillproof list --fixes` names the scope at which each of them shows.

The newest release that is modelled is {NEWEST}.
"""


Cells: TypeAlias = dict[str, str]
"""By claim, what is in the table."""


@dataclass
class Column:
    """Releases of which the same is to be said."""

    cells: Cells
    releases: list[str] = field(default_factory=list)


def families() -> dict[str, Entry]:
    """Return the newest entry of each family of Spark's models. The incident is a run, and no class."""
    return {
        name.partition("@")[0]: entry
        for name, entry in CATALOGUE.items()
        if name.endswith(f"@{NEWEST}") and entry.model.__name__ != "Incident"
    }


def followed(family: str) -> list[str]:
    """Return the releases that a family follows."""
    return [release for release in RELEASES if f"{family}@{release}" in CATALOGUE]


def columns(family: str) -> list[Column]:
    """Check a family in all releases that it follows. Those of which the same is to be said share a column."""
    entry = find(f"{family}@{NEWEST}")
    mentioned = fixes_mentioned(entry.model)
    known: dict[frozenset[str], Cells] = {}
    found: list[Column] = []
    for release in followed(family):
        fixes = fixes_of(release, FIXES.values()) & mentioned
        if fixes not in known:
            known[fixes] = checked(entry, fixes)
        column = next((each for each in found if each.cells == known[fixes]), None)
        if column is None:
            found.append(column := Column(known[fixes]))
        column.releases.append(release)
    return found


def checked(entry: Entry, fixes: frozenset[str]) -> Cells:
    """Check one model with all claims."""
    report = check(entry.build(fixes=fixes), witnesses=False, time_limit=PATIENCE)
    return {result.claim.name: cell(result.verdict) for result in report.results}


def cell(verdict: Verdict) -> str:
    """Return what a verdict is in the table."""
    match verdict:
        case Violated(run=run, minimal=minimal):
            return f"✗ {len(run)}" + ("" if minimal else " known")
        case Proved():
            return "✓"
        case Unknown():
            return "?"
        case _:
            return verdict.word


def section(family: str, found: list[Column]) -> str:
    """Return the table of one family: a row a claim, a column for releases that are one model."""
    names = [claim.name for claim in CLAIMS if claim.name in found[0].cells]
    heads = [spans(column.releases) for column in found]
    rows = [
        f"| [`{name}`](claims.md#{name}) | {' | '.join(column.cells.get(name, '–') for column in found)} |"
        for name in names
    ]
    return "\n".join(
        [
            f"## {family}",
            "",
            title(family),
            "",
            f"| claim | {' | '.join(heads)} |",
            "|---" * (len(found) + 1) + "|",
            *rows,
            "",
        ]
    )


def title(family: str) -> str:
    """Return what a family is, and at what scope."""
    entry = find(f"{family}@{NEWEST}")
    scope = ", ".join(
        f"{name}={getattr(value, 'name', value)}" for name, value in entry.scope.items() if name != "fixes"
    )
    summary = (
        entry.summary.replace(f" of Spark {NEWEST}", "")
        .replace(f", in Spark {NEWEST}", "")
        .replace(f"Spark {NEWEST} puts", "Spark puts")
    )
    return f"{summary} `{entry.model.__name__}`, {scope}."


def spans(releases: list[str]) -> str:
    """Return releases as ranges: `2.0.1–2.1.1, 2.2.0`."""
    runs = [list(group) for _, group in groupby(enumerate(releases), lambda pair: RELEASES.index(pair[1]) - pair[0])]
    return ", ".join(run[0][1] if len(run) == 1 else f"{run[0][1]}–{run[-1][1]}" for run in runs)


def page(found: dict[str, list[Column]]) -> str:
    """Return the whole page."""
    return "\n".join([HEAD, *(section(family, found[family]) for family in families())])


def checked_side_by_side() -> Iterator[tuple[str, list[Column]]]:
    """Yield each family as it is done, those that take longest first."""
    names = sorted(families(), key=lambda name: (name not in SLOW, name))
    with ProcessPoolExecutor(2) as pool:
        running = {pool.submit(columns, name): name for name in names}
        for done in as_completed(running):
            yield running[done], done.result()


def main() -> None:
    """Check everything, saying how far it is, and print the page."""
    found: dict[str, list[Column]] = {}
    started = time.monotonic()
    for name, made in checked_side_by_side():
        found[name] = made
        seconds = time.monotonic() - started
        sys.stderr.write(f"{len(found):>3} of {len(families())}  {seconds:4.0f} s  {name}\n")
    sys.stdout.write(page(found))


if __name__ == "__main__":
    main()
