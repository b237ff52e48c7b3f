"""Kinds of steps, values and states that defects of maintained packages have needed."""

import tempfile
from collections.abc import Iterable, Iterator, MutableMapping
from pathlib import Path
from typing import Any

import pytest

from spillproof.counterexamples.replay.live.expiring import LIFE, Expiring
from spillproof.counterexamples.replay.live.mapping_cache import Handled, MappingCache
from spillproof.properties.live import Adapter, check_live
from spillproof.properties.live.claims import nothing_that_fits_is_dropped
from spillproof.properties.live.clock import START, Clock, stand_in
from spillproof.properties.live.measure import Ledger
from spillproof.properties.live.move import Move, Script
from spillproof.properties.live.own import step
from spillproof.properties.live.search import measuring
from spillproof.properties.live.session import false_at, played
from spillproof.properties.live.verdicts import Falsified

FEW = 8
"""Random runs."""


def shortest(adapter: type[Adapter], claim: str) -> list[str]:
    """The run that breaks a claim; none where it is kept."""
    verdict = check_live(adapter, examples=FEW).of(claim)
    return [step.spelled for step in verdict.steps[1:]] if isinstance(verdict, Falsified) else []


def raised(adapter: type[Adapter], script: Script) -> str:
    """What the last step of a run raises."""
    with measuring(adapter):
        steps = played(adapter, script, ())
    assert steps is not None
    return steps[-1].raised


def test_a_clock_goes_on_only_when_it_is_told_to() -> None:
    """What takes the place of the module `time` tells the same."""
    clock = Clock()
    module = stand_in(clock)
    clock.go_on(2.5)

    assert [module.time(), module.monotonic(), module.monotonic_ns()] == [START + 2.5, START + 2.5, (START + 2.5) * 1e9]
    assert module.sleep(0) is None


class Dictionary(MappingCache):
    """A cache that is a dictionary, and drops nothing."""

    def make(self) -> Any:
        return {}

    def accounted(self) -> int:
        return sum(map(len, self.cache.values()))


class Timed(Expiring, Dictionary):
    """One in which each value has its time."""

    life = LIFE

    def expire(self) -> None:
        for key in [key for key, born in self.born.items() if self.clock() - born >= self.life]:
            self.cache.pop(key, None)

    def has(self, key: str) -> bool:
        return key in self.cache and self.clock() - self.born[key] < self.life


class Hasty(Timed):
    """Half of the time is over."""

    life = LIFE / 2


class Slow(Timed):
    """Nobody looks whether the time is over."""

    def has(self, key: str) -> bool:
        return key in self.cache


PUT, WAIT = Move("put", "a", 1), Move("wait")


@pytest.mark.parametrize(
    ("adapter", "words"),
    [
        (Timed, ["", ""]),
        (Hasty, ["AssertionError: a has time left, and is gone"]),
        (Slow, ["", "AssertionError: a has lived its time, and is there"]),
    ],
)
def test_what_goes_too_early_or_stays_too_long_is_told(adapter: type[Adapter], words: list[str]) -> None:
    """A value is there after one step of time, and after two it is not."""
    assert [raised(adapter, (PUT, *[WAIT] * (count + 1))) for count in range(len(words))] == words


class Shared(MutableMapping[str, Any]):
    """A mapping that counts, and whose copy has the same values and a count of its own."""

    def __init__(self) -> None:
        self.inner: dict[str, Any] = {}
        self.size = 0

    def __setitem__(self, key: str, value: Any) -> None:
        self.pop(key, None)
        self.inner[key] = value
        self.size += len(value)

    def __getitem__(self, key: str) -> Any:
        return self.inner[key]

    def __delitem__(self, key: str) -> None:
        self.size -= len(self.inner.pop(key))

    def __iter__(self) -> Iterator[str]:
        return iter(self.inner)

    def __len__(self) -> int:
        return len(self.inner)


class Sharing(Handled, Dictionary):
    """A cache of which a copy has no values of its own."""

    def make(self) -> Any:
        return Shared()

    def accounted(self) -> int:
        return int(self.cache.size)


def test_a_copy_that_shares_what_is_counted_is_told() -> None:
    """A copy is emptied, and what was copied has nothing, and goes on counting it."""
    assert shortest(Sharing, "empty_means_nothing_left") == ["put(a, 1024)", "copy()"]


