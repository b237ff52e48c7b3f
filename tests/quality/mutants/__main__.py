"""Judge a sample of the mutants of each family, and end with status 1 if too few of them are killed."""

from __future__ import annotations

import argparse
import gc
import hashlib
import math
import os
import re
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path

from tests.quality.mutants.answers import Answers
from tests.quality.mutants.changes import Mutant
from tests.quality.mutants.equivalent import Reasons, reasons
from tests.quality.mutants.families import FAMILIES, ROOT, Family
from tests.quality.mutants.process import stop
from tests.quality.mutants.reach import reached
from tests.quality.mutants.trial import MOMENT, Outcome, Trial, choice, within

WARM = (
    "z3",
    "hypothesis",
    "hypothesis.stateful",
    "numpy",
    "networkx",
    "pytest",
    "rich",
    "click",
    "jinja2",
    "coverage",
    "pytest_benchmark.plugin",
)
"""Imported once, before the processes fork: none of our own modules, of which one is another in each process."""


ALIVE = ("survived", "not reached")


@dataclass(frozen=True)
class Judged:
    """What became of a mutant."""

    mutant: Mutant
    outcome: Outcome
    reason: str = ""
    """Why it is equivalent, if it survived and the list says so."""


def sample(mutants: list[Mutant], size: int, seed: int) -> list[Mutant]:
    """Return some of the mutants, drawn by what they are called: a change elsewhere changes none of the others."""
    drawn = sorted(mutants, key=lambda each: hashlib.sha256(f"{seed} {each.module} {each.name}".encode()).digest())
    return drawn[:size]


def judge(
    family: Family, chosen: list[Mutant], jobs: int, known: Reasons, folder: Path, *, limit: float = math.inf
) -> Iterator[Judged]:
    """Yield what became of each mutant: what was answered before, then what comes of those that are put on trial.

    As many are at a time as there are jobs, and after `limit` seconds no more of them are; recording, which comes
    first, has no limit. Each answer is kept in the folder as soon as it is there.
    """
    answers = Answers(family, folder)
    open_ = [each for each in chosen if not answers.of(each)]
    yield from (_judged(each, outcome, known) for each in chosen if (outcome := answers.of(each)))
    if not open_:
        return
    reaches = reached(family, folder, jobs)
    tests = {each: within(choice(each, reaches, family.root)) for each in open_}
    confirm(family, min(filter(None, tests.values()), key=lambda each: sum(each.values()), default={}))
    for mutant, outcome in outcomes(family, tests, jobs, time.monotonic() + limit):
        answers.keep(mutant, outcome)
        yield _judged(mutant, outcome, known)


def _judged(mutant: Mutant, outcome: Outcome, known: Reasons) -> Judged:
    reason = known.get(mutant.module, {}).get(name_of(mutant), "") if outcome in ALIVE else ""
    return Judged(mutant, outcome, reason)


def confirm(family: Family, tests: dict[str, float]) -> None:
    """Let the tests pass on trial when nothing is changed: else what kills the mutants is not the mutant."""
    trial = Trial(None, tests)
    trial.start(family)
    if trial.ended() != "survived":
        raise SystemExit(f"{family.name}: these tests fail on trial, though nothing was changed: {', '.join(tests)}")


def outcomes(
    family: Family, tests: dict[Mutant, dict[str, float]], jobs: int, until: float
) -> Iterator[tuple[Mutant, Outcome]]:
    """Yield what comes of each mutant, as soon as it is known."""
    waiting = list(tests)
    running: dict[Mutant, Trial] = {}
    try:
        while waiting or running:
            if time.monotonic() > until:
                waiting = []
            while waiting and len(running) < jobs:
                mutant = waiting.pop(0)
                if not tests[mutant]:
                    yield mutant, "not reached"
                    continue
                running[mutant] = Trial(mutant, tests[mutant])
                running[mutant].start(family)
            for mutant, trial in list(running.items()):
                if outcome := trial.outcome():
                    del running[mutant]
                    yield mutant, outcome
            time.sleep(MOMENT)
    finally:
        for trial in running.values():
            stop(trial.child)


def name_of(mutant: Mutant) -> str:
    """Return what the list calls it: the module's name is said there."""
    return mutant.name.partition(" ")[2]


def report(family: Family, judged: list[Judged], of: int, seed: int) -> Iterator[str]:
    """Yield the lines that say how many were killed."""
    count = Counter("equivalent" if each.reason else each.outcome for each in judged)
    words = ", ".join(f"{count[each]} {each}" for each in ("killed", "no end", "survived", "not reached", "equivalent"))
    mark = "✓" if rate(judged) >= family.wanted else "✗"
    yield f"{mark} {family.name}: {len(judged)} of {of} mutants, seed {seed}: {words}"
    yield f"  killed: {rate(judged):.1f} % of those that are not equivalent; wanted: {family.wanted:g} %"


def rate(judged: list[Judged]) -> float:
    """Return how many percent of the mutants that are not equivalent were killed. What has no end is killed, too."""
    alive = sum(each.outcome in ALIVE and not each.reason for each in judged)
    different = sum(not each.reason for each in judged)
    return 100 * (different - alive) / different if different else 0.0


def told(judged: Iterator[Judged]) -> Iterator[Judged]:
    """Print each mutant that lives, and pass all on."""
    for each in judged:
        if each.outcome in ALIVE and not each.reason:
            place = each.mutant.file.relative_to(ROOT)
            print(f"  {each.outcome}: {place}:{each.mutant.lines[0]}  {name_of(each.mutant)}", flush=True)
        yield each


def arguments() -> argparse.Namespace:
    """Return what the command line says."""
    parser = argparse.ArgumentParser(prog="python -m tests.quality.mutants", description=__doc__)
    parser.add_argument("families", nargs="*", metavar="family", help=f"of {', '.join(FAMILIES)}; all if none is named")
    parser.add_argument("--sample", type=int, help="how many mutants; 0 for all")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--only", default="", metavar="REGEX", help="only mutants of which `module name` matches this")
    parser.add_argument("--seconds", type=float, default=math.inf, help="per family, after which no more are judged")
    parser.add_argument("--tests", nargs="+", metavar="FILE", help="only these tests, and not all of the family")
    return parser.parse_args()


def warm_up() -> None:
    """Import what is not ours, and let what is be compiled once; nothing is written beside the sources."""
    sys.pycache_prefix = str(ROOT / "build" / "mutants" / "compiled")
    sys.dont_write_bytecode = False
    for name in WARM:
        import_module(name)
    gc.freeze()


def main() -> int:
    """Judge the families, print what lives, and return the exit status."""
    told_to = arguments()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # also then what is running is ended
    warm_up()
    good = True
    for name in told_to.families or FAMILIES:
        began = time.monotonic()
        family = FAMILIES[name]
        if told_to.tests:
            family = replace(family, tests=tuple(told_to.tests), widely=False)
        everyone = [each for each in family.mutants() if re.search(told_to.only, f"{each.module} {name_of(each)}")]
        size = family.sample if told_to.sample is None else told_to.sample or len(everyone)
        chosen = sample(everyone, size, told_to.seed)
        judged = list(
            told(judge(family, chosen, told_to.jobs, reasons(), ROOT / "build" / "mutants", limit=told_to.seconds))
        )
        print(*report(family, judged, len(everyone), told_to.seed), sep="\n")
        print(f"  {time.monotonic() - began:.0f} s", flush=True)
        good &= rate(judged) >= family.wanted
    return 0 if good else 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit("interrupted; what was answered is kept, and the same command goes on")
