"""What caches have in common in which a value lives for a time."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, ClassVar

from spillproof.properties.live.clock import Clock
from spillproof.properties.live.own import step

LIFE = 1_000.0
"""Seconds that a value lives."""

WHILE = 0.6 * LIFE
"""Seconds that pass at once: a value is there after one such step, and after two it is not."""


class Expiring:
    """A cache whose clock goes on with a step only. Beside an adapter, of which it is the first base."""

    histories: ClassVar[tuple[str, ...]] = ("born",)

    def begin(self, folder: Path) -> None:
        self.clock = Clock()
        self.born: dict[str, float] = {}
        super().begin(folder)  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue] # of the adapter

    def put(self, key: str, value: Any) -> None:
        super().put(key, value)  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue] # of the adapter
        self.note(key)

    def note(self, key: str) -> None:
        """Note that the value under a key has its whole time."""
        self.born[key] = self.clock()

    @step
    def wait(self) -> None:
        """Let time pass. What has lived its time is gone then, and what has not is there."""
        before = set(self.keys())
        self.clock.go_on(WHILE)
        old = {key for key, born in self.born.items() if self.clock() - born >= LIFE}
        late = [key for key in sorted(old) if self.has(key)]
        self.expire()
        early = sorted(before - old - set(self.keys()))
        if late or early:
            words = [*(f"{key} has lived its time, and is there" for key in late)]
            raise AssertionError("; ".join([*words, *(f"{key} has time left, and is gone" for key in early)]))

    def may_go(self, key: str) -> bool:
        """Return whether a value has lived its time."""
        return self.clock() - self.born.get(key, 0.0) >= LIFE

    def has(self, key: str) -> bool:
        """Return whether the cache says that a key is there."""
        return key in self.keys()

    def expire(self) -> None:
        """Have the cache remove what has lived its time, where it does not by itself."""

    def keys(self) -> Iterable[str]:
        """Return the keys that are there."""
        return super().keys()  # type: ignore[misc, no-any-return]  # pyright: ignore[reportAttributeAccessIssue] # of the adapter
