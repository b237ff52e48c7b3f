"""A run as plain data: replay on integers, names, and where it no longer fits."""

from typing import Any

import pytest

from spillproof.model.errors import ModelError
from spillproof.model.lessons.yardstick import Forgets, Yardstick
from spillproof.model.oracle import announce, choose
from spillproof.model.quantity import Bytes
from spillproof.model.system import Model, action, require
from spillproof.properties.accounting import free_is_unreachable, something_is_released
from spillproof.properties.catalogue import NEVER_NEGATIVE, NO_EXCEPTION
from spillproof.properties.engines.run import Run, Step, false_at, replay, sizes_of

SHALLOW = Yardstick(forgets=Forgets.ALWAYS)
STEPS = (Step("acquire", (2, 3)), Step("start_reading", (2,)), Step("spill", (2,)))


def test_replay() -> None:
    """Each moment is the state after a step: its own copy, with objects named in the order of mention."""
    moments = replay(Run(SHALLOW, (5,), STEPS))

    assert [moment.spelled for moment in moments] == [
        "begin(capacity=5)",
        "acquire(Consumer1, 3)",
        "start_reading(Consumer1)",
        "spill(Consumer1)",
    ]
    assert [moment.state.accounted() for moment in moments] == [0, 3, 3, 0]
    assert [moment.state.reachable() for moment in moments] == [0, 3, 3, 3]
    assert [false_at(claim, moments) for claim in (free_is_unreachable, something_is_released, NO_EXCEPTION)] == [
        3,
        3,
        None,
    ]


def test_a_run_ends_where_a_guard_is_false() -> None:
    """A step that is refused is the last moment, and says so; no claim is asked about it."""
    moments = replay(Run(SHALLOW, (5,), (Step("spill", (1,)), *STEPS)))

    assert [moment.refused for moment in moments] == [False, True]
    assert false_at(free_is_unreachable, moments) is None


class Odd(Model):
    """Chooses, announces, raises and goes below 0."""

    left: Bytes
    parts: dict[str, list[Bytes]]

    def begin(self) -> None:
        self.left = choose((5, 7))
        self.parts = {"a": [1, 0]}

    @action
    def take(self, size: Bytes) -> None:
        if size == 9:
            raise ValueError("nine")
        require(size < 9)
        announce("taken", size=size)
        self.left -= size * choose((1, 2))


def test_choices_and_announcements_are_repeated() -> None:
    """A run repeats what the environment chose, at the beginning and in each step."""
    moments = replay(Run(Odd(), (), (Step("take", (2,), (1,)), Step("take", (4,), (0,))), (1,)))

    assert [moment.state.left for moment in moments] == [7, 3, -1]
    assert [moment.events for moment in moments] == [[], [("taken", {"size": 2})], [("taken", {"size": 4})]]
    assert false_at(NEVER_NEGATIVE, moments) == 2
    assert sorted(sizes_of(moments[0].state)) == [0, 1, 7]


def test_an_exception_ends_a_run() -> None:
    """What was raised is told with its line."""
    moments = replay(Run(Odd(), (), (Step("take", (9,)), Step("take", (1,)))))

    assert len(moments) == 2
    assert moments[-1].raised.startswith("ValueError: nine (")
    assert "test_run.py:" in moments[-1].raised
    assert false_at(NO_EXCEPTION, moments) == 1


MISFITS: list[tuple[Run, str]] = [
    (Run(SHALLOW, (5,), (Step("grow", ()),)), "has no action 'grow'; available: acquire, start_reading"),
    (Run(SHALLOW, (5,), (Step("spill", ()),)), "spill takes 1 arguments, and the run gives 0"),
    (Run(SHALLOW, (5,), (Step("spill", (0,)),)), "names object 0 as a Consumer"),
    (Run(SHALLOW, (5,), (Step("spill", (3,)),)), "no live Consumer has that index"),
    (Run(Odd(), (), (Step("take", (1,), (2,)),)), "chose possibility 3, but here there are only"),
]


@pytest.mark.parametrize(("run", "said"), MISFITS)
def test_a_run_that_does_not_fit_is_refused(run: Run, said: str) -> None:
    """A run of another model says what does not fit."""
    with pytest.raises(ModelError, match=said):
        replay(run)


def test_moments_do_not_change_each_other() -> None:
    """Changing the state of one moment leaves the others as they were."""
    moments = replay(Run(SHALLOW, (5,), STEPS))
    state: Any = moments[0].state
    state.consumers.clear()

    assert len(moments[1].state.consumers) == 2
