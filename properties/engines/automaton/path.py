"""Running a piece of a model on unknown sizes, once for each way that its comparisons can come out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from spillproof.model import oracle
from spillproof.model.errors import ModelError, is_for_a_person, model_line
from spillproof.model.quantity import Condition, Is, Linear, comparison, is_too_long

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
        self.any_preference = False
        """Whether heuristics are ignored: each of their options is then possible."""
        self.defined: list[tuple[int, Linear, int]] = []
        """Unknowns that stand for a quotient: symbol, dividend, divisor."""
        self.doing = doing
        self.names: Callable[[int], tuple[str, int]] = super().name
        """What unknowns are called in messages."""

    def name(self, symbol: int) -> tuple[str, int]:
        return self.names(symbol)

    def note_text(self, text: str) -> None:
        if not is_for_a_person():
            self.texts = (*self.texts, (text, model_line()))

    def fresh(self) -> int:
        """Return a new unknown."""
        self.symbols += 1
        return self.symbols - 1

    def decide(self, condition: Condition) -> bool:
        known = self._settled(condition)
        if known is not None:
            return known
        self._refuse_long(condition.left)
        holds = self._next(2, condition.key()) == 0
        self.guard.append(condition if holds else ~condition)
        return holds

    def choose(self, options: int) -> int:
        pick = self._next(options, options)
        self.picks.append(pick)
        return pick

    def prefer(self, options: int, best: Callable[[], Sequence[int]]) -> int:
        if self.any_preference:
            return self.choose(options)
        preferred = best()
        pick = preferred[0] if len(preferred) == 1 else preferred[self._next(len(preferred), len(preferred))]
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
            self._refuse_long(dividend, divisor)
            symbol = self.fresh()
            known = self.quotients[key] = Linear({symbol: 1})
            self.defined.append((symbol, dividend, divisor))
            rest = dividend - known * divisor
            bounds = (comparison(rest, Is.AT_LEAST_ZERO), comparison(divisor - 1 - rest, Is.AT_LEAST_ZERO))
            self.guard.extend(each for each in bounds if isinstance(each, Condition))
        return known

    def _refuse_long(self, *sizes: Linear | int) -> None:
        if any(map(is_too_long, sizes)):
            message = f"{model_line()}: a number of more than 1,000 digits; no size has as many (action: {self.doing})"
            self.abandon(ModelError(message))

    def _next(self, ways: int, asked: object) -> int:
        position = len(self.taken)
        if position >= MOST_DECISIONS:
            message = (
                f"{model_line()}: {self.doing} makes more than {MOST_DECISIONS} comparisons of unknown sizes in "
                "one step; a loop must not count by a size"
            )
            self.abandon(ModelError(message))
        pick = self.script[position] if position < len(self.script) else 0
        self.taken.append(pick)
        self.ways.append(ways)
        self.asked.append(asked)
        return pick

    def _settled(self, condition: Condition) -> bool | None:
        """Return the truth of a condition that one earlier condition settles, or None."""
        terms = condition.left.terms.keys()
        for known in (*self.given, *self.guard):
            if not terms.isdisjoint(known.left.terms):  # what is about other unknowns settles nothing
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
    if known.holds is Is.AT_LEAST_ZERO is asked.holds:  # of most conditions, and so before all else
        return _at_least_follows(known.left, asked.left)
    both = known.holds is Is.ZERO
    above = _at_least(asked.left, 1, known.left, 0, both=both)
    if asked.holds is Is.AT_LEAST_ZERO:
        if above:
            return True
        return False if _at_least(asked.left, -1, known.left, 1, both=both) else None
    if _at_least(asked.left, 1, known.left, 1, both=both) or _at_least(asked.left, -1, known.left, 1, both=both):
        return asked.holds is Is.NOT_ZERO
    if above and _at_least(asked.left, -1, known.left, 0, both=both):
        return asked.holds is Is.ZERO
    return None


def _at_least_follows(base: Linear, left: Linear) -> bool | None:
    """Return what base >= 0 alone says of left >= 0."""
    if left.constant >= base.constant and _exceeds(left, 1, base, 1, 0):
        return True
    return False if left.constant + base.constant < 0 and _exceeds(left, -1, base, 1, 1) else None


def _at_least(left: Linear, sign: int, base: Linear, least: int, *, both: bool) -> bool:
    """Return whether sign × left >= least, given that base >= 0 (or with `both`, that base is 0)."""
    return _exceeds(left, sign, base, 1, least) or (both and _exceeds(left, sign, base, -1, least))


def _exceeds(left: Linear, sign: int, base: Linear, side: int, least: int) -> bool:
    """Return whether sign × left - side × base - least is at least 0 for all naturals, term by term."""
    if sign * left.constant - side * base.constant < least:
        return False
    terms, others = left.terms, base.terms
    for symbol, factor in others.items():  # loops, as `all` takes twice as long, and this is asked most of all
        if sign * terms.get(symbol, 0) < side * factor:
            return False
    for symbol, factor in terms.items():  # noqa: SIM110 - likewise
        if sign * factor < side * others.get(symbol, 0):
            return False
    return True


def paths(
    run: Callable[[Path], Result],
    symbols: int,
    doing: str,
    given: tuple[Condition, ...] = (),
    *,
    any_preference: bool = False,
) -> Iterator[tuple[Path, Result]]:
    """Yield every way that `run` can go, always in the same order, with its result.

    Raises `ModelError` when a second run does not repeat the first: the model then holds state outside of the heap.
    """
    waiting: list[tuple[tuple[int, ...], tuple[object, ...]]] = [((), ())]
    while waiting:
        script, expected = waiting.pop()
        path = Path(script, symbols, given, doing)
        path.any_preference = any_preference
        with oracle.consulting(path):
            result = run(path)
        if tuple(path.asked[: len(expected)]) != expected:
            message = (
                f"{doing} is not deterministic: run again from the same state it compared something else; "
                "keep all state in the model and its heap objects, and let the environment `choose`"
            )
            raise ModelError(message)
        for position in range(len(path.taken) - 1, len(script) - 1, -1):
            asked = tuple(path.asked[: position + 1])
            waiting.extend(((*path.taken[:position], way), asked) for way in range(path.ways[position] - 1, 0, -1))
        yield path, result
