"""What else is done with a cache of cachelib, in memory or on disk: several values at once, numbers, `add`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from itertools import product
from pickle import PicklingError
from typing import Any

from spillproof.counterexamples.replay.live.mapped import NOBODY, number_of, ought
from spillproof.properties.live.own import step


class Nameless:
    """A value that cannot be pickled: pickle says so itself, where of a function inside another Python does."""

    def __reduce__(self) -> str:
        return "no name of this module"


class Several:
    """Steps of all caches of cachelib. Beside an adapter, of which it is the first base."""

    cache: Any
    keys: Callable[[], Iterable[str]]
    threshold = 100

    @step
    def put_many(self, key: str, value: Any) -> None:
        """Put a value with `set_many`."""
        ought(self.cache.set_many({key: value}), "not set")

    @step
    def add(self, key: str, value: Any) -> None:
        """Put a value with `add`, where nothing is under its key."""
        if self.cache.has(key):
            self.cache.set(key, value)
        else:
            ought(self.cache.add(key, value), f"{key} is not there, and cannot be added")

    @step
    def add_again(self, key: str) -> None:
        """Add a value where one is already, which stays, if none must make room."""
        if self.cache.has(key) and len(list(self.keys())) <= self.threshold:
            ought(not self.cache.add(key, 7), f"{key} is there, and another is taken")

    @step
    def count(self) -> None:
        """Count under a key of its own, which is then deleted."""
        ought([self.cache.inc(NOBODY, 2), self.cache.dec(NOBODY, 1)] == [2, 1], "it is counted wrongly")
        ought(self.cache.get(NOBODY) == 1, "another number is there than was counted")
        ought(self.cache.delete(NOBODY), "what was counted cannot be deleted")
        ought(self.cache.get(NOBODY) is None and not self.cache.has(NOBODY), "what was deleted is there")

    @step
    def put_none(self) -> None:
        """Put what is no value, under a key of its own, which is then deleted."""
        nothing: tuple[Any, ...] = (None, 0, "", [])
        for value in nothing:
            self.cache.set(NOBODY, value)
            ought(self.cache.has(NOBODY), f"{value!r} was set, and is said not to be there")
            ought(self.cache.get(NOBODY) == value, f"{value!r} was set, and another is there")
        self.cache.delete(NOBODY)

    @step
    def put_in_vain(self) -> None:
        """Put what cannot be pickled under a key of its own: it is not there then, whatever is said of it."""
        for put, value in product((self.cache.set, self.cache.add), (lambda: None, Nameless())):
            with suppress(TypeError, AttributeError, PicklingError):
                put(NOBODY, value)
            ought(self.cache.get(NOBODY) is None, "what cannot be pickled is there")
        self.cache.delete(NOBODY)

    @step
    def ask_several(self, key: str) -> None:
        """Read several at once, of which one is not there."""
        alone = number_of(self.cache.get(key))
        nothing, one = self.cache.get_many(NOBODY, key)
        ought((nothing, number_of(one)) == (None, alone), "several are read, and they are others")
        found = self.cache.get_dict(NOBODY, key)
        ought((found[NOBODY], number_of(found[key])) == (None, alone), "several are read, and they are others")

    @step(deletes=True)
    def take_out(self, key: str) -> None:
        """Delete several at once, of which one is not there."""
        self.cache.delete_many(key, NOBODY)
        ought(not self.cache.has(key), f"{key} was deleted, and is there")
