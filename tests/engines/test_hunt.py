"""The parts of a challenge by themselves: what a verdict stakes, what is lighter, what is tried at random, how much."""

from __future__ import annotations

import itertools
import random
import time
from collections.abc import Sequence
from contextlib import suppress
from math import inf
from types import SimpleNamespace
from typing import Any, cast

import pytest

from spillproof.model.heap import HeapObject
from spillproof.model.quantity import Bytes
from spillproof.model.system import Kind, Model, Parameter, action, require
from spillproof.properties.claims import Claim, Mode, always
from spillproof.properties.engines.challenge.challenge import Challenge
from spillproof.properties.engines.challenge.hunt import LARGE, Hunt, Stake
from spillproof.properties.engines.challenge.scratch import (
    Allowance,
    Choices,
    Deed,
    History,
    Nth,
    Scratch,
    ScratchRun,
    Spent,
    Unrepeatable,
)
from spillproof.properties.engines.challenge.turns import Turns
from spillproof.properties.engines.run import Run, Step
from spillproof.properties.engines.verdict import (
    Disputed,
    Holds,
    Never,
    Proved,
    Refused,
    Report,
    Result,
    Unknown,
    Verdict,
    Violated,
)
from tests.engines.stores import Sealed, nothing_is_sealed


class Page(HeapObject):
    """Some bytes."""

    size: Bytes = 0


class Shelf(Model):
    """Holds two pages at most."""

    limit: Bytes

    def begin(self, limit: Bytes) -> None:
        self.limit = limit
        self.pages: list[Page] = []

    @action
    def load(self, size: Bytes) -> None:
        """Load a page."""
        require(len(self.pages) < 2)
        self.pages.append(Page(size))

    @action
    def read(self, page: Page) -> None:
        """Read a page."""

    @action
    def switch(self, on: bool) -> None:  # noqa: FBT001 - an action's argument
        """Switch something."""


class Fixed(Model):
    """Has no sizes."""

    def begin(self) -> None:
        self.on = False

    @action
    def switch(self) -> None:
        """Switch it on."""
        self.on = True


@always
def is_anything(now: Model) -> bool:
    """It is there."""
    return now is not None


RUN = Run(Shelf(), (3,), (Step("load", (1,)), Step("load", (2,))))


def asked(verdict: Verdict, largest: int = 3, most_steps: float = inf, model: Model | None = None) -> Challenge:
    """A challenge to one verdict."""
    report = Report(model or Shelf(), [Result(is_anything, verdict, "planted", 0.0)])
    return Challenge(report, Allowance(1000), largest, most_steps)


MOST: list[tuple[Verdict, float]] = [
    (Proved("", None), inf),
    (Never(""), inf),
    (Holds(""), 7),
    (Unknown("", 4), 4),
    (Unknown("", 0), 0),
    (Violated(RUN, 2, 6, "all were tried"), 2),
    (Violated(RUN, 2, 6, "all were tried", least=False), 1),
]


@pytest.mark.parametrize(("verdict", "most"), MOST)
def test_how_long_a_run_may_be_that_contradicts(verdict: Verdict, most: float) -> None:
    """Any length for a proof; as bounded for what holds or is unknown; as long as a shortest run."""
    (stake,) = asked(verdict, most_steps=7).hunt.stakes

    assert stake.most == most


@pytest.mark.parametrize("verdict", [
    Proved("", RUN), Violated(RUN, 2, 6), Unknown(""), Refused(""), Disputed(Never(""), ""),
])  # fmt: skip # a table
def test_what_no_other_run_contradicts(verdict: Verdict) -> None:
    """That a run shows a witness, or violates a claim, and that nothing is known: nothing is staked on these."""
    challenge = asked(verdict)

    assert (challenge.most(verdict), challenge.hunt.stakes, challenge.hunt.deepest()) == (-1, [], -1)


