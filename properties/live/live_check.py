"""Every claim about a running manager, by the smallest runs and random ones; each that is false with a shortest run."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from itertools import count

from hypothesis import settings

from spillproof.properties.claims import Claim
from spillproof.properties.live.adapter import Adapter
from spillproof.properties.live.asked import claims_asked, unasked
from spillproof.properties.live.findings import report_on
from spillproof.properties.live.search import STEPS, go_on_at_random, measuring, searched
from spillproof.properties.live.verdicts import DECLARED, LiveReport, LiveResult


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
        go_on_at_random(search, claims, profile, steps=steps, seed=later)
        yield report_on(search, told, shorten=shorten)


def _first_violated(every: Iterator[LiveReport]) -> LiveReport:
    """Return the first report of a violation, or else the last one."""
    report = next(every)
    while not report.violated() and (later := next(every, None)) is not None:
        report = later
    return report
