"""Whether every run of one model is one of another: the shortest that tells them apart, or up to where none does."""

from __future__ import annotations

import json
import time
from types import SimpleNamespace
from typing import Any

import pytest

from spillproof import Bag, Bytes, HeapObject, Model, ModelError, Run, Step, action, choose, require
from spillproof.counterexamples import comparison
from spillproof.model.oracle import announce
from spillproof.properties.engines.limits import Limits
from spillproof.properties.engines.refinement import refinement as comparing
from spillproof.properties.engines.refinement.observation import (
    Called,
    Observed,
    RunState,
    Watched,
    _every_way,
    _fact,
    _in_order,
    _said,
    as_first,
)
from spillproof.properties.engines.refinement.refinement import Refinement, _Pairs, refinement


class Consumer(HeapObject):
    """Holds some bytes."""

    short_name = "E"
    used: Bytes


class Pool(Model):
    """Consumers take what they ask for; at the end, somebody spills."""

    def begin(self) -> None:
        self.consumers: list[Consumer] = []

    @action
    def take(self, size: Bytes) -> None:
        require(len(self.consumers) < 2)
        consumer = Consumer(size)
        self.consumers.append(consumer)
        announce("acquire", consumer=consumer, size=size)

    @action
    def spill(self) -> None:
        require(bool(self.consumers))
        victim = self.victim()
        self.consumers = [each for each in self.consumers if each is not victim]
        announce("spill", consumer=victim)
        announce("release", consumer=victim, size=self.released(victim))

    def victim(self) -> Consumer:
        return self.consumers[0]

    def released(self, victim: Consumer) -> Bytes:
        return victim.used


class Newest(Pool):
    """The newest spills."""

    def victim(self) -> Consumer:
        return self.consumers[-1]


class Anybody(Pool):
    """Whoever the environment chooses spills."""

    def victim(self) -> Consumer:
        return choose(self.consumers)


class Half(Pool):
    """What is released is rounded down to an even number."""

    def released(self, victim: Consumer) -> Bytes:
        return victim.used // 2 * 2


class Faulty(Pool):
    """A second consumer is not there in time."""

    @action
    def take(self, size: Bytes) -> None:
        require(len(self.consumers) < 2)
        if self.consumers:
            raise KeyError(size)
        consumer = Consumer(size)
        self.consumers.append(consumer)
        announce("acquire", consumer=consumer, size=size)


def words(found: Refinement) -> list[str]:
    """The run that tells two models apart, a step each."""
    return [str(each) for each in found.run]


def test_who_spills_tells_them_apart() -> None:
    """Two have to be there first; then the oldest goes in the one, and the newest in the other."""
    found = refinement(Pool(), Newest())

    assert words(found) == [
        "begin(): nothing",
        "take(1): acquire E1 1",
        "take(1): acquire E2 1",
        "spill(): spill E2; release E2 1",
    ]
    assert [str(each) for each in found.instead] == ["spill(): spill E1; release E1 1"]
    assert comparison.status(found) == 1


def test_what_leaves_more_open_has_every_run() -> None:
    """And not the other way round. Names of what is gone do not make states without end."""
    assert refinement(Anybody(), Pool()).complete
    assert refinement(Anybody(), Newest()).complete
    assert len(refinement(Pool(), Anybody()).run) == 4
    assert refinement(Pool(), Pool()).complete


def test_sizes_bound_what_is_found() -> None:
    """Rounded down, 2 is 2, and 1 is 0: seen at size 1 at once, and named in the answer."""
    assert words(refinement(Pool(), Half(), largest=1))[-1] == "spill(): spill E1; release E1 0"


def test_only_what_is_observed_counts() -> None:
    """Of spills alone, one cannot tell how much was released."""
    assert refinement(Pool(), Half(), observed=["spill"]).complete
    assert not refinement(Pool(), Half(), observed=["release"]).complete
    with pytest.raises(ModelError, match="nothing called relaese is announced in any run"):
        refinement(Pool(), Pool(), observed=["relaese"])
    late = Limits(time.monotonic() - 1)
    early: list[tuple[dict[str, Any], int]] = [({"max_steps": 2}, 2), ({"limits": late}, 0)]
    for few, steps in early:
        with pytest.raises(
            ModelError, match=f"any run of at most {steps} steps, and no others were compared; leave it out, or compare"
        ):
            refinement(Pool(), Pool(), observed=["relaese"], **few)


def test_what_is_raised_is_observed() -> None:
    """An exception ends the run, and tells them apart."""
    assert words(refinement(Pool(), Faulty()))[-1] == "take(1): raises KeyError"


