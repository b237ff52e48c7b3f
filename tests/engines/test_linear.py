"""Linear expressions put into each other, evaluated, and added up to a contradiction: by hand and by points."""

import itertools

import pytest

from spillproof.model.quantity import Condition, Is, Linear
from spillproof.properties.engines.automaton.linear import contradicts, evaluate, holds, substitute
from spillproof.properties.engines.automaton.path import Path, follows

A, B, C = Linear({0: 1}), Linear({1: 1}), Linear({2: 1})
SUM = Linear({0: 2, 1: -3}, 5)
"""2a - 3b + 5"""


def told(value: object) -> object:
    """An expression as its terms and its constant; a number as it is."""
    return (value.terms, value.constant) if isinstance(value, Linear) else value


@pytest.mark.parametrize(
    ("replacements", "becomes"),
    [
        ({}, ({0: 2, 1: -3}, 5)),
        ({2: 7}, ({0: 2, 1: -3}, 5)),
        ({0: 4}, ({1: -3}, 13)),  # 8 - 3b + 5
        ({0: 4, 1: 2}, 7),  # 8 - 6 + 5
        ({0: Linear({2: 1}, 1)}, ({2: 2, 1: -3}, 7)),  # 2c + 2 - 3b + 5
        ({0: Linear({1: 1}, 1)}, ({1: -1}, 7)),  # 2b + 2 - 3b + 5
        ({0: Linear({1: 3}), 1: Linear({1: 2})}, 5),  # 6b - 6b + 5
        ({0: B, 1: A}, ({1: 2, 0: -3}, 5)),  # at once, and not one after the other
        ({1: Linear({0: 1, 2: 2}, -4)}, ({0: -1, 2: -6}, 17)),  # 2a - 3a - 6c + 12 + 5
    ],
)
def test_substitution(replacements: dict[int, Linear | int], becomes: object) -> None:
    """Unknowns are replaced all at once; what vanishes is not kept, and what is left without unknowns is a number."""
    assert told(substitute(SUM, replacements)) == becomes
    assert told(SUM) == ({0: 2, 1: -3}, 5)


def test_a_number_has_nothing_to_replace() -> None:
    """A number stays as it is."""
    assert substitute(7, {0: A}) == 7


def test_evaluation() -> None:
    """2a - 3b + 5 is 9 for a = 5, b = 2; a number is itself."""
    assert evaluate(SUM, [5, 2]) == 9
    assert evaluate(7, []) == 7


@pytest.mark.parametrize(("a", "true"), [(1, (False, False, True)), (2, (True, True, False)), (3, (True, False, True))])
def test_conditions(a: int, true: tuple[bool, bool, bool]) -> None:
    """That a - 2 is at least 0, is 0, is not 0: each says what it says on numbers."""
    kinds = (Is.AT_LEAST_ZERO, Is.ZERO, Is.NOT_ZERO)

    assert tuple(holds(Condition(A - 2, each), [a]) for each in kinds) == true


def positive(*left: Linear | int) -> list[Condition]:
    """That each is at least 0."""
    return [Condition(each, Is.AT_LEAST_ZERO) for each in left if isinstance(each, Linear)]


def chain(links: int) -> list[Condition]:
    """x0 < x1 < … , so many times."""
    return positive(*(Linear({link: -1, link + 1: 1}, -1) for link in range(links)))


def test_a_contradiction_needs_a_negative_sum() -> None:
    """That a ≥ 2 and a ≤ 1 adds up to -1; that a ≥ 2 and a ≤ 2 adds up to 0, which is no contradiction."""
    (asked,) = positive(A - 2)

    assert contradicts(asked, positive(1 - A))
    assert not contradicts(asked, positive(2 - A))
    assert not contradicts(asked, positive(A))
    assert not contradicts(asked, [])


def test_an_expression_that_can_only_fall() -> None:
    """-a - 1 ≥ 0 is false for all naturals without any fact, -a ≥ 0 is not."""
    assert contradicts(Condition(-A - 1, Is.AT_LEAST_ZERO), [])
    assert not contradicts(Condition(Linear({0: -1}), Is.AT_LEAST_ZERO), [])


