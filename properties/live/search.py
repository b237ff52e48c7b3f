"""Every claim about a running manager, by the smallest runs and random ones; each that is false with a shortest run."""

from __future__ import annotations

import gc
import platform
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from itertools import count, islice
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
from spillproof.properties.live.calibration import calibrate, is_only_on_disk, warm_up
from spillproof.properties.live.claims import asked_besides, asked_of, something_is_reachable, tables_are_emptied
from spillproof.properties.live.frontier import Frontier, Hit
from spillproof.properties.live.holders import Chain, counted_free
from spillproof.properties.live.machine import LiveMachine, machine_of
from spillproof.properties.live.measure import frozen
from spillproof.properties.live.move import Script
from spillproof.properties.live.offers import operations_of, seen_of, seen_with
from spillproof.properties.live.residue import FEW, emptied, left, reduced_residue, residue
from spillproof.properties.live.session import Seen, Session, false_at
from spillproof.properties.live.shortest import reduced, repeats, times
from spillproof.properties.live.sizes import extremes_of, sizes_of
from spillproof.properties.live.stores import with_lines
from spillproof.properties.live.unheard import warn_of_unheard
from spillproof.properties.live.verdicts import DECLARED, ON_DISK, Falsified, LiveReport, LiveResult, Shown

STEPS = 20
"""How many steps a random run has at most, beside those that end it."""

SMALL = 250
"""So many of the smallest runs are taken, in order, before those at random, with values of one unit, and again with
values of every size that is tried: they depend on no chance."""

FULL = 500
"""So many of the smallest runs, where there is a capacity, with values of one unit and such as fill it: what needs a
full manager after a few other steps is deeper than the others come."""

EACH = 12
"""No more than so many for each run at random: where few of these are wanted, the check is to be short."""

MORE = 2_000
"""So many more at most, where claims are broken, to see whether shorter runs do."""

LEFT = 4_000
"""So many more at most, where with them every run of fewer steps is taken, so that a shortest one is known as such."""

AT_ONCE = 600
"""So many of them, with values of one unit, where two steps may be taken at once."""

PARTED = 20
"""So often random runs are begun again where the manager does not do the same twice."""

SUSPECTS = 5
"""So many scripts that broke a claim are kept, in case that one of them does not break it again."""

OTHERS = 12
"""So many other steps that break a claim are told of: behind each may be another defect."""

REDUCED = 2
"""So many random runs that leave something are made short, until one still does when it is."""

EMPTIED = 40
"""So many runs that end with nothing held are repeated, to see what is left in tables."""

EMPTIED_LATER = 12
"""Where none of these leaves anything, so many random ones are, with what empties the manager: those of the most kinds
of steps, and of these the longest, as they reach further than the smallest."""


def check_live(
    adapter: type[Adapter],
    claims: Iterable[Claim | str] | None = None,
    *,
    examples: int | None = None,
    steps: int = STEPS,
    seed: int | None = 0,
    seconds: float = 0.0,
    shorten: bool = True,
) -> LiveReport:
    """Return one verdict for each claim about a running manager.

    Without `claims`, which are given by themselves or by name, all that can be asked of it, and that none of them is
    vacuous. `examples` is how many random runs are taken; without it, as many as the Hypothesis profile in force says.
    With `seed` None, that profile decides whether the runs are the same each time. With `seconds`, as many are taken
    again and again, with the seeds that follow, until a claim is violated or so many seconds of processor time are
    gone. Without `shorten`, a run that breaks a claim is left as it was found. Raises `ModelError` where the adapter
    does not measure what it should.
    """
    started = time.monotonic()
    asked = claims_asked(adapter, claims)
    profile = settings(max_examples=examples or settings().max_examples)
    with measuring(adapter):
        every = reports(adapter, asked, profile, steps=steps, seed=seed, seconds=seconds, shorten=shorten)
        report = _first_violated(every)
    report.results += [LiveResult(each, DECLARED) for each in unasked(adapter)] if claims is None else []
    report.seconds = time.monotonic() - started
    return report


