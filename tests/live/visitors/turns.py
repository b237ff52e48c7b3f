"""Managers that are interrupted, or work by themselves: cancelled, two threads, a worker, chance, state of a class."""

from __future__ import annotations

import asyncio
import pickle
import random
from functools import cache
from pathlib import Path
from queue import Queue
from threading import Condition, Lock, Thread
from typing import Any, ClassVar

from spillproof.properties.live import Adapter
from tests.live.strangers.books import KIB, Books, Plain
from tests.live.strangers.turns import loaded

# Cancellation


class Moving(Books):
    """What is being written is neither here nor there, and is counted until it is on disk."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.moving: dict[str, Any] = {}

    def get(self, key: str) -> Any:
        return self.values[key] if key in self.values else loaded(self.folder / key)

    def delete(self, key: str) -> None:
        super().delete(key)
        (self.folder / key).unlink(missing_ok=True)

    async def spill(self) -> int:
        for key, value in list(self.values.items())[:1]:
            self.moving[key] = value
            del self.values[key]
            try:
                await asyncio.sleep(0)
            except asyncio.CancelledError:
                self.return_to(key)
                raise
            (self.folder / key).write_bytes(pickle.dumps(value))
            del self.moving[key]
            self.used -= len(value)
            return len(value)
        return 0

    def return_to(self, key: str) -> None:
        self.values[key] = self.moving.pop(key)


class MovingForEver(Moving):
    """Gives the bytes back, and not the value."""

    def return_to(self, key: str) -> None:
        self.used -= len(self.moving[key])


class OnTheMove(Plain):
    manager: ClassVar[Any] = Moving
    faults = frozenset({"cancelled"})

    async def spill(self) -> int:
        return int(await self.store.spill())


class OnTheMoveForEver(OnTheMove):
    manager = MovingForEver


# Two threads


class Checked(Books):
    """Each step is under one lock."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.lock = Lock()

    def put(self, key: str, value: Any) -> None:
        with self.lock:
            self.used += len(value) - len(self.values.get(key, ()))
            self.values[key] = value

    def get(self, key: str) -> Any:
        with self.lock:
            return self.values[key]

    def delete(self, key: str) -> None:
        with self.lock:
            self.used -= len(self.values.pop(key))


class CheckedBefore(Checked):
    """Looks before it takes the lock, and believes it afterwards."""

    def delete(self, key: str) -> None:
        size = len(self.values[key])
        with self.lock:
            self.values.pop(key, None)
            self.used -= size


class Checking(Plain):
    manager: ClassVar[Any] = Checked
    faults = frozenset({"second_thread"})

    def keys(self) -> list[str]:
        return list(self.store.values)


class CheckingBefore(Checking):
    manager = CheckedBefore


# Right, and not easily seen to be


class Working(Adapter):
    """A worker writes; who spills waits until it is done."""

    faults = frozenset({"second_thread"})

    def begin(self, folder: Path) -> None:
        self.folder = folder
        self.values: dict[str, Any] = {}
        self.changed = Condition()
        self.work: Queue[str | None] = Queue()
        self.pending = 0
        self.worker = Thread(target=self._write, daemon=True)
        self.worker.start()

    def _write(self) -> None:
        while (key := self.work.get()) is not None:
            with self.changed:
                if key in self.values:
                    (self.folder / key).write_bytes(pickle.dumps(self.values[key]))
                    del self.values[key]
                self.pending -= 1
                self.changed.notify_all()

    def put(self, key: str, value: Any) -> None:
        with self.changed:
            self.values[key] = value
            (self.folder / key).unlink(missing_ok=True)

    def get(self, key: str) -> Any:
        with self.changed:
            return self.values[key] if key in self.values else loaded(self.folder / key)

    def delete(self, key: str) -> None:
        with self.changed:
            self.values.pop(key, None)
            (self.folder / key).unlink(missing_ok=True)

    def spill(self) -> None:
        with self.changed:
            for key in self.values:
                self.pending += 1
                self.work.put(key)
            while self.pending:
                self.changed.wait()

    def keys(self) -> list[str]:
        return sorted({*self.values, *(file.name for file in self.folder.iterdir())})

    def close(self) -> None:
        self.values.clear()
        self.work.put(None)
        self.worker.join()

    def accounted(self) -> int:
        return sum(map(len, self.values.values()))


