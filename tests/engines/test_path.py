"""Forking runs: exhaustive, exclusive, always in the same order, and only of what is deterministic."""

import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spillproof.model import oracle
from spillproof.model.errors import ModelError
from spillproof.model.quantity import Condition, Is, Linear, comparison
from spillproof.properties.engines.automaton import path as path_module
from spillproof.properties.engines.automaton.linear import contradicts, evaluate, holds
from spillproof.properties.engines.automaton.path import MOST_DECISIONS, Path, follows, paths

A, B = Linear({0: 1}), Linear({1: 1})

linear = st.builds(
    lambda a, b, constant: Linear({place: each for place, each in enumerate((a, b)) if each} or {0: 1}, constant),
    st.integers(-2, 2), st.integers(-2, 2), st.integers(-3, 3))  # fmt: skip # as it reads
conditions = st.builds(Condition, linear, st.sampled_from(Is))
GRID = [list(point) for point in itertools.product(range(6), repeat=2)]


def condition(left: Linear | int, holds: Is) -> Condition:
    """A comparison that is not decided yet."""
    made = comparison(left, holds)
    assert isinstance(made, Condition)
    return made


@given(conditions, conditions)
def test_what_one_condition_says_of_another(known: Condition, asked: Condition) -> None:
    """Where `follows` answers, every point that meets the one answers the other so."""
    answer = follows(known, asked)

    assert answer is None or all(holds(asked, point) is answer for point in GRID if holds(known, point))


def test_a_condition_says_everything_of_itself() -> None:
    """A comparison that was made is not made again, nor is its opposite, nor a weaker one."""
    more_than_3 = condition(A - 4, Is.AT_LEAST_ZERO)
    for made in (
        condition(A - B, Is.AT_LEAST_ZERO),
        condition(A - B, Is.ZERO),
        condition(A - B, Is.NOT_ZERO),
        more_than_3,
    ):
        assert follows(made, made) is True
        assert follows(made, ~made) is False
    assert follows(more_than_3, condition(A - 3, Is.AT_LEAST_ZERO)) is True
    assert follows(more_than_3, condition(A - 2, Is.ZERO)) is False
    assert follows(more_than_3, condition(A - 5, Is.ZERO)) is None


ZERO, NOT_ZERO, AT_LEAST = Is.ZERO, Is.NOT_ZERO, Is.AT_LEAST_ZERO


@pytest.mark.parametrize(("known", "asked", "says"), [
    ((A - 3, NOT_ZERO), (A - 2, NOT_ZERO), None), ((A - 3, NOT_ZERO), (A - 3, ZERO), False),
    ((A - 4, ZERO), (A - 3, AT_LEAST), True), ((A - 4, ZERO), (A - 5, AT_LEAST), False),
    ((A - 4, ZERO), (A - B - 4, AT_LEAST), None), ((A - 4, ZERO), (A - 5, ZERO), False),
    ((4 - A, AT_LEAST), (A - 5, ZERO), False), ((4 - A, AT_LEAST), (A - 5, NOT_ZERO), True),
    ((A - 4, AT_LEAST), (2 * A - 4, AT_LEAST), True), ((A - 4, AT_LEAST), (3 - A, AT_LEAST), False),
    ((A - 4, AT_LEAST), (4 - A, AT_LEAST), None),
])  # fmt: skip # a table
def test_what_a_condition_says_is_found(known: tuple[Any, Is], asked: tuple[Any, Is], says: object) -> None:
    """Where one bound is beyond another, whatever else there is."""
    assert follows(Condition(*known), Condition(*asked)) is says


@given(conditions, st.lists(conditions, max_size=4))
def test_a_contradiction_is_one(asked: Condition, facts: list[Condition]) -> None:
    """Where facts are said to contradict, no point meets them all."""
    if contradicts(asked, facts):
        assert not any(all(holds(each, point) for each in (asked, *facts)) for point in GRID)


@given(st.lists(conditions, min_size=1, max_size=4))
def test_exactly_one_path_goes_through_each_point(asked: list[Condition]) -> None:
    """The guards of all paths are exhaustive and exclusive, and each path answers as its points do."""
    found = [*paths(lambda path: tuple(map(path.decide, asked)), 2, "test")]
    for point in GRID:
        here = [answers for path, answers in found if all(holds(each, point) for each in path.guard)]
        assert here == [tuple(holds(each, point) for each in asked)]


def test_what_is_settled_is_not_asked() -> None:
    """Each earlier comparison may settle a later one, and so may what is given: no path goes against them."""

    def run(path: Path) -> tuple[bool, ...]:
        return (A > 2, A > 5, A > 4, B > 7)

    found = [result for _, result in paths(run, 2, "test", (condition(B - 1, AT_LEAST), condition(B - 9, AT_LEAST)))]
    assert sorted(found) == [(False, False, False, True), (True, False, False, True), (True, False, True, True),
                             (True, True, True, True)]  # fmt: skip