def reports(
    adapter: type[Adapter],
    claims: list[Claim],
    profile: settings,
    *,
    told: Iterable[Claim] | None = None,
    steps: int = STEPS,
    seed: int | None = 0,
    seconds: float = 0.0,
    shorten: bool = True,
) -> Iterator[LiveReport]:
    """Yield what a search has shown of all claims, or of those to be told of; and so each time that it has gone on.

    It goes on with the seeds that follow until so many seconds of processor time are gone, or nobody asks for more.
    """
    started = time.process_time()
    told = claims if told is None else [*told]
    search = searched(adapter, claims, profile, steps=steps, seed=seed)
    yield report_on(search, told, shorten=shorten)
    for later in count((seed or 0) + 1):
        if time.process_time() - started >= seconds:
            return
        _go_on_at_random(search, claims, profile, steps=steps, seed=later)
        yield report_on(search, told, shorten=shorten)


def _first_violated(every: Iterable[LiveReport]) -> LiveReport:
    """Return the first report of a violation, or else the last one."""
    for report in every:
        if report.violated():
            break
    return report


def claims_asked(adapter: type[Adapter], claims: Iterable[Claim | str] | None) -> list[Claim]:
    """Return what is asked of an adapter. Raises `ModelError` for a claim that there is not."""
    always, sometimes = asked_of(seen_of(adapter))
    known = {claim.name: claim for claim in (*always, *sometimes)}
    return [*known.values()] if claims is None else [_claim(each, known, adapter) for each in claims]


def unasked(adapter: type[Adapter]) -> list[Claim]:
    """Return the claims about memory, which are not asked where an adapter says that there is none to speak of."""
    return [] if adapter.has_memory else about_memory(adapter)


def about_memory(adapter: type[Adapter]) -> list[Claim]:
    """Return the claims that can be asked of an adapter only if there is memory to speak of."""
    return asked_besides(seen_with(adapter, memory=True), seen_with(adapter, memory=False))


def _claim(given: Claim | str, known: dict[str, Claim], adapter: type[Adapter]) -> Claim:
    if not isinstance(given, str):
        return given
    if given not in known:
        if given in [claim.name for claim in unasked(adapter)]:
            message = f"{given} is not asked of {adapter.__name__}, which says has_memory = False; leave that out"
            raise ModelError(message)
        raise ModelError(unknown(f"claim about {adapter.__name__}", given, known))
    return known[given]


@contextmanager
def measuring(adapter: type[Adapter]) -> Iterator[None]:
    """Let an adapter's measure work, undisturbed by the collector, as long as this lasts."""
    operations_of(adapter)  # refuses an adapter that no run could be taken on
    with adapter.measured_by.at_work():
        warm_up(adapter)
        with frozen():
            yield


