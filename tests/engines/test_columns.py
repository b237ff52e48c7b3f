"""Columns: a step of many states at once, against the same step of each by hand."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from spillproof.model.errors import ModelError
from spillproof.model.quantity import Condition, Is, Linear
from spillproof.properties.engines.automaton.shapes import Edge, Move
from spillproof.properties.engines.exploration.canonical import State
from spillproof.properties.engines.exploration.columns import (
    LARGEST_FACTOR,
    QUOTIENTS,
    ColumnStep,
    Compiler,
    Embedding,
    Growth,
    Overflow,
    Rows,
    ways_of,
)
from spillproof.properties.engines.exploration.packed import Packing

Q0, Q1, Q2, Q3 = (Linear({symbol: 1}) for symbol in range(4))
ONE, TWO, THREE = ("one",), ("two",), ("three",)


def test_how_conditions_are_told() -> None:
    """Turned so that the first factor is above 0; what is known is put in; none is left of what cannot be."""
    asked = (
        Condition(Q1 * 2 - Q0 - 6, Is.AT_LEAST_ZERO),
        Condition(Q2 * 2 - 6, Is.ZERO),
        Condition(Q2 - 5, Is.NOT_ZERO),
        Condition(Q3 - 4, Is.ZERO),
        Condition(Q2 - 5, Is.NOT_ZERO),
        Condition(Q2 - 7, Is.AT_LEAST_ZERO),
    )
    known: dict[int, Any] = {3: 4}

    assert ways_of([asked, (Condition(Q3, Is.ZERO),), ()], known) == (
        (
            (((0, 1), (1, -2)), np.less_equal, -6),
            (((2, 2),), np.equal, 6),
            (((2, 1),), np.not_equal, 5),
            (((2, 1),), np.greater_equal, 7),
        ),
        (),
    )


@pytest.mark.parametrize("sign", [1, -1])
def test_factors_that_are_too_large(sign: int) -> None:
    """Sums of them might overflow: the largest is taken, and one more is not."""
    large = Linear({0: sign * (LARGEST_FACTOR - 1), 1: 1})

    assert len(ways_of([(Condition(large - 9, Is.NOT_ZERO),)], {})) == 1
    with pytest.raises(ModelError, match="use the plain walk"):
        ways_of([(Condition(large + Q2 - 9, Is.NOT_ZERO),)], {})


@pytest.mark.parametrize("wide", [8, 40])
def test_where_a_step_leads(wide: int) -> None:
    """From one skeleton to another, whose sizes stand elsewhere, in one word or in two; whatever it is made from."""
    packing = Packing([ONE, TWO], [[8, 8], [8, wide, wide]])
    states = [State(ONE, values) for values in ((0, 0), (1, 2), (9, 4), (100, 100))]
    compiler = Compiler(packing, [], Embedding(0, (1, 0), frozenset()), 0)
    update: list[Any] = [Q0 + Q1, 7, Q1 * 2 + 3]
    codes = packing.pack(states)
    rows = Rows(codes, packing.split(codes), compiler.read_size, compiler.quotients)
    mask = np.array([True, False, True, True])
    q1, q0 = (np.array(each)[mask] for each in ([0, 1, 9, 100], [0, 2, 4, 100]))

    for order, after in (((2, -1, 0), (q1 * 2 + 3, 0 * q0, q0 + q1)), ((0, 1, 2), (q0 + q1, 0 * q0 + 7, q1 * 2 + 3))):
        packed = compiler.pack(1, order, update)
        expected = packing.pack([State(TWO, tuple(map(int, each))) for each in zip(*after, strict=True)])
        assert packing.join(packed.of(rows, mask, 3)).tolist() == expected.tolist()


@pytest.mark.parametrize(
    ("update", "from_source", "factors"),
    [
        ([Q0, Q1], True, {}),
        ([Q0, Q1 + 3], True, {}),
        ([Q0 - Q1, Q1], True, {1: -1 << 55}),
        ([0, 5], False, {}),
        ([0, Q1], True, {0: -1 << 55}),
        ([Q0, Q0], False, {0: (1 << 55) + (1 << 47)}),
        ([Q1, Q1], False, {1: (1 << 55) + (1 << 47)}),
        ([Q2, 0], False, {2: 1 << 55}),
    ],
)
def test_whichever_takes_fewer_operations(update: list[Any], factors: dict[int, int], *, from_source: bool) -> None:
    """What is to be added to the source, or to 0: a size that stays costs nothing from the source."""
    packing = Packing([ONE, TWO], [[8, 8]] * 2)
    packed = Compiler(packing, [], Embedding(0, (0, 1), frozenset()), 0).pack(1, (0, 1), update)

    assert packed.from_source is from_source
    assert dict(packed.factors[0]) == {symbol: factor % (1 << 64) for symbol, factor in factors.items()}


def test_the_rank_stands_once() -> None:
    """From a source of another rank, its own is taken away."""
    packing = Packing([ONE, TWO, THREE], [[8]] * 3)
    compiler = Compiler(packing, [], Embedding(0, (0,), frozenset()), 1)

    assert compiler.pack(2, (0,), [Q0]).constants[0] == 1 << packing.top


def test_sizes_that_may_not_fit() -> None:
    """Those of which not even the bits of the sources say so; quotients are not known before; where they may go."""
    packing = Packing([ONE, TWO], [[3, 4], [4, 3, 5]])
    form: Any = SimpleNamespace(skeleton=TWO, orders=[(0, 1, 2), (0, 2, 1)])
    compiler = Compiler(packing, [form], Embedding(0, (0, 1), frozenset()), 0)
    quotient = Linear({QUOTIENTS: 1})

    def growths(*update: Any) -> list[Growth]:
        return list(compiler.growths(form, 1, list(update)))

    spots = ((1, 1), (1, 2))
    assert growths(Q0 * 2 + 1, Q0, Q0 - Q1) == []
    assert growths(Q0 * 2 + 2 - Q1, 3, quotient + Q0) == [
        (Q0 * 2 + 2 - Q1, 15, ((1, 0), (1, 0))), (quotient + Q0, 7, ((1, 2), (1, 1))),
    ]  # fmt: skip
    assert growths(Q0 * 2 + 2, Q1, 7) == [(Q0 * 2 + 2, 15, ((1, 0), (1, 0))), (Q1, 7, spots)]
    assert growths(15, 8, quotient) == [(8, 7, spots), (quotient, 7, ((1, 2), (1, 1)))]


@pytest.mark.parametrize(
    ("value", "needed"),
    [(Q0 - 2, None), (Q0 - 1, {(1, 0): 4}), (Q0 + Q1, {(1, 0): 4}), (9, {(1, 0): 4}), (7, None), (Q0 - Q1, None)],
)
def test_bits_that_are_needed(value: Any, needed: dict[tuple[int, int], int] | None) -> None:
    """Of the states that take the step alone: here of (9, 5) and (2, 6), of which the second has the larger sum."""
    packing = Packing([ONE, TWO], [[8, 8], [3]])
    codes = packing.pack([State(ONE, (9, 5)), State(ONE, (2, 6)), State(ONE, (200, 0))])
    compiler = Compiler(packing, [], Embedding(0, (0, 1), frozenset()), 0)
    rows = Rows(codes, packing.split(codes), compiler.read_size, compiler.quotients)
    step: Any = SimpleNamespace(growths=[Growth(value, 7, ((1, 0),))])
    try:
        ColumnStep.check(step, rows, np.array([True, True, False]))
        found = None
    except Overflow as overflow:
        found = overflow.needed
    assert found == needed


def test_arguments_and_quotients() -> None:
    """A step for each choice of the arguments that its guard does not rule out; each quotient has its number once."""
    packing = Packing([ONE], [[8]])
    form: Any = SimpleNamespace(skeleton=ONE, orders=[(0,)])
    compiler = Compiler(packing, [form], Embedding(0, (0,), frozenset()), 0)
    quotients = ((2, Q0 + Q1, 4), (3, Q1 * 4 + 2, 2))
    edge = Edge(0, 0, Move("go", ()), (Condition(-Q3 + 5, Is.AT_LEAST_ZERO),), 0, (Q2 + Q3,), 1, 4, (1,), quotients)
    steps = list(compiler.steps(edge, {"c": [(Condition(Q2 - 1, Is.ZERO),)]}, 4))
    codes = packing.pack([State(ONE, (9,))])
    rows = Rows(codes, packing.split(codes), compiler.read_size, compiler.quotients)

    after = [packing.unpack(each.targets(rows, None, packing)).values for each in steps]
    assert after == [((9 + 0) // 4 + 2 // 2,), ((9 + 1) // 4 + 6 // 2,), ((9 + 2) // 4 + 10 // 2,)]
    assert [each.claims["c"][0][0].terms for each in steps] == [((QUOTIENTS + number, 1),) for number in (0, 1, 2)]
    assert compiler.quotients.symbol(Q0 + 1, 4) == QUOTIENTS + 1
    assert [(each.rank, each.raises) for each in steps] == [(0, False)] * 3


@pytest.mark.parametrize("ways", [0, 1, 2])
@pytest.mark.parametrize("masked", [False, True])
def test_where_a_step_may_land(ways: int, *, masked: bool) -> None:
    """Nowhere where a counter is below 0 in one of the ways; of the states that take it."""
    packing = Packing([ONE], [[8]])
    form: Any = SimpleNamespace(skeleton=ONE, orders=[(0,)])
    compiler = Compiler(packing, [form], Embedding(0, (0,), frozenset()), 0)
    negative: Any = [(Condition(Q0 - number, Is.ZERO),) for number in (2, 3)][:ways]
    edge = Edge(0, 0, Move("go", ()), (), 0, (Q0,), 1, 1, (), negative=negative)
    (step,) = compiler.steps(edge, {}, 1)
    codes = packing.pack([State(ONE, (each,)) for each in (1, 2, 3, 4)])
    rows = Rows(codes, packing.split(codes), compiler.read_size, compiler.quotients)

    landing = step.landing(rows, np.array([True, True, True, False]) if masked else None)
    below = [[], [2], [2, 3]][ways]
    expected = [each not in below and not (masked and each == 4) for each in (1, 2, 3, 4)]
    assert (landing is None) is (not ways and not masked)
    assert landing is None or landing.tolist() == expected


def test_a_step_that_raises() -> None:
    """It leads nowhere, and is no step to the states of any rank."""
    edge = Edge(0, 0, Move("go", ()), (Condition(Q0 - 2, Is.ZERO),), -1, (), 1, 1, ())
    compiler = Compiler(Packing([ONE], [[8]]), [], Embedding(0, (0,), frozenset()), 0)

    ways: Any = {"c": [(Condition(Q0 - 3, Is.ZERO),)]}
    guard: Any = ((((0, 1),), np.equal, 2),)
    claims: Any = {"c": (((((0, 1),), np.equal, 3),),)}
    assert list(compiler.steps(edge, ways, 1)) == [ColumnStep(guard, (), claims, True, -1, (), ())]


@pytest.mark.parametrize("wide", [8, 40])
def test_the_least_of_all_symmetries(wide: int) -> None:
    """A target with two alike members is put so that the smaller number comes first, in one word or in two."""
    packing = Packing([ONE], [[wide, wide]])
    form: Any = SimpleNamespace(skeleton=ONE, orders=[(0, 1), (1, 0)])
    compiler = Compiler(packing, [form], Embedding(0, (0, 1), frozenset()), 0)
    (step,) = compiler.steps(Edge(0, 0, Move("go", ()), (), 0, (Q0, Q1 + 2), 2, 2, ()), {}, 1)
    codes = packing.pack([State(ONE, values) for values in ((1, 5), (7, 3), (9, 9))])
    rows = Rows(codes, packing.split(codes), compiler.read_size, compiler.quotients)

    expected = packing.pack([State(ONE, values) for values in ((1, 7), (5, 7), (9, 11))])
    assert step.targets(rows, None, packing).tolist() == expected.tolist()
    assert step.targets(rows, np.array([False] * 3), packing).tolist() == []


def test_sums_of_columns() -> None:
    """A sum of sizes, whatever the factors; and which rows meet one of the ways: all, where nothing is asked."""
    packing = Packing([ONE], [[8, 8]])
    compiler = Compiler(packing, [], Embedding(0, (0, 1), frozenset()), 0)
    codes = packing.pack([State(ONE, values) for values in ((1, 5), (7, 3), (9, 9))])
    rows = Rows(codes, packing.split(codes), compiler.read_size, compiler.quotients)

    for one, other in ((1, 1), (1, -1), (1, 3), (1, -3), (2, 1), (3, -1), (3, 2)):
        expected = [one * x + other * y for x, y in ((1, 5), (7, 3), (9, 9))]
        assert rows.sum(((0, one), (1, other))).tolist() == expected
    ways = ways_of([(Condition(Q0 - 7, Is.ZERO),), (Condition(Q1 - 9, Is.ZERO),)], {})
    assert rows.where_any(ways).tolist() == [False, True, True]
    assert rows.where_any([*ways, ()]).tolist() == [True] * 3


def test_a_target_that_does_not_fit() -> None:
    """It is said, but where no state takes the step."""
    packing = Packing([ONE], [[3]])
    form: Any = SimpleNamespace(skeleton=ONE, orders=[(0,)])
    compiler = Compiler(packing, [form], Embedding(0, (0,), frozenset()), 0)
    (step,) = compiler.steps(Edge(0, 0, Move("go", ()), (), 0, (Q0 + 3,), 1, 1, ()), {}, 1)
    codes = packing.pack([State(ONE, (5,))])
    rows = Rows(codes, packing.split(codes), compiler.read_size, compiler.quotients)

    with pytest.raises(Overflow):
        step.targets(rows, None, packing)
    assert step.targets(rows, np.array([False]), packing).tolist() == []
