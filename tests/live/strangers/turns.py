"""Managers that are interrupted: cancelled, entered again, by two threads. Each beside one with a planted fault."""

from __future__ import annotations

import asyncio
import pickle
from collections.abc import Callable
from pathlib import Path
from threading import RLock
from typing import Any, ClassVar

from spillproof.properties.live import Adapter, step
from tests.live.strangers.books import Books, Plain


def loaded(file: Path) -> Any:
    """Return what is in a file of our own."""
    return pickle.loads(file.read_bytes())  # noqa: S301 - it is our own


# Cancellation


class Promoting:
    """Reads what was spilled into memory again, and reserves room for it while it waits for the disk."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.memory: dict[str, Any] = {}
        self.sizes: dict[str, int] = {}
        self.loading: dict[str, int] = {}

    @property
    def used(self) -> int:
        return sum(map(len, self.memory.values())) + sum(self.loading.values())

    def put(self, key: str, value: Any) -> None:
        self.memory[key], self.sizes[key] = value, len(value)
        (self.folder / key).unlink(missing_ok=True)

    async def get(self, key: str) -> Any:
        if key not in self.memory:
            self.loading[key] = self.sizes[key]
            await self.disk(key)
            self.memory[key] = loaded(self.folder / key)
            self.loading.pop(key, None)
        return self.memory[key]

    async def disk(self, key: str) -> None:
        try:
            await asyncio.sleep(0)
        finally:
            del self.loading[key]

    def delete(self, key: str) -> None:
        self.memory.pop(key, None)
        (self.folder / key).unlink(missing_ok=True)
        del self.sizes[key]

    def spill(self) -> int:
        for key, value in list(self.memory.items())[:1]:
            (self.folder / key).write_bytes(pickle.dumps(value))
            del self.memory[key]
            return len(value)
        return 0


class PromotingForEver(Promoting):
    async def disk(self, key: str) -> None:
        await asyncio.sleep(0)


class Promoted(Plain):
    manager: ClassVar[Any] = Promoting
    faults = frozenset({"cancelled"})

    async def get(self, key: str) -> Any:
        return await self.store.get(key)

    def spill(self) -> int:
        return int(self.store.spill())


class PromotedForEver(Promoted):
    manager = PromotingForEver


class Telling(Books):
    """Tells its listeners of each value that it takes, and waits for them."""

    async def take(self, key: str, value: Any) -> None:
        self.put(key, value)
        await asyncio.sleep(0)


class TellingTooEarly(Telling):
    async def take(self, key: str, value: Any) -> None:
        before = self.values.get(key, ())
        self.values[key] = value
        await asyncio.sleep(0)
        self.used += len(value) - len(before)


class Told(Plain):
    manager: ClassVar[Any] = Telling
    faults = frozenset({"cancelled"})

    async def put(self, key: str, value: Any) -> None:  # type: ignore[override] # pyright: ignore[reportIncompatibleMethodOverride] # a coroutine
        await self.store.take(key, value)

    def keys(self) -> list[str]:
        return list(self.store.values)


class ToldTooEarly(Told):
    manager = TellingTooEarly


# Re-entrancy


class Monitored(Books):
    """Tells a monitor of each file that it writes; the monitor may have it spill more."""

    listener: Callable[[], object] | None = None

    def get(self, key: str) -> Any:
        return self.values[key] if key in self.values else loaded(self.folder / key)

    def delete(self, key: str) -> None:
        super().delete(key)
        (self.folder / key).unlink(missing_ok=True)

    def spill(self) -> int:
        for key, value in list(self.values.items())[:1]:
            (self.folder / key).write_bytes(pickle.dumps(value))
            super().delete(key)
            self.tell()
            return len(value)
        return 0

    def tell(self) -> None:
        if self.listener is not None:
            self.listener()


class MonitoredTooEarly(Monitored):
    def spill(self) -> int:
        for key, value in list(self.values.items())[:1]:
            (self.folder / key).write_bytes(pickle.dumps(value))
            self.tell()
            self.values.pop(key, None)
            self.used -= len(value)
            return len(value)
        return 0


class WithAMonitor(Plain):
    """The monitor spills once more, and is not called while it does."""

    manager: ClassVar[Any] = Monitored

    def begin(self, folder: Path) -> None:
        super().begin(folder)
        self.store.listener = self._heard
        self.busy = False

    def _heard(self) -> None:
        if not self.busy:
            self.busy = True
            self.store.spill()
            self.busy = False

    def spill(self) -> int:
        return int(self.store.spill())


class WithAMonitorTooEarly(WithAMonitor):
    manager = MonitoredTooEarly


class Computing(Books):
    """Has a value made by whoever asks for it."""

    def compute(self, key: str, producer: Callable[[], Any]) -> None:
        self.put(key, producer())


class ComputingOnTop(Computing):
    def compute(self, key: str, producer: Callable[[], Any]) -> None:
        self.delete(key)
        value = producer()
        self.values[key] = value
        self.used += len(value)


class Computed(Plain):
    """What makes the value puts it as well, as it is often called on its own."""

    manager: ClassVar[Any] = Computing

    @step
    def fill(self, key: str, value: Any) -> None:
        def made() -> Any:
            self.store.put(key, value)
            return value

        self.store.compute(key, made)


class ComputedOnTop(Computed):
    manager = ComputingOnTop


# Two threads


class Locked(Books):
    """What is on disk is read into memory again, and stays on disk as well. One lock."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.lock = RLock()

    def put(self, key: str, value: Any) -> None:
        with self.lock:
            super().put(key, value)

    def get(self, key: str) -> Any:
        with self.lock:
            return self.read(key)

    def read(self, key: str) -> Any:
        if key not in self.values:
            self.values[key] = loaded(self.folder / key)
            self.used += len(self.values[key])
        return self.values[key]

    def delete(self, key: str) -> None:
        with self.lock:
            super().delete(key)
            (self.folder / key).unlink(missing_ok=True)

    def spill(self) -> None:
        with self.lock:
            for key, value in list(self.values.items())[:1]:
                (self.folder / key).write_bytes(pickle.dumps(value))
                self.release(key, value)

    def release(self, key: str, value: Any) -> None:
        del self.values[key]
        self.used -= len(value)


