"""What is watched as it chooses, and who waits beside others: a wrong choice is told of, and a right one is not."""

import asyncio
from collections.abc import Callable
from functools import cached_property
from typing import Any, ClassVar

import pytest

from spillproof.counterexamples.replay.live.mapping_cache import CountedCache
from spillproof.counterexamples.replay.live.memoized_awaited import Awaited
from spillproof.counterexamples.replay.live.ordered import Chosen, Life
from spillproof.properties.catalogue import NO_EXCEPTION
from spillproof.properties.live.adapter import Adapter
from spillproof.properties.live.move import Move, Script
from spillproof.properties.live.session import false_at, played

A, B, C = (Move("put", key, 1) for key in "abc")
GET_A, POP = Move("get", "a"), Move("pop")

MOST = CountedCache.values


def fails_at(kind: type[Adapter], *run: Move) -> int | None:
    """The step of a run that raises; None where none does."""
    steps = played(kind, run, [NO_EXCEPTION])
    assert steps is not None
    return false_at(NO_EXCEPTION, steps)


class Dropping(dict[str, Any]):
    """A dictionary of two values, of which the first goes. Where reading is no use of it, it `moves` nothing."""

    def __init__(self, *, moves: bool) -> None:
        super().__init__()
        self.moves = moves

    def __getitem__(self, key: str) -> Any:
        value = super().__getitem__(key)
        if self.moves:
            self[key] = value
        return value

    def __setitem__(self, key: str, value: Any) -> None:
        self.pop(key, None)
        super().__setitem__(key, value)
        if len(self) > MOST:
            self.popitem()

    def popitem(self) -> tuple[str, Any]:
        key = next(iter(self))
        return key, self.pop(key)


class LeastRecently(Chosen, CountedCache):
    """What was used least recently goes."""

    def make(self) -> Any:
        return Dropping(moves=True)


class NeverUsed(LeastRecently):
    """The same, where reading a value is no use of it, against what is said."""

    def make(self) -> Any:
        return Dropping(moves=False)


class PutFirst(NeverUsed):
    """The same, where what was put first is said to go, and does."""

    policy = "put first"


@pytest.mark.parametrize(
    ("kind", "at"), [(LeastRecently, None), (PutFirst, None), (NeverUsed, 4)], ids=["used", "put", "wrong"]
)
def test_who_goes_is_watched_as_another_comes(kind: type[Adapter], at: int | None) -> None:
    """Where `a` was read since, `b` is to go; a cache in which `a` goes is told of, unless it says that it is so."""
    assert fails_at(kind, A, B, GET_A, C) == at


@pytest.mark.parametrize(("kind", "at"), [(LeastRecently, None), (NeverUsed, 4)], ids=["used", "wrong"])
def test_who_goes_is_watched_as_one_is_chosen(kind: type[Adapter], at: int | None) -> None:
    """The same where the cache is asked to choose."""
    assert fails_at(kind, A, B, GET_A, POP) == at


@pytest.mark.parametrize(
    ("policy", "rank"),
    [
        ("least recently used", (5, 5)),
        ("most recently used", (-5, -5)),
        ("put first", (1, 3)),
        ("put last", (-3, -1)),
        ("least often used", (2, 1_000)),
    ],
)
def test_a_rank_is_between_two_where_packages_differ(policy: str, rank: tuple[int, int]) -> None:
    """Begun at 1, put again at 3, read twice since, at 5 last: whether putting again begins anew is left open."""
    assert Life(begun=1, put=3, used=5, reads=2).rank(policy) == rank


class Sharing(Awaited):
    """A decorator that lets all who ask wait for one task, which is cancelled with the first of them, or is not."""

    shields: ClassVar[bool] = True

    @cached_property
    def tasks(self) -> dict[str, asyncio.Task[Any]]:
        """What is waited for, and what has come of it."""
        return {}

    def decorated(self, function: Callable[[str], Any]) -> Callable[[str], Any]:
        async def asked(key: str) -> Any:
            if key not in self.tasks:
                self.tasks[key] = asyncio.ensure_future(function(key))
                self.tasks[key].add_done_callback(lambda task: self.drop(key, task))
            task = self.tasks[key]
            return await (asyncio.shield(task) if self.shields else task)

        return asked

    def drop(self, key: str, task: asyncio.Task[Any]) -> None:
        """Keep no failure."""
        if task.cancelled() or task.exception():
            self.tasks.pop(key, None)

    def forget(self, key: str) -> None:
        self.tasks.pop(key, None)

    def keys(self) -> list[str]:
        return [key for key, task in self.tasks.items() if task.done()]


class Cancelling(Sharing):
    """The same without a shield."""

    shields = False


EVERY: Script = (Move("meet"), Move("fail"), A, GET_A)


@pytest.mark.parametrize(
    ("kind", "run", "at"),
    [(Sharing, (Move("leave"), *EVERY), None), (Cancelling, EVERY, None), (Cancelling, (Move("leave"),), 1)],
    ids=["shielded", "nobody leaves", "one leaves"],
)
def test_who_waits_is_not_cancelled_with_another(kind: type[Adapter], run: Script, at: int | None) -> None:
    """Where two wait for the same and one is cancelled, the other gets it; if not, that is told of."""
    assert fails_at(kind, *run) == at


class Cancelled(LeastRecently):
    """A manager that says of whoever reads that he is cancelled, and nobody has cancelled him."""

    async def get(self, key: str) -> Any:
        raise asyncio.CancelledError


def test_cancelled_by_nobody_is_an_error_of_the_manager() -> None:
    """It is a step that raises, and does not end the search."""
    assert fails_at(Cancelled, A, GET_A) == 2


class Detached(Sharing):
    """A decorator that leaves alone what nobody waits for any more."""


class Attached(Sharing):
    """The same, which cancels it with the last who waits."""

    @cached_property
    def waiting(self) -> dict[str, int]:
        """How many wait."""
        return {}

    def decorated(self, function: Callable[[str], Any]) -> Callable[[str], Any]:
        shared = super().decorated(function)

        async def asked(key: str) -> Any:
            self.waiting[key] = self.waiting.get(key, 0) + 1
            try:
                return await shared(key)
            finally:
                self.waiting[key] -= 1
                if not self.waiting[key] and not self.tasks[key].done():
                    self.tasks.pop(key).cancel()

        return asked


@pytest.mark.parametrize(("kind", "at"), [(Detached, 1), (Attached, None)], ids=["goes on", "ends"])
def test_what_nobody_waits_for_ends(kind: type[Adapter], at: int | None) -> None:
    """Where all who asked are cancelled, the function is to be cancelled as well."""
    assert fails_at(kind, Move("leave_alone")) == at
