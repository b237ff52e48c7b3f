"""A run as plain data: replay on integers, names, and where it no longer fits."""

from dataclasses import replace
from typing import Any

import pytest

from spillproof.model.errors import ModelError
from spillproof.model.heap import HeapObject
from spillproof.model.lessons.yardstick import Forgets, Yardstick
from spillproof.model.oracle import announce, choose
from spillproof.model.quantity import Bytes
from spillproof.model.system import Model, action, require
from spillproof.properties.accounting import free_is_unreachable, something_is_released
from spillproof.properties.catalogue import NEVER_NEGATIVE, NO_EXCEPTION
from spillproof.properties.engines.run import Naming, Numbering, Run, Script, Step, false_at, replay, sizes_of, weight

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


class Item(HeapObject):
    """Has a name of its own."""

    short_name = "I"


class Plain(HeapObject):
    """Is called by its class."""


def test_names_count_by_what_is_named() -> None:
    """Who is mentioned first is the first of its kind, and stays it; a class without a short name lends its own."""
    naming = Naming()
    one, other, plain, more = Item(), Item(), Plain(), Plain()

    assert [naming.of(each) for each in (other, plain, one, other, more)] == ["I1", "Plain1", "I2", "I1", "Plain2"]


def test_numbers_are_kept() -> None:
    """Objects are numbered from 0 as they appear; one that is gone keeps its number, and what is new gets the next."""
    numbering = Numbering()
    one, other, third = Item(), Item(), Item()

    assert numbering.of([one, other]) == [0, 1]
    assert numbering.of([third, other]) == [2, 1]
    assert numbering.of([one]) == [0]
    assert len(numbering) == 3


@pytest.mark.parametrize(("index", "fits"), [(-1, False), (0, False), (1, True), (2, True), (3, False), (True, False)])
def test_which_index_is_an_object(index: int, *, fits: bool) -> None:
    """The model is object 0, two consumers are 1 and 2; nothing is counted from the end, and `True` is not 1."""
    run = Run(SHALLOW, (5,), (Step("acquire", (index, 1)),))
    if fits:
        assert not replay(run)[-1].refused
    else:
        with pytest.raises(ModelError, match=f"the run names object {index!r} as a Consumer"):
            replay(run)


def test_what_a_run_weighs() -> None:
    """Two consumers are there in the end, with what else holds bytes; 5 bytes were given at first, 3 in a step."""
    objects, given = weight(Run(SHALLOW, (5,), STEPS))
    held = [each for each in replay(Run(SHALLOW, (5,), STEPS))[-1].objects[1:] if isinstance(each, HeapObject)]

    assert (objects, given) == (len(held), 8)
    assert objects >= 2
    assert weight(Run(SHALLOW, (5,), ()))[1] == 5


def test_choices_that_were_not_recorded_are_the_first() -> None:
    """A run without picks takes the first possibility; a pick beyond the last is refused, the last is not."""
    assert Script((), "test").choose(2) == 0
    script = Script((1, 0), "test")
    assert [script.choose(2), script.choose(2), script.choose(3)] == [1, 0, 0]
    with pytest.raises(ModelError, match="test: the run chose possibility 3, but here there are only 2"):
        Script((2,), "test").choose(2)
    assert Script((2,), "test").choose(3) == 2


def test_a_claim_is_not_asked_where_a_step_failed() -> None:
    """A moment that raised or was refused violates no claim but the one about exceptions."""
    moments = replay(Run(SHALLOW, (5,), STEPS))
    assert false_at(free_is_unreachable, moments) == 3
    raised, refused = replace(moments[3], raised="x"), replace(moments[3], refused=True)
    for last, exception in ((raised, 3), (refused, None)):
        changed = [*moments[:3], last]
        assert false_at(free_is_unreachable, changed) is None
        assert false_at(something_is_released, changed) is None
        assert false_at(NO_EXCEPTION, changed) == exception


def test_nothing_is_less_than_nothing() -> None:
    """A size of 0 is not negative; one of -1 is."""
    steps = (Step("take", (5,), (0,)), Step("take", (1,), (0,)))

    assert false_at(NEVER_NEGATIVE, replay(Run(Odd(), (), steps[:1], (0,)))) is None
    assert false_at(NEVER_NEGATIVE, replay(Run(Odd(), (), steps, (0,)))) == 2


def test_a_claim_over_steps_needs_a_step() -> None:
    """The beginning follows no state: a claim over steps is first asked after the first step."""
    moments = replay(Run(SHALLOW, (5,), STEPS))

    assert false_at(something_is_released, moments[:1]) is None
    assert false_at(something_is_released, moments[2:]) == 1
    assert false_at(something_is_released, moments[3:]) is None


def test_a_run_is_replayed_once() -> None:
    """Whoever asks for its moments again gets the same ones."""
    run = Run(SHALLOW, (5,), STEPS)

    assert replay(run)[1] is replay(run)[1]
    assert replay(run) == list(run.moments)


@pytest.mark.parametrize(("size", "guard"), [(9, ""), (10, "require(size < 9)")])
def test_the_guard_that_was_false_is_named(size: int, guard: str) -> None:
    """Of a step that is refused; not of one that raises."""
    (_, moment) = replay(Run(Odd(), (), (Step("take", (size,), (0,)),), (0,)))

    assert moment.guard == guard
