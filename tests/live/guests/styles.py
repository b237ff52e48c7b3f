"""Managers in styles that the others do not have. Each right, and each with one planted fault.

A coroutine, a stack of callbacks, slots, finalizers, a subclass of dict, frozen data, a generator that is the whole
manager, views of bytes, anonymous maps, a condition.
"""

from __future__ import annotations

import asyncio
import mmap
import pickle
import weakref
from collections.abc import Generator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Condition
from typing import Any, ClassVar

from spillproof.properties.live import Adapter, Traced, step
from tests.live.strangers.books import KIB, Books, Plain

# A coroutine: cancellation


class Admitted(Books):
    """What is put is counted as soon as it is admitted, and is there after two waits."""

    failures: ClassVar[type[BaseException]] = BaseException

    async def take(self, key: str, value: Any) -> None:
        self.used += len(value)
        try:
            await asyncio.sleep(0)
            await asyncio.sleep(0)
        except self.failures:
            self.used -= len(value)
            raise
        self.used -= len(self.values.get(key, ()))
        self.values[key] = value


class AdmittedForEver(Admitted):
    """Believes that whatever goes wrong is an `Exception`; to be cancelled is none."""

    failures = Exception


class Admitting(Plain):
    manager: ClassVar[Any] = Admitted
    faults = frozenset({"cancelled"})

    async def put(self, key: str, value: Any) -> None:  # type: ignore[override] # pyright: ignore[reportIncompatibleMethodOverride] # a coroutine
        await self.store.take(key, value)

    def keys(self) -> list[str]:
        return list(self.store.values)


class AdmittingForEver(Admitting):
    manager = AdmittedForEver


# A stack of callbacks: double release


class Undone(Books):
    """Reserves, writes, and takes back what it has done where something fails."""

    def put(self, key: str, value: Any) -> None:
        with ExitStack() as undo:
            self.used += len(value)
            undo.callback(self.give_back, len(value))
            self.write(key, value)
            undo.pop_all()
        self.used -= len(self.values.get(key, ()))
        self.values[key] = value

    def give_back(self, size: int) -> None:
        self.used -= size

    def write(self, key: str, value: Any) -> None:
        (self.folder / key).write_bytes(pickle.dumps(value))

    def delete(self, key: str) -> None:
        super().delete(key)
        (self.folder / key).unlink(missing_ok=True)


class UndoneTwice(Undone):
    """Who writes takes back as well."""

    def write(self, key: str, value: Any) -> None:
        try:
            super().write(key, value)
        except TypeError:
            self.give_back(len(value))
            raise


class Undoing(Plain):
    manager: ClassVar[Any] = Undone
    faults = frozenset({"unpicklable"})

    def keys(self) -> list[str]:
        return list(self.store.values)


class UndoingTwice(Undoing):
    manager = UndoneTwice


# Slots: under-count


class Node:
    """A value between two others."""

    __slots__ = ("after", "before", "value")

    def __init__(self, value: Any) -> None:
        self.value = value
        self.before: Node = self
        self.after: Node = self


class Ring:
    """A ring of nodes, and a table that finds them."""

    def __init__(self, folder: Path) -> None:
        del folder
        self.root = Node(None)
        self.nodes: dict[str, Node] = {}
        self.used = 0

    def put(self, key: str, value: Any) -> None:
        if key in self.nodes:
            self.replace(self.nodes.pop(key))
        node = self.nodes[key] = Node(value)
        node.before, node.after = self.root.before, self.root
        node.before.after = node.after.before = node
        self.used += len(value)

    def replace(self, node: Node) -> None:
        self.unlink(node)

    def unlink(self, node: Node) -> None:
        node.before.after, node.after.before = node.after, node.before
        self.used -= len(node.value)

    def get(self, key: str) -> Any:
        return self.nodes[key].value

    def delete(self, key: str) -> None:
        self.unlink(self.nodes.pop(key))


class RingThatKeeps(Ring):
    """What is replaced is in no table any more; in the ring it is."""

    def replace(self, node: Node) -> None:
        self.used -= len(node.value)


class InARing(Plain):
    manager: ClassVar[Any] = Ring


class InARingThatKeeps(InARing):
    manager = RingThatKeeps


# Finalizers: residue


