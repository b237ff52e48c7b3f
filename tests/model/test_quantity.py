"""Sizes that are not known yet: arithmetic, comparisons, and what is refused."""

import contextlib
import math
from collections.abc import Callable
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spillproof.model import oracle
from spillproof.model.errors import ModelError
from spillproof.model.quantity import Condition, Is, Linear, Needed, Opaque, comparison, is_natural, truth
from spillproof.model.system import require
from spillproof.properties.engines.automaton.linear import evaluate, substitute
from spillproof.properties.engines.automaton.linear import holds as holds_at
from spillproof.properties.engines.automaton.path import Path, paths

A, B, C = (Linear({symbol: 1}) for symbol in range(3))
FIELD = (object, "size")

Expression = Callable[[list[Any]], Any]
"""What a model may compute from three sizes. On integers it is the reference."""

constants = st.integers(-6, 6)
points = st.lists(st.integers(0, 9), min_size=3, max_size=3)


def spelled(text: str) -> Expression:
    """An expression over the sizes x, y and z."""
    code = compile(text, text, "eval")
    return lambda sizes: eval(code, dict(zip("xyz", sizes, strict=True)))  # noqa: S307 - our own text


def combined(parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Longer expressions made of shorter ones."""
    several = st.lists(parts, min_size=1, max_size=3).map(", ".join)
    return st.one_of(
        st.builds("({} + {})".format, parts, parts),
        st.builds("({} - {})".format, parts, parts),
        st.builds("({} * {})".format, parts, constants),
        st.builds("({} // {})".format, parts, st.sampled_from([-3, -1, 1, 2, 5])),
        st.builds("({} % {})".format, parts, st.sampled_from([-4, -1, 1, 3])),
        st.builds("divmod({}, 3)[1]".format, parts),
        st.builds("(-{})".format, parts),
        st.builds("abs({})".format, parts),
        st.builds("min([{}])".format, several),
        st.builds("max([{}])".format, several),
        st.builds("sorted([{}])[0]".format, several),
        st.builds("sum([{}])".format, several),
        st.builds("round({})".format, parts),
        st.builds("({} if {} {} {} else {})".format, parts, parts, comparisons, parts, parts),
        st.builds("sum(each {} {} for each in [{}])".format, comparisons, parts, several),
        st.builds("(({} > {}) == ({} > {})) + 0".format, parts, parts, parts, parts),
        st.builds("({} > {}) * {}".format, parts, parts, parts).map("({})".format),
    )


comparisons = st.sampled_from(["<", "<=", "==", "!=", ">", ">="])
expressions = st.recursive(st.sampled_from(["x", "y", "z"]) | constants.map("({})".format), combined, max_leaves=6)


def values_at(path: Path, point: list[int]) -> list[int]:
    """A value for each unknown of a path: those given, then the quotients."""
    values = [*point, *[0] * (path.symbols - len(point))]
    for symbol, dividend, divisor in path.defined:
        values[symbol] = evaluate(dividend, values) // divisor
    return values


def met(path: Path, point: list[int]) -> bool:
    """Whether a path's guard holds at a point."""
    return all(holds_at(condition, values_at(path, point)) for condition in path.guard)


@given(expressions, points)
def test_symbolic_and_concrete_agree(text: str, point: list[int]) -> None:
    """At each point exactly one path's guard holds, and its result there is what the integers give."""
    expression = spelled(text)
    results = []
    for path, result in paths(lambda _path: expression([A, B, C]), 3, "test"):
        values = values_at(path, point)
        if all(holds_at(condition, values) for condition in path.guard):
            results.append(evaluate(result, values))

    assert results == [expression(point)]


@given(st.lists(constants, min_size=3, max_size=3), constants, st.sampled_from(Is), points)
def test_truth_is_that_of_the_point(factors: list[int], constant: int, holds: Is, point: list[int]) -> None:
    """What `truth` says of all naturals is so at each, and the opposite of a condition is false where it is true."""
    terms = {symbol: factor for symbol, factor in enumerate(factors) if factor}
    left = Linear(terms, constant) if terms else constant
    here = truth(evaluate(left, point), holds)

    assert truth(left, holds) in (here, None)
    if isinstance(left, Linear):
        condition = Condition(left, holds)
        assert holds_at(condition, point) is here
        assert holds_at(~condition, point) is not here


@given(st.lists(constants, min_size=3, max_size=3), constants, comparisons, points)
def test_a_comparison_keeps_its_meaning(factors: list[int], constant: int, operator: str, point: list[int]) -> None:
    """The simplest form of a comparison is true exactly where the comparison is."""
    expression = spelled(f"{factors[0]} * x + {factors[1]} * y {operator} {factors[2]} * z + {constant}")
    answers = [answer for path, answer in paths(lambda _path: expression([A, B, C]), 3, "test") if met(path, point)]

    assert answers == [expression(point)]


@given(st.lists(constants, min_size=3, max_size=3), points, points)
def test_substitution_then_evaluation(factors: list[int], inner: list[int], point: list[int]) -> None:
    """Putting expressions in and evaluating gives what evaluating them first gives."""
    outer = Linear({symbol: factor for symbol, factor in enumerate(factors) if factor} or {0: 1}, 3)
    new = {0: A + 2 * B, 1: inner[0], 2: C - A}
    first = [evaluate(new[symbol], point) for symbol in range(3)]

    assert evaluate(substitute(outer, new), point) == evaluate(outer, first)


def test_normal_forms() -> None:
    """Over naturals, x != 0 is x >= 1, and 0 >= x is x == 0, so that equal conditions have equal keys."""

    def one_key(*comparisons: Any) -> bool:
        return len({each.key() for each in comparisons}) == 1

    nonzero, zero = comparison(A, Is.NOT_ZERO), comparison(A, Is.ZERO)

    assert one_key(nonzero, comparison(A - 1, Is.AT_LEAST_ZERO), comparison(-A, Is.NOT_ZERO))
    assert one_key(zero, comparison(-A, Is.AT_LEAST_ZERO))
    assert not one_key(nonzero, zero)


def test_settled_comparisons_do_not_fork() -> None:
    """A comparison that all naturals answer alike is a plain bool."""
    assert (A >= 0, A + 1 > 0, A < 0, A + B + 1 == 0, A - A == 0) == (True, True, False, False, True)


def test_nothing_is_left_of_what_cancels() -> None:
    """An expression without unknowns is an int, so that it is a constant of the shape."""
    assert type(A - A) is int
    assert type(A * 0) is int
    assert type(A + B - B - A + 7) is int


@pytest.mark.parametrize("divisor", [1, 2, 3, 7, -2])
@pytest.mark.parametrize("dividend", [-15, -7, -1, 0, 1, 6, 13])
def test_quotients_round_down(dividend: int, divisor: int) -> None:
    """A negative dividend rounds down as integers do, for `//` and `%`."""
    start = dividend + 15
    found = []
    for path, both in paths(lambda _path: ((A - 15) // divisor, (A - 15) % divisor), 1, "test"):
        values = values_at(path, [start])
        if all(holds_at(condition, values) for condition in path.guard):
            found.append(tuple(evaluate(each, values) for each in both))

    assert found == [divmod(dividend, divisor)]


RAISES: list[tuple[str, Callable[[Any], object]]] = [
    ("// 0", lambda size: size // 0),
    ("% 0", lambda size: size % 0),
    ("divmod by 0", lambda size: divmod(size, 0)),
    ("> None", lambda size: size > None),
    ("< text", lambda size: size < "x"),
    ("in a sorted list", lambda size: sorted([size, "x"])),
    ("+ None", lambda size: size + None),
    ("None -", lambda size: None - size),
    ("text +", lambda size: "x" + size),
    ("a sum with None", lambda size: sum(cast("list[int]", [size, None]))),
    ("× None", lambda size: size * None),
    ("// text", lambda size: size // "x"),
    ("% None", lambda size: size % None),
    ("an attribute", lambda size: size.size),
    ("setting an attribute", lambda size: setattr(size, "size", 1)),
    ("len", len),
    ("a call", lambda size: size()),
    ("an item", lambda size: size[0]),
    ("iteration", list),
    ("unpacking", lambda size: [*size]),
    ("in", lambda size: 3 in size),
    ("in text", lambda size: size in "abc"),
    ("min of one", min),
]


@pytest.mark.parametrize("raises", [pytest.param(each[1], id=each[0]) for each in RAISES])
def test_what_integers_raise_sizes_raise(raises: Callable[[Any], object]) -> None:
    """What is the model's exception on integers is so on unknown sizes, with the same words of Python."""
    with pytest.raises((TypeError, AttributeError, ZeroDivisionError)) as on_an_integer:
        raises(3)
    with pytest.raises(on_an_integer.type) as on_a_size, oracle.consulting(Path((), 2, (), "grow")):
        raises(A)

    assert str(on_a_size.value) == str(on_an_integer.value)


def test_truth_of_a_size() -> None:
    """A size is true exactly when it is not 0."""
    found = [([*map(repr, path.guard)], result) for path, result in paths(lambda _path: bool(A), 1, "test")]

    assert found == [(["q0 - 1 >= 0"], True), (["q0 == 0"], False)]


@pytest.mark.parametrize("whole", [math.floor, math.ceil, math.trunc, round])
def test_a_size_is_whole(whole: Callable[[Any], Any]) -> None:
    """Rounding a size gives the size."""
    assert whole(A) is A


def test_comparisons_count_as_bools() -> None:
    """Comparisons can be added up, compared and combined as bools can."""

    def count() -> list[Any]:
        return [
            sum(each > 2 for each in (A, B)),
            (A > 2) == (B > 2),
            (A > 2) & (B > 2),
            (A > 2) ^ (B > 2),
            (A > 2) | False,
        ]

    found = {tuple(result) for _, result in paths(lambda _path: count(), 2, "test")}

    assert found == {
        (2, True, True, False, True),
        (1, False, False, True, True),
        (1, False, False, True, False),
        (0, True, False, False, False),
    }


REFUSED: list[tuple[str, Callable[[], object], str, str]] = [
    ("a dict key", lambda: {A: 1}, "hash(q0)", "key by an object"),
    ("a set member", lambda: {A}, "hash(q0)", "keep the sizes in a list"),
    ("range", lambda: range(A), "range, index or int of (q0)", "compare and subtract"),
    ("int()", lambda: int(A), "int of (q0)", "compare and subtract"),
    ("an index", lambda: [1, 2][A], "(q0)", "compare and subtract"),
    ("a repetition", lambda: [1] * A, "(q0)", "compare and subtract"),
    ("its class", lambda: cast("Any", type(A))(3), "type(…)(3)", "write int(…)"),
    ("float()", lambda: float(A), "float(q0)", "// by a constant"),
    ("a float added", lambda: A + 0.5, "q0 + 0.5", "use integers"),
    ("a float compared", lambda: A < 0.5, "q0 < 0.5", "use integers"),
    ("a float equal", lambda: A == 1.0, "q0 == 1.0", "use integers"),
    ("a fraction of a size", lambda: A * 0.5, "q0 × 0.5", "use integers"),
    ("/", lambda: A / 2, "(q0) / 2", "write // by a constant"),
    ("/ by a size", lambda: 2 / A, "2 / (q0)", "divide by a constant"),
    ("// by a size", lambda: A // B, "(q0) // (q1)", "divide by a constant"),
    ("% by a size", lambda: A % B, "(q0) % (q1)", "divide by a constant"),
    ("an int // by a size", lambda: 8 // A, "8 // (q0)", "divide by a constant"),
    ("an int % by a size", lambda: 8 % A, "8 % (q0)", "divide by a constant"),
    ("divmod by a size", lambda: divmod(8, A), "divmod(8, q0)", "divide by a constant"),
    ("a product", lambda: A * B, "(q0) × (q1)", "make one of them a constant"),
    ("a power", lambda: A**2, "(q0) ** 2", "multiply by a constant"),
    ("a power of two", lambda: 2**A, "2 ** (q0)", "a size that is doubled"),
    ("<<", lambda: A << 1, "(q0) shifted", "multiply or divide"),
    ("1 <<", lambda: 1 << A, "(q0) shifted", "multiply or divide"),
    (">>", lambda: A >> 1, "(q0) shifted", "multiply or divide"),
    ("&", lambda: A & 7, "q0 and 7", "% by a constant"),
    ("7 &", lambda: 7 & A, "q0 and 7", "% by a constant"),
    ("~", lambda: ~A, "q0", "compare sizes"),
    ("bit_length", lambda: A.bit_length() + 1, "(q0).bit_length", "compare and subtract"),
    ("round to hundreds", lambda: round(A, -2), "round(q0, -2)", "// by a constant"),
    ("math.sqrt", lambda: math.sqrt(A), "float(q0)", "// by a constant"),
    ("math.isqrt", lambda: math.isqrt(A), "(q0)", "compare and subtract"),
]


@pytest.mark.parametrize(("ask", "seen", "instead"), [pytest.param(*each[1:], id=each[0]) for each in REFUSED])
def test_what_is_not_linear_is_refused(ask: Callable[[], object], seen: str, instead: str) -> None:
    """The message names the expression, the action, this file and line, and what to write instead."""
    with pytest.raises(ModelError) as refused, oracle.consulting(Path((), 2, (), "grow")):
        ask()
    message = str(refused.value)

    assert seen in message
    assert instead in message
    assert "(action: grow)" in message
    assert f"test_quantity.py:{ask.__code__.co_firstlineno}, in <lambda>" in message


def test_sizes_may_be_printed() -> None:
    """Text may be made of a size; the marks around it show that it is one."""
    assert f"{A + 1} of {B:>5}" == "⟨q0 + 1⟩ of ⟨q1⟩"


def test_without_an_engine_a_comparison_is_refused() -> None:
    """Outside of a run nobody decides a comparison of unknown sizes."""
    with pytest.raises(ModelError, match="compares sizes that are unknown here"):
        bool(A > B)


def opaque(*, signed: bool = False) -> Any:
    """A sliced size of one field."""
    return Opaque(frozenset({FIELD}), signed=signed)


ASKING: list[Callable[[Any], object]] = [
    lambda o: o < 1,
    lambda o: o > 1,
    lambda o: o == 1,
    lambda o: o != A,
    bool,
    int,
    hash,
    lambda o: o / 2,
    lambda o: 2 / o,
    lambda o: o // A,
    lambda o: o // 0,
    lambda o: 8 // o,
    lambda o: A // o,
    lambda o: o % o,
    lambda o: o**2,
    lambda o: 2**o,
    lambda o: o << 1,
    lambda o: o & 1,
    abs,
    round,
    math.floor,
    lambda o: divmod(o, 2),
    lambda o: max(o, 3),
    range,
    lambda o: o.bit_length(),
    float,
]


@pytest.mark.parametrize("ask", ASKING)
def test_a_sliced_size_that_matters_is_needed(ask: Callable[[Any], object]) -> None:
    """Whatever depends on the value of a sliced size says which field is needed after all."""
    with pytest.raises(Needed) as needed, oracle.consulting(Path((), 2, (), "grow")):
        ask(opaque())

    assert needed.value.fields == {FIELD}


TEXTS: list[Callable[[Any], str]] = [str, repr, "{}".format, "{:>5}".format, lambda o: f"{o} B", lambda o: f"{o!r}"]


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("size", [A, Opaque(frozenset({FIELD}))], ids=["unknown", "sliced"])
def test_text_of_a_size_is_noted(text: Callable[[Any], str], size: Any) -> None:
    """Text of a size is refused at the end of the step, unless the step raised it: nobody knows what it reads as."""
    path = Path((), 1, (), "grow")
    with oracle.consulting(path):
        said = text(size)

    path.end_step(ValueError(said))
    with pytest.raises(ModelError, match="compare the size, not its text"):
        path.end_step(ValueError("no room"))


def test_what_ends_a_step_ends_it_whatever_is_caught() -> None:
    """A refusal, a guard and a needed quantity count, even if the model catches them; the first one does."""
    path = Path((), 1, (), "grow")
    with oracle.consulting(path):
        for each in (lambda: hash(A), lambda: opaque() > 1, lambda: require(False)):
            with contextlib.suppress(BaseException):
                each()

    with pytest.raises(ModelError, match="cannot be a dict key"):
        path.end_step()


def test_two_sliced_sizes_are_both_needed() -> None:
    """A sum of sliced sizes needs each of them."""
    other = Opaque(frozenset({(object, "other")}))
    with pytest.raises(Needed) as needed:
        bool(opaque() + other > 0)

    assert needed.value.fields == {FIELD, (object, "other")}


def test_the_sign_of_a_sliced_size() -> None:
    """A sliced size stays natural under + and × with naturals, and may be negative once one is subtracted."""
    size = opaque()

    assert all(map(is_natural, [size, size + 1, 1 + size, size * 3, A + size, size + size, size // 2, size % 2]))
    assert not any(map(is_natural, [-size, size - 1, A - size, size - size, size + -1, size * -1, size + (A - B)]))
    assert not is_natural((size - 1) + 5)


def test_a_sliced_size_is_not_none() -> None:
    """Whether there is a size at all does not depend on its value."""
    size = opaque()

    assert size is not None
    assert not (size == None)  # noqa: E711, SIM201 - a model may write so
    assert size != None  # noqa: E711 - likewise
