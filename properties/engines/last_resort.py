"""What is tried of a model that has too many shapes: every state at the smallest sizes, and random runs."""

from __future__ import annotations

import time
from contextlib import suppress

from spillproof.model.system import Model
from spillproof.properties.claims import Claim, ClaimError, Mode
from spillproof.properties.engines.alarm import heard
from spillproof.properties.engines.limits import Limits, OutOfTime
from spillproof.properties.engines.provers import scope_of
from spillproof.properties.engines.run import Run, weight
from spillproof.properties.engines.smallest import uncertified
from spillproof.properties.engines.verdict import Proved, Refused, Report, Result, Unknown, Verdict, Violated

LAST_RESORT = 5.0
"""Seconds for it, of those that are left."""


def last_verdicts(model: Model, report: Report, limits: Limits, seed: int) -> Report:
    """Try the smallest sizes and random runs where the shapes were too many; what is still open stays unknown."""
    claims = [
        each.claim
        for each in report.results
        if each.claim.mode is not Mode.RECOVERABLE and isinstance(each.verdict, Unknown)
    ]
    try:
        found = _some_runs(model, claims, limits, seed)
    except KeyboardInterrupt:
        heard()
        report.interrupted = True
        return report
    except ClaimError as error:
        return _refused_too(report, error)
    for place, result in enumerate(report.results):
        if result.claim.name in found and isinstance(result.verdict, Unknown):
            run, engine, seconds = found[result.claim.name]
            verdict = _shown(result.claim, run, result.verdict.depth)
            report.results[place] = Result(result.claim, verdict, engine, seconds)
    return report


def _shown(claim: Claim, run: Run, depth: int) -> Verdict:
    """Return the verdict that a run shows: that a claim is violated, or that a witness is seen."""
    if claim.mode is Mode.SOMETIMES:
        return Proved(scope_of(run.model), run)
    return uncertified(Violated(run, *weight(run)), depth)


def _some_runs(model: Model, claims: list[Claim], limits: Limits, seed: int) -> dict[str, tuple[Run, str, float]]:
    """Return for each claim a run that shows it, where one is found; which engine found it; in how many seconds."""
    from spillproof.properties.engines.simulate import simulate
    from spillproof.properties.engines.small import small_runs, trimmed

    started = time.monotonic()
    limits.progress("too many shapes: small sizes")
    small: dict[str, Run] = {}
    with suppress(OutOfTime):
        always = [each for each in claims if each.mode is Mode.ALWAYS]
        small = small_runs(model, always, limits.within(min(LAST_RESORT, limits.left()) / 3))
    found = {name: (run, "explore", time.monotonic() - started) for name, run in small.items()}
    limits.progress("too many shapes: random runs")
    left = [claim for claim in claims if claim.name not in found]
    random = simulate(model, left, seed=seed, deadline=min(LAST_RESORT, limits.left()))
    for claim in left:
        if (run := random.found.get(claim.name)) is not None:
            found[claim.name] = trimmed(run, claim), "simulate", random.seconds
    return found


def _refused_too(report: Report, error: ClaimError) -> Report:
    """Return a report with one claim more that cannot be asked."""
    report.results = [
        Result(each.claim, Refused(str(error)), "none", each.seconds) if each.claim is error.claim else each
        for each in report.results
    ]
    return report
