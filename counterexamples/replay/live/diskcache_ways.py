"""`diskcache.Cache` and `diskcache.FanoutCache`, with which all is done that they can."""

from __future__ import annotations

import warnings
from typing import Any

from spillproof.counterexamples.replay.live.diskcache_cache import SMALL, DiskCache
from spillproof.counterexamples.replay.live.mapped import NOBODY, ought
from spillproof.properties.live.own import step


class DiskCacheMapped(DiskCache):
    """The same on a disk that is never full, where all is done with it that it can."""

    faults = frozenset({"missing"})

    @step
    def add(self, key: str, value: Any) -> None:
        """Put a value with `add`, where nothing is under its key."""
        if key in self.cache:
            self.cache.set(key, value)
        else:
            ought(self.cache.add(key, value), f"{key} is not there, and cannot be added")

    @step
    def add_again(self, key: str) -> None:
        """Add a value where one is already, which stays, also if it is a number that would be counted."""
        ought(not self.cache.add(key, 7), f"{key} is there, and another is taken")

    @step
    def count(self) -> None:
        """Count under a key of its own, which is then deleted."""
        ought([self.cache.incr(NOBODY, 2), self.cache.decr(NOBODY, 1)] == [2, 1], "it is counted wrongly")
        ought(self.cache.pop(NOBODY) == 1, "another number is there than was counted")
        ought(NOBODY not in self.cache, "what was taken out is there")

    @step
    def ask_with_default(self) -> None:
        """Ask for what is not there: the default is given."""
        ought(self.cache.get(NOBODY, 7) == 7, "get: another than the default is given")  # noqa: PLR2004
        ought(self.cache.pop(NOBODY, 7) == 7, "pop: another than the default is given")  # noqa: PLR2004
        ought(NOBODY not in self.cache, "what is not there is said to be there")
        ought(not self.cache.delete(NOBODY) and not self.cache.touch(NOBODY), "what is not there is said to be")

    def transaction(self) -> Any:
        """Begin a transaction."""
        return self.cache.transact()

    @step
    def undo(self, key: str) -> None:
        """Put, replace and delete in a transaction that fails: all is as it was."""
        try:
            with self.transaction():
                self.cache.set(NOBODY, b"new" * 100)
                self.cache.set(key, b"other" * 100)
                self.cache.delete(NOBODY)
                raise UndoneError  # noqa: TRY301 - it ends the transaction
        except UndoneError:
            ought(NOBODY not in self.cache, "what was undone is there")

    @step
    def look(self) -> None:
        """Look at the keys, from both ends: as many as are said to be there."""
        keys = list(self.cache)
        ought(list(reversed(self.cache)) == keys[::-1], "there are other keys from behind")
        ought(len(keys) == len(self.cache), f"{len(self.cache)} are said to be there, and {len(keys)} are")

    @step
    def check(self) -> None:
        """Have the cache look whether its table and its files agree."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ResourceWarning)
            found = [each for each in self.cache.check() if not issubclass(each.category, ResourceWarning)]
        ought(not found, f"the cache says of itself: {' '.join(str(each.message) for each in found)}")

    @step
    def reopen(self) -> None:
        """Begin anew with what is in the folder."""
        self.cache.close()
        self.cache = self.make()

    @step
    def tag(self, key: str) -> None:
        """Put something with a tag, and have all that has it go."""
        self.cache.set(NOBODY, b"tagged" * 100, tag="x")
        ought(self.cache.evict("x") == 1, "another number is said to have gone than has")
        ought(key in self.cache, f"{key} has no tag, and is gone")

    @step
    def cull(self) -> None:
        """Have the cache remove what is too much or too old: nothing."""
        ought(self.cache.cull() == 0, "something is said to have gone")
        ought(self.cache.expire() == 0, "something is said to have gone")


class UndoneError(Exception):
    """Ends a transaction."""


class DiskFanout(DiskCacheMapped):
    """The same, of several caches, each with its part of the keys."""

    def make(self) -> Any:
        import diskcache

        return diskcache.FanoutCache(str(self.folder), shards=2, timeout=60, **{**self.options(), **SMALL})

    def transaction(self) -> Any:
        return self.cache.transact(retry=True)

    def disk_accounted(self) -> int:
        shards: Any = self.cache._shards
        return sum(each._sql("SELECT COALESCE(SUM(size), 0) FROM Cache").fetchall()[0][0] for each in shards)
