"""The chief claim in a test of one's own: after each call of the manager's methods."""

import asyncio
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

import numpy as np
import pytest

import spillproof as sp
from spillproof.properties.live.watch import CountedFreeError


class Cache:
    """A least recently used cache that may remember what it evicted."""

    def __init__(self, *, remembers: bool = False) -> None:
        self.values: OrderedDict[str, Any] = OrderedDict()
        self.used = 0
        self.remembers = remembers
        self.last: Any = None

    def put(self, key: str, value: Any) -> None:
        self.values[key] = value
        self.used += len(value)
        while self.used > 2_000:
            self.evict()

    def __getitem__(self, key: str) -> Any:
        return self.values[key]

    def evict(self) -> None:
        _, value = self.values.popitem(last=False)
        self.used -= len(value)
        if self.remembers:
            self.last = value

    def cursor(self, key: str) -> Any:
        value = self.values[key]
        return (value[:1] for _ in range(2))


def test_the_call_and_the_reference_are_named() -> None:
    """The third value makes the first go, which is remembered: the claim is false after that call."""
    cache = Cache(remembers=True)
    with sp.watch(cache, accounted=lambda: cache.used):
        cache.put("a", bytes(1_000))
        cache.put("b", bytes(1_000))
        with pytest.raises(CountedFreeError) as caught:
            cache.put("c", bytes(1_000))

    assert caught.value.call == "put('c', bytes of 1,000 B)"
    assert (caught.value.number, caught.value.reachable, caught.value.accounted) == (3, 3_000, 2_000)
    assert [str(path) for path in caught.value.paths] == ["Cache ▸ last ▸ bytes"]


def test_what_a_handle_holds_counts() -> None:
    """A generator that is still there keeps its value, though the cache has forgotten it."""
    cache = Cache()
    with sp.watch(cache, accounted=lambda: cache.used):
        cache.put("a", bytes(1_000))
        cursor = cache.cursor("a")
        with pytest.raises(CountedFreeError, match="after call 3, evict"):
            cache.evict()
    del cursor


def test_an_honest_manager_passes_and_is_as_it_was() -> None:
    """Nothing is raised, each call of the test is counted once, and the class is its own again."""
    cache = Cache()
    with sp.watch(cache, accounted=lambda: cache.used) as watcher:
        for key in "abcd":
            cache.put(key, np.zeros(1_000, dtype=np.uint8))
        assert len(cache["d"]) == 1_000

    assert watcher.calls == 5
    assert type(cache) is Cache


def test_what_a_table_of_handles_holds_counts() -> None:
    """Views that are handed out in a dict keep their array, as one that is handed out alone does."""

    class Columns(Cache):
        def columns(self, key: str) -> dict[str, Any]:
            return {"head": self.values[key][:8], "tail": self.values[key][-8:]}

    cache = Columns()
    with sp.watch(cache, accounted=lambda: cache.used):
        cache.put("a", np.zeros(1_000, dtype=np.uint8))
        columns = cache.columns("a")
        with pytest.raises(CountedFreeError, match="▸ base"):
            cache.evict()
    del columns


class Waiting(Cache):
    """The same for a loop, in which others may work meanwhile."""

    async def store(self, key: str, value: Any) -> None:
        await asyncio.sleep(0)
        self.put(key, value)


def test_a_coroutine_is_asked_about_when_it_is_done() -> None:
    """What it was given is not held by the manager meanwhile; two at once are two calls."""
    cache = Waiting(remembers=True)

    async def two(one: str, other: str) -> None:
        await asyncio.gather(cache.store(one, bytes(1_000)), cache.store(other, bytes(1_000)))

    with sp.watch(cache, accounted=lambda: cache.used) as watcher:
        asyncio.run(two("a", "b"))
        assert watcher.calls == 2
        with pytest.raises(CountedFreeError, match="after call 3, store"):
            asyncio.run(two("c", "d"))


class Sweeping(Cache):
    """Has a task of its own make room."""

    async def start(self) -> None:
        self.task = asyncio.create_task(self.sweep())

    async def sweep(self) -> None:
        await asyncio.sleep(0)
        self.evict()


def test_a_task_that_a_call_has_begun_is_asked_when_that_call_is_over() -> None:
    """What it does later is no longer part of the call."""
    cache = Sweeping(remembers=True)

    async def begun() -> None:
        await cache.start()
        cache.put("a", bytes(1_000))
        await cache.task

    with (
        sp.watch(cache, accounted=lambda: cache.used),
        pytest.raises(CountedFreeError, match=r"after call 3, sweep\(\)"),
    ):
        asyncio.run(begun())


class Amid(Cache):
    """Counts a value a while after it has it, as others do with a lock in hand."""

    def __init__(self) -> None:
        super().__init__()
        self.is_amid, self.may_count = Event(), Event()

    def put(self, key: str, value: Any) -> None:
        self.values[key] = value
        self.is_amid.set()
        self.may_count.wait(10)
        self.used += len(value)

    def length(self) -> int:
        return len(self.values)


def test_nothing_is_asked_while_another_thread_is_in_a_call() -> None:
    """A value that is there and not yet counted is no fault."""
    cache = Amid()
    with ThreadPoolExecutor() as pool, sp.watch(cache, accounted=lambda: cache.used) as watcher:
        put = pool.submit(cache.put, "a", bytes(1_000))
        assert cache.is_amid.wait(10)
        assert cache.length() == 1
        cache.may_count.set()
        put.result()
        assert watcher.calls == 2


def amid(cache: Amid, pool: ThreadPoolExecutor) -> None:
    """End while another thread is in a call."""
    with sp.watch(cache, accounted=lambda: cache.used):
        pool.submit(cache.put, "a", bytes(1_000))
        assert cache.is_amid.wait(10)
        assert cache.length() == 1


def test_what_was_not_asked_is_asked_at_the_end() -> None:
    """A thread that never ends its call hides nothing."""
    cache = Amid()
    with ThreadPoolExecutor() as pool:
        with pytest.raises(CountedFreeError, match="after call 1, the last one"):
            amid(cache, pool)
        cache.may_count.set()


def test_what_cannot_be_watched_is_said() -> None:
    """A dict has no class that could be changed."""
    with pytest.raises(sp.ModelError, match="a dict cannot be watched"), sp.watch({}, accounted=lambda: 0):
        pass
