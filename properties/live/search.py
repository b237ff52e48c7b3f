"""Every claim about a running manager, by random runs; each that is false with its own shortest run."""

from __future__ import annotations

import gc
import platform
import time
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version
from typing import Any, ClassVar

import hypothesis
from hypothesis import HealthCheck, Phase, settings
from hypothesis.errors import Flaky
from hypothesis.stateful import run_state_machine_as_test

from spillproof.model.errors import ModelError
from spillproof.model.names import unknown
from spillproof.properties.claims import Claim, Mode
from spillproof.properties.engines.verdict import NotFound, Unknown, Verdict
from spillproof.properties.live.adapter import Adapter
from spillproof.properties.live.calibration import calibrate, warm_up
from spillproof.properties.live.claims import asked_of
from spillproof.properties.live.holders import Path, counted_free
from spillproof.properties.live.machine import LiveMachine, machine_of
from spillproof.properties.live.measure import frozen
from spillproof.properties.live.move import Move, Script
from spillproof.properties.live.offers import seen_of
from spillproof.properties.live.session import Playing, Step, false_at, hits
from spillproof.properties.live.shortest import shortened, times
from spillproof.properties.live.verdicts import Falsified, LiveReport, LiveResult, Shown

STEPS = 20
"""How many steps a random run has at most, beside those that end it."""


def check_live(
    adapter: type[Adapter],
    claims: Iterable[Claim | str] | None = None,
    *,
    examples: int | None = None,
    steps: int = STEPS,
    seed: int | None = 0,
    shorten: bool = True,
) -> LiveReport:
    """Return one verdict for each claim about a running manager.

    Without `claims`, which are given by themselves or by name, all that can be asked of it, and that none of them is
    vacuous. `examples` is how many random runs
    are taken; without it, as many as the Hypothesis profile in force says. With `seed` None, that profile decides
    whether the runs are the same each time. Without `shorten`, a run that breaks a claim is left as it was found.
    Raises `ModelError` where the adapter does not measure what it should.
    """
    started = time.monotonic()
    always, sometimes = asked_of(seen_of(adapter))
    known = {claim.name: claim for claim in (*always, *sometimes)}
    asked = [*known.values()] if claims is None else [_claim(each, known, adapter) for each in claims]
    with measuring(adapter):
        calibrate(adapter)
        search = _searched(adapter, asked, settings(max_examples=examples or settings().max_examples), steps, seed)
        report = LiveReport(adapter, [], search.small, search.runs, search.steps, 0.0, versions(adapter), search.parted)
        for claim in asked:
            report.results.append(LiveResult(claim, _verdict(report, claim, search, shorten=shorten)))
    report.seconds = time.monotonic() - started
    return report


def _claim(given: Claim | str, known: dict[str, Claim], adapter: type[Adapter]) -> Claim:
    if not isinstance(given, str):
        return given
    if given not in known:
        raise ModelError(unknown(f"claim about {adapter.__name__}", given, known))
    return known[given]


SMALL = 200
"""So many of the smallest runs are taken, in order, before those at random: they depend on no chance."""

PARTED = 20
"""So often random runs are begun again where the manager does not do the same twice."""

SUSPECTS = 5
"""So many scripts that broke a claim are kept, in case that one of them does not break it again."""


@contextmanager
def measuring(adapter: type[Adapter]) -> Iterator[None]:
    """Let an adapter's measure work, undisturbed by the collector, as long as this lasts."""
    with adapter.measured_by.at_work():
        warm_up(adapter)
        with frozen():
            yield


class Search:
    """What random runs have shown."""

    def __init__(self) -> None:
        self.runs = 0
        """At random."""
        self.small = 0
        """In order, the smallest first."""
        self.steps = 0
        self.parted = 0
        """How often Hypothesis had to be begun again, as a run did not go as it had gone before."""
        self.found: dict[str, list[Script]] = {}
        """For each claim some scripts that broke it, or showed it, the shortest first."""
        self.counts: dict[str, int] = {}

    def note(self, claim: Claim, script: Script) -> None:
        """Keep a script that breaks a claim, or shows it, if it is among the shortest."""
        self.counts[claim.name] = self.counts.get(claim.name, 0) + 1
        known = self.found.setdefault(claim.name, [])
        known.append(script)
        known.sort(key=len)
        del known[SUSPECTS:]