def test_a_step_that_cannot_be_taken_tells_them_apart() -> None:
    """The other then does nothing instead."""

    class Three(Pool):
        @action
        def take(self, size: Bytes) -> None:
            require(len(self.consumers) < 3)
            self.consumers.append(Consumer(size))
            announce("acquire", consumer=self.consumers[-1], size=size)

    found = refinement(Pool(), Three())

    assert len(found.run) == 4
    assert found.instead == ()
    assert "cannot take the last step" in " ".join(comparison.tell(found, "Pool", "Three").split())


def test_what_was_not_compared_is_not_said_to_hold() -> None:
    """Up to two steps nothing differs, and the answer says no more than that."""
    found = refinement(Pool(), Newest(), max_steps=2)

    assert not found.run
    assert not found.complete
    assert comparison.status(found) == 3
    assert "runs of at most 2 steps" in " ".join(comparison.tell(found, "A", "B").split())
    data = comparison.json(found, "A", "B")
    assert json.loads(json.dumps(data)) == {
        "one": "A", "other": "B", "verdict": "unknown", "sizes": 2, "steps": 2, "pairs": data["pairs"], "run": [],
        "instead": None, "untaken": [], "raised": [],
    }  # fmt: skip


def test_how_deep_was_compared() -> None:
    """What tells two apart is the shortest: all runs of fewer steps were compared, here of 0, 1 or 2 steps."""
    for one, other, steps in ((Pool(), Half(), 2), (Pool(), Newest(), 3), (Pool(), Faulty(), 2)):
        found = refinement(one, other, largest=1)
        assert (len(found.run) - 1, found.depth, found.largest, found.complete) == (steps, steps - 1, 1, False)
    none = refinement(Pool(), Pool(), max_steps=2)
    assert (none.run, none.depth, none.complete) == ((), 2, False)


def test_an_interrupt_ends_it_with_what_is_known() -> None:
    """How deep that was; nothing where it came before anything was compared."""

    def stops(at: str) -> Limits:
        def told(words: str) -> None:
            if words.startswith(at):
                raise KeyboardInterrupt

        return Limits(progress=told)

    found = refinement(Pool(), Pool(), limits=stops("2 steps"))
    assert (found.run, found.depth, found.complete, found.interrupted) == ((), 2, False, True)
    words = " ".join(comparison.tell(found, "A", "B").split())
    assert "runs of at most 2 steps" in words
    assert words.endswith("nothing is said beyond, as it was interrupted")
    assert "interrupted" not in comparison.tell(refinement(Pool(), Pool(), max_steps=1), "A", "B")
    with pytest.raises(KeyboardInterrupt):
        refinement(Stopped(), Pool())


class Stopped(Pool):
    """Is interrupted in its first step."""

    def victim(self) -> Consumer:
        raise KeyboardInterrupt

    @action
    def stop(self) -> None:
        raise KeyboardInterrupt


class Counter(Model):
    used: Bytes

    def begin(self) -> None:
        self.used = 0

    @action
    def load(self, size: Bytes) -> None:
        self.used += size


class Negative(Counter):
    @action
    def load(self, size: Bytes) -> None:
        self.used -= size


class Raises(Counter):
    def begin(self) -> None:
        raise KeyError("x")


class Large(Counter):
    def begin(self, size: Bytes) -> None:  # type: ignore[override] # pyright: ignore[reportIncompatibleMethodOverride]
        require(size > 2)
        self.used = size


def test_nothing_is_compared_of_what_cannot_begin() -> None:
    """No run of it would be one that the other lacks: that is no success."""
    for cannot, why in ((Raises(), "Raises.begin raises KeyError: 'x'"), (Large(), "no beginning with sizes up to 2")):
        for one, other in ((Counter(), cannot), (cannot, Counter())):
            with pytest.raises(ModelError, match=why):
                refinement(one, other)
    assert refinement(Large(), Large(), largest=3, max_steps=1).depth == 1


def test_a_counter_below_0_ends_a_run() -> None:
    """That is said, where the other goes on; the model itself refuses nothing."""
    found = refinement(Negative(), Counter())

    assert [str(each) for each in found.run] == ["begin(): nothing", "load(1): nothing", "load(1): nothing"]
    assert "There Negative has ended: a counter of it is below 0" in " ".join(
        comparison.tell(found, "Negative", "Counter").split()
    )


class Flagged(Pool):
    """A spill says how it was, and of what nothing is said."""

    forced = True

    def released(self, victim: Consumer) -> Bytes:
        announce("written", consumer=victim, forced=self.forced, again=False, records=3)
        return super().released(victim)


class Unforced(Flagged):
    """The same, and not forced."""

    forced = False


