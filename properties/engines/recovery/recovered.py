"""The verdicts on claims that must always be recoverable: for all sizes where that can be, else for small ones."""

from __future__ import annotations

import time
from dataclasses import replace

from spillproof.model.system import Model
from spillproof.properties.claims import Claim, ClaimError, ClaimRaisedError, Mode
from spillproof.properties.engines.automaton.frontier import extract
from spillproof.properties.engines.automaton.goals import refuse_unanswered
from spillproof.properties.engines.automaton.shapes import Automaton
from spillproof.properties.engines.limits import Limits
from spillproof.properties.engines.proof.solver import Feasibility
from spillproof.properties.engines.recovery.recovery import Recovery
from spillproof.properties.engines.recovery.small import Small, as_far_as_known, at
from spillproof.properties.engines.simulate import RandomWalk
from spillproof.properties.engines.validation.validation import Validation
from spillproof.properties.engines.verdict import NATURAL, Holds, Proved, Refused, Report, Result, Unknown, Verdict

ASKED = 12
"""Random runs, and steps of each, in which a claim that holds is asked as it stands."""


def recovered(
    model: Model,
    claims: list[Claim],
    limits: Limits,
    *,
    search: bool = True,
    prove: bool = True,
    certify: bool = False,
    earlier: Validation | None = None,
) -> Report:
    """Return a verdict on each claim: violated, proved for all sizes, or held at sizes up to what is said.

    `search` looks for violations, `prove` for proofs; with `certify`, cvc5 confirms these besides Z3. The validation of
    an `earlier` part of the check is brought to its end as well.
    """
    validation = Validation(model, limits, earlier)
    recovery = Recovery(model, claims, [], limits, search=search, prove=prove, certify=certify, validation=validation)
    report = recovery.run()
    for place, result in enumerate(report.results):
        if isinstance(result.verdict, Unknown) and not report.interrupted and hasattr(recovery, "world"):
            report.results[place] = _at_small_sizes(result, recovery.world.automaton, limits)
    report.results = [_unless_it_raises(model, result, limits) for result in report.results]
    return report


def recovered_at(model: Model, claims: list[Claim], largest: int, limits: Limits) -> Report:
    """Return a verdict on each claim from every state with sizes up to some number, and from nothing else.

    Raises `Disagreement` where the model on integers is not what its automaton says.
    """
    started = time.monotonic()
    validation = Validation(model, limits)
    automaton = extract(model, claims, Feasibility(limits), needed=frozenset())
    validation.add(automaton)
    refused = {error.claim: Refused(str(error)) for error in validation.go_on()}
    report = Report(model)
    for claim in claims:
        verdict = refused.get(claim) or _at(automaton, claim, largest, limits)
        result = Result(claim, verdict, "explore", (time.monotonic() - started) / len(claims))
        report.results.append(_unless_it_raises(model, result, limits))
    return report


def _at(automaton: Automaton, claim: Claim, largest: int, limits: Limits) -> Verdict:
    try:
        refuse_unanswered(automaton, (claim,))
    except ClaimError as error:
        return Refused(str(error))
    small = at(automaton, claim, largest, limits)
    if small is None:
        return Unknown(f"there is too much to look at with sizes up to {largest}")
    if not small.states:
        return Unknown(f"there is no beginning with sizes up to {largest}")
    if small.traps:
        return Unknown(f"{_traps(small)}, and larger ones were not tried")
    return Holds(_bounds(small))


class _Asking(RandomWalk):
    """Asks a claim in each state that a few random runs come to, whatever it answers."""

    def hit(self, claim: Claim, error: Exception | None = None) -> None:
        """Go on."""


def _unless_it_raises(model: Model, result: Result, limits: Limits) -> Result:
    """Return that a claim is refused where it raises in a state of some run: it is not that it is false there."""
    if not isinstance(result.verdict, (Holds, Proved)):
        return result
    asking = _Asking(model, [replace(result.claim, mode=Mode.ALWAYS)], 0)
    try:
        for _ in range(ASKED):
            if limits.left() > 0:
                asking.take(ASKED)
    except ClaimRaisedError as error:
        return replace(result, verdict=Refused(str(error)))
    return result


def _at_small_sizes(result: Result, automaton: Automaton, limits: Limits) -> Result:
    """Return what is known at small sizes, where nothing is known of all sizes."""
    small = as_far_as_known(automaton, result.claim, limits)
    if small is None or not small.states:
        return result
    if small.traps:
        assert isinstance(result.verdict, Unknown)
        return replace(result, verdict=replace(result.verdict, why=f"{result.verdict.why}; {_traps(small)}"))
    return replace(result, verdict=Holds(_bounds(small)), engine="explore")


def _traps(small: Small) -> str:
    states = f"{small.traps} of {small.states} states of the automaton"
    return f"from {states} no run with sizes up to {small.largest} leads back"


def _bounds(small: Small) -> str:
    states = f"{small.states} states of the automaton, each with a way back"
    natural = NATURAL if small.negative else ""
    return f"sizes up to {small.largest}, any number of steps{natural} ({states})"
