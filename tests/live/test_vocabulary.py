"""Steps of one's own, what is said of an adapter that cannot be right, and what a known defect hides."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from hypothesis.database import InMemoryExampleDatabase

from spillproof.model.errors import ModelError
from spillproof.properties.engines.verdict import NotFound
from spillproof.properties.live import Adapter, Known, check_live, step
from spillproof.properties.live.asked import claims_asked
from spillproof.properties.live.kept_runs import keep, kept, script_of
from spillproof.properties.live.move import Move
from spillproof.properties.live.offers import operations_of, seen_of
from spillproof.properties.live.search import measuring, searched
from spillproof.properties.live.session import Session, false_at, played
from spillproof.properties.live.sizes import sizes_of
from spillproof.properties.live.unheard import UnheardMethodWarning, unheard
from spillproof.properties.live.verdicts import Falsified, NotAsked


class Honest(Adapter):
    """Keeps values, and accounts for them."""

    def begin(self, folder: Path) -> None:
        self.values: dict[str, Any] = {}
        self.rest: list[Any] = []

    def put(self, key: str, value: Any) -> None:
        self.values[key] = value

    def get(self, key: str) -> Any:
        return self.values[key]

    def delete(self, key: str) -> None:
        del self.values[key]

    def accounted(self) -> int:
        return sum(len(value) for value in self.values.values())


class Growing(Honest):
    """Drops the oldest until the new value finds room beside the old one under its key, and then replaces that."""

    drops = True

    def put(self, key: str, value: Any) -> None:
        while self.values and self.accounted() + len(value) > self.capacity_of_pool():
            del self.values[next(iter(self.values))]
        self.values[key] = value

    def keys(self) -> list[str]:
        return list(self.values)

    def capacity_of_pool(self) -> int:
        return 6 * 1024


class Instead(Growing):
    """Looks for room for what the new value needs more than the old one."""

    def put(self, key: str, value: Any) -> None:
        self.values.pop(key, None)
        super().put(key, value)


@pytest.mark.slow
def test_a_cache_drops_nothing_for_the_sake_of_what_it_replaces() -> None:
    """Growing a value in a cache drops another only where the two do not fit without the old one."""
    found = check_live(Growing, ["nothing_that_fits_is_dropped"], examples=20).of("nothing_that_fits_is_dropped")

    assert isinstance(found, Falsified)
    assert len(found.script) == 3
    assert len({move.key for move in found.script}) == 2
    assert not check_live(Instead, ["nothing_that_fits_is_dropped"], examples=5).violated()


def test_of_a_value_that_was_refused_it_is_not_known_what_it_replaces() -> None:
    """After a refusal the old value may be there or not; room is not expected for its sake."""

    class Refusing(Instead):
        refuses = (MemoryError,)

        def put(self, key: str, value: Any) -> None:
            if len(value) > self.capacity_of_pool():
                raise MemoryError
            super().put(key, value)

    refused = (Move("put", "a", 1), Move("put", "a", 7), Move("put", "b", 1), Move("put", "a", 6))
    with measuring(Refusing):
        steps = played(Refusing, refused, ())

    assert steps is not None
    assert steps[2].refused
    assert (steps[4].now.seen["has_dropped"], steps[4].now.seen["had_room"]) == (True, False)


class Lending(Instead):
    """Hands out what still holds a value when another has taken its place, and counts it until it is dropped."""

    refuses = (MemoryError,)

    def begin(self, folder: Path) -> None:
        super().begin(folder)
        self.lent: list[list[Any]] = []

    def put(self, key: str, value: Any) -> None:
        if sum(len(each) for (each,) in self.lent) + len(value) > self.capacity_of_pool():
            raise MemoryError
        super().put(key, value)

    def issue(self, key: str) -> list[Any]:
        self.lent.append([self.values[key]])
        return self.lent[-1]

    def pull(self, handle: list[Any]) -> None:
        assert handle

    def drop(self, handle: list[Any]) -> None:
        self.lent = [each for each in self.lent if each is not handle]

    def accounted(self) -> int:
        held = {id(each): len(each) for each in (*self.values.values(), *(each for (each,) in self.lent))}
        return sum(held.values())


class TwoTiers(Instead):
    """Puts values where there is room: in memory, or in a file."""

    def begin(self, folder: Path) -> None:
        super().begin(folder)
        self.folder = folder

    def put(self, key: str, value: Any) -> None:
        (self.folder / key).unlink(missing_ok=True)
        super().put(key, value)

    def spill(self) -> int:
        if not self.values:
            return 0
        key = next(iter(self.values))
        value = self.values.pop(key)
        (self.folder / key).write_bytes(value.bytes)
        return len(value)

    def get(self, key: str) -> Any:
        return self.values[key] if key in self.values else (self.folder / key).read_bytes()

    def delete(self, key: str) -> None:
        self.values.pop(key, None)
        (self.folder / key).unlink(missing_ok=True)

    def keys(self) -> list[str]:
        return [*self.values, *(each.name for each in self.folder.iterdir())]


@pytest.mark.parametrize(
    ("adapter", "moves"),
    [
        (Lending, (Move("put", "a", 2), Move("put", "b", 2), Move("issue", "a", name="h1"), Move("put", "a", 4))),
        (TwoTiers, (Move("put", "a", 2), Move("spill"), Move("put", "b", 3), Move("put", "a", 4))),
    ],
)
def test_what_is_replaced_makes_room_only_where_it_goes(adapter: type[Adapter], moves: tuple[Move, ...]) -> None:
    """What a reader still has, or is on disk, leaves no memory to the new value: another has to be dropped for it."""
    with measuring(adapter):
        steps = played(adapter, moves, ())

    assert steps is not None
    assert [each.raised for each in steps] == [""] * 5
    assert (steps[4].now.seen["has_dropped"], steps[4].now.seen["had_room"]) == (True, False)
    assert not check_live(adapter, ["nothing_that_fits_is_dropped", "no_exception"], examples=5).violated()


class Misspelt(Honest):
    def evict(self) -> int:
        return self.helper()

    def helper(self) -> int:
        return 0


def test_a_method_that_nobody_calls_is_warned_about() -> None:
    """A misspelt step is never taken, and is said; a method that others call is nobody's business."""
    assert unheard(Misspelt) == ["evict"]
    with pytest.warns(UnheardMethodWarning, match="Misspelt.evict is not a step, and is never called; `spill` would"):
        check_live(Misspelt, ["free_is_unreachable"], examples=1)


