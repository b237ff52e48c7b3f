"""Inequalities that hold in every reachable state of a shape: guess many, drop those that some step breaks.

As C. Flanagan and K. R. M. Leino, "Houdini, an annotation assistant for ESC/Java" (FME 2001), at each shape. Guessed
are: what the claims themselves say; and, if that is not enough, that a size is positive, that one size is at most
another, or the sum of two at most a third. Runs of the automaton on integers drop most of the false ones before the
solver is asked.
"""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Iterator
from itertools import combinations, permutations

from spillproof.model.quantity import Condition, Is, Linear, truth
from spillproof.properties.engines.automaton.goals import Goal
from spillproof.properties.engines.automaton.linear import contradicts, evaluate, holds, nonnegative, substitute
from spillproof.properties.engines.automaton.path import follows
from spillproof.properties.engines.automaton.shapes import Automaton, Edge, quotients_of
from spillproof.properties.engines.limits import UNLIMITED, Limits
from spillproof.properties.engines.proof.invariant import Invariant
from spillproof.properties.engines.proof.solver import Answer, Feasibility, Point

WALKS, STEPS = 300, 30
LARGEST = 6
NO_SIZES: tuple[int, ...] = ()
MANY_SLOTS = 9
"""Shapes with more sizes than this get no guesses about three sizes at once."""
NOT_REACHED = Condition(Linear({0: -1}, -1), Is.AT_LEAST_ZERO)
"""True of no sizes: the guess that a shape is not reached, even one without sizes. An equation will say so instead."""
ONE_BY_ONE = 8
"""Of more guesses than this, a solver is asked about all at once."""
ROUNDS = 4
"""How often what guesses need is guessed as well."""
CLOSE = 2
"""Two sizes are guessed to differ by at most this as a constant."""


def strengthen(
    automaton: Automaton,
    invariant: Invariant,
    goals: list[Goal],
    feasible: Feasibility,
    *,
    widely: bool,
    backward: bool = False,
    limits: Limits = UNLIMITED,
) -> Invariant:
    """Return the invariant with inequalities added; each step keeps them, so that together they are inductive.

    Guessed is only what the goals deny; `backward`, also what that needs of the states before; `widely`, also about
    every pair and triple of sizes, which takes much longer. Raises `OutOfTime` at the deadline.
    """
    if backward:
        return _backward(automaton, invariant, goals, feasible, limits)
    guesses = _denied(automaton, goals)
    if widely:
        samples = _samples(automaton, limits)
        for shape in automaton.shapes:
            limits.check()
            if shape.index in invariant.unreachable:
                continue
            free = [size for size in range(len(shape.slots)) if size not in invariant.replacements[shape.index]]
            guesses[shape.index] += _about_sizes(free, samples.get(shape.index, []))
            seen = samples.get(shape.index, [])
            guesses[shape.index] = [guess for guess in guesses[shape.index] if _is_true_of(guess, seen)]
    return _Houdini(automaton, invariant, guesses, feasible, limits).run()


def _backward(
    automaton: Automaton, invariant: Invariant, goals: list[Goal], feasible: Feasibility, limits: Limits
) -> Invariant:
    """Return the invariant with inequalities added: those that goals deny, and what must be so before for them to stay.

    Where a step breaks a guess, what it needs of the state before is guessed there, a few times over. That is much less
    than `widely`, and it is about the goals.
    """
    samples = _samples(automaton, limits)
    guesses = _true_of_samples(_denied(automaton, goals), samples)
    _added(guesses, _true_of_samples(_denied_together(automaton, goals), samples))
    stronger = invariant
    for _ in range(ROUNDS):
        houdini = _Houdini(automaton, invariant, [[*each] for each in guesses], feasible, limits)
        stronger = houdini.run()
        if all(stronger.refutes(goal, feasible) for goal in goals):
            return stronger
        needed = _true_of_samples(houdini.needed, samples)
        if not _added(guesses, needed):
            break
    return stronger


def _true_of_samples(
    guesses: list[list[Condition]], samples: dict[int, list[tuple[int, ...]]]
) -> list[list[Condition]]:
    return [
        [guess for guess in each if _is_true_of(guess, samples.get(shape, []))] for shape, each in enumerate(guesses)
    ]


def _added(guesses: list[list[Condition]], more: list[list[Condition]]) -> bool:
    """Add guesses to others, each once. Return whether any was new."""
    before = sum(map(len, guesses))
    for each, further in zip(guesses, more, strict=True):
        each[:] = {guess.key(): guess for guess in (*each, *further)}.values()
    return sum(map(len, guesses)) > before


