"""Runs to take on a Spark: every counterexample and witness of the models of maps and sorters, and the gallery's.

They are kept as `library.json`, because finding them takes minutes: `python -m
spillproof.counterexamples.replay.real.library` finds them anew, and a test compares.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from spillproof.counterexamples.export import itf
from spillproof.counterexamples.record import traces
from spillproof.counterexamples.trace import Constant, Trace
from spillproof.counterexamples.trace import trace as retrace
from spillproof.counterexamples.variants import asked_of
from spillproof.model.catalogue import CATALOGUE, find
from spillproof.model.catalogue.entry import Entry
from spillproof.model.spark.scenario.co_grouped_rdd import Downstream
from spillproof.model.spark.scenario.sorting_task import SortingTask
from spillproof.model.spark.scenario.spark_task import SparkTask
from spillproof.model.system import Model
from spillproof.properties.engines.check import check
from spillproof.properties.engines.run import Run, Step

FILE = Path(__file__).with_name("library.json")

GALLERY = Path(__file__).parents[2] / "gallery"

MAPS = ("spark@2.1.3", "spark@2.3.4", "spark@2.4.0")
"""Those whose models of maps violate something that others prove."""

SORTERS = ("spark:sorting@2.0.1", "spark:sorting@2.4.1", "spark:sorting@4.0.0+swap-at-once")

Pairs = tuple[tuple[str, Constant], ...]


@dataclass(frozen=True)
class Known:
    """A run, and the claims that it violates or shows."""

    model: str
    scope: Pairs
    violates: tuple[str, ...]
    shows: tuple[str, ...]
    opening: tuple[int, ...]
    steps: tuple[Step, ...]

    @property
    def claims(self) -> tuple[str, ...]:
        """Return the claims that it is about."""
        return self.violates or self.shows

    def asked(self) -> Model:
        """Return the model that it was found on."""
        return asked_of(Trace(self.model, self.scope, self.claims, bool(self.violates), ())).model()

    def trace(self) -> Trace:
        """Return the run as a trace."""
        run = Run(self.asked(), self.opening, self.steps)
        return retrace(run, self.model, self.claims, violation=bool(self.violates))

    def line(self) -> str:
        """Return it as a line of the file."""
        steps = [[each.action, list(each.arguments), list(each.picks)] for each in self.steps]
        told = {"model": self.model, "scope": dict(self.scope), "violates": self.violates, "shows": self.shows}
        return json.dumps({**told, "begin": self.opening, "steps": steps}, separators=(",", ":"))

    @classmethod
    def read(cls, told: dict[str, Any]) -> Known:
        """Return what a line of the file says."""
        steps = tuple(Step(action, tuple(given), tuple(picks)) for action, given, picks in told["steps"])
        scope = tuple((name, value) for name, value in told["scope"].items())
        violates, shows = tuple(told["violates"]), tuple(told["shows"])
        return cls(told["model"], scope, violates, shows, tuple(told["begin"]), steps)


@cache
def library() -> tuple[Known, ...]:
    """Return the runs that are kept."""
    return tuple(Known.read(each) for each in json.loads(FILE.read_text(encoding="utf-8")))


def find_all() -> tuple[Known, ...]:
    """Return the runs, found anew: what several claims are violated or shown by, once."""
    found: dict[object, Known] = {}
    for trace in (*stories(), *of_maps(), *of_sorters()):
        made = known(trace)
        key = (made.scope, made.opening, made.steps)
        there = found.get(key, made)
        violates = tuple(dict.fromkeys((*there.violates, *made.violates)))
        shows = tuple(dict.fromkeys((*there.shows, *made.shows)))
        found[key] = Known(there.model, there.scope, violates, shows, there.opening, there.steps)
    return tuple(found.values())


def known(trace: Trace) -> Known:
    """Return what of a trace is kept. Fixes are what the model's name says."""
    steps = tuple(
        Step(each.action, tuple(given.value for given in each.arguments), each.picks) for each in trace.states[1:]
    )
    scope = tuple((name, value) for name, value in trace.scope if not isinstance(value, tuple))
    opening = tuple(int(str(given.value)) for given in trace.states[0].arguments)
    violates, shows = (trace.claims, ()) if trace.violation else ((), trace.claims)
    return Known(trace.model, scope, violates, shows, opening, steps)


def stories() -> Iterator[Trace]:
    """Yield the gallery's runs of maps and sorters."""
    for trace in (itf.read(file) for file in sorted(GALLERY.glob("*/run.itf.json"))):
        if trace.model.partition(" ")[0] in CATALOGUE and asked_of(trace).entry().model in {SparkTask, SortingTask}:
            yield trace


def of_maps() -> Iterator[Trace]:
    """Yield what the models of maps violate and show: iterators read whenever, and after all are built."""
    for name in MAPS:
        for order in Downstream:
            yield from checked(find(name), downstream=order)


def of_sorters() -> Iterator[Trace]:
    """Yield what those of sorters do: with an aggregator, and without."""
    for name in SORTERS:
        for aggregator in (False, True):
            yield from checked(find(name), aggregator=aggregator)
    yield from checked(find(SORTERS[-1]).without_fix("SPARK-26114"))  # what is left is read to its end


def checked(entry: Entry, **scope: object) -> Iterator[Trace]:
    """Yield every counterexample and witness of a model."""
    return iter(traces(check(entry.build(**scope)), entry.name))


def dumps(runs: Iterable[Known]) -> str:
    """Return the text of the file: a run a line."""
    return "[\n" + ",\n".join(each.line() for each in runs) + "\n]\n"


if __name__ == "__main__":
    FILE.write_text(dumps(find_all()), encoding="utf-8")