class Moving(dict[str, Any]):
    """A dictionary over which nobody can walk who reads meanwhile, and which does not say so."""

    def keys(self) -> Any:
        return iter(list(super().keys())[:1])

    def __iter__(self) -> Any:
        return iter(list(super().keys()))


class Walked(Dictionary):
    """A cache of which not every key is met."""

    def make(self) -> Any:
        return Moving()

    def keys(self) -> Iterable[str]:
        return list(self.cache)


def test_a_key_that_is_not_met_is_told() -> None:
    """Whoever walks over two keys meets one."""
    script = (PUT, Move("put", "b", 1), Move("walk", "a"))

    assert raised(Walked, script) == "AssertionError: b is there, and was not met"
    assert raised(Dictionary, script) == ""


class Falsy(Handled, Dictionary):
    """A cache that takes nothing for a value: what is false is not deleted."""

    def delete(self, key: str) -> None:
        if self.cache[key]:
            del self.cache[key]


def test_a_value_may_be_false() -> None:
    """What is put is deleted, and what is false where somebody asks `if value` is not."""
    assert shortest(Falsy, "empty_means_nothing_left") == ["put_falsy(a, 1024)", "delete(a)"]


class PanicException(BaseException):
    """What is no `Exception`."""

    __module__ = "pyo3_runtime"


class Panicking(Dictionary):
    """A manager in Rust that panics where a key is put again."""

    def put(self, key: str, value: Any) -> None:
        if key in self.cache:
            raise PanicException("link id not match")
        super().put(key, value)


class Leaving(Dictionary):
    """A manager whose program is left."""

    def put(self, key: str, value: Any) -> None:
        raise KeyboardInterrupt


def test_a_panic_is_an_exception_of_the_manager() -> None:
    """The check goes on, and tells of it; what is meant for Python is not taken for one."""
    assert raised(Panicking, (PUT, PUT)) == "PanicException: link id not match"
    with pytest.raises(KeyboardInterrupt):
        raised(Leaving, (PUT,))


class OnShelf(Adapter):
    """A manager of files that has two of them at most, and a new one takes the place of the first."""

    most = 1
    keys_used = ("a", "b", "c", "d")
    drops = True
    files = 2

    def begin(self, folder: Path) -> None:
        self.folder = folder
        self.names: list[str] = []

    def put(self, key: str, value: Any) -> None:
        if key in self.names:
            self.names.remove(key)
        while len(self.names) >= self.files:
            (self.folder / self.names.pop(0)).unlink()
        self.names.append(key)
        (self.folder / key).write_bytes(bytes(value.bytes))

    def keys(self) -> Iterable[str]:
        return list(self.names)

    def accounted(self) -> int:
        return 0

    def disk_accounted(self) -> int:
        return len(self.names) * Ledger.unit

    def disk_used(self) -> int:
        return self.folder_size(self.folder)

    def capacity_of_disk(self) -> int:
        return 2 * Ledger.unit


class OnLongerShelf(OnShelf):
    """It has one more than it promises."""

    files = 3


def test_what_is_on_disk_stays_within_its_capacity() -> None:
    """A third file is too many, where two are promised."""
    assert shortest(OnShelf, "disk_stays_within_capacity") == []
    assert len(shortest(OnLongerShelf, "disk_stays_within_capacity")) == 3


class Scratching(Dictionary):
    """A manager that leaves a temporary file for each value, wherever these are made."""

    def put(self, key: str, value: Any) -> None:
        super().put(key, value)
        tempfile.mkstemp()


def test_a_temporary_file_that_is_left_is_told() -> None:
    """It is made in a place of the run, counted, and removed with it."""
    before = tempfile.gettempdir()

    assert shortest(Scratching, "tables_are_emptied") == ["put(a, 1024)", "delete(a)"]
    assert tempfile.gettempdir() == before


class LateTimed(Adapter):
    """A cache of values that have their time, of which nothing goes before something is put."""

    drops = True

    def begin(self, folder: Path) -> None:
        self.clock = Clock()
        self.cache: dict[str, tuple[Any, float]] = {}

    def put(self, key: str, value: Any) -> None:
        self.purge()
        self.cache[key] = (value, self.clock() + LIFE)

    def purge(self) -> None:
        for key in self.late():
            del self.cache[key]

    def late(self) -> list[str]:
        return [key for key, (_, until) in self.cache.items() if until <= self.clock()]

    @step
    def wait(self) -> None:
        self.clock.go_on(0.6 * LIFE)

    @step
    def touch(self, key: str) -> None:
        self.cache[key] = (self.cache[key][0], self.clock() + LIFE)

    def keys(self) -> Iterable[str]:
        return list(self.cache)

    def accounted(self) -> int:
        return sum(len(value) for value, _ in self.cache.values())

    def capacity_of_pool(self) -> int:
        return 100 * Ledger.unit


