"""Forking runs: exhaustive, exclusive, always in the same order, and only of what is deterministic."""

import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spillproof.model import oracle
from spillproof.model.errors import ModelError
from spillproof.model.quantity import Condition, Is, Linear, comparison
from spillproof.properties.engines.automaton.linear import contradicts, holds
from spillproof.properties.engines.automaton.path import MOST_DECISIONS, follows, paths

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

    with pytest.raises(ModelError, match=f"more than {MOST_DECISIONS} comparisons"):
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