class _Houdini:
    def __init__(
        self,
        automaton: Automaton,
        invariant: Invariant,
        guesses: list[list[Condition]],
        feasible: Feasibility,
        limits: Limits,
    ) -> None:
        self.automaton = automaton
        self.invariant = invariant
        self.guesses = guesses
        self.feasible = feasible
        self.limits = limits
        self.needed: list[list[Condition]] = [[] for _ in automaton.shapes]
        """What had to be true of a shape for a guess to stay that was dropped."""
        self.never: dict[int, bool] = {}
        """Whether an edge that was asked about is never taken."""

    def run(self) -> Invariant:
        waiting = deque(edge for edge in self.automaton.edges if edge.target >= 0)
        queued = {edge.index for edge in waiting}
        while waiting:
            self.limits.check()
            edge = waiting.popleft()
            queued.discard(edge.index)
            kept = self.kept(edge)
            if len(kept) < len(self.guesses[edge.target]):
                self.guesses[edge.target] = kept
                for later in self.automaton.leaving[edge.target]:
                    if later.target >= 0 and later.index not in queued:
                        queued.add(later.index)
                        waiting.append(later)
        further = [[*known, *guesses] for known, guesses in zip(self.invariant.further, self.guesses, strict=True)]
        return Invariant(self.invariant.equations, further, self.invariant.residues).simplified()

    def kept(self, edge: Edge) -> list[Condition]:
        """Return the guesses about an edge's target that are true after it."""
        guesses = self.guesses[edge.target]
        before = [self.before(edge, guess) for guess in guesses]
        given = self.given(edge)
        if given is None or (edge.source >= 0 and False in before and self.is_never_taken(edge)):
            return guesses
        asked = [each for each in before if isinstance(each, Condition)]
        few = len(asked) <= ONE_BY_ONE or edge.source < 0
        lost = self.lost(edge, given, asked) if few else self.lost_of_many(edge, given, asked)
        if edge.source >= 0:
            self.needed[edge.source] += [each for each in lost if max(each.left.terms) < edge.width]
        return [guess for guess, each in zip(guesses, before, strict=True) if each is not False and each not in lost]

    def before(self, edge: Edge, guess: Condition) -> Condition | bool:
        """Return what has to be true before the edge, so that the guess is true after it."""
        left = substitute(guess.left, dict(enumerate(edge.update)))
        left = substitute(left, self.invariant.replacements[edge.source]) if edge.source >= 0 else left
        known = truth(left, guess.holds)
        if known is not None:
            return known
        assert isinstance(left, Linear)
        return Condition(left, guess.holds)

    def given(self, edge: Edge) -> list[Condition] | None:
        """Return what is known before the edge, with the guesses there; None where nothing meets it."""
        if edge.source < 0:
            return [*edge.guard]
        return self.invariant.rewrite(edge.source, (*edge.guard, *self.guesses[edge.source]))

    def lost(self, edge: Edge, given: list[Condition], asked: list[Condition]) -> list[Condition]:
        """Return what may be false, each asked alone."""
        return [each for each in asked if not self.is_true(edge, given, each)]

    def is_true(self, edge: Edge, given: list[Condition], asked: Condition) -> bool:
        self.limits.check()
        if edge.source < 0:
            return not self.feasible((*given, ~asked))
        if any(follows(each, asked) for each in given):
            return True
        facts = (~asked, *given, *self.invariant.about(edge.source, [*given, asked]))
        return any(contradicts(each, facts) for each in (~asked, *given)) or not self.feasible(facts)

    def lost_of_many(self, edge: Edge, given: list[Condition], asked: list[Condition]) -> list[Condition]:
        """Return what may be false: sizes with which one is false show which others are, and need not be asked."""
        facts = [*given, *self.invariant.about(edge.source, [*given, *asked])]
        left, lost = asked, list[Condition]()
        with Point(edge.symbols, facts, self.limits) as point:
            while left:
                point.exclude(tuple(left))
                answer = point.ask()
                if answer is not Answer.YES:
                    return lost if answer is Answer.NO else [*lost, *self.lost(edge, given, left)]
                sizes = point.sizes()
                lost += [each for each in left if not holds(each, sizes)]
                left = [each for each in left if holds(each, sizes)]
        return lost

    def is_never_taken(self, edge: Edge) -> bool:
        """Return whether the equations rule the edge out: then it breaks no guess, however false that is after it."""
        if edge.index not in self.never:
            given = self.invariant.rewrite(edge.source, edge.guard)
            self.never[edge.index] = given is None or not self.feasible(
                (*given, *self.invariant.about(edge.source, given))
            )
        return self.never[edge.index]