def test_what_no_run_may_be_lighter_than() -> None:
    """Objects and bytes of the shortest run; nothing where steps alone were counted, or only small sizes looked at."""
    violated = Violated(RUN, 2, 6, "all were tried")

    assert asked(violated).weight(violated) == (2, 6)
    assert asked(violated, largest=2).weight(violated) is None
    assert asked(violated, largest=2).most(violated) == 1
    assert asked(violated).weight(Violated(RUN, 2, 6, "x", least=False)) is None
    assert asked(violated).weight(Proved("", None)) is None


def test_what_is_still_staked() -> None:
    """The longest run that may contradict anything that was not contradicted yet."""
    hunt = Hunt(Scratch(Shelf(), Allowance(9)), [Stake(is_anything, 3), Stake(is_anything, 5)])

    assert hunt.deepest() == 5
    hunt.stakes[1].found = History(())
    assert hunt.deepest() == 3


def test_a_stake_is_open() -> None:
    """For runs of as many steps as it says and no more, until one is found."""
    stake = Stake(is_anything, 3)

    assert [stake.is_open(steps) for steps in (0, 3, 4)] == [True, True, False]
    stake.found = History(())
    assert not stake.is_open(0)


# A run, and what is lighter


def taken(*sizes: int, raised: bool = False) -> tuple[Any, Any]:
    """The state before the last load of a run, and what came of it."""
    scratch = Scratch(Shelf(), Allowance(10_000))
    load = next(each for each in scratch.actions if each.name == "load")
    history = History((3,))
    for size in sizes[:-1]:
        history = history.then(Deed(load, (size,)))
    before = scratch.spell(scratch.at(history))
    after = scratch.attempt(history, load, (sizes[-1],), Choices((), "load"))
    assert after is not None
    return before, ScratchRun(after.history, after.state, after.spelling, raised, after.earlier)


@pytest.mark.parametrize(("weight", "lighter"), [
    (None, True), ((2, 7), True), ((2, 6), False), ((2, 5), False), ((3, 0), True), ((1, 99), False),
])  # fmt: skip # a table
def test_a_lighter_run_of_as_many_steps(weight: tuple[int, int] | None, lighter: bool) -> None:  # noqa: FBT001 - parametrized
    """Two pages and 3 + 1 + 2 bytes: it is lighter with fewer objects, or as many and fewer bytes."""
    before, after = taken(1, 2)

    assert Stake(is_anything, 2, weight=weight).is_lighter(before, after) is lighter
    assert Stake(is_anything, 3, weight=weight).is_lighter(before, after)


def test_what_a_step_that_raises_leaves_behind_is_not_counted() -> None:
    """Before it there was one page; where there is no before, what is there counts."""
    before, after = taken(1, 2, raised=True)

    assert Stake(is_anything, 2, weight=(2, 0)).is_lighter(before, after)
    assert not Stake(is_anything, 2, weight=(2, 0)).is_lighter(None, after)
    assert not Stake(is_anything, 2, weight=(1, 5)).is_lighter(before, after)


def test_bytes_of_a_run() -> None:
    """The sizes that it was given, from the beginning on; objects and switches are no sizes."""
    load, read, switch = (each for each in Scratch(Shelf(), Allowance(1)).actions)
    history = History((3,)).then(Deed(load, (4,))).then(Deed(read, (Nth(9),))).then(Deed(switch, (True,)))

    assert (history.bytes(), len(history), History(()).bytes()) == (7, 3, 0)


def test_a_claim_about_an_action() -> None:
    """It is so when the last step of a run is that action; not at the beginning."""
    _, after = taken(1)
    begun = ScratchRun(History((3,)), after.state, after.spelling)

    assert Stake(is_anything, action="load").is_so(None, after)
    assert not Stake(is_anything, action="read").is_so(None, after)
    assert not Stake(is_anything, action="load").is_so(None, begun)


def test_a_claim_about_a_step_is_not_about_the_beginning() -> None:
    """Where there is no state before, it is neither broken nor shown."""
    _, after = taken(1)
    for mode in Mode:
        claim = Claim("c", mode, lambda _before, _after: mode is Mode.SOMETIMES, over_steps=True)  # noqa: B023 - at once
        assert not Stake(claim).is_so(None, after)


