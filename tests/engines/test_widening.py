"""A comparison with larger and larger sizes; and what no run has shown is said."""

import re
import time

import pytest

from spillproof.counterexamples import comparison
from spillproof.model.errors import ModelError
from spillproof.model.oracle import announce
from spillproof.model.quantity import Bytes
from spillproof.model.system import Model, action, require
from spillproof.properties.engines.limits import Limits
from spillproof.properties.engines.refinement import widening
from spillproof.properties.engines.refinement.widening import SIZES, widest


class Grants(Model):
    """Grants what there is room for; a fourth grant is announced as any other."""

    capacity: Bytes
    used: Bytes
    grants: int
    least = 1

    def begin(self, capacity: Bytes) -> None:
        require(capacity >= self.least)
        self.capacity = capacity
        self.used = 0
        self.grants = 0

    @action
    def acquire(self, size: Bytes) -> None:
        require(self.used + size <= self.capacity)
        self.used += size
        self.grants += 1
        announce("grant", size=size, last=self.is_last())

    def is_last(self) -> bool:
        return False


class FourthIsLast(Grants):
    """Says of the fourth that it is the last."""

    def is_last(self) -> bool:
        return self.grants == 4


class FromFive(Grants):
    """Begins with room for 5 only."""

    least = 5


class FromHundred(Grants):
    least = 100


class Stops(Grants):
    """A second grant ends it."""

    @action
    def acquire(self, size: Bytes) -> None:
        require(self.used + size <= self.capacity)
        if self.used:
            raise LookupError("no more")
        self.used += size

    @action
    def release_all(self) -> None:
        require(self.used > 100)
        self.used = 0


def test_what_needs_room_is_found() -> None:
    """Four grants need a capacity of 4, and no step fewer tells them apart; with sizes up to 3 nothing does."""
    found = widest(Grants(), FourthIsLast())

    assert (found.largest, len(found.run) - 1, found.depth) == (4, 4, 3)


@pytest.mark.parametrize(("enough", "largest"), [(6, 2), (7, 3), (19, 3), (20, 4)])
def test_it_goes_on_as_long_as_that_is_cheap(enough: int, largest: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a capacity c there are 1 + c (c + 1) / 2 states: 6 pairs with sizes up to 2, then 13, and 24."""
    monkeypatch.setattr(widening, "ENOUGH", enough)
    found = widest(Grants(), Grants())

    assert (found.largest, found.complete) == (largest, True)


def test_what_is_not_whole_is_not_said() -> None:
    """What was known of smaller sizes is said where time is up or it is interrupted; nothing is known before that."""
    deadline = Limits(time.monotonic() - 1)
    assert (widest(Grants(), Grants(), limits=deadline).complete, deadline.left()) == (False, 0)

    def stops(words: str) -> None:
        if words.endswith("sizes up to 4"):
            raise KeyboardInterrupt

    found = widest(Grants(), Grants(), limits=Limits(progress=stops))
    assert (found.largest, found.complete, found.interrupted) == (3, True, True)
    assert comparison.status(found) == 3, "whoever interrupts it has not been told that all is well"
    few = widest(Grants(), FourthIsLast(), max_steps=3)
    assert (few.run, few.depth, few.complete) == ((), 3, False)
    assert few.largest > 4, "with a limit of steps larger sizes are tried as well"


def test_what_begins_with_more_is_compared() -> None:
    """Where small sizes give no beginning, larger ones may; where none does, that is said, and so is a silent name."""
    assert widest(FromFive(), FromFive()).complete
    with pytest.raises(ModelError, match=f"FromHundred has no beginning with sizes up to {SIZES[-1]}"):
        widest(FromHundred(), Grants())
    with pytest.raises(ModelError, match="nothing called grunt is announced in any run"):
        widest(Grants(), Grants(), observed=["grunt"])
    assert widest(FourthIsLast(), FourthIsLast(), observed=["grant"]).complete


def test_what_no_run_has_shown_is_said() -> None:
    """What raises ends a run, and what no run takes is compared with nothing: by both models, and there is a tick."""
    found = widest(Stops(), Stops())

    assert found.complete
    assert found.untaken == ("release_all",)
    (raised,) = found.raised
    assert re.fullmatch(r"acquire raises LookupError: no more \(.*test_widening\.py:\d+, in acquire\)", raised)
    told = " ".join(comparison.tell(found, "one", "other").split())
    assert f"In other, {raised}: no run was compared beyond." in told
    assert "No run took release_all: nothing was compared of it." in told
    data = comparison.json(found, "one", "other")
    assert (data["untaken"], data["raised"]) == (["release_all"], [raised])
    silent = widest(Grants(), Grants())
    assert (silent.untaken, silent.raised) == ((), ())
    assert "No run" not in comparison.tell(silent, "one", "other")
