"""Claims that are their own reason: where they are true before a step, they are true after it.

A guess is one inequality over sizes. A claim may say more: that this or that is so, what is left of a division, what
several sizes come to when each is rounded. So it is taken as it is: that none of its goals is reached is guessed of
each shape, and what a step breaks is dropped, as in `houdini`. Claims help one another.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

import z3

from spillproof.properties.engines.automaton.goals import Goal
from spillproof.properties.engines.automaton.shapes import Automaton, Conjunction, Edge, quotients_of
from spillproof.properties.engines.limits import UNLIMITED, Limits
from spillproof.properties.engines.proof.invariant import Invariant
from spillproof.properties.engines.proof.solver import (
    QUICK,
    Answer,
    Formula,
    ask,
    formula,
    natural,
    new_solver,
    suppose,
    term,
    unknown,
)


@dataclass(frozen=True)
class Kept:
    """What every step keeps."""

    formulas: list[Formula]
    """For each shape a formula over its sizes (unknown 0, 1, …)."""
    never: list[Goal]
    """Goals that are not reached where these formulas are true."""

    def denies(self, goals: list[Goal]) -> bool:
        """Return whether none of some goals is reached."""
        never = {id(each) for each in self.never}
        return all(id(each) in never for each in goals)


def inductive(automaton: Automaton, goals: list[Goal], known: Invariant, limits: Limits = UNLIMITED) -> Kept:
    """Return the goals that are not reached, as the denials of all of them keep one another, beside what is known.

    Not a proof before a certificate made of it is accepted. Raises `OutOfTime` at the deadline.
    """
    return _Inductive(automaton, goals, known, limits).run()


def reached(conditions: Conjunction) -> Formula:
    """Return conditions as a formula over sizes alone: a quotient of theirs is spelled as what it is."""
    found = z3.And(z3.BoolVal(True), *map(formula, conditions))
    for symbol, dividend, divisor in reversed(quotients_of(conditions)):
        found = z3.substitute(found, (unknown(symbol), term(dividend) / divisor))
    return found


class _Inductive:
    def __init__(self, automaton: Automaton, goals: list[Goal], known: Invariant, limits: Limits) -> None:
        self.automaton, self.goals, self.known, self.limits = automaton, goals, known, limits
        self.formulas = [reached(each.also) for each in goals]
        """What is so where a goal is reached; of an edge, on top of its guard."""
        self.guessed: list[list[int]] = [[] for _ in automaton.shapes]
        """For each shape, the goals of which it is guessed that they are not reached."""
        for place, goal in enumerate(goals):
            if goal.edge is None:
                self.guessed[goal.shape].append(place)

    def run(self) -> Kept:
        self.drop()
        formulas = [z3.And(z3.BoolVal(True), *map(z3.Not, self.of(shape))) for shape in range(len(self.guessed))]
        kept = {place for places in self.guessed for place in places}
        never = [
            goal
            for place, goal in enumerate(self.goals)
            if place in kept or (goal.edge is not None and self.is_denied(goal.edge, self.formulas[place]))
        ]
        return Kept([z3.simplify(each) for each in formulas], never)

    def drop(self) -> None:
        """Drop what some step breaks, until none does."""
        waiting = deque(each for each in self.automaton.edges if each.target >= 0)
        queued = {each.index for each in waiting}
        while waiting:
            edge = waiting.popleft()
            queued.discard(edge.index)
            kept = self.kept(edge)
            if len(kept) < len(self.guessed[edge.target]):
                self.guessed[edge.target] = kept
                later = [each for each in self.automaton.leaving[edge.target] if each.target >= 0]
                waiting += [each for each in later if each.index not in queued]
                queued |= {each.index for each in later}

    def of(self, shape: int) -> list[Formula]:
        return [self.formulas[place] for place in self.guessed[shape]]

    def kept(self, edge: Edge) -> list[int]:
        """Return the goals of an edge's target that it does not reach."""
        places = self.guessed[edge.target]
        if not places or edge.source in self.known.unreachable:
            return places
        sizes = [(unknown(place), term(size)) for place, size in enumerate(edge.update)]
        after = [z3.substitute(each, *sizes) for each in self.of(edge.target)]
        given = [*self.given(edge.source, edge.symbols), *map(formula, edge.guard), *(each[1] >= 0 for each in sizes)]
        if self.is_never(given, z3.Or(*after)):
            return places
        return [place for place, each in zip(places, after, strict=True) if self.is_never(given, each)]

    def is_denied(self, edge: Edge, asked: Formula) -> bool:
        """Return whether an edge does not reach a goal of its own."""
        given = [*self.given(edge.source, edge.symbols), *map(formula, edge.guard)]
        return edge.source in self.known.unreachable or self.is_never(given, asked)

    def given(self, shape: int, symbols: int) -> Iterable[Formula]:
        """Yield what is known of a shape, with the guesses there, and that all unknowns are naturals."""
        yield from map(natural, range(symbols))
        if shape >= 0:
            yield from map(formula, self.known.conditions(shape))
            yield from (is_left(*each) for each in self.known.residues[shape].items())
            yield from map(z3.Not, self.of(shape))

    def is_never(self, given: Iterable[Formula], asked: Formula) -> bool:
        solver = new_solver()
        suppose(solver, [*given, asked])
        return ask(solver, self.limits, QUICK) is Answer.NO


def is_left(size: int, known: tuple[int, int]) -> Formula:
    """Return that of a size, when it is divided, just this is left."""
    modulus, rest = known
    return (unknown(size) % modulus if modulus else unknown(size)) == rest
