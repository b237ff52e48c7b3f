"""Caches of cacheout, with which all is done that they can."""

from __future__ import annotations

from functools import partial
from typing import Any

from spillproof.counterexamples.replay.live.cacheout_cache import CacheoutLfu, CacheoutLru
from spillproof.counterexamples.replay.live.mapped import NOBODY, Stranger, ought
from spillproof.counterexamples.replay.live.mapping_cache import Handled
from spillproof.counterexamples.replay.live.ordered import Chosen
from spillproof.properties.live.own import step


class CacheoutMapped(Handled, CacheoutLfu):
    """What was put first goes; all that the cache can is done with it, and it tells of what goes."""

    faults = frozenset({"kept", "missing"})
    histories = ("gone",)
    kind = "Cache"
    values = 3

    def make(self) -> Any:
        import cacheout

        self.gone: list[str] = []
        more = {"on_delete": partial(tell, self.gone)} if hasattr(cacheout, "RemovalCause") else {}
        return getattr(cacheout, self.kind)(maxsize=self.values, **more)

    def copied(self) -> Any:
        return self.cache.copy()

    @step
    def put_many(self, key: str, value: Any) -> None:
        """Put a value with `set_many`."""
        self.cache.set_many({key: value})

    @step
    def add(self, key: str, value: Any) -> None:
        """Put a value with `add`, where nothing is under its key."""
        if key in self.cache:
            self.cache.set(key, value)
        else:
            self.cache.add(key, value)

    @step
    def add_again(self, key: str) -> None:
        """Add a value where one is already, which stays."""
        other = Stranger()
        if key in self.cache:
            self.cache.add(key, other)
            ought(self.cache.get(key) is not other, f"{key} is there, and another is taken")

    @step
    def ask_with_default(self) -> None:
        """Ask for what is not there: the default is given, and kept where it was made."""
        ought(self.cache.get(NOBODY) is None, "something is given")
        ought(self.cache.get(NOBODY, default=7) == 7, "another than the default is given")  # noqa: PLR2004
        ought(NOBODY not in self.cache, "what is not there is said to be there")
        ought(self.cache.delete(NOBODY) == 0, "what is not there is said to be deleted")
        ought(dict(self.cache.get_many([NOBODY])) == {}, "something is given")

    @step
    def pop(self) -> None:
        """Have the cache choose what goes: it is what was there, and is gone; of an empty cache it is a KeyError."""
        there = {key: id(value) for key, value in self.cache.items()}
        try:
            key, value = self.cache.popitem()
        except KeyError:
            ought(not there, "something is there, and nothing goes")
            return
        ought(there.get(key) == id(value), f"{key} goes, and was not there")
        ought(key not in self.cache, f"{key} goes, and is there")

    @step
    def evict(self) -> None:
        """Have the cache make room: as long as it has some, nothing need go."""
        before = len(self.cache)
        ought(self.cache.evict() == before - len(self.cache), "another number is said to have gone than has")

    @step
    def reconfigure(self) -> None:
        """Give the cache room for one more, and take it back."""
        self.cache.configure(maxsize=self.values + 1)
        self.cache.configure(maxsize=self.values)

    @step
    def put_too_much(self) -> None:
        """Put a value where there is no room: one goes, which is told of, and then what was put is taken out."""
        del self.gone[:]
        before = set(self.keys())
        self.cache.set(NOBODY, Stranger())
        missing = before - set(self.keys())
        ought(len(self.cache) <= self.values, "there are more than there may be")
        ought(
            not getattr(self.cache, "on_delete", None) or {*self.gone} == missing, "others are told of as gone than are"
        )
        self.cache.delete(NOBODY)

    @step
    def look(self) -> None:
        """Look at the keys, the values and the items: they are of one state, and as many as are said to be there."""
        keys, values, items = list(self.cache.keys()), list(self.cache.values()), list(self.cache.items())
        ought([key for key, _ in items] == keys, "items have other keys than there are")
        ought([id(value) for _, value in items] == list(map(id, values)), "items have other values than there are")
        ought(len(keys) == len(self.cache) == self.cache.size(), "another number is said to be there")
        ought(list(self.cache) == keys, "whoever walks meets others")
        repr(self.cache)


class CacheoutLfuMapped(CacheoutMapped):
    """The same, where what was used least often goes."""

    kind = "LFUCache"


class CacheoutMruMapped(CacheoutMapped):
    """The same, where what was used most recently goes."""

    kind = "MRUCache"


class CacheoutLifoMapped(CacheoutMapped):
    """The same, where what was put last goes."""

    kind = "LIFOCache"


class CacheoutRrMapped(CacheoutMapped):
    """The same, where any goes."""

    kind = "RRCache"


def tell(gone: list[str], key: str, _value: Any, _cause: Any) -> None:
    """Keep the key of what goes."""
    gone.append(key)


class CacheoutLruOrdered(Chosen, CacheoutLru):
    """What was used least recently goes, and is watched as it goes."""

    faults = frozenset({"kept", "missing"})
    values = 3


class CacheoutLfuOrdered(Chosen, CacheoutLfu):
    """The same, where what was used least often goes."""

    faults = frozenset({"kept", "missing"})
    policy = "least often used"
    values = 3


class CacheoutOrdered(CacheoutLfuOrdered):
    """The same, where what was put first goes."""

    policy, kind = "put first", "Cache"

    def make(self) -> Any:
        import cacheout

        return getattr(cacheout, self.kind)(maxsize=self.values)


class CacheoutMruOrdered(CacheoutOrdered):
    """The same, where what was used most recently goes."""

    policy, kind = "most recently used", "MRUCache"


class CacheoutLifoOrdered(CacheoutOrdered):
    """The same, where what was put last goes."""

    policy, kind = "put last", "LIFOCache"