def _denied(automaton: Automaton, goals: list[Goal]) -> list[list[Condition]]:
    """Return for each shape the opposite of what a goal asks of it; if it asks nothing, that it is not reached."""
    found: list[list[Condition]] = [[] for _ in automaton.shapes]
    for goal in goals:
        if goal.edge is None and not goal.also:
            found[goal.shape].append(NOT_REACHED)
        for condition in goal.also if goal.shape >= 0 else ():
            if all(symbol < len(automaton.shapes[goal.shape].slots) for symbol in condition.left.terms):
                found[goal.shape].append(~condition)
        if goal.shape >= 0:
            found[goal.shape] += _without_quotients(goal, len(automaton.shapes[goal.shape].slots))
    return [list({guess.key(): guess for guess in each}.values()) for each in found]


def _denied_together(automaton: Automaton, goals: list[Goal]) -> list[list[Condition]]:
    """Return for each shape the opposite of what two conditions of a goal say when they are added up."""
    found: list[list[Condition]] = [[] for _ in automaton.shapes]
    for goal in goals:
        width = len(automaton.shapes[goal.shape].slots) if goal.shape >= 0 else 0
        parts = [part for each in goal.conditions() for part in nonnegative(each)]
        for one, other in combinations(parts, 2):
            both = one + other
            if isinstance(both, Linear) and max(both.terms) < width:
                found[goal.shape].append(_at_least(-both - 1))
    return [list({guess.key(): guess for guess in each}.values()) for each in found]


def _without_quotients(goal: Goal, sizes: int) -> Iterator[Condition]:
    """Yield guesses on which side of a quotient's bounds is what a goal compares with the quotient."""
    for symbol, dividend, divisor in quotients_of(goal.also):
        for condition in goal.also:
            times = condition.left.terms.get(symbol, 0) // divisor
            for bound in (dividend, dividend - (divisor - 1)) if times else ():
                left = substitute(condition.left - times * divisor * Linear({symbol: 1}) + times * bound, {})
                if isinstance(left, Linear) and max(left.terms) < sizes:  # and so nothing is left of the quotient
                    yield from (_at_least(left), _at_least(-left))


def _about_sizes(free: list[int], samples: list[tuple[int, ...]]) -> list[Condition]:
    """Return guesses about the sizes of a shape that no equation gives; a difference is at least what samples show."""
    found = [_at_least(Linear({size: 1}, -1)) for size in free]
    for more, less in permutations(free, 2):
        margin = min((sizes[more] - sizes[less] for sizes in samples), default=CLOSE)
        margins = range(min(CLOSE, margin) + 1) if margin >= 0 else (max(-CLOSE, margin),)
        found += [_at_least(Linear({more: 1, less: -1}, -least)) for least in margins]
    if len(free) <= MANY_SLOTS:
        found += [
            _at_least(Linear({more: 1, one: -1, other: -1}))
            for more in free
            for one, other in combinations([each for each in free if each != more], 2)
        ]
    return found


def _is_true_of(guess: Condition, samples: list[tuple[int, ...]]) -> bool:
    """Return whether a guess is true of all samples; that a shape is not reached, if there is none."""
    return not samples if guess is NOT_REACHED else all(holds(guess, sizes) for sizes in samples)


def _at_least(left: Linear) -> Condition:
    return Condition(left, Is.AT_LEAST_ZERO)


def _samples(automaton: Automaton, limits: Limits) -> dict[int, list[tuple[int, ...]]]:
    """Return sizes that runs on integers come to at each shape, always the same ones."""
    chance = random.Random(0)
    found: dict[tuple[int, tuple[int, ...]], None] = {}
    for _ in range(WALKS):
        limits.check()
        shape, sizes = -1, NO_SIZES
        for _ in range(STEPS):
            step = _step(automaton, shape, sizes, chance)
            if step is None:
                break
            shape, sizes = step
            found[shape, sizes] = None
    by_shape: dict[int, list[tuple[int, ...]]] = {}
    for shape, sizes in found:
        by_shape.setdefault(shape, []).append(sizes)
    return by_shape


def _step(
    automaton: Automaton, shape: int, sizes: tuple[int, ...], chance: random.Random
) -> tuple[int, tuple[int, ...]] | None:
    edges = [edge for edge in automaton.leaving[shape] if edge.target >= 0]
    chance.shuffle(edges)
    for edge in edges:
        most = 4 * LARGEST if shape < 0 else LARGEST
        values = [*sizes, *(chance.randrange(most) for _ in range(edge.width, edge.symbols))]
        for symbol, dividend, divisor in edge.quotients:
            values[symbol] = evaluate(dividend, values) // divisor
        if all(holds(condition, values) for condition in edge.guard):
            after = tuple(evaluate(size, values) for size in edge.update)
            return (edge.target, after) if all(size >= 0 for size in after) else None
    return None
