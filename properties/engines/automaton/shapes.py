"""Shapes of the heap, and the steps between them for all sizes at once: a finite automaton, as data.

A shape is the object graph with its sizes blanked out. From each shape every action is run on unknown sizes; each way
that its comparisons can come out is an edge, with the comparisons as its guard and the new sizes as linear expressions
over the old ones. What the solvers and the kernels do, they do on this automaton: there is no second encoding.

Unknowns are natural numbers. Unknown i of an edge is size i of its source shape; those after them are the sizes of the
arguments (less 1, as they are positive) and quotients.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Self

from spillproof.model.clone import Template
from spillproof.model.quantity import Condition, Field, Linear
from spillproof.model.state import Size, Slot
from spillproof.model.system import Model
from spillproof.properties.claims import Claim, ClaimError
from spillproof.properties.engines.automaton.answers import Answers

Conjunction = tuple[Condition, ...]
"""Conditions that must all hold. The empty one holds always."""

Quotients = tuple[tuple[int, Linear, int], ...]
"""Unknowns that are a dividend // a divisor, in the order in which to compute them."""


class Divided(tuple[Condition, ...]):  # noqa: SLOT001 - Python gives a tuple no slots
    """A conjunction with unknowns of its own: quotients of the others. Its conditions say between what they lie."""

    quotients: Quotients

    def __new__(cls, conditions: Conjunction, quotients: Quotients) -> Self:
        found = super().__new__(cls, conditions)
        found.quotients = quotients
        return found


def quotients_of(conjunction: Conjunction) -> Quotients:
    """Return the unknowns that are a conjunction's own."""
    return conjunction.quotients if isinstance(conjunction, Divided) else ()


BEGIN = "begin"

NOWHERE: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Move:
    """A step without its sizes: the action, its arguments, what the environment chose within it.

    A size stands as None, an object as its index in the canonical order of the source shape, another value as itself.
    """

    action: str
    arguments: tuple[object, ...]
    picks: tuple[int, ...] = ()


@dataclass
class Shape:
    """One shape: a state with an unknown for each size, and the claims that are false in it for some sizes."""

    index: int
    state: Any
    slots: list[Slot]
    objects: list[Any]
    """The objects of the state in canonical order; the model is object 0."""
    template: Template
    """For copies of the state."""
    answers: Answers
    """What the state answers when claims ask."""
    broken: dict[str, list[Conjunction]] = field(default_factory=dict)
    """For a claim, each way in which it is false here."""
    kept: dict[str, list[Conjunction]] = field(default_factory=dict)
    """For a claim, each way in which it is true here. Only the validation needs them."""


@dataclass
class Edge:
    """One way that a step can go, for all sizes that meet its guard."""

    index: int
    source: int
    """The shape it leaves, or -1 for the beginning."""
    move: Move
    guard: Conjunction
    target: int
    """The shape it reaches, or -1 where the action raised."""
    update: tuple[Size, ...]
    """The sizes of the target shape over the unknowns of this edge."""
    width: int
    """How many sizes the source shape has: they are the first unknowns."""
    symbols: int
    """How many unknowns there are."""
    sizes: tuple[int, ...]
    """The unknowns that stand for the sizes of the arguments, less 1."""
    quotients: tuple[tuple[int, Linear, int], ...] = ()
    """Unknowns that are a dividend // a divisor, in the order in which to compute them."""
    raised: str = ""
    """What the action raised, and where, for an error edge."""
    origins: tuple[int, ...] = ()
    """For each object of the target shape the object of the source shape that it was; -1 for a new one."""
    broken: dict[str, list[Conjunction]] = field(default_factory=dict)
    """For a claim over steps, each way in which this step makes it false (on top of the guard)."""
    kept: dict[str, list[Conjunction]] = field(default_factory=dict)
    """For a claim over steps, each way in which this step leaves it true. Only the validation needs them."""
    negative: list[Conjunction] = field(default_factory=list)
    """Each way in which this step makes a counter negative."""


@dataclass(frozen=True)
class Refusal:
    """One way in which a step is refused: a guard of the model is false for all sizes that meet these conditions."""

    source: int
    move: Move
    guard: Conjunction
    quotients: tuple[tuple[int, Linear, int], ...]


@dataclass
class Automaton:
    """All shapes of a model at its scope, and all edges between them."""

    model: Model
    claims: tuple[Claim, ...]
    sliced: frozenset[Field]
    any_preference: bool = False
    """Whether each option of a heuristic is possible, so that it has more runs than the model."""
    shapes: list[Shape] = field(default_factory=list)
    edges: list[Edge] = field(default_factory=list)
    leaving: dict[int, list[Edge]] = field(default_factory=dict)
    """The edges that leave a shape, in the order of actions and arguments; -1 has the beginnings."""
    refused: dict[Claim, ClaimError] = field(default_factory=dict)
    """The claims that cannot be asked on unknown sizes, and why."""
    refusals: list[Refusal] = field(default_factory=list)
    """The ways in which steps are refused. No engine needs them, but for the validation of the edges."""
    steps: int | None = None
    """None where this is all; else every run of at most so many steps is here, and longer ones may not be."""
    frontier: frozenset[int] = NOWHERE
    """The shapes of which no step is known, as only longer runs go on from them."""

    def widths(self) -> list[int]:
        """Return how many sizes each shape has."""
        return [len(shape.slots) for shape in self.shapes]
