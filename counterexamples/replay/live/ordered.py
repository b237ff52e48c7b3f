"""Caches that say which value goes when there is no room: what goes is not what ought to have gone later."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any, ClassVar

from spillproof.counterexamples.replay.live.mapped import ought
from spillproof.properties.live.own import step


@dataclass
class Life:
    """When something was done with a key."""

    begun: int
    put: int
    used: int
    reads: int = 0

    def rank(self, policy: str) -> tuple[int, int]:
        """Return between which numbers the rank is by which it goes: the lowest goes first.

        Packages differ in whether putting another value under a key is a use of it, or begins anew.
        """
        return {
            "least recently used": (self.used, self.used),
            "most recently used": (-self.used, -self.used),
            "put first": (self.begun, self.put),
            "put last": (-self.put, -self.begun),
            "least often used": (self.reads, self.reads if self.begun == self.put else 1_000),
        }[policy]


class Ordered:
    """A cache that is watched as it chooses. Beside an adapter, of which it is the first base."""

    policy: ClassVar[str] = "least recently used"
    histories: ClassVar[tuple[str, ...]] = ("lives",)
    cache: Any

    def begin(self, folder: Path) -> None:
        self.lives: dict[str, Life] = {}
        super().begin(folder)  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue] # of the adapter

    def put(self, key: str, value: Any) -> None:
        before = {*self.keys()}
        super().put(key, value)  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue] # of the adapter
        self.judge(before - {key})
        now = self.now()
        begun = self.lives[key].begun if key in before and key in self.lives else now
        self.lives[key] = Life(begun, now, now)

    def get(self, key: str) -> Any:
        found = super().get(key)  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue] # of the adapter
        if life := self.lives.get(key):
            life.used, life.reads = self.now(), life.reads + 1
        return found

    def now(self) -> int:
        """Return a number above all that are known, which are made as small as can be: so runs come to the same."""
        for gone in self.lives.keys() - {*self.keys()}:
            del self.lives[gone]
        times = sorted({time for life in self.lives.values() for time in astuple(life)[:3]})
        for life in self.lives.values():
            life.begun, life.put, life.used = (times.index(each) for each in (life.begun, life.put, life.used))
        return len(times)

    def judge(self, there: set[str]) -> None:
        """Look at which of some keys went: none that ought to have gone after one that stayed."""
        stay = there & {*self.keys()}
        for gone in sorted((there - stay) & self.lives.keys()):
            for each in sorted(stay & self.lives.keys()):
                late = self.lives[gone].rank(self.policy)[0] > self.lives[each].rank(self.policy)[1]
                ought(not late, f"{gone} goes and {each} stays, where what was {self.policy} is to go")

    def keys(self) -> Iterable[str]:
        """Return the keys that are there."""
        return super().keys()  # type: ignore[misc, no-any-return]  # pyright: ignore[reportAttributeAccessIssue] # of the adapter


class Chosen(Ordered):
    """The same, where the cache is also asked to choose what goes."""

    @step
    def pop(self) -> None:
        """Have the cache choose what goes."""
        there = {*self.keys()}
        if there:
            self.cache.popitem()
            self.judge(there)