def test_a_step_asks_for_what_there_is() -> None:
    """Whatever else a step asks for is refused in one line."""
    with pytest.raises(ModelError, match="asks for 'amount'; a step may ask for key, value, size, handle"):

        class _Asking(Honest):
            @step
            def shrink(self, amount: int) -> None: ...


class Pinning(Honest):
    """Has pins, of values or of keys, which change nothing."""

    def keys(self) -> list[str]:
        return list(self.values)

    def pin(self, key: str) -> None:
        assert key in self.values

    def unpin(self, key: str) -> None:
        self.pin(key)

    @step
    def put_again(self, key: str, value: Any) -> None:
        self.put(key, value)


class PinningKeys(Pinning):
    pins_keys = True


@pytest.mark.parametrize("adapter", [Pinning, PinningKeys])
def test_what_is_pinned_is_replaced_where_the_pin_is_on_its_key(adapter: type[Pinning]) -> None:
    """And not deleted; the pin stays."""
    with measuring(adapter), Session(adapter) as playing:
        for move in (Move("put", "a", 1), Move("pin", "a")):
            playing.take(move)
        puts = [Move("put", "a", 2), Move("put_again", "a", 1)]

        assert [playing.can(move) for move in puts] == [adapter.pins_keys] * 2
        assert not playing.can(Move("delete", "a"))


class Stepping(Honest):
    """Flushes; issues a cursor, which it hears of being dropped; hands over under a key; loses all."""

    def begin(self, folder: Path) -> None:
        super().begin(folder)
        self.heard: list[str] = []

    @step
    async def flush(self) -> None:
        self.heard.append("flush")

    @step(issues=True)
    def open(self, key: str) -> Any:
        return [key]

    def drop(self, handle: Any) -> None:
        self.heard.append(f"drop {handle[0]}")

    @step
    def store(self, key: str, value: Any) -> None:
        self.put(key, value)

    @step(loses=True)
    def crash(self) -> None:
        self.values.clear()

    def keys(self) -> list[str]:
        return list(self.values)


def test_own_steps_are_taken() -> None:
    """A coroutine is waited for; a handle is dropped through the hook; a value is handed over; what is lost is gone."""
    with Session(Stepping) as playing:
        for word in ("store(a, 1024)", "flush()", "open(a, h1)"):
            can = {playing.operations[move.action].spelled(move, 1024): move for move in playing.possible([1])}
            playing.take(can[word])
        assert not playing.can(Move("crash"))
        playing.take(Move("drop", name="h1"))
        playing.take(Move("crash"))

        assert playing.adapter.heard == ["flush", "drop a"]
        assert playing.held == {}
        assert [step.now.seen["reachable"] for step in playing.steps] == [0, 1024, 1024, 1024, 1024, 0]


class Full(Honest):
    """Says that it is full where it is, and for what is too large."""

    refuses = (BufferError,)

    def put(self, key: str, value: Any) -> None:
        if len(value) > self.capacity_of_pool():
            raise ValueError
        if self.accounted() + len(value) > self.capacity_of_pool():
            raise BufferError
        self.values[key] = value

    def capacity_of_pool(self) -> int:
        return 3 * 1024


