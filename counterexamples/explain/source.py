"""Where a counterexample that is to be explained comes from: a report, a trace, or the file of one."""

from __future__ import annotations

from os import PathLike
from pathlib import Path

from spillproof.counterexamples.explain import explain as whole
from spillproof.counterexamples.explain.explanation import Explanation
from spillproof.counterexamples.export import itf
from spillproof.counterexamples.record import trace_of
from spillproof.counterexamples.trace import Trace
from spillproof.counterexamples.variants import asked_of, explained, fitting
from spillproof.model.errors import ModelError
from spillproof.properties.engines.verdict import Report, Result, Violated


def explain(
    counterexample: Report | Trace | str | PathLike[str], claim: str = "", *, on: str = "", against: str = ""
) -> Explanation:
    """Return why a claim is false: the guilty step, what keeps the bytes reachable, and which reference to cut.

    `counterexample` is a report (its first violation, or the one of `claim`), a trace, or a file that
    `spillproof check --out` wrote. `on` names the trace's model where that is in a file, which is not run because a
    trace says so; `against` a repaired model to compare with. Raises `ModelError` where there is nothing to explain.
    """
    if not isinstance(counterexample, Report):
        trace = counterexample if isinstance(counterexample, Trace) else itf.read(Path(counterexample))
        return explained(trace, on, against)
    trace = trace_of(_violation(counterexample, claim), type(counterexample.model).__name__)
    repaired = (against, fitting(trace, asked_of(trace, against))) if against else None
    return whole.explain(trace, counterexample.model, repaired)


def _violation(report: Report, claim: str) -> Result:
    """Return the result on a claim, or the first that has a counterexample."""
    found = [each for each in report.results if isinstance(each.verdict, Violated)]
    for result in found:
        if claim in ("", result.claim.name):
            return result
    names = ", ".join(each.claim.name for each in found)
    known = f"counterexamples are there for: {names}" if found else "no claim has a counterexample"
    raise ModelError(f"nothing to explain{f' about {claim}' if claim else ''}: {known}")
