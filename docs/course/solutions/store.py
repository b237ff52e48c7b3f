"""Lesson 7: a cache that runs. Values are in memory up to a budget, and on disk beyond it."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any


class Reader:
    """Reads a value, as often as is asked. Somebody has it in hand for as long as they like."""

    def __init__(self, store: Store, key: str) -> None:
        self.store, self.key = store, key

    def read(self) -> Any:
        """The value; None where it is gone."""
        return self.store.get(self.key) if self.store.has(self.key) else None


class Store:
    """The grader calls what is here, on real values, and measures what is in memory. Repair what keeps too much."""

    def __init__(self, folder: Path, budget: int) -> None:
        self.folder, self.budget = folder, budget
        self.memory: dict[str, Any] = {}
        self.used = 0

    def put(self, key: str, value: Any) -> None:
        """Keep a value; where it does not fit, others are spilled, or it is itself."""
        self.delete(key)
        self.memory[key] = value
        self.used += len(value)
        while self.used > self.budget:
            self.spill()

    def get(self, key: str) -> Any:
        """The value, from memory or from disk."""
        if key in self.memory:
            return self.memory[key]
        return pickle.loads(self.file(key).read_bytes())

    def has(self, key: str) -> bool:
        """Whether there is a value, in memory or on disk."""
        return key in self.memory or self.file(key).exists()

    def delete(self, key: str) -> None:
        """Forget a value."""
        if key in self.memory:
            self.used -= len(self.memory.pop(key))
        self.file(key).unlink(missing_ok=True)

    def spill(self) -> int:
        """The value that is here longest goes to disk. Return how many bytes were freed."""
        key = next(iter(self.memory))
        self.file(key).write_bytes(pickle.dumps(self.memory[key]))
        freed = len(self.memory.pop(key))
        self.used -= freed
        return freed

    def reader(self, key: str) -> Reader:
        """A reader of the value."""
        return Reader(self, key)

    def file(self, key: str) -> Path:
        """Where a value is, on disk."""
        return self.folder / key