class Telling(LateTimed):
    """The same, which says what may go."""

    def may_go(self, key: str) -> bool:
        return key in self.late()


class PurgingAll(LateTimed):
    """Where one has had its time, all go."""

    def purge(self) -> None:
        if self.late():
            self.cache.clear()


class PurgingAllAndTelling(PurgingAll, Telling):
    """The same, which says what may go."""


class PurgingByTheOldTime(LateTimed):
    """The new value goes where the old one has had its time."""

    def put(self, key: str, value: Any) -> None:
        late = self.late()
        super().put(key, value)
        if key in late:
            del self.cache[key]


class TouchingOne(LateTimed):
    """What is touched stays, and the others go with the next that is put."""

    touched = ""

    @step
    def touch(self, key: str) -> None:
        self.touched = key

    def purge(self) -> None:
        super().purge()
        if self.touched:
            self.cache = {key: each for key, each in self.cache.items() if key == self.touched}


A, B, C = (Move("put", key, 1) for key in "abc")


@pytest.mark.parametrize(
    ("adapter", "script", "is_told"),
    [
        (LateTimed, (A, WAIT, WAIT, B), False),
        (Telling, (A, WAIT, WAIT, B), False),
        (Telling, (A, WAIT, B, WAIT, C), False),
        (PurgingAll, (A, WAIT, B, WAIT, C), False),  # it does not say that b has time left
        (PurgingAllAndTelling, (A, WAIT, B, WAIT, C), True),
        (PurgingByTheOldTime, (A, WAIT, WAIT, A), True),
        (LateTimed, (A, B, Move("touch", "a"), C), False),
        (TouchingOne, (A, B, Move("touch", "a"), C), True),
    ],
)
def test_what_goes_because_of_time_is_excused(adapter: type[Adapter], script: Script, *, is_told: bool) -> None:
    """It may go with the next that is put; what has time left may not, where that is said, nor what has just come."""
    with measuring(adapter):
        steps = played(adapter, script, ())
    assert steps is not None

    assert false_at(nothing_that_fits_is_dropped, steps) == (len(script) if is_told else None)


def test_a_right_cache_with_time_is_not_accused() -> None:
    """Nor is it in any run that is tried, whether it says what may go or not."""
    assert shortest(LateTimed, "nothing_that_fits_is_dropped") == []


class Crowded(Dictionary):
    """A cache in which what is read or looked for takes the place of another."""

    def get(self, key: str) -> Any:
        for other in [each for each in self.cache if each != key]:
            del self.cache[other]
        return self.cache[key]

    def capacity_of_pool(self) -> int:
        return 100 * Ledger.unit


class MakingRoomLate(Dictionary):
    """A cache that keeps one more than it should until it is next read, and says so."""

    def get(self, key: str) -> Any:
        value = self.cache[key]
        while len(self.cache) > 1:
            del self.cache[next(each for each in self.cache if each != key)]
        return value

    def capacity_of_pool(self) -> int:
        return Ledger.unit


def test_what_goes_because_another_is_read_is_told() -> None:
    """Nothing need go for it, where there is no more than there may be."""
    told = "nothing_that_fits_is_dropped"

    assert shortest(Crowded, told) == ["put(a, 1024)", "get_missing(b)"]
    with measuring(MakingRoomLate):
        steps = played(MakingRoomLate, (A, B, Move("get", "a")), ())
    assert steps is not None
    assert false_at(nothing_that_fits_is_dropped, steps[3:]) is None


class Shy(dict[str, Any]):
    """A cache that raises what it likes where it is asked for what it does not have."""

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(name)


class Shyly(Dictionary):
    """An adapter of one, that keeps a value too long."""

    def make(self) -> Any:
        self.last: Any = None
        return Shy()

    def delete(self, key: str) -> None:
        self.last = self.cache.pop(key)


def test_a_manager_may_raise_where_it_is_asked_for_what_it_has_not() -> None:
    """The check does not end with that, and what is told is what is wrong."""
    assert shortest(Shyly, "free_is_unreachable") == ["put(a, 1024)", "delete(a)"]
