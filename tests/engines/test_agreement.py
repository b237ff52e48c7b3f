"""Engines as tests of each other: `check` on tiny random models, against a breadth-first search on integers."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from hypothesis import assume, event, given, settings
from hypothesis import strategies as st

from spillproof.model.oracle import choose
from spillproof.model.quantity import Bytes
from spillproof.model.system import Model, action, require
from spillproof.properties.catalogue import NEVER_NEGATIVE, NO_EXCEPTION
from spillproof.properties.claims import always
from spillproof.properties.engines.check import check
from spillproof.properties.engines.run import replay
from spillproof.properties.engines.verdict import Holds, Proved, Unknown, Violated


class Rule(NamedTuple):
    """From one place to another, if a sum of the two counters and the size is at least something."""

    source: int
    target: int
    guard: tuple[int, int, int, int]
    """Factors of a, b and the size, and the constant: guard · (a, b, size, 1) must be at least 0."""
    a: tuple[int, int, int, int]
    b: tuple[int, int, int, int]
    raises: bool = False


Program = tuple[Rule, ...]
BAD = 2
"""The place in which no run should be while a > b."""


def dot(factors: tuple[int, int, int, int], a: Any, b: Any, size: Any) -> Any:
    """The sum that these factors make of a state and a size."""
    return factors[0] * a + factors[1] * b + factors[2] * size + factors[3]


class Machine(Model):
    """Two counters and a place, moved by the rules of its scope."""

    a: Bytes
    b: Bytes

    def begin(self, capacity: Bytes, program: Program = ()) -> None:
        self.a = 0
        self.b = capacity
        self.place = 0

    @action
    def move(self, size: Bytes) -> None:
        program: Any = self.scope["program"]
        rule: Rule = choose(program)
        require(rule.source == self.place and dot(rule.guard, self.a, self.b, size) >= 0)
        if rule.raises:
            raise ValueError("by rule")
        self.a, self.b = dot(rule.a, self.a, self.b, size), dot(rule.b, self.a, self.b, size)
        self.place = rule.target


@always
def not_bad(now: Any) -> Any:
    """In the bad place, a is at most b."""
    return now.place != BAD or now.a <= now.b


CLAIMS = [not_bad, NO_EXCEPTION, NEVER_NEGATIVE]
LARGEST, MOST_STEPS = 3, 5


def steps(program: Program, state: tuple[int, int, int]) -> Iterator[tuple[int, int, int] | None]:
    """What can follow a state; None for an exception."""
    place, a, b = state
    for rule in program:
        for size in range(1, LARGEST + 1):
            if rule.source == place and dot(rule.guard, a, b, size) >= 0:
                yield None if rule.raises else (rule.target, dot(rule.a, a, b, size), dot(rule.b, a, b, size))


def brute(program: Program) -> dict[str, int]:
    """The fewest steps to a violation of each claim at small sizes, by nothing but integers."""
    found: dict[str, int] = {}
    layer = {(0, 0, capacity) for capacity in range(1, LARGEST + 1)}
    seen = set(layer)
    for depth in range(MOST_STEPS + 1):
        after: set[tuple[int, int, int]] = set()
        for place, a, b in layer:
            if place == BAD and a > b:
                found.setdefault(not_bad.name, depth)
            for reached in steps(program, (place, a, b)):
                if reached is None:
                    found.setdefault(NO_EXCEPTION.name, depth + 1)
                elif min(reached[1:]) < 0:
                    found.setdefault(NEVER_NEGATIVE.name, depth + 1)
                else:
                    after.add(reached)
        layer = after - seen
        seen |= layer
    return {name: depth for name, depth in found.items() if depth <= MOST_STEPS}


small = st.integers(-1, 1)
updates = st.tuples(st.integers(0, 1), small, small, small) | st.sampled_from([(1, 0, 0, 0), (0, 1, 0, 0)])
rules = st.builds(
    Rule,
    st.integers(0, 2),
    st.integers(0, 2),
    st.tuples(small, small, small, st.integers(-2, 1)),
    updates,
    updates,
    st.sampled_from([False] * 5 + [True]),
)
programs = st.lists(rules, min_size=1, max_size=4).map(tuple)


def compare(program: Program, limit: float) -> None:
    """Assert that no verdict contradicts the search on integers."""
    report = check(Machine(program=program), CLAIMS, witnesses=False, time_limit=limit)
    known = brute(program)
    for claim in CLAIMS:
        verdict, fewest = report.of(claim), known.get(claim.name)
        event(f"{claim.name}: {verdict.word}")
        if isinstance(verdict, (Proved, Holds)):
            assert fewest is None
        elif isinstance(verdict, Violated):
            assert not replay(verdict.run)[-1].refused
            assert fewest is None or len(verdict.run) <= fewest
            given_sizes = (*verdict.run.opening, *(step.arguments[0] for step in verdict.run.steps))
            if max(given_sizes) <= LARGEST and len(verdict.run) <= MOST_STEPS:
                assert fewest == len(verdict.run)
        else:
            assert isinstance(verdict, Unknown)
            assert fewest is None or fewest > verdict.depth


@settings(max_examples=60)
@given(programs)
def test_no_verdict_contradicts_brute_force(program: Program) -> None:
    """What is proved has no small violation; what is violated, none shorter; what is unknown, none within depth."""
    compare(program, 0.6)


KEEP_A, KEEP_B = (1, 0, 0, 0), (0, 1, 0, 0)

NAMED: list[tuple[str, Program, dict[str, int]]] = [
    ("nothing can happen", (Rule(1, 1, (0, 0, 0, 0), KEEP_A, KEEP_B),), {}),
    ("a dead end", (Rule(0, 1, (0, 0, 0, 0), KEEP_A, KEEP_B),), {}),
    # The bad place is left by no rule, and that is where a > b: one step, with a size of capacity + 1.
    ("a bad dead end", (Rule(0, BAD, (0, -1, 1, -1), (1, 0, 1, 0), KEEP_B),), {"not_bad": 1}),
    (
        "an exception at a dead end",
        (Rule(0, 1, (0, 0, 0, 0), KEEP_A, KEEP_B), Rule(1, 1, (0, 0, 0, 0), KEEP_A, KEEP_B, raises=True)),
        {"no_exception": 2},
    ),
    (
        "a counter goes negative, and the run would be bad after it",
        (Rule(0, 1, (0, 0, 0, 0), KEEP_A, (0, 0, -1, 0)), Rule(1, BAD, (0, 0, 0, 0), KEEP_A, KEEP_B)),
        {"counters_never_negative": 1},
    ),
]


@pytest.mark.parametrize(("program", "expected"), [pytest.param(*each[1:], id=each[0]) for each in NAMED])
def test_dead_ends(program: Program, expected: dict[str, int]) -> None:
    """Each claim is proved, or violated in so many steps, dead ends included; the search on integers says the same."""
    report = check(Machine(program=program), CLAIMS, witnesses=False)
    found = {
        result.claim.name: len(result.verdict.run) for result in report.results if isinstance(result.verdict, Violated)
    }

    assert brute(program) == expected
    assert found == expected
    assert {result.verdict.word for result in report.results} <= {"violated", "proved", "holds"}


@pytest.mark.slow
@settings(max_examples=600)
@given(programs)
def test_no_verdict_contradicts_brute_force_at_length(program: Program) -> None:
    """As above, with more programs and more time."""
    assume(len(program) > 1)
    compare(program, 5)
