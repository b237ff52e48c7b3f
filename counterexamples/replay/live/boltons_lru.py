"""Caches of boltons, controls: a dictionary of so many values beside a linked list, under a lock."""

from __future__ import annotations

from typing import Any

from spillproof.counterexamples.replay.live.mapped import NOBODY, Mapped, WeighingError, ought
from spillproof.counterexamples.replay.live.mapping_cache import CountedCache, Handled
from spillproof.counterexamples.replay.live.ordered import Ordered
from spillproof.properties.live.own import step


class BoltonsLru(CountedCache):
    """A cache that forgets what was used least recently."""

    packages = ("boltons",)
    faults = frozenset({"kept", "missing", "second_thread"})

    def make(self) -> Any:
        from boltons.cacheutils import LRU

        return LRU(max_size=self.values)


class BoltonsLruOfThree(BoltonsLru):
    """The same for one thread, and of three values: one of them is neither the first nor the last."""

    faults = frozenset({"kept", "missing"})
    values = 3


class BoltonsLri(Handled, BoltonsLruOfThree):
    """A cache that forgets what was put least recently."""

    def make(self) -> Any:
        from boltons.cacheutils import LRI

        return LRI(max_size=self.values)

    def copied(self) -> Any:
        return self.cache.copy()


class BoltonsMapped(Mapped, BoltonsLruOfThree):
    """What was used least recently goes; all that a dictionary can is done with it, and it is begun with values."""

    @step(alone=True)
    def begin_anew(self) -> None:
        """Begin a cache with the values of this one, which is the same then."""
        other = type(self.cache)(max_size=self.values, values=list(self.cache.items()))
        ought(dict(other.items()) == dict(self.cache.items()), "what is begun with the same values has others")
        ought(other == self.cache, "what is begun with the same values is another")
        self.cache = other


class BoltonsLriMapped(BoltonsMapped):
    """The same, where what was put least recently goes."""

    def make(self) -> Any:
        from boltons.cacheutils import LRI

        return LRI(max_size=self.values)


class BoltonsAsked(BoltonsLruOfThree):
    """A cache that makes what it does not have: `on_miss`. What it makes is a value like another."""

    def make(self) -> Any:
        from boltons.cacheutils import LRU

        return LRU(max_size=self.values, on_miss=self.missed)

    def missed(self, key: str) -> Any:
        """Make a value, or fail to."""
        if key == NOBODY:
            raise WeighingError
        return self.made.pop()

    def put(self, key: str, value: Any) -> None:
        self.cache.pop(key, None)
        self.made = [value]
        del value
        self.cache[key]

    @step
    def miss(self) -> None:
        """Ask for what cannot be made."""
        try:
            self.cache[NOBODY]
        except WeighingError:
            ought(NOBODY not in self.cache, "what cannot be made is there")
            return
        raise AssertionError("what cannot be made is given")


class BoltonsLruOrdered(Ordered, Handled, BoltonsLruOfThree):
    """What was used least recently goes, and is watched as it goes; the cache is emptied and copied."""

    def copied(self) -> Any:
        return self.cache.copy()


class BoltonsLriOrdered(Ordered, BoltonsLri):
    """The same, where what was put least recently goes."""

    policy = "put first"