def test_a_stake_has_an_action_only_for_what_is_taken() -> None:
    """A witness of the model's own action that stands beside nothing; no other claim of such a name."""
    never = Never("everything")

    def action_of(name: str, mode: Mode = Mode.SOMETIMES, beside: str = "") -> str:
        claim = Claim(name, mode, lambda _now: True, beside=beside)
        report = Report(Shelf(), [Result(claim, never, "planted", 0.0)])
        return Challenge(report, Allowance(9)).hunt.stakes[0].action

    assert action_of("load_is_taken") == "load"
    assert [
        action_of("load"), action_of("load_is_taken", Mode.ALWAYS), action_of("load_is_taken", beside="a"),
        action_of("lend_is_taken"),
    ] == ["", "", "", ""]  # fmt: skip


# At random


class Script:
    """Stands for chance: says in turn what is drawn, and keeps from what it was."""

    def __init__(self, drawn: float, *chosen: Any) -> None:
        self.drawn = drawn
        self.chosen = list(chosen)
        self.from_what: list[Sequence[Any]] = []

    def random(self) -> float:
        return self.drawn

    def choice(self, options: Sequence[Any]) -> Any:
        self.from_what.append(tuple(options))
        return self.chosen.pop(0)


SIZE = Parameter("size", Kind.SIZE, int)


@pytest.mark.parametrize(("chosen", "value"), [((8, 5, -5), 3), ((8, 5, 1), 9), ((8, 5, -1), 7), ((5, 8, -8), 1)])
def test_a_size_near_those_of_the_state(chosen: tuple[int, ...], value: int) -> None:
    """One of them, a byte more or less or as it is, or less another one; and at least 1."""
    chance = Script(0.49, *chosen)
    hunt = Hunt(Scratch(Shelf(), Allowance(9)), [])

    assert hunt.some(SIZE, [5, 8], cast("random.Random", chance)) == value
    assert chance.from_what == [(5, 8), (5, 8), (-1, 0, 1, -chosen[1])]


def test_any_size() -> None:
    """Every other time, and where the state has none, it is any of a few; of what is no size, one of its values."""
    hunt = Hunt(Scratch(Shelf(), Allowance(9)), [])
    for drawn, sizes in ((0.5, [5]), (0.0, [])):
        chance = Script(drawn, 13)
        assert hunt.some(SIZE, sizes, cast("random.Random", chance)) == 13
        assert chance.from_what == [LARGE]
    switch = Scratch(Shelf(), Allowance(9)).actions[2].parameters[0]
    assert hunt.some(switch, [5], cast("random.Random", Script(0.0, True))) is True


def test_arguments_at_random() -> None:
    """An object is one of those that live; without one the action cannot be taken; sizes are those of the state."""
    scratch = Scratch(Shelf(), Allowance(999))
    hunt, (load, read, _) = Hunt(scratch, []), scratch.actions
    empty = scratch.spell(scratch.at(History((3,))))
    one = scratch.spell(scratch.at(History((3,)).then(Deed(load, (4,)))))

    assert hunt.some_arguments(read, empty, random.Random(0)) is None
    [found] = [*(hunt.some_arguments(read, one, random.Random(0)) or ())]
    assert isinstance(one.objects[found.number], Page)
    chance = Script(0.0, 4, 3, 0)
    assert hunt.some_arguments(load, one, cast("random.Random", chance)) == (4,)
    assert chance.from_what[0] == (3, 4)
    of_all: Any = SimpleNamespace(objects=[SimpleNamespace(none=0, three=3, whole=True, below=-2, name="x")])
    chance = Script(0.0, 3, 3, 0)
    assert hunt.some_arguments(load, of_all, cast("random.Random", chance)) == (3,)
    assert chance.from_what[0] == (3,)


def test_random_runs_are_the_same_every_time() -> None:
    """Two hunts spend the same work, and find the same run."""
    spent = []
    for _ in range(2):
        scratch = Scratch(Shelf(), Allowance(3000))
        hunt = Hunt(scratch, [Stake(Claim("few", Mode.ALWAYS, lambda now: len(now.pages) < 2))])
        hunt.random_runs()
        spent.append((scratch.allowance.work, hunt.stakes[0].found))

    assert spent[0] == spent[1]
    assert spent[0][1] is not None