def test_an_equation_is_two_inequalities() -> None:
    """That a = 3, either way round, is asked against a ≤ 2, and a ≥ 4 against it; a ≠ 3 contradicts neither."""
    (less,), (more,) = positive(2 - A), positive(A - 4)

    for equal in (A - 3, 3 - A):
        assert isinstance(equal, Linear)
        assert contradicts(Condition(equal, Is.ZERO), [less])
        assert contradicts(more, [Condition(equal, Is.ZERO)])
        for other in (less, more):
            assert not contradicts(Condition(equal, Is.NOT_ZERO), [other])
            assert not contradicts(other, [Condition(equal, Is.NOT_ZERO)])


def test_four_facts_are_added_and_not_five() -> None:
    """x0 ≥ x1 > … > x0 goes round: four facts are added at most, so that a circle of five is left to the solver."""
    for links in (1, 2, 3, 4):
        assert contradicts(Condition(Linear({0: 1, links: -1}), Is.AT_LEAST_ZERO), chain(links))
    assert not contradicts(Condition(Linear({0: 1, 5: -1}), Is.AT_LEAST_ZERO), chain(5))


def test_a_fact_that_does_not_help_does_no_harm() -> None:
    """The fact that sinks the expression is found among others, whichever comes first."""
    facts = positive(B - A, A + B, 1 - A)

    assert all(contradicts(Condition(A - 2, Is.AT_LEAST_ZERO), order) for order in itertools.permutations(facts))


CONDITIONS = [
    Condition(Linear({0: sign}, constant), kind)
    for sign, kind in ((1, Is.AT_LEAST_ZERO), (-1, Is.AT_LEAST_ZERO), (1, Is.ZERO), (1, Is.NOT_ZERO))
    for constant in range(-4, 5)
]
POINTS = [[point] for point in range(12)]
OPEN = [each for each in CONDITIONS if len({holds(each, point) for point in POINTS}) == 2]
"""Those that are neither true nor false of all naturals: of others nobody asks."""


@pytest.mark.parametrize("known", OPEN)
def test_of_one_unknown_everything_that_follows_is_said(known: Condition) -> None:
    """What all points that meet the one condition say of another follows from it, and nothing else does.

    Except that of what is unequal, only a condition on the same difference is asked, and that naturals are not negative
    is not used beside a condition.
    """
    for asked in OPEN:
        answers = {holds(asked, point) for point in POINTS if holds(known, point)}
        if known.holds is Is.NOT_ZERO and (asked.holds is Is.AT_LEAST_ZERO or asked.left != known.left):
            continue
        if len({*answers}) == 1 and not said_by_ends(known, asked):
            continue
        expected = answers.pop() if len(answers) == 1 else None
        assert follows(known, asked) is expected, (known, asked)


def said_by_ends(known: Condition, asked: Condition) -> bool:
    """Whether it would follow as well if the unknown could be negative."""
    whole = [[point] for point in range(-12, 12)]
    return len({holds(asked, point) for point in whole if holds(known, point)}) == 1