def test_what_is_announced_in_words() -> None:
    """What is so stands before the event, what is not is left out, a size is a number, and all else has its name."""
    found = refinement(Pool(), Flagged())
    other = refinement(Flagged(), Unforced())

    assert words(found)[-1] == "spill(): spill E1; forced written E1 records=3; release E1 1"
    assert words(other)[-1] == "spill(): spill E1; written E1 records=3; release E1 1"
    assert [str(each) for each in other.instead] == [words(found)[-1]]


class Together(Pool):
    """All spill at once, which is announced once, in a list that is changed afterwards, with what has no name."""

    @action
    def spill(self) -> None:
        require(len(self.consumers) > 1)
        going = self.told()
        announce("spill", who=going, why={"victims": tuple(going), "asked": ["all"]}, by=lambda: None, of=Bag(going))
        going.clear()
        self.consumers = []

    def told(self) -> list[Consumer]:
        return [*self.consumers]


class Backwards(Together):
    """The newest is named first."""

    def told(self) -> list[Consumer]:
        return self.consumers[::-1]


def test_what_is_announced_in_containers() -> None:
    """Objects have their names there, as they were when it was said; where an object stands in memory is no news."""
    said = "why={'victims': [E1, E2], 'asked': ['all']} by=<function Together.spill.<locals>.<lambda>> of={E1, E2}"
    found = refinement(Together(), Backwards())

    assert refinement(Together(), Together()).complete
    assert [str(each) for each in found.instead] == [f"spill(): spill who=[E1, E2] {said}"]
    assert words(found)[-1].startswith("spill(): spill who=[E2, E1] ")
    run = Run(Together(), (), (Step("take", (1,)), Step("take", (1,)), Step("spill", ())))
    assert f"spill who=[E1, E2] {said}" in " ".join(str(run).split())


class Moves(Pool):
    """A move says from where, to where, and how much."""

    @action
    def spill(self) -> None:
        require(len(self.consumers) > 1)
        self.tell(*self.consumers)
        self.consumers = []

    def tell(self, one: Consumer, other: Consumer) -> None:
        announce("move", source=one, target=other, records=1)


class WrittenOtherwise(Moves):
    """The same, in another order."""

    def tell(self, one: Consumer, other: Consumer) -> None:
        announce("move", records=1, target=other, source=one)


class MovesBack(Moves):
    """The other way round."""

    def tell(self, one: Consumer, other: Consumer) -> None:
        announce("move", target=one, source=other, records=1)


class MovesText(Moves):
    """The number is a text."""

    def tell(self, one: Consumer, other: Consumer) -> None:
        announce("move", source=one, target=other, records="1")


class SaysItRaises(Moves):
    """What another one raises is announced."""

    def tell(self, one: Consumer, other: Consumer) -> None:
        announce("raises KeyError")


class RaisesIt(Moves):
    """It raises."""

    def tell(self, one: Consumer, other: Consumer) -> None:
        raise KeyError


def test_what_reads_alike_is_told_apart() -> None:
    """Who is who, 1 and "1", and what is raised; the order in which details are written is nothing to see."""
    assert refinement(Moves(), WrittenOtherwise()).complete
    back, text = refinement(Moves(), MovesBack()), refinement(Moves(), MovesText())

    assert words(back)[-1] == "spill(): move target=E1 source=E2 records=1"
    assert [str(each) for each in back.instead] == ["spill(): move source=E1 target=E2 records=1"]
    assert words(text)[-1] == "spill(): move source=E1 target=E2 records='1'"
    assert len(refinement(SaysItRaises(), RaisesIt()).run) == len(text.run) == 4


# What is observed, part by part


class Page(HeapObject):
    """Has no short name."""

    size: Bytes = 0


def test_what_objects_are_called() -> None:
    """By their short name, or else by their class, and the first number that nobody had; copies are called alike."""
    called = Called()
    one, other, third = Page(), Consumer(0), Page()

    assert [called.of(each) for each in (one, other, third, one)] == ["Page1", "E1", "Page2", "Page1"]
    copy = Page()
    after = called.after({id(third): copy})
    assert (after.names, after.given) == ({id(copy): "Page2"}, {"Page": 2, "E": 1})
    assert [after.of(Page()), called.of(Page())] == ["Page3", "Page3"]


def node(**names: HeapObject) -> RunState:
    """A state of the pool with two consumers, which are called so."""
    state: Any = Pool().start()
    state.consumers = list(names.values())
    return RunState(state, Called({id(each): name for name, each in names.items()}, {"E": 2, "Page": 1}))


def test_names_as_if_nobody_else_had_been_there() -> None:
    """In the order of their numbers, for each kind of name; 10 comes after 9."""
    states = [node(E10=Consumer(1), E9=Consumer(1)), node(Page7=Consumer(1), E11=Consumer(1))]

    assert as_first(states) == {"E9": "E1", "E10": "E2", "E11": "E3", "Page7": "Page1"}
    assert [_in_order(each) for each in ("E12", "E", "E2x")] == [("E", 12), ("E", 0), ("E2x", 0)]