class ByChance(Adapter):
    """Drops any value where one does not fit: another each time."""

    drops = True

    def begin(self, folder: Path) -> None:
        del folder
        self.values: dict[str, Any] = {}
        self.chance = random.Random()

    def put(self, key: str, value: Any) -> None:
        self.values.pop(key, None)
        if len(value) > self.capacity_of_pool():
            return
        while self.accounted() + len(value) > self.capacity_of_pool():
            del self.values[self.chance.choice(list(self.values))]
        self.values[key] = value

    def get(self, key: str) -> Any:
        return self.values[key]

    def delete(self, key: str) -> None:
        del self.values[key]

    def keys(self) -> list[str]:
        return list(self.values)

    def accounted(self) -> int:
        return sum(map(len, self.values.values()))

    def capacity_of_pool(self) -> int:
        return 5 * KIB


class Shared:
    """All that there is belongs to the class, and is emptied when it is opened."""

    values: ClassVar[dict[str, Any]] = {}
    keep: ClassVar[list[Any]] = []

    @classmethod
    def delete(cls, key: str) -> None:
        del cls.values[key]


class SharedAndKept(Shared):
    """What was put first is kept until something else was."""

    values: ClassVar[dict[str, Any]] = {}
    keep: ClassVar[list[Any]] = []

    @classmethod
    def delete(cls, key: str) -> None:
        cls.keep[:] = [cls.values.pop(key)]


class OfAClass(Adapter):
    """A manager without an object of its own."""

    manager: ClassVar[type[Shared]] = Shared

    def begin(self, folder: Path) -> None:
        del folder
        self.manager.values.clear()
        self.manager.keep.clear()

    def put(self, key: str, value: Any) -> None:
        self.manager.values[key] = value

    def get(self, key: str) -> Any:
        return self.manager.values[key]

    def delete(self, key: str) -> None:
        self.manager.delete(key)

    def close(self) -> None:
        self.manager.values.clear()
        self.manager.keep.clear()

    def accounted(self) -> int:
        return sum(map(len, self.manager.values.values()))


class OfAClassAndKept(OfAClass):
    manager = SharedAndKept


class Named(Books):
    """Names are interned in a table of the class, as long as they are in use."""

    names: ClassVar[dict[str, str]] = {}

    def put(self, key: str, value: Any) -> None:
        super().put(self.names.setdefault(key, key), value)

    def delete(self, key: str) -> None:
        if key in self.values:
            super().delete(key)
            self.forget(key)

    def forget(self, key: str) -> None:
        self.names.pop(key, None)


class NamedForEver(Named):
    names: ClassVar[dict[str, str]] = {}

    def forget(self, key: str) -> None:
        """Forgotten."""


class WithNames(Plain):
    manager: ClassVar[Any] = Named


class WithNamesForEver(WithNames):
    manager = NamedForEver


class Parsed(Books):
    """Has what it has parsed at hand, as long as the value is there."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.parsed: dict[str, Any] = {}

    def get(self, key: str) -> Any:
        return self.parsed.setdefault(key, self.values[key])

    def put(self, key: str, value: Any) -> None:
        self.parsed.pop(key, None)
        super().put(key, value)

    def delete(self, key: str) -> None:
        self.parsed.pop(key, None)
        super().delete(key)


class ParsedByTheClass(Books):
    """The cache of a method has its values for ever."""

    versions = 0

    def get(self, key: str) -> Any:
        return self.parse(key, self.versions)

    @cache  # noqa: B019 - it is the fault
    def parse(self, key: str, version: int) -> Any:
        del version
        return self.values[key]

    def put(self, key: str, value: Any) -> None:
        self.versions += 1
        super().put(key, value)


class Parsing(Plain):
    manager: ClassVar[Any] = Parsed


class ParsingByTheClass(Plain):
    manager: ClassVar[Any] = ParsedByTheClass