@dataclass
class Search:
    """What runs have shown."""

    narrow: Frontier
    """The smallest, in order, with values of one unit."""
    frontier: Frontier
    """The smallest, in order, with values of every size that is tried."""
    full: Frontier
    """The smallest, in order, with values of one unit and such as fill the capacity, or are the largest."""
    deep: Frontier
    """The smallest, in order, with values of one unit and no two steps at once, where `narrow` has such."""
    runs: int = 0
    """At random."""
    steps: int = 0
    parted: int = 0
    """How often Hypothesis had to be begun again, as a run did not go as it had gone before."""
    found: dict[Hit, list[Script]] = field(default_factory=dict)
    """For each claim, and the step that broke it, some random scripts, the shortest first."""
    counts: dict[str, int] = field(default_factory=dict)
    emptied: list[Script] = field(default_factory=list)
    """Random runs, each with what empties the manager after it."""

    @property
    def adapter(self) -> type[Adapter]:
        return self.frontier.kind

    @property
    def frontiers(self) -> tuple[Frontier, ...]:
        return self.narrow, self.frontier, self.full, self.deep

    def smallest(self, claim: Claim) -> list[Script]:
        """Return those of the smallest runs that broke a claim, the shortest first."""
        return sorted((script for each in self.frontiers for script in each.scripts(claim)), key=len)

    def note(self, claim: Claim, script: Script) -> None:
        """Keep a script that breaks a claim, or shows it, if it is among the shortest."""
        self.counts[claim.name] = self.counts.get(claim.name, 0) + 1
        known = self.found.setdefault((claim.name, script[-1].action), [])
        known.append(script)
        known.sort(key=len)
        del known[SUSPECTS:]

    def every(self, claim: Claim) -> list[Script]:
        """Return all scripts that broke a claim."""
        return [*self.smallest(claim), *self.scripts(claim)]

    def shown(self, claim: Claim) -> int:
        """Return how many runs broke a claim, or showed it."""
        counts = self.counts, *(each.counts for each in self.frontiers)
        return sum(each.get(claim.name, 0) for each in counts)

    def certifies(self, length: int) -> str:
        """Return in words that no run of fewer steps breaks a claim; nothing where that is not known."""
        words = self.frontier.certifies(length)
        if not words or "second_thread" not in self.adapter.faults:
            return words
        return f"{words}; two steps at once with values of 1 unit" if self.narrow.certifies(length) else ""

    def scripts(self, claim: Claim) -> list[Script]:
        """Return the random scripts that broke a claim, and those that did when they were ended, the shortest first."""
        found = [each for (name, _), some in self.found.items() if name == claim.name for each in some]
        later = [each for (name, _), each in self.narrow.later.items() if name == claim.name]
        return sorted([*found, *later], key=len)


class RandomMachine(LiveMachine):
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
        if script := emptied(self.playing, tuple(self.script)):
            self.search.emptied.append(script)
        super().teardown()
        self.search.steps += len(self.script)


def searched(
    adapter: type[Adapter],
    claims: list[Claim],
    profile: settings,
    *,
    steps: int = STEPS,
    seed: int | None = 0,
    given: Iterable[Script] = (),
    smallest: bool = True,
) -> Search:
    """Take the smallest runs, which no seed changes, those that are given, and some at random."""
    warn_of_unheard(adapter)
    calibrate(adapter)
    narrow = Frontier(adapter, claims, (1,), at_once=True)
    wide, full = (Frontier(adapter, claims, each) for each in (sizes_of(adapter), extremes_of(adapter)))
    search = Search(narrow, wide, full, Frontier(adapter, claims, (1,)))
    if smallest:
        _take_smallest(search, min(SMALL, EACH * profile.max_examples))
    for script in given:
        _take(search, claims, script)
    _go_on_at_random(search, claims, profile, steps=steps, seed=seed)
    return search


def _go_on_at_random(search: Search, claims: list[Claim], profile: settings, *, steps: int, seed: int | None) -> None:
    """Take as many random runs as a profile says; where one does not go as before, others with another seed."""
    machine: Any = machine_of(search.adapter, claims, RandomMachine)
    machine.search = search
    wanted = search.runs + profile.max_examples
    for again in range(PARTED if Phase.generate in profile.phases else 0):
        left_over = settings(profile, max_examples=wanted - search.runs)
        if _taken_at_random(machine, left_over, steps, seed if not again else (seed or 0) + again):
            break
        search.parted += 1
        if search.runs >= wanted:
            break
    gc.collect()
    gc.freeze()  # what Hypothesis keeps need not be looked at again


def _take_smallest(search: Search, small: int) -> None:
    has_pairs = "second_thread" in search.adapter.faults
    search.narrow.go_on(AT_ONCE if has_pairs else small)
    search.frontier.go_on(small)
    if search.full.sizes:
        search.full.go_on(min(FULL * (len(search.full.sizes) - 1), 3 * small))
    if has_pairs:
        search.deep.go_on(small)


def _take(search: Search, claims: list[Claim], script: Script) -> None:
    """Take a script that is given, as far as it can be taken."""
    told: set[str] = set()
    with Session(search.adapter, claims, alone=True) as playing:
        for place, move in enumerate(script):
            if not playing.can(move) or playing.steps[-1].raised:
                return
            playing.take(move)
            for claim in claims:
                if claim.name not in told and false_at(claim, playing.steps) is not None:
                    told.add(claim.name)
                    search.note(claim, script[: place + 1])


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