def test_which_states_are_alike() -> None:
    """Those whose objects are called alike; how many names there were matters unless names are given anew."""
    one, other = node(E1=Consumer(1), E2=Consumer(1)), node(E2=Consumer(1), E1=Consumer(1))
    assert one.key() != other.key()
    again = node(E1=Consumer(1), E2=Consumer(1))
    again.called.given = {"Page": 1, "E": 2}
    assert one.key() == again.key()
    again.called.given = {"Page": 2, "E": 2}
    assert one.key() != again.key()
    names = as_first([one, again])
    assert one.key(names) == again.key(names) != other.key(names)
    again.is_end = True
    assert one.key(names) != again.key(names)


def test_a_run_ends_where_something_was_raised() -> None:
    """No step is taken from there."""
    watched = Watched(Faulty(), 1)
    ((_, first),) = watched.beginnings()
    ((_, one),) = [each for each in watched.steps(first) if not each[0].heard[0].startswith("raises")]
    raised = [after for seen, after in watched.steps(one) if seen.heard == ("raises KeyError",)]

    assert [each.is_end for each in (first, one, *raised)] == [False, False, True]
    assert watched.steps(raised[0]) == []


def test_every_way_to_choose() -> None:
    """Each once, in order; of a preference the best alone may be chosen."""
    seen = []
    for ears in _every_way("go"):
        picks = [ears.choose(2)]
        picks.append(ears.prefer(9, lambda: (4, 7))) if picks[0] else picks.append(ears.choose(1))
        seen.append((ears.doing, picks))

    assert seen == [("go", [0, 0]), ("go", [1, 4]), ("go", [1, 7])]
    assert [[ears.choose(2), ears.choose(2)] for ears in _every_way("go")] == [[0, 0], [0, 1], [1, 0], [1, 1]]


@pytest.mark.parametrize("name", ["E1", "forced", "1", "raises", "KeyError"])
def test_words_that_are_no_announcement(name: str) -> None:
    """A name that is only told within one was never announced: nothing is compared by it, which is said."""
    for one, other, heard in ((Flagged(), Flagged(), "written"), (Faulty(), Faulty(), "acquire")):
        with pytest.raises(ModelError, match=f"nothing called {name} is announced"):
            refinement(one, other, observed=[heard, name], largest=1)
        assert refinement(one, other, observed=[heard], largest=1).complete


class Announces(Pool):
    """Says how it begins."""

    def begin(self) -> None:
        super().begin()
        announce("began", by="nobody")


def test_beginnings_are_compared() -> None:
    """What is said there tells two apart; that it is announced there alone is enough for a name to be heard."""
    found = refinement(Pool(), Announces())

    assert words(found) == ["begin(): began by=nobody"]
    assert [str(each) for each in found.instead] == ["begin(): nothing"]
    assert not refinement(Announces(), Announces(), observed=["began"], max_steps=1).run


def test_how_much_is_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    """As many pairs as are looked at, and not beyond the time; both models are read before."""
    arranged: list[type] = []
    monkeypatch.setattr(comparing, "arrange", arranged.append)
    whole = refinement(Pool(), Anybody(), limits=Limits(time.monotonic() + 600), max_steps=2)
    assert (whole.run, whole.depth, arranged) == ((), 2, [Pool, Anybody])
    everything = refinement(Pool(), Pool())
    for most, complete in ((everything.pairs, True), (everything.pairs - 1, False), (1, False), (0, False)):
        monkeypatch.setattr(comparing, "MOST_PAIRS", most)
        assert refinement(Pool(), Pool()).complete is complete


@pytest.mark.parametrize(("ends", "ended"), [([True, True], True), ([True, False], False), ([], True), (None, False)])
def test_where_the_other_has_ended(ends: list[bool] | None, *, ended: bool) -> None:
    """In every state in which it may be; before the beginning in none."""
    self: Any = SimpleNamespace(heard=set(), one=SimpleNamespace(sizes=(1,)), known=set())
    before: Any = None if ends is None else SimpleNamespace(
        among=[SimpleNamespace(is_end=each) for each in ends], before=None, seen="begin"
    )  # fmt: skip
    seen = Observed("go()", ())
    found: Any = _Pairs.follow(self, before, seen, node(), [])

    assert (found.is_negative, found.instead) == (ended, ())


def test_what_is_no_news() -> None:
    """What is not so is as good as nothing, and a text that is no name is told in quotes."""
    called = Called()
    assert _fact("e", {"a": False, "b": True}, called) == _fact("e", {"b": True}, called) != _fact("e", {}, called)
    assert [_said(each, called) for each in ("name", "two words", 5)] == ["name", "'two words'", "5"]
