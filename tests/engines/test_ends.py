"""Where a run that was reported may end, whatever numbers an engine gave its objects; and shares of the work."""

from __future__ import annotations

from contextlib import suppress

import pytest

from spillproof.model.quantity import Bytes
from spillproof.model.system import Model, action
from spillproof.properties.engines.challenge.challenge import Challenge
from spillproof.properties.engines.challenge.scratch import Allowance, Spent
from spillproof.properties.engines.run import Run, Step
from spillproof.properties.engines.verdict import Report
from tests.engines.stores import Stores


def put(size: int = 1) -> Step:
    """A store puts so much."""
    return Step("put", (0, size, 0))


def ends(model: Model, *steps: Step) -> list[bool]:
    """Where a run may end: whether it raised there."""
    return [each.raised for each in Challenge(Report(model), Allowance(1000)).ends(Run(model, (5,), steps))]


def test_every_object_is_tried() -> None:
    """Of states that are alike one goes on; at the end all count, as a claim may tell them apart."""
    assert ends(Stores()) == [False]
    assert len(ends(Stores(), put())) == 2 * 2  # two stores, and two victims that nobody needs
    assert len(ends(Stores(), put(), put())) == 2 * 2
    assert ends(Stores(), put(6)) == []  # which is refused


class Raises(Model):
    """Raises at the second step."""

    used: Bytes

    def begin(self, limit: Bytes) -> None:
        self.used = 0

    @action
    def put(self, size: Bytes) -> None:
        """Put something, once."""
        if self.used > 0:
            raise RuntimeError("twice")
        self.used += size


def test_a_run_ends_where_it_raises() -> None:
    """No step comes after."""
    step = Step("put", (1,))
    assert [ends(Raises(), *[step] * count) for count in (1, 2, 3)] == [[False], [True], []]


@pytest.mark.parametrize(("used", "left"), [(0, 9), (2, 7), (3, 6), (5, 6)])
def test_a_share_of_the_work(used: int, left: int) -> None:
    """What is not used of it is there for others; nobody has more than the share."""
    challenge = Challenge(Report(Stores()), Allowance(9))
    with suppress(Spent), challenge.a_share(3):
        assert challenge.scratch.allowance.work == 3
        challenge.scratch.allowance.work -= used
        raise Spent
    assert challenge.scratch.allowance.work == left


def test_who_has_sizes() -> None:
    """An opening, or an argument; where there is none, one size is as good as another."""

    class Without(Model):
        def begin(self, limit: bool) -> None:  # noqa: FBT001 - a scope
            """Begin."""

        @action
        def nothing(self) -> None:
            """Change nothing."""

    assert Challenge(Report(Stores()), Allowance(9)).has_sizes()
    assert not Challenge(Report(Without()), Allowance(9)).has_sizes()
