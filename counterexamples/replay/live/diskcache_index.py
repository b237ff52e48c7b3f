"""`diskcache.Index` and `diskcache.Deque`: a dictionary and a queue with two ends, on disk."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from spillproof.counterexamples.replay.live.diskcache_cache import DiskCache
from spillproof.counterexamples.replay.live.mapped import Mapped, ought
from spillproof.properties.live.own import step


class DiskIndex(Mapped, DiskCache):
    """A dictionary on disk: `diskcache.Index`."""

    faults = frozenset({"missing"})

    def make(self) -> Any:
        import diskcache

        return diskcache.Index.fromcache(super().make())

    def keys(self) -> Iterable[str]:
        return list(self.cache)

    def close(self) -> None:
        self.cache.clear()
        self.cache.cache.close()

    def disk_accounted(self) -> int:
        return int(self.cache.cache._sql("SELECT COALESCE(SUM(size), 0) FROM Cache").fetchall()[0][0])

    @step(loses=True)
    def pop(self) -> None:
        """Have it choose what goes."""
        super().pop()

    @step
    def ends(self) -> None:
        """Look at what was put first and last."""
        keys = list(self.cache)
        if keys:
            ends = [self.cache.peekitem(last=False)[0], self.cache.peekitem()[0]]
            ought(ends == [keys[0], keys[-1]], "another is first or last")
            ought(list(reversed(self.cache)) == keys[::-1], "there are other keys from behind")


class DiskDeque(DiskCache):
    """A queue with two ends on disk: `diskcache.Deque`. What is done with it leaves it as it was."""

    appends = True
    keys_used = ("a",)
    faults = frozenset()

    def make(self) -> Any:
        import diskcache

        return diskcache.Deque.fromcache(super().make())

    @step(deletes=True)
    def take_out(self, key: str) -> None:
        """Take all that is there."""
        self.delete(key)

    def close(self) -> None:
        self.cache.clear()
        self.cache.cache.close()

    def disk_accounted(self) -> int:
        return int(self.cache.cache._sql("SELECT COALESCE(SUM(size), 0) FROM Cache").fetchall()[0][0])

    def put(self, key: str, value: Any) -> None:
        self.cache.append(value)

    def get(self, key: str) -> Any:
        return b"".join(bytes(each.bytes) for each in self.cache)

    def delete(self, key: str) -> None:
        while len(self.cache):
            self.cache.popleft()

    def keys(self) -> Iterable[str]:
        return ["a"] if len(self.cache) else []

    @step
    def turn(self) -> None:
        """Turn it around, and back."""
        for steps in (1, -1, len(self.cache) + 1, -len(self.cache) - 1):
            self.cache.rotate(steps)
        self.cache.reverse()
        self.cache.reverse()

    @step
    def exchange(self) -> None:
        """Take from both ends, and give back."""
        if len(self.cache):
            self.cache.append(self.cache.pop())
            self.cache.appendleft(self.cache.popleft())

    @step
    def ends(self) -> None:
        """Look at both ends."""
        if len(self.cache):
            ought(self.cache.peek().number == self.cache[-1].number, "another is last")
            ought(self.cache.peekleft().number == self.cache[0].number, "another is first")

    @step
    def look(self) -> None:
        """Look at all, from both ends."""
        numbers = [each.number for each in self.cache]
        ought(numbers[::-1] == [each.number for each in reversed(self.cache)], "there are others from behind")
        ought([self.cache[at].number for at in range(len(self.cache))] == numbers, "there are others by their place")
        self.cache.extend([b"one" * 100, b"two" * 100])
        ought([self.cache.pop(), self.cache.pop()] == [b"two" * 100, b"one" * 100], "others are taken than were given")
        self.cache.extendleft([b"one" * 100, b"two" * 100])
        ought([self.cache.popleft(), self.cache.popleft()] == [b"two" * 100, b"one" * 100], "others are taken")
        self.cache.append(b"one" * 100)
        self.cache.remove(b"one" * 100)
        ought(self.cache.count(b"one" * 100) == 0, "what was removed is there")