class Finalized(Books):
    """Knows by a finalizer when a value is gone for good."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.alive: weakref.WeakValueDictionary[str, Any] = weakref.WeakValueDictionary()
        self.finalizers: dict[str, weakref.finalize[Any, Any]] = {}

    def put(self, key: str, value: Any) -> None:
        super().put(key, value)
        self.alive[key] = value
        self.finalizers[key] = weakref.finalize(value, str)

    def delete(self, key: str) -> None:
        super().delete(key)
        self.done(key)

    def done(self, key: str) -> None:
        if key in self.finalizers:
            self.finalizers.pop(key).detach()


class FinalizedForEver(Finalized):
    """A finalizer that has run does nothing any more; and stays."""

    def done(self, key: str) -> None:
        del key


class Finalizing(Plain):
    manager: ClassVar[Any] = Finalized


class FinalizingForEver(Finalizing):
    manager = FinalizedForEver


# A subclass of dict: over-count


class CountingDict(dict[str, Any]):
    """Counts what is in it, however it came to go."""

    used = 0

    def __setitem__(self, key: str, value: Any) -> None:
        self.used += len(value) - len(super().get(key, ()))
        super().__setitem__(key, value)

    def pop(self, key: str) -> Any:  # type: ignore[override] # pyright: ignore[reportIncompatibleMethodOverride] # one way is enough
        value = super().pop(key)
        self.used -= len(value)
        return value


class DictThatCountsItems(CountingDict):
    """Counts what is assigned and deleted; a `pop` of dict is neither."""

    def pop(self, key: str) -> Any:  # type: ignore[override] # one way is enough
        return dict.pop(self, key)

    def __delitem__(self, key: str) -> None:
        self.used -= len(self[key])
        super().__delitem__(key)


class InADict(Adapter):
    manager: ClassVar[type[CountingDict]] = CountingDict

    def begin(self, folder: Path) -> None:
        del folder
        self.store = self.manager()

    def put(self, key: str, value: Any) -> None:
        self.store[key] = value

    def get(self, key: str) -> Any:
        return self.store[key]

    def delete(self, key: str) -> None:
        self.store.pop(key)

    def accounted(self) -> int:
        return self.store.used


class InADictThatCountsItems(InADict):
    manager = DictThatCountsItems


# Frozen data: a pin


@dataclass(frozen=True)
class Entry:
    """A value, and how often it is pinned."""

    key: str
    value: Any
    pins: int = 0


class Entries:
    """Entries in a tuple that is made anew with each step; the first that is not pinned goes first."""

    limit = 5 * KIB

    def __init__(self) -> None:
        self.entries: tuple[Entry, ...] = ()

    @property
    def used(self) -> int:
        return sum(len(each.value) for each in self.entries)

    def of(self, key: str) -> Entry:
        return next(each for each in self.entries if each.key == key)

    def put(self, key: str, value: Any) -> None:
        kept = tuple(each for each in self.entries if each.key != key)
        while sum(len(each.value) for each in kept) + len(value) > self.limit:
            victim = next((each for each in kept if not each.pins), None)
            if victim is None:
                raise MemoryError
            kept = tuple(each for each in kept if each is not victim)
        self.entries = (*kept, Entry(key, value))

    def delete(self, key: str) -> None:
        self.entries = tuple(each for each in self.entries if each.key != key)

    def pin(self, key: str, more: int) -> None:
        self.entries = tuple(replace(each, pins=each.pins + more) if each.key == key else each for each in self.entries)

    def tidy(self) -> None:
        self.entries = tuple(sorted(self.entries, key=lambda each: len(each.value)))


class EntriesMadeAnew(Entries):
    """Tidying makes each entry anew, and pins are none of its business."""

    def tidy(self) -> None:
        self.entries = tuple(Entry(each.key, each.value) for each in self.entries)


class Tidied(Adapter):
    manager: ClassVar[type[Entries]] = Entries
    drops = True
    refuses = (MemoryError,)

    def begin(self, folder: Path) -> None:
        del folder
        self.store = self.manager()

    def put(self, key: str, value: Any) -> None:
        self.store.put(key, value)

    def get(self, key: str) -> Any:
        return self.store.of(key).value

    def delete(self, key: str) -> None:
        self.store.delete(key)

    def keys(self) -> list[str]:
        return [each.key for each in self.store.entries]

    def pin(self, key: str) -> None:
        self.store.pin(key, 1)

    def unpin(self, key: str) -> None:
        self.store.pin(key, -1)

    @step
    def tidy(self) -> None:
        self.store.tidy()

    def accounted(self) -> int:
        return self.store.used

    def capacity_of_pool(self) -> int:
        return self.store.limit


class TidiedAndUnpinned(Tidied):
    manager = EntriesMadeAnew


# A generator: release before unlink

Order = tuple[str, str, Any]
Vault = Generator[Any, Order, None]


def vault() -> Vault:
    """Keep values in the variables of a generator, and answer what is sent."""
    values: dict[str, Any] = {}
    answer: Any = None
    while True:
        what, key, value = yield answer
        answer = None
        if what == "put":
            values[key] = value
        elif what == "get":
            answer = values[key]
        elif what == "delete":
            del values[key]
        else:
            answer = sum(map(len, values.values()))
        del value


def vault_that_remembers() -> Vault:
    """The same; what was put last is in a variable until something else is put."""
    values: dict[str, Any] = {}
    answer: Any = None
    while True:
        what, key, given = yield answer
        answer = None
        if what == "put":
            values[key] = latest = given  # noqa: F841 - it is the fault
        elif what == "get":
            answer = values[key]
        elif what == "delete":
            del values[key]
        else:
            answer = sum(map(len, values.values()))
        given = None


class InAVault(Adapter):
    manager = staticmethod(vault)

    def begin(self, folder: Path) -> None:
        del folder
        self.vault = self.manager()
        next(self.vault)

    def put(self, key: str, value: Any) -> None:
        self.vault.send(("put", key, value))

    def get(self, key: str) -> Any:
        return self.vault.send(("get", key, None))

    def delete(self, key: str) -> None:
        self.vault.send(("delete", key, None))

    def accounted(self) -> int:
        return int(self.vault.send(("used", "", None)))


class InAVaultThatRemembers(InAVault):
    manager = staticmethod(vault_that_remembers)


# Views of bytes


class Slices(Adapter):
    """Copies what it is given into arrays of bytes, and gives out the first bytes of one."""

    measured_by = Traced

    def begin(self, folder: Path) -> None:
        del folder
        self.arrays: dict[str, bytearray] = {}

    def put(self, key: str, value: bytes) -> None:
        self.arrays[key] = bytearray(value)

    def get(self, key: str) -> bytes:
        return bytes(self.arrays[key])

    def delete(self, key: str) -> None:
        del self.arrays[key]

    def issue(self, key: str) -> Any:
        return bytes(memoryview(self.arrays[key])[:16])

    def accounted(self) -> int:
        return sum(map(len, self.arrays.values()))


class SlicesOfTheWhole(Slices):
    def issue(self, key: str) -> Any:
        return memoryview(self.arrays[key])[:16]


# Anonymous maps


class Maps(Adapter):
    """Each value is in a map without a file."""

    def begin(self, folder: Path) -> None:
        del folder
        self.maps: dict[str, mmap.mmap] = {}

    def put(self, key: str, value: Any) -> None:
        if key in self.maps:
            self.delete(key)
        made = self.maps[key] = self.map_of(len(value))
        made[: len(value)] = bytes(value.bytes)

    def map_of(self, size: int) -> mmap.mmap:
        made = mmap.mmap(-1, size)
        measure: Any = self.measure
        measure.born(made, size)
        return made

    def get(self, key: str) -> bytes:
        return self.maps[key][:]

    def delete(self, key: str) -> None:
        self.maps.pop(key).close()

    def accounted(self) -> int:
        return sum(map(len, self.maps.values()))


class MapsToSpare(Maps):
    """Takes a map again that has the size; nobody counts those that wait for it."""

    def begin(self, folder: Path) -> None:
        super().begin(folder)
        self.spare: dict[int, list[mmap.mmap]] = {}

    def map_of(self, size: int) -> mmap.mmap:
        return self.spare[size].pop() if self.spare.get(size) else super().map_of(size)

    def delete(self, key: str) -> None:
        old = self.maps.pop(key)
        self.spare.setdefault(len(old), []).append(old)


# A condition: two threads


class Conditioned(Books):
    """Each step is taken when nobody else is at one."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.changed = Condition()
        self.busy = False

    def begin(self) -> None:
        with self.changed:
            self.changed.wait_for(lambda: not self.busy)
            self.busy = True

    def end(self) -> None:
        with self.changed:
            self.busy = False
            self.changed.notify()

    def old(self, key: str) -> int:
        return len(self.values.get(key, ()))

    def put(self, key: str, value: Any) -> None:
        self.begin()
        try:
            self.used += len(value) - self.old(key)
            self.values[key] = value
        finally:
            self.end()

    def delete(self, key: str) -> None:
        self.begin()
        try:
            self.used -= len(self.values.pop(key, ()))
        finally:
            self.end()


class ConditionedTooLate(Conditioned):
    """Looks what there was before it is its turn."""

    def put(self, key: str, value: Any) -> None:
        old = self.old(key)
        self.begin()
        try:
            self.used += len(value) - old
            self.values[key] = value
        finally:
            self.end()


class Conditioning(Plain):
    manager: ClassVar[Any] = Conditioned
    faults = frozenset({"second_thread"})

    def keys(self) -> list[str]:
        return list(self.store.values)


class ConditioningTooLate(Conditioning):
    manager = ConditionedTooLate