@pytest.mark.parametrize(
    ("known", "asked", "answer"),
    [
        (Condition(A - B, Is.AT_LEAST_ZERO), Condition(A - B + 1, Is.AT_LEAST_ZERO), True),
        (Condition(A - B - 1, Is.AT_LEAST_ZERO), Condition(B - A, Is.AT_LEAST_ZERO), False),
        (Condition(A - B, Is.AT_LEAST_ZERO), Condition(B - A, Is.AT_LEAST_ZERO), None),  # they may be the same
        (Condition(A - B, Is.AT_LEAST_ZERO), Condition(A - 2, Is.AT_LEAST_ZERO), None),
        (Condition(A - B - 2, Is.AT_LEAST_ZERO), Condition(A - 2, Is.AT_LEAST_ZERO), True),  # a ≥ b + 2 ≥ 2
        (Condition(A - B - 2, Is.AT_LEAST_ZERO), Condition(A - 3, Is.AT_LEAST_ZERO), None),
        (Condition(A - 2, Is.AT_LEAST_ZERO), Condition(A + B - 2, Is.AT_LEAST_ZERO), True),
        (Condition(A - 2, Is.AT_LEAST_ZERO), Condition(A - B - 2, Is.AT_LEAST_ZERO), None),
        (Condition(A - 2, Is.AT_LEAST_ZERO), Condition(2 * A - 2, Is.AT_LEAST_ZERO), True),
        (Condition(2 * A - 2, Is.AT_LEAST_ZERO), Condition(A - 2, Is.AT_LEAST_ZERO), None),
        (Condition(A - B, Is.ZERO), Condition(B - A, Is.AT_LEAST_ZERO), True),
        (Condition(A - B, Is.ZERO), Condition(B - A - 1, Is.AT_LEAST_ZERO), False),
        (Condition(A - B, Is.ZERO), Condition(B - A, Is.ZERO), True),
        (Condition(A - B, Is.ZERO), Condition(B - A, Is.NOT_ZERO), False),
        (Condition(A - B, Is.ZERO), Condition(B - A + 1, Is.NOT_ZERO), True),
        (Condition(A - B, Is.ZERO), Condition(A - 1, Is.ZERO), None),
        (Condition(A - B - 1, Is.AT_LEAST_ZERO), Condition(A - B, Is.ZERO), False),
        (Condition(A - B - 1, Is.AT_LEAST_ZERO), Condition(B - A, Is.NOT_ZERO), True),
        (Condition(A - B, Is.NOT_ZERO), Condition(A - B, Is.NOT_ZERO), True),
        (Condition(A - B, Is.NOT_ZERO), Condition(A - B, Is.ZERO), False),
        (Condition(A - B, Is.NOT_ZERO), Condition(A - B + 1, Is.ZERO), None),
        (Condition(A - B, Is.NOT_ZERO), Condition(A - B - 1, Is.ZERO), None),
        (Condition(A - B, Is.NOT_ZERO), Condition(A - B, Is.AT_LEAST_ZERO), None),
        (Condition(2 * A + B - 2, Is.AT_LEAST_ZERO), Condition(B - 2, Is.AT_LEAST_ZERO), None),  # a = 1, b = 0
        (Condition(A - B, Is.NOT_ZERO), Condition(A - C, Is.NOT_ZERO), None),
    ],
)
def test_of_several_unknowns(known: Condition, asked: Condition, *, answer: bool | None) -> None:
    """Term by term, one condition settles another, or says nothing of it."""
    assert follows(known, asked) is answer


@pytest.mark.parametrize(
    ("known", "zero"),
    [
        (Condition(Linear({0: 1, 1: 2}), Is.ZERO), {0, 1}),  # a sum of naturals
        (Condition(Linear({0: -1, 1: -2}), Is.ZERO), {0, 1}),
        (Condition(Linear({0: 1, 1: -1}), Is.ZERO), set()),
        (Condition(Linear({0: 1}, -1), Is.ZERO), set()),
        (Condition(Linear({0: 1}), Is.NOT_ZERO), set()),
        (Condition(Linear({0: -1}), Is.AT_LEAST_ZERO), set()),
    ],
)
def test_what_is_forced_to_be_nothing(known: Condition, zero: set[int]) -> None:
    """If naturals with factors of one sign add up to 0, then each of them is 0: given, or met on the way."""
    given = Path((), 2, (known,), "test")
    met = Path((), 2, (), "test")
    met.guard.append(known)

    assert given.zeros() == met.zeros() == zero


@pytest.mark.parametrize("fact", [B - A - 1, B - A - C - 1, B - 2 * A - 1])
def test_one_fact_that_contradicts(fact: Linear) -> None:
    """That a is at least b contradicts what leaves nothing above zero when it is added: b ≥ a + 1, and stronger."""
    assert contradicts(Condition(A - B, Is.AT_LEAST_ZERO), positive(fact), 1)


@pytest.mark.parametrize("fact", [B - A, B - A + C - 1, 2 * B - A - 1])
def test_one_fact_that_does_not(fact: Linear) -> None:
    """It does not contradict what holds besides: for a = b = 1 and c = 1, each of these does."""
    assert not contradicts(Condition(A - B, Is.AT_LEAST_ZERO), positive(fact), 1)
    assert holds(Condition(fact, Is.AT_LEAST_ZERO), [1, 1, 1])
