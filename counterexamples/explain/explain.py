"""From a trace to its explanation.

What can be computed from the trace alone is; nothing in it is executed. What needs the model (why each step is needed)
or another model (the contrast) is computed where they are given.
"""

from __future__ import annotations

from dataclasses import replace

from spillproof.counterexamples.explain.contrast import contrast
from spillproof.counterexamples.explain.costs import Costs
from spillproof.counterexamples.explain.counterfactual import Judge
from spillproof.counterexamples.explain.cuts import Keeping, cut, paths
from spillproof.counterexamples.explain.dominators import tree
from spillproof.counterexamples.explain.explanation import Cut, Explanation, Path
from spillproof.counterexamples.explain.guilt import guilty
from spillproof.counterexamples.explain.ledger import ledger
from spillproof.counterexamples.explain.needed import needed
from spillproof.counterexamples.explain.stored import where_stored
from spillproof.counterexamples.moments import revive
from spillproof.counterexamples.replay.variant import retake
from spillproof.counterexamples.trace import Trace
from spillproof.model.errors import ModelError
from spillproof.model.heap import HeapObject, path_to
from spillproof.model.names import counted
from spillproof.model.system import Model
from spillproof.properties.catalogue import CLAIMS, WITNESSES, claims_about
from spillproof.properties.claims import Claim, Mode
from spillproof.properties.engines.evidence.evidence import Evidence
from spillproof.properties.engines.evidence.gather import evidence_of
from spillproof.properties.engines.recovery.obstacles import Obstacle, obstacles
from spillproof.properties.engines.run import Moment
from spillproof.properties.engines.story.holders import counted_free, shares

Variant = tuple[str, Model]
"""What a model is called, and the model."""


def explain(trace: Trace, model: Model | None = None, repaired: Variant | None = None) -> Explanation:
    """Return the explanation of a run that violates a claim.

    `model` is the trace's own, and `repaired` another to hold the run against. Raises `ModelError` where the trace does
    not fit together, or does not fit the models.
    """
    claim = claim_of(trace, model)
    moments = revive(trace)
    at = guilty_step(trace)
    free = _counted_free(moments, at)
    trapped = claim is not None and claim.mode is Mode.RECOVERABLE
    found, more, smallest = _kept(trace, moments, at, () if trapped else free, claim)
    if smallest is not None and model is not None:
        smallest = replace(smallest, stored=where_stored(trace, model, smallest.edges))
    return Explanation(
        trace=trace,
        claim=trace.claims[0] if trace.claims else "",
        sentence="" if claim is None else claim.sentence,
        guilty=None if at is None else guilty(trace, moments, at, free),
        paths=found,
        more_paths=more,
        counted_free=free,
        cut=smallest,
        tree=() if at is None or trace.states[at].raised else tree(moments[at], free),
        ledger=ledger(trace, moments),
        needed=() if model is None or claim is None else needed(trace, model, claim),
        contrast=None if repaired is None or claim is None else contrast(trace, *repaired, claim, found),
        evidence=_evidence(trace, model, claim),
        obstacles=() if model is None or claim is None or at is None else _obstacles(trace, model, claim, at),
    )


def _evidence(trace: Trace, model: Model | None, claim: Claim | None) -> Evidence | None:
    """Return the evidence that the trace carries; of one that was made without, what the model can still show."""
    if trace.evidence is not None or model is None or claim is None:
        return trace.evidence
    return evidence_of(claim, trace.run(model).moments, trace.guilty)


def claim_of(trace: Trace, model: Model | None = None) -> Claim | None:
    """Return the claim that a trace violates: one that this project comes with, or the model's own."""
    known = [*CLAIMS, *WITNESSES] if model is None else [each for some in claims_about(type(model)) for each in some]
    return next((claim for claim in known if claim.name in trace.claims[:1]), None)


def guilty_step(trace: Trace) -> int | None:
    """Return the guilty step that the trace records. Raises `ModelError` where it has no such step."""
    if trace.guilty is not None and not 0 <= trace.guilty < len(trace.states):
        message = f"the trace says that step {trace.guilty} is guilty, and has {counted(len(trace.states) - 1, 'step')}"
        raise ModelError(message)
    return trace.guilty


def _obstacles(trace: Trace, model: Model, claim: Claim, at: int) -> tuple[Obstacle, ...]:
    """Return the guards that refuse steps where the run is trapped; none for a claim of another kind."""
    taken = retake(trace, model).moments if claim.mode is Mode.RECOVERABLE else []
    return tuple(obstacles(claim, taken[at])) if at < len(taken) else ()


def _counted_free(moments: list[Moment], at: int | None) -> tuple[int, ...]:
    if at is None:
        return ()
    numbers = {id(each): number for each, number in zip(moments[at].objects, moments[at].numbers, strict=True)}
    return tuple(numbers[id(each)] for each in counted_free(moments, at))


def _kept(
    trace: Trace, moments: list[Moment], at: int | None, free: tuple[int, ...], claim: Claim | None
) -> tuple[tuple[Path, ...], bool, Cut | None]:
    """Return the paths to what is counted free, whether there are more, and the smallest cut."""
    if at is None or not free:
        return (), False, None
    staying = _staying(moments, at, free)
    keeping = Keeping(trace.states[at], free, frozenset(staying), Costs(trace, at, free))
    listed, more = paths(keeping, staying)
    judge = None if claim is None else Judge(claim, trace.states[at - 1] if at else None)
    return listed, more, None if judge is None else cut(keeping, listed, judge)


def _staying(moments: list[Moment], at: int, free: tuple[int, ...]) -> dict[int, str]:
    """Return the objects that are meant to stay, by number, and how each is reached.

    They are what the roots referred to from the beginning, the consumers, and what holds bytes rightly accounted.
    """
    moment = moments[at]
    by_number: dict[int, HeapObject] = dict(zip(moment.numbers, moment.objects, strict=True))
    consumers = {number for number in shares(moments, at) if number in by_number}
    holders = {number for number, each in by_number.items() if number and int(each.shallow_size()) > 0} - set(free)
    numbers = {id(each): number for each, number in zip(moments[0].objects, moments[0].numbers, strict=True)}
    first = {numbers[id(root.target)] for root in moments[0].state.roots()} & by_number.keys() - set(free)
    return {number: _reached(by_number[number], moment) for number in sorted(first | consumers | holders)}


def _reached(each: HeapObject, moment: Moment) -> str:
    words: list[str] = []
    for reference in path_to(each, moment.state.roots()) or ():
        name = moment.names.get(id(reference.target), "")
        words += [reference.name, *([name] if name and name != reference.name else [])]
    return " ▸ ".join(words)
