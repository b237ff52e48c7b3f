"""Running a piece of a model on unknown sizes, once for each way that its comparisons can come out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar

from spillproof.model import oracle
from spillproof.model.errors import ModelError, model_line
from spillproof.model.quantity import Condition, Is, Linear, truth

Result = TypeVar("Result")

MOST_DECISIONS = 400
"""More comparisons than this in one step are taken for a loop whose length depends on sizes."""


class Path(oracle.Oracle):
    """One run: which way each comparison went, and what the environment chose.

    Comparisons that earlier ones settle are not asked again. That a path is possible is not decided here.
    """

    def __init__(self, script: tuple[int, ...], symbols: int, given: tuple[Condition, ...], doing: str) -> None:
        self.script = script
        self.symbols = symbols
        """How many unknowns there are; the next one gets this number."""
        self.given = given
        self.guard: list[Condition] = []
        self.taken: list[int] = []
        self.ways: list[int] = []
        self.picks: list[int] = []
        self.asked: list[object] = []
        self.quotients: dict[object, Linear] = {}
        self.defined: list[tuple[int, Linear, int]] = []
        """Unknowns that stand for a quotient: symbol, dividend, divisor."""
        self.doing = doing

    def fresh(self) -> int:
        """Return a new unknown."""
        self.symbols += 1
        return self.symbols - 1

    def decide(self, condition: Condition) -> bool:
        known = self._settled(condition)
        if known is not None:
            return known
        holds = self._next(2, condition.key()) == 0
        self.guard.append(condition if holds else ~condition)
        return holds

    def choose(self, options: int) -> int:
        pick = self._next(options, options)
        self.picks.append(pick)
        return pick

    def quotient(self, dividend: Linear, divisor: int) -> Linear | int:
        if divisor == 1:
            return dividend
        if dividend < 0:
            return -self._natural_quotient(Linear((-dividend).terms, divisor - 1 - dividend.constant), divisor)
        return self._natural_quotient(dividend, divisor)

    def _natural_quotient(self, dividend: Linear, divisor: int) -> Linear:
        key = (dividend.constant, frozenset(dividend.terms.items()), divisor)
        known = self.quotients.get(key)
        if known is None:
            symbol = self.fresh()
            known = self.quotients[key] = Linear({symbol: 1})
            self.defined.append((symbol, dividend, divisor))
            bounds = (known * divisor <= dividend, dividend <= known * divisor + (divisor - 1))
            self.guard.extend(condition for condition in bounds if isinstance(condition, Condition))
        return known

    def _next(self, ways: int, asked: object) -> int:
        position = len(self.taken)
        if position >= MOST_DECISIONS:
            message = (f"{model_line()}: {self.doing} makes more than {MOST_DECISIONS} comparisons of unknown sizes in "
                       "one step; a loop must not count by a size")
            raise ModelError(message)
        pick = self.script[position] if position < len(self.script) else 0
        self.taken.append(pick)
        self.ways.append(ways)
        self.asked.append(asked)
        return pick

    def _settled(self, condition: Condition) -> bool | None:
        """Return the truth of a condition that one earlier condition settles, or None."""
        for known in (*self.given, *self.guard):
            answer = follows(known, condition)
            if answer is not None:
                return answer
        return None

    def zeros(self) -> frozenset[int]:
        """Return the unknowns that this path forces to be 0."""
        forced: set[int] = set()
        for condition in (*self.given, *self.guard):
            if condition.holds is Is.ZERO and condition.left.constant == 0:
                factors = condition.left.terms.values()
                if all(factor > 0 for factor in factors) or all(factor < 0 for factor in factors):
                    forced.update(condition.left.terms)
        return frozenset(forced)


def follows(known: Condition, asked: Condition) -> bool | None:
    """Return what `known` alone says of `asked`: True, False, or None for nothing."""
    if known.holds is Is.NOT_ZERO:
        if asked.holds is Is.AT_LEAST_ZERO or known.left.terms != asked.left.terms:
            return None
        return (asked.holds is Is.NOT_ZERO) if known.left.constant == asked.left.constant else None
    bases = (known.left,) if known.holds is Is.AT_LEAST_ZERO else (known.left, -known.left)
    if asked.holds is Is.AT_LEAST_ZERO:
        if _above(asked.left, bases, 0):
            return True
        return False if _above(-asked.left, bases, 1) else None
    if _above(asked.left, bases, 1) or _above(-asked.left, bases, 1):
        return asked.holds is Is.NOT_ZERO
    if _above(asked.left, bases, 0) and _above(-asked.left, bases, 0):
        return asked.holds is Is.ZERO
    return None


def _above(left: Linear, bases: tuple[Linear, ...], least: int) -> bool:
    """Return whether left >= least, given that one of `bases` is at least 0."""
    return any(truth(left - base - least, Is.AT_LEAST_ZERO) for base in bases)


def paths(run: Callable[[Path], Result], symbols: int, doing: str,
          given: tuple[Condition, ...] = ()) -> Iterator[tuple[Path, Result]]:
    """Yield every way that `run` can go, always in the same order, with its result.

    Raises `ModelError` when a second run does not repeat the first: the model then holds state outside of the heap.
    """
    waiting: list[tuple[tuple[int, ...], tuple[object, ...]]] = [((), ())]
    while waiting:
        script, expected = waiting.pop()
        path = Path(script, symbols, given, doing)
        with oracle.consulting(path):
            result = run(path)
        if tuple(path.asked[: len(expected)]) != expected:
            message = (f"{doing} is not deterministic: run again from the same state it compared something else; "
                       "keep all state in the model and its heap objects, and let the environment `choose`")
            raise ModelError(message)
        for position in range(len(path.taken) - 1, len(script) - 1, -1):
            asked = tuple(path.asked[: position + 1])
            waiting.extend(((*path.taken[:position], way), asked) for way in range(path.ways[position] - 1, 0, -1))
        yield path, result