def test_a_refusal_is_no_exception() -> None:
    """What is declared, and what may be raised for a value larger than the capacity, is a step without effect."""
    with Session(Full) as playing:
        steps = [playing.take(Move("put", key, size)) for key, size in (("a", 4), ("a", 2), ("b", 2), ("b", 1))]

    assert [(each.refused, each.raised) for each in steps] == [(True, ""), (False, ""), (True, ""), (False, "")]
    assert [each.now.seen["had_room"] for each in steps] == [False, True, False, True]
    assert sizes_of(Full) == (1, 2, 3, 4)


class Leaks(Honest):
    """Two defects: what is deleted stays; and so does what is replaced, counted in neither place."""

    def put(self, key: str, value: Any) -> None:
        if key in self.values:
            self.rest.append(self.values[key])
        self.values[key] = value

    def delete(self, key: str) -> None:
        self.rest.append(self.values.pop(key))


class LeaksAsKnown(Leaks):
    known = (Known("free_is_unreachable", "delete", "reported"),)


@pytest.mark.slow
def test_a_known_defect_does_not_hide_another() -> None:
    """Both are told; where one is declared, the other is what is found, though both take two steps."""
    both, other = (
        check_live(each, ["free_is_unreachable"], examples=1).of("free_is_unreachable")
        for each in (Leaks, LeaksAsKnown)
    )

    assert isinstance(both, Falsified)
    assert isinstance(other, Falsified)
    assert [step.spelled for step in other.steps[1:]] == ["put(a, 1024)", "put(a, 1024)"]
    deleted = (Move("put", "a", 1), Move("delete", "a"))
    (claim,) = claims_asked(LeaksAsKnown, ["free_is_unreachable"])
    steps = [played(each, deleted, [claim]) for each in (Leaks, LeaksAsKnown)]
    assert [false_at(claim, each or []) for each in steps] == [2, None]


class NeedsALargeValue(Honest):
    """What is larger than three units is kept when it is deleted; and all, after four steps."""

    def delete(self, key: str) -> None:
        value = self.values.pop(key)
        if len(value) > 3 * 1024:
            self.rest.append(value)


def test_the_shortest_run_is_found_at_any_size() -> None:
    """Two steps with a large value, and not more with small ones."""
    verdict = check_live(NeedsALargeValue, ["free_is_unreachable"], examples=10).of("free_is_unreachable")

    assert isinstance(verdict, Falsified)
    assert [step.spelled for step in verdict.steps[1:]] == ["put(a, 4096)", "delete(a)"]
    assert "with values of 1, 2, 3 or 4 units" in verdict.minimal


def test_a_run_is_given_as_it_is_spelled() -> None:
    """An example is a run; what is none is refused, with what could be taken there."""
    assert script_of(Honest, ["put(a, 2048)", "delete(a)"]) == (Move("put", "a", 2), Move("delete", "a"))
    with pytest.raises(ModelError, match=r"'spill\(\)' cannot be taken there through Honest; there are put\(a, 1024\)"):
        script_of(Honest, ["spill()"])


def test_what_broke_a_claim_is_kept() -> None:
    """In Hypothesis's database, as long as it breaks it."""
    database = InMemoryExampleDatabase()
    profile = settings(database=database, max_examples=1)
    with measuring(Leaks):
        claims = claims_asked(Leaks, ["free_is_unreachable"])
        keep(searched(Leaks, claims, profile), claims, profile)

    assert kept(Leaks, profile) == [(Move("put", "a", 1), Move("put", "a", 1))]


def test_a_manager_that_is_only_on_disk_is_not_asked_of_memory() -> None:
    """What cannot be seen of it is no failure."""

    class OnlyOnDisk(Adapter):
        def begin(self, folder: Path) -> None:
            self.folder = folder

        def put(self, key: str, value: Any) -> None:
            (self.folder / key).write_bytes(value.bytes)

        def delete(self, key: str) -> None:
            (self.folder / key).unlink()

        def accounted(self) -> int:
            return 0

        def disk_accounted(self) -> int:
            return self.folder_size(self.folder)

        def disk_used(self) -> int:
            return self.folder_size(self.folder)

    report = check_live(OnlyOnDisk, examples=2)
    report.assert_not_falsified()
    assert "· not asked     something_is_reachable" in str(report)
    assert "· not asked     free_is_unreachable" in str(report)
    assert report.of("free_is_unreachable").sentence() == "not asked: everything is on disk"
    assert not isinstance(report.of("disk_is_accounted"), NotAsked)
    assert isinstance(check_live(OnlyOnDisk, ["free_is_unreachable"], examples=2).results[0].verdict, NotFound)


def test_what_can_be_seen_follows_from_what_is_offered() -> None:
    """Room is looked at where something is refused or dropped, and there is a capacity."""
    assert hasattr(seen_of(Full), "is_refused")
    assert not hasattr(seen_of(Honest), "had_room")
    assert "flush" in operations_of(Stepping)
    assert isinstance(check_live(Honest, ["tables_are_emptied"], examples=1).of("tables_are_emptied"), NotFound)
