"""What the checker says of every release: release by class by claim. `make matrix` writes docs/reference/matrix.md.

It is a survey: releases that differ in no fix that a model can ask about are one model, and are checked once; what was
checked before the page was interrupted is not checked again.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from spillproof.counterexamples.survey.case import Case, jobs_of
from spillproof.counterexamples.survey.crew import local, processors
from spillproof.counterexamples.survey.job import Job, Json
from spillproof.counterexamples.survey.journal import Journal
from spillproof.counterexamples.survey.survey import Survey, surveyed
from spillproof.model.catalogue import CATALOGUE, find
from spillproof.model.catalogue.entry import Entry
from spillproof.model.spark.releases import NEWEST, RELEASES, spans
from spillproof.properties.catalogue import CLAIMS

JOURNAL = Path("build/matrix.answers")

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


def cells_of(names: Iterable[str], journal: Path = JOURNAL) -> dict[str, dict[str, Cells]]:
    """Return by family and release what is in the table, saying on stderr how far it is."""
    cases = {
        Case(f"{name}@{release}", witnesses=False): (name, release) for name in names for release in followed(name)
    }
    jobs = jobs_of(cases)
    journal.parent.mkdir(parents=True, exist_ok=True)
    with Journal(journal) as kept:
        found = surveyed(jobs.values(), kept, local(processors()), PATIENCE, say)
    made: dict[str, dict[str, Cells]] = {}
    for case, (name, release) in cases.items():
        made.setdefault(name, {})[release] = cells(found, jobs[case])
    return made


def say(found: Survey, _job: Job) -> None:
    """Say how far it is."""
    sys.stderr.write(f"{found.said()}\n")


def cells(found: Survey, job: Job) -> Cells:
    """Return what is in the table of one question. Ends the program where it has no answer."""
    reply = found.replies.get(job)
    if reply is None or reply.said is None:
        raise SystemExit(f"{job.given}: {'interrupted' if reply is None else reply.error}")
    return {result["claim"]: cell(result) for result in reply.said["results"]}


def columns(made: Mapping[str, Cells]) -> list[Column]:
    """Return the columns of a family: releases of which the same is to be said share one."""
    found: list[Column] = []
    for release, each in made.items():
        column = next((column for column in found if column.cells == each), None)
        if column is None:
            found.append(column := Column(each))
        column.releases.append(release)
    return found


def cell(result: Json) -> str:
    """Return what a verdict is in the table."""
    match result["verdict"]:
        case "violated":
            return f"✗ {result['steps']}" + ("" if result["shortest"] else " known")
        case "proved":
            return "✓"
        case "unknown":
            return "?"
        case word:
            return str(word)


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


def page(made: Mapping[str, Mapping[str, Cells]]) -> str:
    """Return the whole page."""
    return "\n".join([HEAD, *(section(family, columns(made[family])) for family in families())])


def main() -> None:
    """Check everything, saying how far it is, and print the page."""
    sys.stdout.write(page(cells_of(sorted(families(), key=lambda name: (name not in SLOW, name)))))


if __name__ == "__main__":
    main()
