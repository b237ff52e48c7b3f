"""What a search has shown: each violation is taken again, and made as short as it can be."""

from __future__ import annotations

import platform
from collections.abc import Iterable, Iterator
from importlib.metadata import PackageNotFoundError, version
from itertools import islice

from spillproof.properties.claims import Claim, Mode
from spillproof.properties.engines.verdict import NotFound, Unknown, Verdict
from spillproof.properties.live.adapter import Adapter
from spillproof.properties.live.asked import about_memory
from spillproof.properties.live.calibration import is_only_on_disk
from spillproof.properties.live.claims import something_is_reachable, tables_are_emptied
from spillproof.properties.live.frontier import Frontier
from spillproof.properties.live.holders import Chain, counted_free
from spillproof.properties.live.move import Script
from spillproof.properties.live.offers import operations_of
from spillproof.properties.live.residue import FEW, left, reduced_residue, residue
from spillproof.properties.live.search import AT_ONCE, SMALL, SUSPECTS, Search
from spillproof.properties.live.session import Seen, Session, false_at
from spillproof.properties.live.shortest import reduced, repeats, times
from spillproof.properties.live.stores import with_lines
from spillproof.properties.live.verdicts import ON_DISK, Falsified, LiveReport, LiveResult, Shown

MORE = 2_000
"""So many more at most, where claims are broken, to see whether shorter runs do."""

LEFT = 4_000
"""So many more at most, where with them every run of fewer steps is taken, so that a shortest one is known as such."""

OTHERS = 12
"""So many other steps that break a claim are told of: behind each may be another defect."""

REDUCED = 2
"""So many random runs that leave something are made short, until one still does when it is."""

EMPTIED = 40
"""So many runs that end with nothing held are repeated, to see what is left in tables."""

EMPTIED_LATER = 12
"""Where none of these leaves anything, so many random ones are, with what empties the manager: those of the most kinds
of steps, and of these the longest, as they reach further than the smallest."""


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
