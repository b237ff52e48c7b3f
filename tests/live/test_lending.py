"""Limiters and pools: planted faults of slots are found, and a correct one is not accused."""

import asyncio
from collections import deque
from typing import Any, Self

import pytest

from spillproof.counterexamples.replay.live.lending import OLD, Outliving, Resized
from spillproof.counterexamples.replay.live.lending_pools import ConnectionPool
from spillproof.counterexamples.replay.live.queues import PythonQueue
from spillproof.properties.live import check_live
from spillproof.properties.live.move import Move
from spillproof.properties.live.search import measuring
from spillproof.properties.live.session import played


class Slots:
    """A limiter: who gives back hands over to the first who waits."""

    def __init__(self, number: int) -> None:
        self.free = number
        self.waiting: deque[asyncio.Future[None]] = deque()

    async def __aenter__(self) -> Self:
        if self.free > 0 and all(each.done() for each in self.waiting):
            self.free -= 1
            return self
        future = asyncio.get_running_loop().create_future()
        self.waiting.append(future)
        try:
            await future
        except asyncio.CancelledError:
            self.left(future)
            raise
        return self

    def left(self, future: asyncio.Future[None]) -> None:
        if not future.cancelled():
            self.pass_on()

    async def __aexit__(self, *_: object) -> None:
        self.pass_on()

    def add(self, more: int) -> None:
        for _ in range(more):
            self.pass_on()
        self.free += min(more, 0)

    def pass_on(self) -> None:
        self.free += 1
        while self.free > 0 and self.waiting:
            if not (one := self.next()).done():
                one.set_result(None)
                self.free -= 1

    def next(self) -> "asyncio.Future[None]":
        return self.waiting.popleft()


class KeptByTheCancelled(Slots):
    """What was handed over to one who is cancelled is lost."""

    def left(self, future: asyncio.Future[None]) -> None:
        """Do nothing."""


class OutOfOrder(Slots):
    """Who came last is served first."""

    def next(self) -> asyncio.Future[None]:
        return self.waiting.pop()


class WokenOnly(Slots):
    """Who waits is woken, and takes what he was woken for when he comes to it."""

    async def __aenter__(self) -> Self:
        if self.free == 0:
            await super().__aenter__()
        self.free -= 1
        return self

    def pass_on(self) -> None:
        self.free += 1
        if self.waiting and not (one := self.next()).done():
            one.set_result(None)


class InTheWay(Slots):
    """Who is cancelled stands in the way of who comes, until he has left."""

    async def __aenter__(self) -> Self:
        if self.free > 0 and self.waiting:
            self.waiting.append(asyncio.get_running_loop().create_future())
            await self.waiting[-1]
            return self
        return await super().__aenter__()

    def left(self, future: asyncio.Future[None]) -> None:
        if future in self.waiting:
            self.waiting.remove(future)
        super().left(future)

    def pass_on(self) -> None:
        self.free += 1
        for one in [each for each in self.waiting if not each.done()][:1]:
            self.waiting.remove(one)
            one.set_result(None)
            self.free -= 1


class NotWoken(Slots):
    """Who waits is not told that there are more."""

    def add(self, more: int) -> None:
        self.free += more


class Lent(Resized):
    """The adapter."""

    kind: Any = Slots

    def make(self) -> Any:
        return self.kind(self.slots)

    def resize(self, more: int) -> None:
        self.lender.add(more)


class Connections:
    """A pool of connections, each made when it is needed."""

    def __init__(self, number: int, make: Any) -> None:
        self.slots, self.make = Slots(number), make
        self.lent: list[object] = []

    async def take(self) -> object:
        await self.slots.__aenter__()
        try:
            await self.make()
        except BaseException:
            self.failed()
            raise
        self.lent.append(object())
        return self.lent[-1]

    def failed(self) -> None:
        self.slots.pass_on()

    def give(self, one: object) -> None:
        if one in self.lent:
            self.lent.remove(one)
            self.slots.pass_on()


class LostWhereItFails(Connections):
    """What cannot be made takes its slot with it."""

    def failed(self) -> None:
        pass


class GivenTwice(Connections):
    """What is given back twice is there twice."""

    def give(self, one: object) -> None:
        self.lent[:] = [each for each in self.lent if each is not one]
        self.slots.pass_on()


class Pooled(ConnectionPool):
    """The adapter."""

    kind: Any = Connections

    def make(self) -> Any:
        return self.kind(self.slots, self._made)

    async def take(self) -> Any:
        return await self.lender.take()

    async def give(self, lent: Any) -> None:
        self.lender.give(lent)


class LendsTheSame(Connections):
    """Whoever has something, the next has it as well."""

    async def take(self) -> object:
        one = await super().take()
        if len(self.lent) > 1:
            self.lent[-1] = one = self.lent[0]
        return one