class ReadWithoutALock(Locked):
    def get(self, key: str) -> Any:
        return self.read(key)


class WrittenWithoutALock(Locked):
    """Does not hold the lock while it writes, and does not look again."""

    def spill(self) -> None:
        with self.lock:
            found = list(self.values.items())[:1]
        for key, value in found:
            (self.folder / key).write_bytes(pickle.dumps(value))
            with self.lock:
                self.release(key, value)

    def release(self, key: str, value: Any) -> None:
        self.values.pop(key, None)
        self.used -= len(value)


class WithALock(Plain):
    manager: ClassVar[Any] = Locked
    faults = frozenset({"second_thread"})

    def spill(self) -> None:
        self.store.spill()

    def accounts(self) -> list[int]:
        return [len(each) for each in self.store.values.values()]

    def keys(self) -> list[str]:
        return sorted({*self.store.values, *(file.name for file in self.store.folder.iterdir())})


class ReadingWithoutIt(WithALock):
    manager = ReadWithoutALock


class WritingWithoutIt(WithALock):
    manager = WrittenWithoutALock


class Waits(Adapter):
    """Three tables behind one lock, and no disk: the plainest that two threads may use."""

    faults = frozenset({"second_thread"})

    def begin(self, folder: Path) -> None:
        self.store = Books(folder)
        self.lock = RLock()

    def put(self, key: str, value: Any) -> None:
        with self.lock:
            self.store.put(key, value)

    def get(self, key: str) -> Any:
        with self.lock:
            return self.store.get(key)

    def delete(self, key: str) -> None:
        with self.lock:
            self.store.delete(key)

    def accounted(self) -> int:
        return self.store.used