def _take_small(adapter: type[Adapter], claims: list[Claim], search: Search) -> None:
    """Take the smallest runs with values of one unit, in order, as many as are wanted."""
    waiting: deque[Script] = deque([()])
    while waiting and search.small < SMALL:
        script = waiting.popleft()
        with Playing(adapter, claims, alone=True) as playing:
            for move in script:
                playing.take(move)
            search.small, search.steps = search.small + 1, search.steps + len(script)
            last = playing.steps[-1]
            before = playing.steps[-2] if script else None
            for claim in claims:
                if hits(claim, before, last):
                    search.note(claim, script)
            if not last.raised:
                ending = [Move("close")] if playing.can(Move("close")) else []
                waiting.extend((*script, move) for move in [*playing.possible([1]), *ending])


class SearchingMachine(LiveMachine):
    """Takes random steps, and goes on when a claim is false: others may be, later in the run."""

    search: ClassVar[Search]

    def __init__(self) -> None:
        super().__init__()
        self.search.runs += 1
        self.told: set[str] = set()

    def hit(self, claim: Claim) -> None:
        if claim.name in self.told:
            return
        self.told.add(claim.name)
        self.search.note(claim, tuple(self.script))

    def teardown(self) -> None:
        super().teardown()
        self.search.steps += len(self.script)


def _searched(adapter: type[Adapter], claims: list[Claim], profile: settings, steps: int, seed: int | None) -> Search:
    machine: Any = machine_of(adapter, claims, SearchingMachine)
    machine.search = search = Search()
    _take_small(adapter, claims, search)
    while search.runs < profile.max_examples:
        left = settings(profile, max_examples=profile.max_examples - search.runs)
        if _taken_at_random(machine, left, steps, seed):
            break
        search.parted, seed = search.parted + 1, (seed or 0) + 1
        if search.parted >= PARTED:
            break
    gc.collect()
    gc.freeze()  # what Hypothesis keeps need not be looked at again
    return search


def _taken_at_random(machine: Any, profile: settings, steps: int, seed: int | None) -> bool:
    """Take random runs; return False where one went another way than it had before, so that Hypothesis gave up.

    A manager with threads need not do the same twice. What was found until then counts, and is taken again anyway.
    """
    try:
        run_state_machine_as_test(
            machine if seed is None else hypothesis.seed(seed)(machine),
            settings=settings(
                profile,
                stateful_step_count=steps,
                phases=[Phase.generate],
                deadline=None,
                database=None,
                suppress_health_check=list(HealthCheck),  # pyright: ignore[reportArgumentType] # its metaclass hides them
            ),
        )
    except Flaky:
        return False
    return True


def _verdict(report: LiveReport, claim: Claim, search: Search, *, shorten: bool) -> Verdict:
    adapter = report.adapter
    scripts = search.found.get(claim.name, [])
    tried = NotFound(report.tried)
    if not scripts:
        return tried
    if claim.mode is Mode.SOMETIMES:
        return Shown(search.counts[claim.name])
    again = {script: times(adapter, script, claim) for script in scripts}
    sure = next((script for script, broken in again.items() if all(broken)), None)
    if sure is None:
        if not any(map(any, again.values())):
            return tried  # what was measured was the garbage of others
        return Unknown("a run broke it, and did not break it each time that it was taken again")
    short, minimal = shortened(adapter, sure, claim) if shorten else (sure, "")
    steps, paths = witnessed(adapter, short, claim)
    if false_at(claim, steps) is None:
        return Unknown("a run broke it several times, and then did not")
    return Falsified(short, tuple(steps), tuple(paths), minimal)


def witnessed(adapter: type[Adapter], script: Script, claim: Claim) -> tuple[list[Step], list[Path]]:
    """Take a script once more; return what is seen, and who holds what is counted free at its end."""
    with Playing(adapter, [claim], alone=True) as playing:
        for move in script:
            playing.take(move)
        return playing.steps, [] if playing.steps[-1].raised else counted_free(playing)


def versions(adapter: type[Adapter]) -> dict[str, str]:
    """Return the versions that a result is about: of Python, and of what the adapter names."""
    found = {platform.python_implementation(): platform.python_version()}
    for package in adapter.packages:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "not installed"
    return found
