"""How much of each model's automaton is compared with the model on integers, and what that costs.

`make validation` writes docs/reference/validation.md. Each check has a process of its own, as from the shell: what many
checks leave behind would be looked through for garbage again and again, at whosever cost.
"""

from __future__ import annotations

import multiprocessing
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from spillproof.model.catalogue import CATALOGUE
from spillproof.model.catalogue.alike import distinct
from spillproof.properties.engines.check import check
from spillproof.properties.engines.validation.result import Validated

HEAD = """\
# What is compared with the model on integers

<!-- Written by `make validation`. Do not edit. -->

A verdict speaks of an automaton that was extracted from the model. Each check compares it with the model on plain
integers: every edge (a way that a step can go), every way in which a claim is false, and every step that is refused,
with sizes that a guess or a solver found for it, once, whatever that takes; and then with typical, smallest and large
sizes, and in random runs, as far as a fifth of the time goes. Of an automaton that has thousands of edges more than
these, less may be compared; the verdict says how much was. Entries of a family that do not differ in these numbers
stand together. The last columns are its share of the check's processor time, and of that of the whole process, with
the start of Python and what is imported.

| models | edges | ways | of three sizes each | steps | of the check | of the process |
|---|---|---|---|---|---|---|
"""


PATIENCE = 300.0
"""Seconds for one check."""


@dataclass(frozen=True)
class Row:
    """What one check of an entry validated, and the share that this took of the processor time of it and of all."""

    name: str
    validated: Validated
    cost: float
    of_process: float

    @property
    def counts(self) -> tuple[int, ...]:
        """What has to be the same for entries to stand together."""
        found = self.validated
        return found.edges, found.of_edges, found.ways, found.of_ways


def row(name: str) -> Row:
    """Check the entry of a name."""
    started = time.process_time()
    report = check(CATALOGUE[name].build(), time_limit=PATIENCE)
    spent = time.process_time() - started
    assert report.validated is not None
    took = report.validated.seconds
    return Row(name, report.validated, took / spent, took / time.process_time())


def together(rows: Iterable[Row]) -> Iterator[list[Row]]:
    """Yield neighbours that have the same numbers, as one."""
    found: list[Row] = []
    for each in rows:
        if found and found[0].counts != each.counts:
            yield found
            found = []
        found.append(each)
    if found:
        yield found


def line(rows: list[Row]) -> str:
    """Return a line of the table."""
    first = rows[0].validated
    name = f"`{rows[0].name}`" + (f" … `{rows[-1].name}` ({len(rows)})" if len(rows) > 1 else "")
    thrice = min(each.validated.scales / (3 * each.validated.of_edges) for each in rows)
    cost, of_process = (
        sum(each) / len(rows) for each in zip(*((row.cost, row.of_process) for row in rows), strict=True)
    )
    return (
        f"| {name} | {first.edges:,} of {first.of_edges:,} | {first.ways:,} of {first.of_ways:,} | {thrice:.0%} | "
        f"{min(each.validated.steps for each in rows):,} | {cost:.0%} | {of_process:.0%} |"
    )


def page(rows: Iterable[Row]) -> str:
    """Return the page."""
    return HEAD + "".join(f"{line(each)}\n" for each in together(rows))


if __name__ == "__main__":
    with multiprocessing.get_context("spawn").Pool(1, maxtasksperchild=1) as alone:
        sys.stdout.write(page(alone.imap(row, distinct(CATALOGUE.values()))))