class TellsOfAnother(Connections):
    """Where none can be made, it stumbles over that."""

    def failed(self) -> None:
        super().failed()
        raise KeyError


class Link:
    """A connection that is open for a time, and remembers what was done with it."""

    def __init__(self, born: float) -> None:
        self.born, self.is_used = born, False


class Reusing(Connections):
    """What is given back is cleaned, and lent again until it is old."""

    def __init__(self, number: int, adapter: Any) -> None:
        super().__init__(number, adapter._made)
        self.adapter = adapter
        self.idle: list[Link] = []

    async def take(self) -> object:
        await super().take()
        self.discard([each for each in self.idle if each.born < self.adapter.clock() - OLD / 2])
        self.lent[-1] = one = self.idle.pop() if self.idle else self.opened()
        return one

    def opened(self) -> Link:
        link = Link(self.adapter.clock())
        self.adapter.links.append(link)
        self.adapter._links(link, is_open=True)
        return link

    def discard(self, old: list[Link]) -> None:
        for each in old:
            self.idle.remove(each)
            self.adapter._links(each, is_open=False)

    def give(self, one: Any) -> None:
        if one in self.lent:
            self.clean(one)
            self.idle.append(one)
        super().give(one)

    def clean(self, one: Link) -> None:
        one.is_used = False


class NeverCloses(Reusing):
    """What is old is forgotten, and stays open."""

    def discard(self, old: list[Link]) -> None:
        self.idle = [each for each in self.idle if each not in old]


class NeverCleans(Reusing):
    """What was done with it is there for the next."""

    def clean(self, one: Link) -> None:
        pass


class Ageing(Outliving, Pooled):
    """The adapter."""

    kind: Any = Reusing

    def have_clock(self) -> None:
        self.links: list[Link] = []

    def make(self) -> Any:
        return self.kind(self.slots, self)

    def is_in_order(self, lent: Link) -> bool:
        was, lent.is_used = lent.is_used, True
        return not was


class Early(asyncio.Queue[int]):
    """Who waits until all is done waits for nothing."""

    _unfinished_tasks: int
    _finished: Any

    def _put(self, item: int) -> None:
        super()._put(item)
        self._unfinished_tasks -= 1
        self._finished.set()

    def task_done(self) -> None:
        """Say nothing."""


class Refilled(asyncio.Queue[int]):
    """What comes as one is cancelled is there twice."""

    _queue: Any

    async def get(self) -> int:
        try:
            return await super().get()
        except asyncio.CancelledError:
            self._queue.extend([*self._queue])
            raise


class Queued(PythonQueue):
    """The adapter."""

    kind: Any = asyncio.Queue

    def made(self) -> Any:
        return self.kind(2)


IN_VAIN = "no connection can be made, and who asks for one is told of"

PLANTED = [
    (Queued, Early, "wait_until_done", "something is to be done, and nobody waits for it"),
    (Queued, Refilled, "leave_as_it_comes", "what was got is there"),
    (Lent, KeptByTheCancelled, "leave_as_it_comes", "one waits, and of 2 slots 1 are lent"),
    (Lent, WokenOnly, "snatch", "3 have a slot, and there are 2"),
    (Lent, OutOfOrder, "crowd", "one who came later is served, and another waits"),
    (Lent, InTheWay, "meet", "one waits, and of 2 slots 1 are lent"),
    (Lent, NotWoken, "resize_meanwhile", "one waits, and of 3 slots 2 are lent"),
    (Pooled, LostWhereItFails, "fail_to_make", "one waits, and of 2 slots 0 are lent"),
    (Pooled, GivenTwice, "give_twice", "3 have a slot, and there are 2"),
    (Pooled, LendsTheSame, "crowd", "two have the same at the same time"),
    (Pooled, TellsOfAnother, "ask_in_vain", f"{IN_VAIN} ['KeyError']"),
    (Ageing, NeverCloses, "outlive", "4 connections are open, and there are 2 slots"),
    (Ageing, NeverCleans, "crowd", "what is lent is not in order: somebody had it before"),
]


@pytest.mark.parametrize(("adapter", "kind", "name", "words"), PLANTED)
def test_a_fault_of_slots_is_told_of_by_a_step(adapter: Any, kind: Any, name: str, words: str) -> None:
    """In one step what is wrong is seen; of the correct one nothing is."""
    with measuring(adapter):
        wrong = played(type("Wrong", (adapter,), {"kind": kind}), (Move(name),), ())
        right = played(adapter, (Move(name),), ())

    assert wrong is not None
    assert right is not None
    assert wrong[-1].raised == f"AssertionError: {words}"
    assert right[-1].raised == ""


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("adapter", [Lent, Pooled])
def test_a_correct_one_is_not_accused(adapter: Any, seed: int) -> None:
    """Whatever the seed."""
    check_live(adapter, examples=12, seed=seed).assert_not_falsified()
