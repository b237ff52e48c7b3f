"""Managers that keep books: linked lists, charges, rollbacks, parts. Each right, and each with one planted fault."""

from __future__ import annotations

import pickle
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar

from spillproof.properties.live import Adapter, Ledger

KIB = Ledger.unit


class Plain(Adapter):
    """Hands on to a manager of some class."""

    manager: ClassVar[Any]

    def begin(self, folder: Path) -> None:
        self.store = type(self).manager(folder)

    def put(self, key: str, value: Any) -> None:
        self.store.put(key, value)

    def get(self, key: str) -> Any:
        return self.store.get(key)

    def delete(self, key: str) -> None:
        self.store.delete(key)

    def accounted(self) -> int:
        return int(self.store.used)


class Books:
    """A table of values and one counter: right, and what many begin with."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.values: dict[str, Any] = {}
        self.used = 0

    def put(self, key: str, value: Any) -> None:
        self.delete(key)
        self.values[key] = value
        self.used += len(value)

    def get(self, key: str) -> Any:
        return self.values[key]

    def delete(self, key: str) -> None:
        if key in self.values:
            self.used -= len(self.values.pop(key))


# Released before it is unlinked


class Shelf:
    """Everything on disk, one file a key."""

    used = 0

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.sizes: dict[str, int] = {}

    def put(self, key: str, value: Any) -> None:
        data = pickle.dumps(value)
        (self.folder / key).write_bytes(data)
        self.sizes[key] = len(data)

    def get(self, key: str) -> Any:
        return pickle.loads((self.folder / key).read_bytes())  # noqa: S301 - it is our own file

    def delete(self, key: str) -> None:
        del self.sizes[key]
        self.bury(self.folder / key)

    def bury(self, file: Path) -> None:
        file.unlink()


class ShelfWithAGrave(Shelf):
    """A deleted file is renamed at once, and removed the next time that one is deleted."""

    def bury(self, file: Path) -> None:
        for dead in self.folder.glob("*.dead"):
            dead.unlink()
        file.rename(file.with_suffix(".dead"))


class OnShelf(Plain):
    manager = Shelf

    def disk_accounted(self) -> int:
        return sum(self.store.sizes.values())

    def disk_used(self) -> int:
        return self.folder_size(self.store.folder)


class OnShelfWithAGrave(OnShelf):
    manager = ShelfWithAGrave


class Node:
    """An entry of a list that is linked both ways."""

    def __init__(self, value: Any) -> None:
        self.value = value
        self.before: Node | None = None
        self.after: Node | None = None


class Linked:
    """Values in a list that is linked both ways, between two ends."""

    def __init__(self, folder: Path) -> None:
        del folder
        self.head, self.tail = Node(None), Node(None)
        self.head.after, self.tail.before = self.tail, self.head
        self.index: dict[str, Node] = {}
        self.used = 0

    def put(self, key: str, value: Any) -> None:
        self.delete(key)
        node, last = Node(value), self.tail.before
        assert last is not None
        node.before, node.after = last, self.tail
        last.after = self.tail.before = self.index[key] = node
        self.used += len(value)

    def get(self, key: str) -> Any:
        return self.index[key].value

    def delete(self, key: str) -> None:
        node = self.index.pop(key, None)
        if node is not None:
            self.used -= len(node.value)
            self.unlink(node)

    def unlink(self, node: Node) -> None:
        assert node.before is not None
        assert node.after is not None
        node.before.after, node.after.before = node.after, node.before


class LinkedOneWay(Linked):
    """The way back still leads to what was unlinked."""

    def unlink(self, node: Node) -> None:
        assert node.before is not None
        node.before.after = node.after


class InAList(Plain):
    manager = Linked


class InAListOneWay(Plain):
    manager = LinkedOneWay


# Released twice on the way of an error


class Checksums(Books):
    """A value is pickled for its checksum before it is taken; what it needs is reserved meanwhile."""

    @contextmanager
    def reserved(self, size: int) -> Iterator[None]:
        self.used += size
        try:
            yield
        except Exception:
            self.used -= size
            raise

    def put(self, key: str, value: Any) -> None:
        with self.reserved(len(value)):
            self.check(value)
            old = self.values.get(key, ())
            self.values[key] = value
            self.used -= len(old)

    def check(self, value: Any) -> int:
        return zlib.crc32(pickle.dumps(value))


class ChecksumsTwice(Checksums):
    """Gives back in its own handler what the context gives back as well."""

    def check(self, value: Any) -> int:
        try:
            return super().check(value)
        except TypeError:
            self.used -= len(value)
            raise


class WithChecksums(Plain):
    manager: ClassVar[Any] = Checksums
    faults = frozenset({"unpicklable"})
    excused = (TypeError,)

    def keys(self) -> list[str]:
        return list(self.store.values)


class WithChecksumsTwice(WithChecksums):
    manager = ChecksumsTwice


class Rollback(Books):
    """A replacement that finds no room leaves what was there."""

    limit = 6 * KIB

    def put(self, key: str, value: Any) -> None:
        old = self.values.pop(key, None)
        self.used -= len(old or ())
        if self.used + len(value) > self.limit:
            self.put_back(key, old)
            raise MemoryError
        self.values[key] = value
        self.used += len(value)

    def put_back(self, key: str, old: Any) -> None:
        if old is not None:
            self.values[key] = old
            self.used += len(old)


class RollbackReleases(Rollback):
    def put_back(self, key: str, old: Any) -> None:
        if old is not None:
            self.values[key] = old
            self.used -= len(old)


class RollingBack(Plain):
    manager: ClassVar[Any] = Rollback
    refuses = (MemoryError,)

    def keys(self) -> list[str]:
        return list(self.store.values)

    def capacity_of_pool(self) -> int:
        return int(self.store.limit)


class RollingBackReleases(RollingBack):
    manager = RollbackReleases


# Counted too much


class Charged(Books):
    """Each entry costs 64 bytes beside its value."""

    def put(self, key: str, value: Any) -> None:
        super().put(key, value)
        self.used += 64

    def delete(self, key: str) -> None:
        if key in self.values:
            self.used -= 64
        super().delete(key)


class ChargedForEver(Charged):
    def delete(self, key: str) -> None:
        Books.delete(self, key)


class WithACharge(Plain):
    manager = Charged


class WithAChargeForEver(Plain):
    manager = ChargedForEver


class CountedFirst(Books):
    """Counts a value, and then looks whether it can be pickled."""

    def put(self, key: str, value: Any) -> None:
        self.used += len(value)
        try:
            pickle.dumps(value)
        except TypeError:
            self.undo(value)
            raise
        self.used -= len(self.values.get(key, ()))
        self.values[key] = value

    def undo(self, value: Any) -> None:
        self.used -= len(value)


class CountedFirstAndKept(CountedFirst):
    def undo(self, value: Any) -> None:
        """Forgotten."""


class CountingFirst(WithChecksums):
    manager = CountedFirst


class CountingFirstAndKeeping(WithChecksums):
    manager = CountedFirstAndKept


# Counted too little


class Parts:
    """What is put under a key in use is one more part."""

    def __init__(self, folder: Path) -> None:
        del folder
        self.parts: dict[str, list[Any]] = {}
        self.sizes: dict[str, int] = {}

    @property
    def used(self) -> int:
        return sum(self.sizes.values())

    def put(self, key: str, value: Any) -> None:
        self.parts.setdefault(key, []).append(value)
        self.sizes[key] = sum(map(len, self.parts[key]))

    def get(self, key: str) -> bytes:
        return b"".join(bytes(each.bytes) for each in self.parts[key])

    def delete(self, key: str) -> None:
        del self.parts[key], self.sizes[key]


class PartsByTheLast(Parts):
    def put(self, key: str, value: Any) -> None:
        super().put(key, value)
        self.sizes[key] = len(value)


class InParts(Plain):
    manager: ClassVar[Any] = Parts
    appends = True


class InPartsByTheLast(InParts):
    manager = PartsByTheLast


class Classes(Books):
    """Tells its bytes by the sizes of what it has."""

    def total(self) -> int:
        return sum(map(len, self.values.values()))


class ClassesOnce(Classes):
    """Two values of one size are one size."""

    def total(self) -> int:
        return sum({len(each) for each in self.values.values()})


class InClasses(Plain):
    manager: ClassVar[Any] = Classes

    def accounted(self) -> int:
        return int(self.store.total())


class InClassesOnce(InClasses):
    manager = ClassesOnce