def report_on(search: Search, claims: Iterable[Claim], *, shorten: bool = True) -> LiveReport:
    """Return the verdicts that follow from a search; each violation is taken again, and shortened."""
    results = [LiveResult(claim, _unless_on_disk(search, claim, shorten=shorten)) for claim in claims]
    small, steps = (sum(getattr(each, name) for each in search.frontiers) for name in ("runs", "steps"))
    return LiveReport(
        search.adapter, results, small, search.runs, steps + search.steps, 0.0, versions(search.adapter), search.parted
    )


def _unless_on_disk(search: Search, claim: Claim, *, shorten: bool) -> Verdict:
    """Return the verdict on a claim; that it was not violated, or seen, says nothing where everything is on disk."""
    verdict = _verdict(search, claim, shorten=shorten)
    if not isinstance(verdict, NotFound) or claim not in about_memory(search.adapter):
        return verdict
    witness = claim if claim.mode is Mode.SOMETIMES else something_is_reachable
    in_vain = witness in search.frontier.claims and not search.shown(witness)
    return ON_DISK if in_vain and is_only_on_disk(search.adapter) else verdict


def _verdict(search: Search, claim: Claim, *, shorten: bool) -> Verdict:
    tried = NotFound(report_on(search, ()).tried)
    if claim.mode is Mode.SOMETIMES:
        return Shown(search.shown(claim)) if search.shown(claim) else tried
    if claim is tables_are_emptied:
        return next(_residues(search, shorten=shorten), tried)
    smallest = search.smallest(claim)
    scripts = [*smallest, *search.scripts(claim)[:SUSPECTS]]
    if not scripts:
        return tried
    again = _taken_again(search, _suspects(search.adapter, scripts), claim)
    sure = next((script for script, broken in again.items() if all(broken)), None)
    if sure is None:
        if not any(map(any, again.values())):
            return tried  # what was measured was the garbage of others
        return Unknown("a run broke it, and did not break it each time that it was taken again")
    short = _shortest(search, sure, claim) if shorten else sure
    sure_ones = [script for script in smallest if script and all(again.get(script, [False]))]
    return _falsified(search, short, claim, _others(search.adapter, short, sure_ones)[:OTHERS])


def _others(adapter: type[Adapter], short: Script, scripts: list[Script]) -> list[Script]:
    """Return the shortest that end with another step than one script, or take no two at once; the latter first."""
    kinds = [(_is_threaded(adapter, each), each[-1].action) for each in scripts]
    first = dict(zip(reversed(kinds), reversed(scripts), strict=True))
    told = (_is_threaded(adapter, short), short[-1].action if short else "")
    return [each for kind, each in sorted(first.items(), key=lambda one: (one[0][0], len(one[1]))) if kind != told]


def _suspects(adapter: type[Adapter], scripts: list[Script]) -> list[Script]:
    """Return the first of some scripts, and of those without two steps at once, which may show another defect."""
    single = [each for each in scripts if not _is_threaded(adapter, each)]
    return [*dict.fromkeys((*scripts[:SUSPECTS], *single[:OTHERS]))]


def _is_threaded(adapter: type[Adapter], script: Script) -> bool:
    return any(operations_of(adapter)[move.action].at_once for move in script)


def _taken_again(search: Search, scripts: list[Script], claim: Claim) -> dict[Script, list[bool]]:
    """Return for each suspect how often it breaks the claim again; of random ones, up to the first that always does."""
    again: dict[Script, list[bool]] = {}
    smallest = set(search.smallest(claim))
    for script in scripts:
        if script in smallest or not any(map(all, again.values())):
            again[script] = times(search.adapter, script, claim)
    return again


