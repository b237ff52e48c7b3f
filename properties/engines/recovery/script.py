"""The second half of a certificate, as SMT-LIB 2: that each way back can be taken, and that it comes to its end.

For each piece of a shape, in an order in which each rests on earlier ones: from all of its sizes that the invariant
allows, the step can be taken with the arguments that are given, no counter is below 0 after it, and an earlier piece is
reached. For a loop: where no earlier piece is, one of its steps can be taken; each leads into the loop again, and makes
its measure less, which is never below 0 there. Each question must be answered `unsat`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from spillproof.model.quantity import Condition, Is, Linear, comparison, is_natural
from spillproof.model.state import Size
from spillproof.properties.engines.automaton.linear import substitute
from spillproof.properties.engines.automaton.shapes import Conjunction, Quotients, quotients_of
from spillproof.properties.engines.proof.smtlib import linear, smt
from spillproof.properties.engines.recovery.ways_back import Piece, StepBack, WaysBack


def second_half(ways: WaysBack) -> str:
    """Return the script, which follows the first half: shapes are defined there."""
    return "\n".join(_lines(ways)) + "\n"


def _lines(ways: WaysBack) -> Iterator[str]:
    yield f"; Ways back for {ways.claim.name}: {len(ways.pieces)} pieces. Every check-sat must answer unsat."
    for number, piece in enumerate(ways.pieces):
        wrong = [*_wrong(ways, number, piece)]
        width = len(ways.automaton.shapes[piece.shape].slots)
        names = " ".join(f"q{each}" for each in range(width))
        yield f"; piece {number}, of shape {piece.shape}: {_spelled(piece)}"
        yield "(push 1)"
        yield from (f"(declare-const q{each} Int)" for each in range(width))
        yield f"(assert {f'(shape{piece.shape} {names})' if width else f'shape{piece.shape}'})"
        yield from (f"(assert {smt(each)})" for each in piece.conditions)
        yield from _quotients(piece)
        yield f"(assert (or false {' '.join(wrong)}))"
        yield "(check-sat)"
        yield "(pop 1)"


def _wrong(ways: WaysBack, number: int, piece: Piece) -> Iterator[str]:
    """Yield each way in which a piece would not lead back."""
    if piece.loop:
        assert piece.measure is not None
        earlier = [ways.pieces[each].conditions for each in ways.of_shape[piece.shape] if each < number]
        possible = [*earlier, *(step.conditions for step in piece.loop)]
        yield f"(and true {' '.join(f'(not {_all(each)})' for each in possible)})"
        if not is_natural(piece.measure):
            below = comparison(-piece.measure - 1, Is.AT_LEAST_ZERO)
            yield f"(and {_all([below])} {' '.join(f'(not {_all(each)})' for each in earlier)})"
        for step in piece.loop:
            arrived = _arrived(step)
            falls = piece.measure - substitute(piece.measure, dict(enumerate(arrived.sizes))) - 1
            kept = [*arrived.conditions, *_at(piece.conditions, arrived.sizes), comparison(falls, Is.AT_LEAST_ZERO)]
            yield _with(step.quotients, _unless(step.conditions, kept))
    elif piece.step is not None:
        arrived = _arrived(piece.step)
        goal = ways.pieces[piece.next]
        assert piece.next < number and goal.shape == arrived.shape  # noqa: PT018 - of the order, once
        reached = [*arrived.conditions, *_at(goal.conditions, arrived.sizes)]
        yield _with(piece.step.quotients, _unless((), reached))
    else:
        assert any(piece.way is each for each in ways.automaton.shapes[piece.shape].kept[ways.claim.name])
        yield _unless((), piece.way)


def _quotients(piece: Piece) -> Iterator[str]:
    """Yield what the quotients are that the claim asks about where a piece says that it is true."""
    for symbol, dividend, divisor in quotients_of(piece.way):
        rest = dividend - Linear({symbol: 1}) * divisor
        yield f"(declare-const q{symbol} Int)"
        yield f"(assert {_all(comparison(each, Is.AT_LEAST_ZERO) for each in (rest, divisor - 1 - rest))})"


class _Arrived(NamedTuple):
    """What must be so for the edges of a step to be taken with its arguments, and where that leads."""

    conditions: list[Condition | bool]
    sizes: tuple[Size, ...]
    shape: int


def _arrived(step: StepBack) -> _Arrived:
    conditions: list[Condition | bool] = []
    sizes: tuple[Size, ...] = tuple(Linear({place: 1}) for place in range(step.edges[0].width))
    shape = step.shape
    inputs = iter(step.inputs)
    for edge in step.edges:
        assert edge.source == shape
        given = [next(inputs) for _ in range(edge.width, edge.symbols)]
        conditions += [comparison(each, Is.AT_LEAST_ZERO) for each in given]
        values = [*sizes, *given]
        conditions += _at(edge.guard, values)
        sizes = tuple(substitute(each, dict(enumerate(values))) for each in edge.update)
        conditions += [comparison(each, Is.AT_LEAST_ZERO) for each in sizes if not is_natural(each)]
        shape = edge.target
    return _Arrived(conditions, sizes, shape)


def _at(conditions: Conjunction, sizes: Iterable[Size]) -> list[Condition | bool]:
    values = dict(enumerate(sizes))
    return [comparison(substitute(each.left, values), each.holds) for each in conditions]


def _with(quotients: Quotients, asked: str) -> str:
    """Return what is asked, in which unknowns are quotients: the first of them is there for the others."""
    for symbol, dividend, divisor in reversed(quotients):
        asked = f"(let ((q{symbol} (div {linear(dividend)} {divisor}))) {asked})"
    return asked


def _unless(given: Conjunction, conditions: Iterable[Condition | bool]) -> str:
    """Return that something is given and not all of the conditions hold."""
    return f"(and true {' '.join(map(smt, given))} (not {_all(conditions)}))"


def _all(conditions: Iterable[Condition | bool]) -> str:
    terms = [smt(each) if isinstance(each, Condition) else "true" if each else "false" for each in conditions]
    return f"(and true {' '.join(terms)})"


def _spelled(piece: Piece) -> str:
    if piece.loop:
        assert piece.measure is not None
        return f"a loop of {len(piece.loop)} steps that make {linear(piece.measure)} less"
    if piece.step is None:
        return "the claim is true"
    return f"{', '.join(edge.move.action for edge in piece.step.edges)} leads to piece {piece.next}"
