"""Managers and what their clients hold: iterators, views, maps, pins. Each beside a correct one."""

import mmap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from spillproof.properties.live import Adapter, Ledger

KIB = Ledger.unit


class Store:
    """Values, and an account that follows those that are there."""

    def __init__(self) -> None:
        self.values: dict[str, Any] = {}
        self.used = 0

    def put(self, key: str, value: Any) -> None:
        self.delete(key)
        self.values[key] = value
        self.used += len(value)

    def delete(self, key: str) -> None:
        if key in self.values:
            self.used -= len(self.values.pop(key))


class Lending(Adapter):
    """Lends what it has."""

    def begin(self, folder: Path) -> None:
        self.store = Store()

    def put(self, key: str, value: Any) -> None:
        self.store.put(key, value)

    def get(self, key: str) -> Any:
        return self.store.values[key]

    def delete(self, key: str) -> None:
        self.store.delete(key)

    def accounted(self) -> int:
        return self.store.used


class Cursor:
    """An iterator over the bytes of a value, which it has."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def read(self) -> None:
        bytes(self.value.bytes[:1])


class KeyedCursor:
    """An iterator that looks the value up each time."""

    def __init__(self, store: Store, key: str) -> None:
        self.store, self.key = store, key

    def read(self) -> None:
        value = self.store.values.get(self.key)
        if value is not None:
            bytes(value.bytes[:1])


class AnIteratorKeepsItsValue(Lending):
    def issue(self, key: str) -> Any:
        return Cursor(self.store.values[key])

    def pull(self, handle: Any) -> None:
        handle.read()


class AnIteratorLooksUp(Lending):
    def issue(self, key: str) -> Any:
        return KeyedCursor(self.store, key)

    def pull(self, handle: Any) -> None:
        handle.read()


def scan(store: Store) -> Iterator[Any]:
    """Yield the values that were there at first."""
    values = list(store.values.values())
    for value in values:
        yield len(value)


def scan_by_key(store: Store) -> Iterator[Any]:
    """Yield the sizes of the values that are there."""
    for key in list(store.values):
        yield len(store.values.get(key, ()))


class AGeneratorKeepsAll(Lending):
    def issue(self, key: str) -> Any:
        made = scan(self.store)
        next(made)
        return made

    def pull(self, handle: Any) -> None:
        next(handle, None)


class AGeneratorKeepsKeys(AGeneratorKeepsAll):
    def issue(self, key: str) -> Any:
        return scan_by_key(self.store)


class AViewKeepsTheBytes(Lending):
    def issue(self, key: str) -> Any:
        return memoryview(self.store.values[key].bytes)[:10]


class AViewIsReleased(AViewKeepsTheBytes):
    """A view is released before its bytes are counted free; the value goes when the last view does."""

    def begin(self, folder: Path) -> None:
        super().begin(folder)
        self.views: dict[str, list[memoryview]] = {}

    def issue(self, key: str) -> Any:
        view = super().issue(key)
        self.views.setdefault(key, []).append(view)
        return view

    def delete(self, key: str) -> None:
        for view in self.views.pop(key, []):
            view.release()
        super().delete(key)

    def put(self, key: str, value: Any) -> None:
        for view in self.views.pop(key, []):
            view.release()
        super().put(key, value)

    def drop(self, handle: Any) -> None:
        for key, views in list(self.views.items()):
            self.views[key] = [each for each in views if each is not handle]
            if not self.views[key]:
                del self.views[key]


class AnArrayKeepsTheBytes(Lending):
    def issue(self, key: str) -> Any:
        return np.frombuffer(self.store.values[key].bytes, dtype=np.uint8)[3:9][::2]


class AnArrayIsACopy(Lending):
    def issue(self, key: str) -> Any:
        return np.frombuffer(self.store.values[key].bytes, dtype=np.uint8)[3:9].copy()


class Mapped(Adapter):
    """Values are in maps of files; what is mapped is accounted."""

    def begin(self, folder: Path) -> None:
        self.folder = folder
        self.maps: dict[str, mmap.mmap] = {}
        self.used = 0

    def put(self, key: str, value: Any) -> None:
        self.delete(key)
        with (self.folder / key).open("w+b") as file:
            file.write(value.bytes)
            file.flush()
            made = mmap.mmap(file.fileno(), len(value))
        measure: Any = self.measure
        measure.born(made, len(value))
        self.maps[key] = made
        self.used += len(value)

    def get(self, key: str) -> bytes:
        return self.maps[key][:]

    def delete(self, key: str) -> None:
        if key in self.maps:
            self.used -= len(self.maps[key])
            del self.maps[key]
            (self.folder / key).unlink()

    def accounted(self) -> int:
        return self.used


class AMapIsHeldByAView(Mapped):
    def issue(self, key: str) -> Any:
        return memoryview(self.maps[key])


class AMapIsCopied(Mapped):
    def issue(self, key: str) -> Any:
        return bytes(self.maps[key][:10])


class AMapStaysInAHistory(Mapped):
    def begin(self, folder: Path) -> None:
        super().begin(folder)
        self.recent: Any = None

    def get(self, key: str) -> bytes:
        self.recent = self.maps[key]
        return super().get(key)


class AMapLeavesTheHistory(AMapStaysInAHistory):
    def delete(self, key: str) -> None:
        if self.recent is self.maps.get(key):
            self.recent = None
        super().delete(key)


class Pinning(Adapter):
    """A cache that drops the oldest that is not pinned, and refuses where all are."""

    drops = True
    refuses = (MemoryError,)

    def begin(self, folder: Path) -> None:
        self.values: dict[str, Any] = {}
        self.pins: dict[str, int] = {}

    def put(self, key: str, value: Any) -> None:
        rest = self.accounted() - len(self.values.get(key, ()))
        free = [other for other in self.values if other not in self.pins and other != key]
        while rest + len(value) > self.capacity_of_pool() and free:
            rest -= len(self.values.pop(free.pop(0)))
        if rest + len(value) > self.capacity_of_pool():
            raise MemoryError
        self.values[key] = value

    def get(self, key: str) -> Any:
        return self.values[key]

    def delete(self, key: str) -> None:
        del self.values[key]

    def keys(self) -> list[str]:
        return list(self.values)

    def pin(self, key: str) -> None:
        self.pins[key] = self.pins.get(key, 0) + 1

    def unpin(self, key: str) -> None:
        self.pins[key] -= 1
        if not self.pins[key]:
            del self.pins[key]

    def accounted(self) -> int:
        return sum(map(len, self.values.values()))

    def capacity_of_pool(self) -> int:
        return 4 * KIB


class APinForgetsThatThereWereTwo(Pinning):
    def unpin(self, key: str) -> None:
        self.pins.pop(key, None)


class PinnedSpilling(Lending):
    """What is pinned is lent, and is not moved away."""

    def begin(self, folder: Path) -> None:
        super().begin(folder)
        self.pins: dict[str, int] = {}
        self.disk: dict[str, bytes] = {}

    def put(self, key: str, value: Any) -> None:
        self.disk.pop(key, None)
        super().put(key, value)

    def get(self, key: str) -> Any:
        return self.store.values[key] if key in self.store.values else self.disk[key]

    def delete(self, key: str) -> None:
        self.disk.pop(key, None)
        super().delete(key)

    def pin(self, key: str) -> Any:
        self.pins[key] = self.pins.get(key, 0) + 1
        return self.get(key)

    def unpin(self, key: str) -> None:
        self.pins[key] -= 1
        if not self.pins[key]:
            del self.pins[key]

    def is_pinned(self, key: str) -> bool:
        return key in self.pins

    def spill(self) -> int:
        for key, value in list(self.store.values.items()):
            if not self.is_pinned(key):
                self.disk[key] = bytes(value.bytes)
                self.store.delete(key)
                return len(value)
        return 0


class APinIsForgottenAfterAReading(PinnedSpilling):
    def get(self, key: str) -> Any:
        self.pins.pop(key, None)
        return super().get(key)

    def pin(self, key: str) -> Any:
        value = super().get(key)
        self.pins[key] = self.pins.get(key, 0) + 1
        return value

    def unpin(self, key: str) -> None:
        if key in self.pins:
            super().unpin(key)