# How much


def test_work_is_counted() -> None:
    """As many units as are allowed, and not one more."""
    allowance = Allowance(2)
    allowance.spend()
    allowance.spend()

    with pytest.raises(Spent):
        allowance.spend()


@pytest.mark.parametrize(("work", "ends"), [(9, True), (10, False), (17, True)])
def test_the_deadline_is_looked_at_every_eighth_time(work: int, ends: bool) -> None:  # noqa: FBT001 - parametrized
    """After a unit that leaves a multiple of eight."""
    for deadline, spent in ((time.monotonic() - 1, ends), (time.monotonic() + 99, False)):
        assert is_spent(Allowance(work, deadline=deadline)) is spent


@pytest.mark.parametrize(("work", "ends"), [(65, True), (66, False), (73, False), (129, True)])
def test_the_processor_time_is_looked_at_every_64th_time(work: int, ends: bool) -> None:  # noqa: FBT001 - parametrized
    """After a unit that leaves a multiple of 64."""
    for until, spent in ((time.process_time() - 1, ends), (time.process_time() + 99, False)):
        assert is_spent(Allowance(work, until)) is spent


def is_spent(allowance: Allowance) -> bool:
    """Whether the next unit is one too many."""
    try:
        allowance.spend()
    except Spent:
        return True
    return False


@pytest.mark.parametrize(("done", "left"), [(0, 90), (10, 80), (30, 60), (40, 60)])
def test_a_share_of_the_work(done: int, left: int) -> None:
    """One part in three may be done; what of it was done is taken from the whole, and no more than the part."""
    challenge = asked(Proved("", None))
    challenge.scratch.allowance = Allowance(90)
    with challenge.a_share(3):
        assert challenge.scratch.allowance.work == 30
        challenge.scratch.allowance.work -= done

    assert challenge.scratch.allowance.work == left


def test_whether_there_are_sizes() -> None:
    """Of a model without any, larger ones are not looked for."""
    assert asked(Proved("", None)).has_sizes()
    assert not asked(Proved("", None), model=Fixed()).has_sizes()


# Choices


def test_every_way_to_choose() -> None:
    """Two choices, of two and of three options: six ways, each once, the last choice first."""
    ways = []
    script: tuple[int, ...] | None = ()
    while script is not None:
        choices = Choices(script, "a")
        ways.append((choices.choose(2), choices.choose(3)))
        script = choices.following()

    assert ways == [(first, second) for first in range(2) for second in range(3)]


def test_a_choice_of_fewer_options() -> None:
    """Where there are fewer options than the script has, the last one is taken; beyond the script, the first."""
    choices = Choices((5, 1), "a")

    assert (choices.choose(3), choices.choose(2), choices.choose(2)) == (2, 1, 0)
    assert choices.prefer(3, lambda: [2]) == 2


# For a person


class Named(HeapObject):
    """Has a short name."""

    short_name = "N"


class Chatty(Model):
    """Has objects of two classes, choices, and a step that raises."""

    def begin(self, size: Bytes) -> None:
        self.size = size
        self.first, self.second, self.page = Named(), Named(), Page(1)

    @action
    def touch(self, one: Named, page: Page) -> None:
        """Change nothing."""

    @action
    def fail(self, words: bool) -> None:  # noqa: FBT001 - an action's argument
        """Raises, with words or without."""
        raise RuntimeError(*(["no"] if words else []))


def test_a_run_as_a_person_writes_it() -> None:
    """A line a step; objects are numbered as they are mentioned, by class; choices and errors are said."""
    scratch = Scratch(Chatty(), Allowance(999))
    touch, fail = scratch.actions
    state = scratch.spell(scratch.at(History((7,))))
    one, two, page = (Nth(number) for number, each in enumerate(state.objects) if isinstance(each, (Named, Page)))
    deeds = (Deed(touch, (two, page)), Deed(touch, (one, page), (0, 2)), Deed(fail, (True,)), Deed(touch, (one, page)))

    assert scratch.spelled(History((7,), (1,), deeds)) == (
        "begin(size=7), choosing 2",
        "touch(N1, Page1)",
        "touch(N2, Page1), choosing 1, 3",
        "fail(True)  raises RuntimeError: no",
    )
    assert scratch.spelled(History((7,), (), (Deed(fail, (False,)),)))[1] == "fail(False)  raises RuntimeError"