def _shortest(search: Search, script: Script, claim: Claim) -> Script:
    """Return the first of the shortest scripts that break a claim, where the smallest runs go that far."""
    wide, adapter = search.frontier, search.adapter
    is_known = script in search.smallest(claim)
    short = script if is_known else reduced(adapter, script, claim)
    wide.go_on(SMALL + MORE - wide.runs, len(short) - is_known)
    _certify(wide, len(short))
    if "second_thread" in adapter.faults:
        search.narrow.go_on(min(AT_ONCE, SMALL + MORE - search.narrow.runs), len(short) - 1)
    found = sorted(search.smallest(claim), key=_weight)
    first = next((each for each in found if repeats(adapter, each, claim)), short)
    return min(short, first, key=_weight)


def _certify(frontier: Frontier, length: int) -> None:
    """Take what is left of the runs of fewer steps, where these are not too many."""
    if (left := frontier.left(length - 1)) <= LEFT:
        frontier.go_on(int(left), length - 1)


def _weight(script: Script) -> tuple[int, int]:
    """Return how many steps a script has, and how many units it puts: of two that are as short, the lighter is told."""
    return len(script), sum(move.units for move in script)


def _falsified(search: Search, script: Script, claim: Claim, others: Iterable[Script] = ()) -> Verdict:
    steps, paths = witnessed(search.adapter, script, claim)
    if false_at(claim, steps) is None:
        return Unknown("a run broke it several times, and then did not")
    again = (_falsified(search, other, claim) for other in others)
    shapes = {path.shape for path in paths}
    also = tuple(
        each for each in again if isinstance(each, Falsified) and not shapes & {path.shape for path in each.paths}
    )
    return Falsified(script, tuple(steps), tuple(paths), search.certifies(len(script)), also)


def _residues(search: Search, *, shorten: bool) -> Iterator[Verdict]:
    """Yield the runs that leave something in tables each time that they are repeated, the shortest first."""
    adapter, wide = search.adapter, search.frontier
    first = next((each for each in _emptied(search) if residue(adapter, each)), ()) or _residue_later(search)
    if not first:
        return
    if shorten:
        wide.go_on(SMALL + MORE - wide.runs, len(first) - 1)
        _certify(wide, len(first))
    for script in sorted([*_emptied(search), first], key=len):
        count = residue(adapter, script)
        if count == 0:
            continue
        with Session(adapter, alone=True) as playing:
            for move in script:
                playing.take(move)
            playing.steps[-1].now.seen["residue"] = count
        are_all = sum(1 for each in wide.empty if len(each) < len(script)) <= EMPTIED
        paths = tuple(left(adapter, script))
        yield Falsified(script, tuple(playing.steps), paths, search.certifies(len(script)) if are_all else "")


def _residue_later(search: Search) -> Script:
    """Return a random run, made short, that leaves something each time; nothing where there is none."""
    kinds = sorted(dict.fromkeys(search.emptied), key=lambda each: (-len({move.action for move in each}), -len(each)))
    suspects = (each for each in kinds[:EMPTIED_LATER] if residue(search.adapter, each, FEW))
    short = (reduced_residue(search.adapter, each) for each in islice(suspects, REDUCED))
    return next((each for each in short if each), ())


def _emptied(search: Search) -> list[Script]:
    """Return runs that end with nothing held, the shorter first."""
    return sorted([run for each in search.frontiers for run in each.empty[:EMPTIED]], key=len)


def witnessed(adapter: type[Adapter], script: Script, claim: Claim) -> tuple[list[Seen], list[Chain]]:
    """Take a script once more; return what is seen, and who holds what is counted free at its end."""
    with Session(adapter, [claim], alone=True) as playing:
        for move in script:
            playing.take(move)
        steps, found = playing.steps, [] if playing.steps[-1].raised else counted_free(playing)
    return steps, with_lines(adapter, script, found)


def versions(adapter: type[Adapter]) -> dict[str, str]:
    """Return the versions that a result is about: of Python, and of what the adapter names."""
    found = {platform.python_implementation(): platform.python_version()}
    for package in adapter.packages:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "not installed"
    return found
