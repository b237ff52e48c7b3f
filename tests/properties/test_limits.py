"""Claims about limits and about victims, each on figures of which the answer is plain."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from spillproof.properties.limits import a_limit_is_reached, no_limit_is_exceeded
from spillproof.properties.victims import nobody_is_given_up_in_vain, somebody_is_given_up


@dataclass
class Pairs:
    """What was granted and allowed, or there and needed."""

    pairs: list[tuple[int, int]]

    def limits(self) -> list[tuple[int, int]]:
        """What was granted, and may be held."""
        return self.pairs

    def victims(self) -> list[tuple[int, int]]:
        """What was there without a victim, and was needed."""
        return self.pairs


@pytest.mark.parametrize(
    ("pairs", "kept", "reached"),
    [([], True, False), ([(1, 2)], True, False), ([(2, 2)], True, True), ([(2, 2), (3, 2)], False, True)],
)
def test_limits(pairs: list[tuple[int, int]], kept: bool, reached: bool) -> None:  # noqa: FBT001 - what is expected
    """A limit may be reached, and not exceeded, by any of those who were granted something."""
    assert no_limit_is_exceeded(Pairs(pairs)) is kept
    assert a_limit_is_reached(Pairs(pairs)) is reached


@pytest.mark.parametrize(
    ("pairs", "needed", "somebody"),
    [([], True, False), ([(0, 1)], True, True), ([(1, 1)], False, True), ([(0, 2), (2, 2)], False, True)],
)
def test_victims(pairs: list[tuple[int, int]], needed: bool, somebody: bool) -> None:  # noqa: FBT001 - likewise
    """A victim is in vain where what is there without it is enough; of several, each is asked about."""
    assert nobody_is_given_up_in_vain(Pairs(pairs)) is needed
    assert somebody_is_given_up(Pairs(pairs)) is somebody