class Breaks(Model):
    """Cannot be taken further than to its first step."""

    def begin(self) -> None:
        self.on = False

    @action
    def fail(self) -> None:
        """Fail."""
        raise ValueError


def test_a_run_that_fails_when_it_is_taken_again() -> None:
    """What was a state once, and raises now, is said with the run: the model hides state."""
    scratch = Scratch(Breaks(), Allowance(10))
    history = History((), (), (Deed(scratch.actions[0], ()),))

    with pytest.raises(Unrepeatable) as caught:
        scratch.at(history)
    assert caught.value.history == history


def test_a_run_that_is_not_allowed() -> None:
    """Where the work is done, a run that would be taken again is none that hides state."""
    with pytest.raises(Spent):
        Scratch(Fixed(), Allowance(0)).at(History(()))


def test_after_all_have_had_their_turn_each_action_is_taken() -> None:
    """What four stores that hold something make possible is tried: here sealing, as the fifth step."""
    hunt = Hunt(Scratch(Sealed(stores=4), Allowance(5_000)), [Stake(nothing_is_sealed)])
    with suppress(Spent):
        Turns(hunt, 4).go()

    found = hunt.stakes[0].found
    assert found is not None
    assert [deed.action.name for deed in found.deeds] == ["put", "put", "put", "put", "seal"]


def test_a_step_that_is_tried_on_a_copy() -> None:
    """What comes of it is what comes of it from the beginning, and the state that was reached is as it was."""
    scratch = Scratch(Sealed(stores=3), Allowance(5_000))
    (reached,) = scratch.beginnings((9,))
    for _ in range(4):
        taken: list[ScratchRun] = []
        for act in scratch.actions:
            for given in itertools.product(
                *(scratch.values(each, (2,), reached.spelling.objects) for each in act.parameters)
            ):
                on_copy = scratch.attempt_on_copy(reached, act, given, Choices((), act.name))
                afresh = scratch.attempt(reached.history, act, given, Choices((), act.name))
                assert (on_copy and on_copy.spelling.words) == (afresh and afresh.spelling.words)
                assert scratch.spell(reached.state).words == reached.spelling.words
                taken += [] if on_copy is None else [on_copy]
        reached = taken[-1]
    assert len(reached.history) == 4


@pytest.mark.parametrize(("all_first", "had"), [(True, [0, 1, 0]), (False, [0, 1, 2])])
def test_who_has_had_a_turn(*, all_first: bool, had: list[int]) -> None:
    """Where everybody has one at each action, it begins anew with another one."""
    told: list[int] = []

    class Told(Turns):
        def step(self, march: Any, action: Any, size: int, *, again: bool) -> bool:
            assert (action, again) in (("put", True), ("seal", True))
            told.append(len(march.had))
            march.had.add(size)
            return True

    begun = SimpleNamespace(history=SimpleNamespace(deeds=()))
    scratch = SimpleNamespace(beginnings=lambda _opening: iter([begun]))
    hunt: Any = SimpleNamespace(scratch=scratch, deepest=lambda: 0, meet=lambda *_: False)
    plan: Any = [("put", True, 1), ("put", True, 2), ("seal", True, 3)]

    assert Told(hunt, 2).marched(plan, 9, all_first=all_first) is not None
    assert told == had


def test_where_the_work_is_done_within_a_step(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is said of the step: it is no step that raised."""

    def work(*_: Any) -> None:
        raise Spent

    scratch = Scratch(Fixed(), Allowance(99))
    monkeypatch.setattr(scratch, "take", work)
    with pytest.raises(Spent):
        scratch.attempt(History(()), scratch.actions[0], (), Choices((), "switch"))
