"""What is said where the model on plain integers is not what the automaton says: what differs, where, and why."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import replace
from functools import partial
from typing import Any, NoReturn

from spillproof.model import set_order
from spillproof.model.errors import ModelError
from spillproof.model.identity import Identity
from spillproof.model.quantity import Linear
from spillproof.model.state import snapshot
from spillproof.model.step import bind
from spillproof.model.system import Kind, open_parameters
from spillproof.properties import registry
from spillproof.properties.claims import Claim, ClaimError
from spillproof.properties.engines.automaton.shapes import Edge, Refusal
from spillproof.properties.engines.automaton.ways import Between
from spillproof.properties.engines.validation.executions import difference
from spillproof.properties.engines.validation.fork import Following, lines, parting
from spillproof.properties.engines.validation.forms import bags_of
from spillproof.properties.engines.validation.pairing import Difference
from spillproof.properties.engines.validation.pattern import Pattern
from spillproof.properties.engines.validation.records import Agreed, Instance, Mismatch, Records
from spillproof.properties.engines.validation.result import Disagreement
from spillproof.properties.engines.validation.sizes import value_of
from spillproof.properties.engines.validation.trial import Trial, TrialChoices, start, take, with_sizes

LATER = (
    "keep all state in the model and its heap objects (no globals, closures, class attributes, clocks, random "
    "numbers), and let the environment `choose`"
)
SIZES = "do not ask for a size's type, identity or text; compare and compute with it"
OURS = "a model that does none of this has found a defect of spillproof: please report it, with the model"

MOST_TOLD = 8
"""Sizes of a state that are told."""


def disagree(records: Records, mismatch: Mismatch, *, turned: bool = False, walked: bool = False) -> NoReturn:
    """Raise `Disagreement` about a step; `turned` had its bags in the opposite order, `walked` belonged to a run."""
    name = mismatch.instance.action.name
    again = [_again(records, mismatch) for _ in range(2)]
    if not _same(*again):
        _raise(name, "taken again from the same state, it did something else", LATER)
    orderly = (turned or walked) and not mismatch.trial.picks
    if orderly and _agrees(records, mismatch) and not _agrees(records, mismatch, turned=True):
        _raise(
            name,
            "it depends on the order of a Bag's members, or of a set's, which have none",
            "let the environment `choose` a member, or keep them in a list; go through a set by `sorted`",
        )
    if walked and isinstance(records.judge(mismatch.instance, mismatch.values, again[0]), Agreed):
        _raise(name, f"in a run it did something else than from a copy of the same state: {_both(mismatch)}", LATER)
    _raise(
        name,
        f"on unknown sizes it does not do what it does on integers: {_both(mismatch)}{_parting(records, mismatch)}",
        f"{SIZES}; {LATER}; {OURS}",
    )


def about_claim(
    records: Records,
    claim: Claim,
    source: Edge | int,
    values: Sequence[int],
    answer: Callable[[], bool],
    *,
    seen: bool,
) -> ClaimError:
    """Return what is wrong with a claim: on integers it is `seen`, and for the edge or the shape `source` it is not."""
    place = "in a state" if isinstance(source, int) else f"of the step {source.move.action}"
    where = parting(
        lines(answer, Following((), (), claim.name)),
        lines(_on_unknowns(records, claim, source), Following(values, (), claim.name)),
    )
    return _of_claim(
        claim,
        f"{place}{_sizes(records, source, values)} it is {seen} on integers, and {not seen} on unknown sizes{where}",
    )


def claim_of_other_code(records: Records, claim: Claim, source: Edge | int, values: Sequence[int]) -> ClaimError | None:
    """Return what is wrong with a claim that executes something else on unknown sizes than on integers like them.

    The integers' states are made anew, with the members of bags in the same order: `any` ends at the first.
    """
    ones, others = _on_integers(records, claim, source, values), _on_unknowns(records, claim, source)
    try:
        where = difference(ones, others, lambda: Following(values, (), claim.name))
    except ModelError as error:
        return ClaimError(claim, f"{claim.called} cannot be asked: {error}")
    words = "on unknown sizes it does not execute what it does on integers"
    return _of_claim(claim, f"{words}: {where}") if where else None


def _of_claim(claim: Claim, seen: str) -> ClaimError:
    ours = OURS if registry.is_own(claim.function) else OURS.replace("model", "claim", 1)
    return ClaimError(claim, f"{claim.called} is not what an engine takes it for: {seen}; {SIZES}; {ours}")


def _on_integers(records: Records, claim: Claim, source: Edge | int, values: Sequence[int]) -> Callable[[], bool]:
    """Return what asks a claim about a shape, or about an edge, with these values of all unknowns."""
    if isinstance(source, int):
        return partial(claim, records.pattern(source).build(values)[0])
    before = records.pattern(source.source).build(values)
    after = records.pattern(source.target).build([value_of(each, values) for each in source.update])
    identity = Identity(
        (each, before[origin]) for each, origin in zip(after, source.origins, strict=True) if origin >= 0
    )
    return partial(claim, before[0], after[0], identity=identity)


def _on_unknowns(records: Records, claim: Claim, source: Edge | int) -> Callable[[], bool]:
    """Return what asks a claim about a shape, or about an edge, on unknown sizes."""
    automaton = records.automaton
    if isinstance(source, int):
        return lambda: claim(automaton.shapes[source].state)
    between = Between(automaton, source)
    states = (between.before.state, between.built())
    return lambda: claim(*states, identity=between.identity)


def refuse_other_code(records: Records, instance: Instance, values: Sequence[int], picks: Sequence[int]) -> None:
    """Raise `Disagreement` where a step executes something else on unknown sizes than on integers like them."""
    name = instance.action.name
    where = difference(
        doing(records, instance, values, unknown=False),
        doing(records, instance, values, unknown=True),
        lambda: Following(values, picks, name),
    )
    if where:
        _raise(name, f"on unknown sizes it does not execute what it does on integers: {where}", f"{SIZES}; {OURS}")


def disagree_about_counters(edge: Edge, *, seen: bool) -> NoReturn:
    """Raise `Disagreement` about whether a step makes a counter negative."""
    words = ("none is", "one is") if seen else ("one is", "none is")
    _raise(edge.move.action, f"on unknown sizes {words[0]} negative after it, on integers {words[1]}", OURS)


def _raise(name: str, seen: str, instead: str) -> NoReturn:
    message = f"{name} is not what an engine takes it for: {seen}; {instead}"
    raise Disagreement(message)


# The same step again


def _again(records: Records, mismatch: Mismatch, *, turned: bool = False) -> Trial:
    """Take the step again, from a state that is built for it; with `turned`, its bags are in the opposite order."""
    instance, values, picks = mismatch.instance, mismatch.values, mismatch.trial.picks
    given = _given(instance, values)
    choices = TrialChoices(picks, random.Random(0), instance.action.name, any_preference=True)
    with set_order.turned() if turned else nullcontext():
        if instance.source < 0:
            return start(records.automaton.model, given, choices)
        objects = records.pattern(instance.source).build(values)
        for bag in bags_of(objects) if turned else ():
            bag.members.reverse()
        return replace(take(objects, instance.action, given, choices), turned=turned)


def _given(instance: Instance, values: Sequence[int]) -> tuple[Any, ...]:
    sizes = values[instance.width : instance.width + instance.given]
    return with_sizes(instance.action.parameters, instance.arguments, sizes)


def _agrees(records: Records, mismatch: Mismatch, *, turned: bool = False) -> bool:
    trial = _again(records, mismatch, turned=turned)
    return isinstance(records.judge(mismatch.instance, mismatch.values, trial), Agreed)


def _same(one: Trial, other: Trial) -> bool:
    """Return whether two steps came to the same."""
    if (one.outcome.refused, one.outcome.raised, one.picks) != (
        other.outcome.refused,
        other.outcome.raised,
        other.picks,
    ):
        return False
    if not one.outcome.taken:
        return True
    try:
        pattern = Pattern(snapshot(one.state).objects)
    except ModelError:  # the state holds what no engine can honour
        return True
    return not isinstance(pattern.find(other.state, ()), Difference)


# In words


def _both(mismatch: Mismatch) -> str:
    """Return the step, what it did, and what the automaton says."""
    record, outcome = mismatch.record, mismatch.trial.outcome
    difference = "" if mismatch.difference is None else f" in which {mismatch.difference}"
    if outcome.taken:
        seen = f"is taken on integers, and leads to a state{difference}"
    else:
        seen = "is refused on integers" if outcome.refused else f"raises {outcome.raised} on integers"
    if record is None or isinstance(record.says, Refusal):
        said = "is refused"
    elif record.edge.raised:
        said = f"raises {record.edge.raised}"
    else:
        said = "leads to another state" if outcome.taken else "is taken"
    said = "" if difference else f", and on unknown sizes it {said}"
    return f"{_step(mismatch)} {seen}{said}"


def _step(mismatch: Mismatch) -> str:
    instance = mismatch.instance
    words = [
        f"{each.name}={f'object {value}' if each.kind is Kind.OBJECT else getattr(value, 'name', value)}"
        for each, value in zip(instance.action.parameters, _given(instance, mismatch.values), strict=True)
    ]
    return f"{instance.action.name}({', '.join(words)})"


def _sizes(records: Records, source: Edge | int, values: Sequence[int]) -> str:
    """Return the sizes of a state: ` with used=5, free=3`."""
    shape = source if isinstance(source, int) else source.source
    if shape < 0:
        return ""
    slots = records.automaton.shapes[shape].slots
    told = [f"{slot.where}={value}" for slot, value in zip(slots, values, strict=False)]
    return f" with {', '.join(told[:MOST_TOLD])}{', …' if len(told) > MOST_TOLD else ''}" if told else ""


def _parting(records: Records, mismatch: Mismatch) -> str:
    """Return where the step on integers and the step on unknown sizes part."""
    instance = mismatch.instance
    name, picks = instance.action.name, mismatch.trial.picks
    where = _sizes(records, instance.source, mismatch.values)
    ones, others = (
        lines(doing(records, instance, mismatch.values, unknown=unknown), Following(mismatch.values, picks, name))
        for unknown in (False, True)
    )
    return f"{f', from a state{where}' if where else ''}{parting(ones, others)}"


def doing(records: Records, instance: Instance, values: Sequence[int], *, unknown: bool) -> Callable[[], Any]:
    """Return what takes a step from a new state, on unknown sizes or on integers."""
    model = records.automaton.model
    unknowns = range(instance.width, instance.width + instance.given)
    sizes = [Linear({each: 1}) if unknown else values[each] for each in unknowns]
    given = with_sizes(instance.action.parameters, instance.arguments, sizes)
    if instance.source < 0:
        names = [each.name for each in open_parameters(model)]
        return lambda: model.start(**dict(zip(names, given, strict=True)))
    pattern, template = records.pattern(instance.source), records.automaton.shapes[instance.source].template

    def step() -> None:
        objects = template.copy() if unknown else pattern.build(values)
        instance.action.take(objects[0], bind(instance.action.parameters, given, objects))

    return step