def test_as_many_comparisons_as_may_be(monkeypatch: pytest.MonkeyPatch) -> None:
    """The limit is the most that are made."""
    monkeypatch.setattr(path_module, "MOST_DECISIONS", 2)
    assert len(list(paths(lambda _path: (A > 3, B > 3), 2, "test"))) == 4  # two, of two ways each
    with pytest.raises(ModelError, match="more than 2 comparisons"):
        list(paths(lambda _path: (A > 3, B > 3, A > B), 2, "test"))


def test_one_path_by_itself() -> None:
    """New unknowns are numbered on; one option that is best needs no fork, and is written down; nor does one part."""
    path = Path((), 2, (), "test")

    assert path.quotient(A, 1) is A
    assert [path.fresh(), path.fresh(), path.symbols] == [2, 3, 4]
    assert path.prefer(3, lambda: [1]) == 1
    assert (path.picks, path.taken) == ([1], [])


@pytest.mark.parametrize(("left", "holds", "zeros"), [
    (A + B, ZERO, {0, 1}), (-A, ZERO, {0}), (A - B, ZERO, ()), (A - 3, ZERO, ()), (3 - A, ZERO, ()),
    (A, AT_LEAST, ()), (A, NOT_ZERO, ()),
])  # fmt: skip # a table
def test_unknowns_that_are_0(left: Any, holds: Is, zeros: Any) -> None:
    """Those of a sum that is 0, whether it was compared or given; a difference may be 0 otherwise."""
    asked = Condition(left, holds)
    path = Path((), 2, (), "test")
    path.guard.append(asked)

    assert path.zeros() == Path((), 2, (asked,), "test").zeros() == frozenset(zeros)


@pytest.mark.parametrize(("dividend", "divisor"), [(A - 3, 2), (5 - A, 7), (2 * A, 3), (A, 1)])
def test_quotients_are_rounded_down(dividend: Any, divisor: int) -> None:
    """Of every size there is one quotient that the paths admit, and it is Python's."""
    found = [*paths(lambda _path: dividend // divisor, 1, "test")]
    for sizes in itertools.product(range(9), range(9)):
        admitted = {evaluate(result, sizes) for path, result in found if all(holds(each, sizes) for each in path.guard)}
        assert admitted <= {evaluate(dividend, sizes) // divisor}
    for size in range(9):
        assert any(all(holds(each, (size, q)) for each in path.guard) for path, _ in found for q in range(9))


def test_choices_are_all_taken() -> None:
    """Every combination of choices is one path, the first options come first, and the order is the same each time."""

    def run() -> list[Any]:
        return [
            (*path.picks, result)
            for path, result in paths(
                lambda _path: oracle.choose("ab") + oracle.choose("xyz") + oracle.choose("!"), 0, "test"
            )
        ]

    assert sorted(run()) == [
        (i, j, f"{a}{x}!") for (i, a), (j, x) in itertools.product(enumerate("ab"), enumerate("xyz"))
    ]
    assert run()[0] == (0, 0, "ax!")
    assert run() == run()


def test_a_preference_forks_over_the_best_only() -> None:
    """Of three options two are best; with any preference, all three are taken."""

    def pick(_path: Any) -> str:
        return oracle.preferred(["a", "b", "c"], lambda: ["a", "c"])

    assert [result for _, result in paths(pick, 0, "test")] == ["a", "c"]
    assert [result for _, result in paths(pick, 0, "test", any_preference=True)] == ["a", "b", "c"]


def test_what_compares_something_else_the_second_time_is_refused() -> None:
    """State outside of the heap shows when a run is repeated up to its first fork."""
    calls = itertools.count(1)
    with pytest.raises(ModelError, match=r"test is not deterministic: run again .* it compared something else"):
        list(paths(lambda _path: bool(next(calls) > A), 1, "test"))


def test_too_many_comparisons_are_refused() -> None:
    """A loop that counts by a size is refused at a fixed number of comparisons."""

    def drain(_path: Any) -> None:
        left: Any = A
        while left > 0:
            left -= 1

    with pytest.raises(ModelError, match=f": test makes more than {MOST_DECISIONS} comparisons"):
        list(paths(drain, 1, "test"))


def test_a_run_leaves_no_oracle_behind() -> None:
    """After a run, even one that raised, comparisons are nobody's to decide again."""
    with pytest.raises(ZeroDivisionError):
        list(paths(lambda _path: 1 // 0, 1, "test"))

    with pytest.raises(ModelError, match="unknown here"):
        bool(A > 3)


def test_equal_divisions_share_a_quotient() -> None:
    """Half of x asked for twice is one unknown, so that x // 2 == x // 2 forks nothing."""
    ((path, result),) = paths(lambda _path: A // 2 == A // 2, 1, "test")

    assert result is True
    assert len(path.defined) == 1
