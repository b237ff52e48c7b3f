"""Managers that are interrupted: cancelled, entered again, by two threads, begun anew. Each beside a correct one."""

import asyncio
import json
import pickle
from pathlib import Path
from threading import RLock
from typing import Any

from spillproof.properties.live import Adapter, Ledger, step
from tests.live.planted.accounts import restored

KIB = Ledger.unit


class Waiting(Adapter):
    """Waits before it takes a value."""

    faults = frozenset({"cancelled"})

    def begin(self, folder: Path) -> None:
        self.values: dict[str, Any] = {}
        self.used = 0

    async def put(self, key: str, value: Any) -> None:
        self.used += len(value)
        try:
            await asyncio.sleep(0)
        except asyncio.CancelledError:
            self.used -= len(value)
            raise
        self.used -= len(self.values.get(key, ()))
        self.values[key] = value

    async def get(self, key: str) -> Any:
        return self.values[key]

    def delete(self, key: str) -> None:
        self.used -= len(self.values.pop(key))

    def keys(self) -> list[str]:
        return list(self.values)

    def accounted(self) -> int:
        return self.used


class ACancelledPutStaysCounted(Waiting):
    async def put(self, key: str, value: Any) -> None:
        self.used += len(value)
        await asyncio.sleep(0)
        self.used -= len(self.values.get(key, ()))
        self.values[key] = value


class Reserving(Adapter):
    """Room is reserved before a value is written, or the reservation cancelled."""

    def begin(self, folder: Path) -> None:
        self.values: dict[str, Any] = {}
        self.reserved: dict[str, int] = {}

    def put(self, key: str, value: Any) -> None:
        self.values[key] = value

    def get(self, key: str) -> Any:
        return self.values[key]

    def delete(self, key: str) -> None:
        del self.values[key]

    @step(opens=True)
    def reserve(self, key: str, size: int) -> None:
        self.reserved[key] = size

    @step(closes=True)
    def cancel(self, key: str) -> None:
        del self.reserved[key]

    @step(closes=True)
    def commit(self, key: str, value: Any) -> None:
        del self.reserved[key]
        self.values[key] = value

    def accounted(self) -> int:
        return sum(self.reserved.values()) + sum(map(len, self.values.values()))


class ACancelledReservationStays(Reserving):
    @step(closes=True)
    def cancel(self, key: str) -> None:
        self.reserved[f"{key} (cancelled)"] = self.reserved.pop(key)


class Bounded(Adapter):
    """Drops the oldest, and says so to whoever listens, who may put something."""

    drops = True

    def begin(self, folder: Path) -> None:
        self.values: dict[str, Any] = {}
        self.used = 0

    def put(self, key: str, value: Any) -> None:
        if len(value) > self.capacity_of_pool():
            raise ValueError
        self.forget(key)
        self.make_room(len(value))
        self.values[key] = value
        self.used += len(value)

    def make_room(self, size: int) -> None:
        while self.used + size > self.capacity_of_pool():
            self.forget(next(iter(self.values)))

    def forget(self, key: str) -> None:
        if key in self.values:
            self.used -= len(self.values.pop(key))

    def get(self, key: str) -> Any:
        return self.values[key]

    def delete(self, key: str) -> None:
        self.forget(key)

    def keys(self) -> list[str]:
        return list(self.values)

    def accounted(self) -> int:
        return self.used

    def capacity_of_pool(self) -> int:
        return 4 * KIB


class RoomIsMadeBehindItsBack(Bounded):
    def put(self, key: str, value: Any) -> None:
        if len(value) > self.capacity_of_pool():
            raise ValueError
        self.forget(key)
        used = self.used + len(value)
        self.make_room(len(value))
        self.values[key] = value
        self.used = used


class AListenerIsCalledTooEarly(Bounded):
    """What listens to drops puts the bytes of what was dropped back in a smaller form."""

    def forget(self, key: str) -> None:
        if key in self.values:
            self.dropped(key)
            self.used -= len(self.values.pop(key))

    def dropped(self, key: str) -> None:
        if len(self.values[key]) > KIB and self.used + KIB > self.capacity_of_pool():
            self.used -= len(self.values.pop(key))
            self.values[key] = self.measure.value(99, KIB)


