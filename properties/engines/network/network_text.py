"""What to tell a person of a step that the rest cannot do, and of what a proof for any number rests on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import count

from spillproof.model.heap import HeapObject
from spillproof.model.names import counted
from spillproof.model.rest import Rest
from spillproof.model.system import Kind, actions_of
from spillproof.properties.engines.automaton.linear import evaluate
from spillproof.properties.engines.automaton.shapes import Automaton, Edge
from spillproof.properties.engines.network.folded_step import Unmatched
from spillproof.properties.engines.network.stand_in_search import MOST_STEPS
from spillproof.properties.engines.network.ways import Image


def proviso(counted_by: str, as_they_are: Mapping[int, int | None], tried: Mapping[int, int]) -> str:
    """Return what proofs for any number rest on that no machine has proved.

    Some numbers were looked at `as_they_are`, in runs of how many steps, or in all; with some, steps were `tried`.
    """
    number = next(each for each in count(1) if as_they_are.get(each, 0) is not None) - 1
    beyond = f", with more than {number} {counted_by}, treat them" if number else f" treat {counted_by}"
    how = _how(as_they_are, tried)
    return f"the model and its claims{beyond} one by one and do not count them, which {how}, and is not proved"


def _how(as_they_are: Mapping[int, int | None], tried: Mapping[int, int]) -> str:
    """Return how that was looked at and tried."""
    looked = " and ".join(
        f"with {number} in every run of at most {counted(steps, 'step')}"
        for number, steps in as_they_are.items()
        if steps is not None
    )
    numbers = [str(number) for number, taken in tried.items() if taken]
    if not numbers:
        return f"was looked at {looked} only" if looked else "no random step has tried"
    words = numbers[0] if len(numbers) == 1 else f"{', '.join(numbers[:-1])} and {numbers[-1]}"
    steps = f"tried on {sum(tried.values())} random steps with {words} of them"
    return f"was looked at {looked} and {steps}" if looked else f"was {steps}"


SEVERAL = (
    "a model that counts its consumers, or lets one step depend on several of them, can be proved for a given number "
    "only"
)


def refusal(unmatched: Unmatched, smaller: Automaton, larger: Automaton) -> str:
    """Return which step of two consumers no steps of one and the rest do, and what it changes."""
    step = _step(unmatched, larger)
    what = _undone(unmatched, smaller, MOST_STEPS)
    return f"the rest cannot do what a consumer can: {step}; with that consumer in the rest, {what}"


def as_they_are(number: int, counted_by: str, what: str) -> str:
    """Return what is so of a few consumers, and why that refuses a rest."""
    return f"with {number} {counted_by} as they are, {what}; {SEVERAL}"


def strange_step(unmatched: Unmatched, smaller: Automaton, larger: Automaton, most_steps: int) -> str:
    """Return which step of a few consumers as they are no steps of one and the rest do, and what it changes."""
    step, what = _step(unmatched, larger), _undone(unmatched, smaller, most_steps)
    return f"there is a step that is none of one and the rest: {step}; with all others in the rest, {what}"


def _undone(unmatched: Unmatched, smaller: Automaton, most_steps: int) -> str:
    if unmatched.target is None:
        return "what there is after it is no state of the model with one consumer and the rest"
    if not unmatched.sizes:
        return f"it was not found out whether {most_steps} steps can do it"
    return f"{_changes(unmatched, smaller)}; {most_steps} steps of one consumer and the rest cannot do that"


def _step(unmatched: Unmatched, larger: Automaton) -> str:
    edge = unmatched.edge
    if edge.source < 0:
        return "the beginning"
    arguments = ", ".join(_arguments(unmatched, larger))
    return f"{edge.move.action}({arguments})"


def _arguments(unmatched: Unmatched, larger: Automaton) -> Iterator[str]:
    edge = unmatched.edge
    action = next(each for each in actions_of(type(larger.model)) if each.name == edge.move.action)
    sizes = iter(_sizes(edge, unmatched.sizes))
    for parameter, value in zip(action.parameters, edge.move.arguments, strict=True):
        if parameter.kind is Kind.OBJECT:
            assert isinstance(value, int)
            yield _object(larger.shapes[edge.source].objects[value], is_folded=value in unmatched.folded)
        else:
            yield next(sizes) if value is None else f"{getattr(value, 'name', value)}"


def _object(each: HeapObject, *, is_folded: bool) -> str:
    name = type(each).__name__
    if isinstance(each, Rest):
        return "the rest"
    return f"the {name}" if is_folded else f"another {name}"


def _sizes(edge: Edge, values: tuple[int, ...]) -> list[str]:
    return [str(values[symbol] + 1) if values else "any size" for symbol in edge.sizes]


def _changes(unmatched: Unmatched, smaller: Automaton) -> str:
    """Return which sizes are other ones after the step, in the words of the smaller model."""
    before = dict(_named(unmatched.source, smaller, unmatched.sizes))
    assert unmatched.target is not None
    after = dict(_named(unmatched.target, smaller, unmatched.sizes))
    changed = [
        f"{name} goes from {before.get(name, 0)} to {after.get(name, 0)}"
        for name in {**before, **after}
        if before.get(name, 0) != after.get(name, 0)
    ]
    zeros = (evaluate(each, unmatched.sizes) for each in unmatched.target.zeros)
    changed += [f"what is always 0 there (others.kept, perhaps) goes from 0 to {each}" for each in zeros if each]
    return ", ".join(changed) or "no size changes"


def _named(image: Image, smaller: Automaton, sizes: tuple[int, ...]) -> Iterator[tuple[str, int]]:
    slots = smaller.shapes[image.shape].slots if image.shape >= 0 else []
    for slot, size in zip(slots, image.sizes, strict=True):
        yield slot.where, evaluate(size, sizes)
