"""What a claim is: a plain function with a sentence, about systems that offer what it asks for."""

from typing import Any, Protocol

import pytest

from spillproof.model.errors import ModelError
from spillproof.properties.catalogue import BUILT_IN, CLAIMS, WITNESSES
from spillproof.properties.claims import Mode, always, applicable, sometimes


class Counting(Protocol):
    def count(self) -> int: ...


class Naming(Counting, Protocol):
    def name(self) -> str: ...


class Counter:
    def count(self) -> int:
        return 3


class Named(Counter):
    def name(self) -> str:
        return "x"


@always
def is_small(now: Counting) -> bool:
    """The count
    is small.

    At least so far.
    """
    return now.count() < 5


@always
def falls(before: Counting, after: Naming) -> bool:  # noqa: D103 - that it has none is the point
    return after.count() < before.count()


@sometimes(beside=is_small)
def is_three(now: Counting) -> bool:
    """The count is 3."""
    return now.count() == 3


def test_a_claim_is_its_function() -> None:
    """A claim is called as the function that it was made from."""
    assert is_small(Counter()) is True
    assert falls(Counter(), Named()) is False


def test_a_claim_has_a_sentence() -> None:
    """The sentence is the docstring's first paragraph on one line, or the name where there is none."""
    assert is_small.sentence == "The count is small."
    assert falls.sentence == "falls"


def test_modes_and_arguments() -> None:
    """One argument is a state, two are a step; a `sometimes` claim says beside what it stands."""
    assert (is_small.mode, is_small.over_steps, is_small.beside) == (Mode.ALWAYS, False, "")
    assert falls.over_steps
    assert (is_three.mode, is_three.beside) == (Mode.SOMETIMES, "is_small")


def test_a_claim_is_about_what_offers_its_protocol() -> None:
    """Inherited protocols count; the last argument says which."""
    assert applicable([is_small, falls, is_three], Counter) == [is_small, is_three]
    assert applicable([is_small, falls], Named) == [is_small, falls]
    assert applicable([is_small], object) == []


@pytest.mark.parametrize("function", [lambda: True, lambda a, b, c: True])
def test_a_claim_takes_one_argument_or_two(function: Any) -> None:
    """Anything else is refused, and the message says what to write."""
    with pytest.raises(ModelError, match=r"write \(now\) or \(before, after\)"):
        always(function)


def test_every_claim_has_its_witness() -> None:
    """Each `always` claim but those that engines see for themselves stands beside a `sometimes`, and has a sentence."""
    seen_by_engines = {claim.name for claim in BUILT_IN}

    assert {claim.beside for claim in WITNESSES} == {claim.name for claim in CLAIMS} - seen_by_engines
    assert all(claim.sentence.endswith(".") for claim in (*CLAIMS, *WITNESSES))
    assert len({claim.name for claim in (*CLAIMS, *WITNESSES)}) == len(CLAIMS) + len(WITNESSES)