class AListenerIsCalledLast(Bounded):
    def begin(self, folder: Path) -> None:
        super().begin(folder)
        self.heard = 0

    def forget(self, key: str) -> None:
        super().forget(key)
        self.dropped(key)

    def dropped(self, key: str) -> None:
        self.heard += key not in self.values


class Threaded(Adapter):
    """Two threads may use it: a lock is held for as long as something is half done."""

    faults = frozenset({"second_thread"})

    def begin(self, folder: Path) -> None:
        self.folder = folder
        self.memory: dict[str, Any] = {}
        self.used = 0
        self.lock = RLock()

    def put(self, key: str, value: Any) -> None:
        with self.lock:
            self.delete(key)
            self.memory[key] = value
            self.used += len(value)

    def get(self, key: str) -> Any:
        with self.lock:
            return self.memory[key] if key in self.memory else restored(self.folder / key)

    def delete(self, key: str) -> None:
        with self.lock:
            if key in self.memory:
                self.used -= len(self.memory.pop(key))
            (self.folder / key).unlink(missing_ok=True)

    def spill(self) -> None:
        with self.lock:
            self.spill_one()

    def spill_one(self) -> None:
        for key, value in list(self.memory.items())[:1]:
            (self.folder / key).write_bytes(pickle.dumps(value))
            if self.memory.pop(key, None) is not None:
                self.used -= len(value)

    def keys(self) -> list[str]:
        return [*self.memory, *(file.name for file in self.folder.iterdir() if file.name not in self.memory)]

    def accounted(self) -> int:
        return self.used


class TwoThreadsAddAtOnce(Threaded):
    def put(self, key: str, value: Any) -> None:
        self.delete(key)
        used = self.used
        self.memory[key] = value
        self.used = used + len(value)


class ASpillIsNotLocked(Threaded):
    def spill(self) -> None:
        self.spill_one()


class ASpillLooksAgain(Threaded):
    """Pickles without the lock, and looks under it whether the value is still the same."""

    def spill(self) -> None:
        with self.lock:
            found: Any = next(iter(self.memory.items()), None)
        if found is None:
            return
        key, value = found
        data = pickle.dumps(value)
        with self.lock:
            if self.memory.get(key) is value:
                (self.folder / key).write_bytes(data)
                del self.memory[key]
                self.used -= len(value)


class Durable(Adapter):
    """Everything is on disk; an index says what."""

    def begin(self, folder: Path) -> None:
        self.folder = folder
        self.open()

    def open(self) -> None:
        file = self.folder / "index"
        self.sizes: dict[str, int] = json.loads(file.read_text()) if file.exists() else {}

    def save(self) -> None:
        (self.folder / "index").write_text(json.dumps(self.sizes))

    def put(self, key: str, value: Any) -> None:
        (self.folder / f"{key}.value").write_bytes(value.bytes)
        self.sizes[key] = len(value)
        self.save()

    def get(self, key: str) -> bytes:
        if key not in self.sizes:
            raise KeyError(key)
        return (self.folder / f"{key}.value").read_bytes()

    def delete(self, key: str) -> None:
        del self.sizes[key]
        self.save()
        (self.folder / f"{key}.value").unlink()

    @step
    def reopen(self) -> None:
        self.open()

    def accounted(self) -> int:
        return 0

    def disk_accounted(self) -> int:
        return sum(self.sizes.values())

    def disk_used(self) -> int:
        return sum(file.stat().st_size for file in self.folder.glob("*.value"))


class ADeletedValueComesBack(Durable):
    def delete(self, key: str) -> None:
        del self.sizes[key]
        (self.folder / f"{key}.value").unlink()


class TheLastIsLostOnReopening(Durable):
    def put(self, key: str, value: Any) -> None:
        self.save()
        (self.folder / f"{key}.value").write_bytes(value.bytes)
        self.sizes[key] = len(value)


class SavesWhenItIsClosed(TheLastIsLostOnReopening):
    @step
    def reopen(self) -> None:
        self.save()
        self.open()
