"""Managers in styles of their own, each right and with planted faults: what is given back, and what is cancelled.

A context manager, a table of SQLite, a decorator, a generator, coroutines, a subclass of dict with listeners.
"""

from __future__ import annotations

import asyncio
import pickle
import sqlite3
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager, suppress
from functools import wraps
from pathlib import Path
from typing import Any, ClassVar

from spillproof.properties.live import Adapter

KIB = 1024

# A context manager: release before unlink


class Counter:
    """Holds values, and moves one to a file in a `with` block."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.held, self.used = folder, {}, 0  # type: ignore[var-annotated]

    @contextmanager
    def moving(self) -> Iterator[tuple[str, Any]]:
        """Lend the oldest value, and let go of it afterwards."""
        key = next(iter(self.held))
        yield key, self.held[key]
        self.used -= len(self.held.pop(key))

    def spill(self) -> int:
        if not self.held:
            return 0
        with self.moving() as (key, value):
            (self.folder / key).write_bytes(pickle.dumps(value))
            return len(value)

    def delete(self, key: str) -> None:
        if key in self.held:
            self.used -= len(self.held.pop(key))
        (self.folder / key).unlink(missing_ok=True)


class CounterWithALast(Counter):
    """Remembers what is being moved, for a message, and forgets to forget it."""

    @contextmanager
    def moving(self) -> Iterator[tuple[str, Any]]:
        with super().moving() as self.now:
            yield self.now


class AtACounter(Adapter):
    """A store with a `with` block."""

    manager: ClassVar[type[Counter]] = Counter

    def begin(self, folder: Path) -> None:
        self.counter = self.manager(folder)

    def put(self, key: str, value: Any) -> None:
        self.counter.delete(key)
        self.counter.held[key] = value
        self.counter.used += len(value)

    def get(self, key: str) -> Any:
        held = self.counter.held
        return held[key] if key in held else pickle.loads((self.counter.folder / key).read_bytes())  # noqa: S301 - our own

    def delete(self, key: str) -> None:
        self.counter.delete(key)

    def spill(self) -> int:
        return self.counter.spill()

    def accounted(self) -> int:
        return self.counter.used


class AtACounterWithALast(AtACounter):
    manager = CounterWithALast


# A table of SQLite: release before unlink


class Rows(Adapter):
    """Values in memory, and rows of a database for those that are spilled."""

    forgetting: ClassVar[str] = "DELETE FROM spilled WHERE key = ?"

    def begin(self, folder: Path) -> None:
        self.database = sqlite3.connect(folder / "rows.db", isolation_level=None)
        self.database.execute("CREATE TABLE spilled (key TEXT, data BLOB, dead INTEGER DEFAULT 0)")
        self.memory: dict[str, Any] = {}

    def put(self, key: str, value: Any) -> None:
        self.delete(key)
        self.memory[key] = value

    def get(self, key: str) -> Any:
        if key in self.memory:
            return self.memory[key]
        return pickle.loads(self.one("SELECT data FROM spilled WHERE key = ? AND dead = 0", key))  # noqa: S301 - our own

    def delete(self, key: str) -> None:
        self.memory.pop(key, None)
        self.database.execute(self.forgetting, (key,))

    def spill(self) -> int:
        if not self.memory:
            return 0
        key, value = self.memory.popitem()
        self.database.execute("INSERT INTO spilled (key, data) VALUES (?, ?)", (key, pickle.dumps(value)))
        return len(value)

    def close(self) -> None:
        self.memory.clear()
        self.database.execute("DELETE FROM spilled")
        self.database.close()

    def one(self, query: str, *arguments: str) -> Any:
        return self.database.execute(query, arguments).fetchone()[0]

    def accounted(self) -> int:
        return sum(len(value) for value in self.memory.values())

    def disk_accounted(self) -> int:
        return self.sum_of("WHERE dead = 0")

    def disk_used(self) -> int:
        return self.sum_of("")

    def sum_of(self, rows: str) -> int:
        with suppress(sqlite3.ProgrammingError):  # it is closed
            return int(self.one(f"SELECT coalesce(sum(length(data)), 0) FROM spilled {rows}"))  # noqa: S608 - ours
        return 0


class RowsThatAreMarked(Rows):
    """Marks a row, for a cleaner that never comes."""

    forgetting = "UPDATE spilled SET dead = 1 WHERE key = ?"


# A decorator: double release


def releasing(method: Callable[..., None]) -> Callable[..., None]:
    """Give back what was reserved where the method fails."""

    @wraps(method)
    def guarded(self: Any, key: str, value: Any) -> None:
        self.reserved += len(value)
        try:
            method(self, key, value)
        except Exception:
            self.reserved -= len(value)
            raise

    return guarded


class Checked(Adapter):
    """Accepts what can be pickled. What is put is reserved by a decorator."""

    faults = frozenset({"unpicklable"})

    def begin(self, folder: Path) -> None:
        del folder
        self.values: dict[str, Any] = {}
        self.reserved = 0

    @releasing
    def put(self, key: str, value: Any) -> None:
        self.check(value)
        self.delete(key)
        self.values[key] = value

    def check(self, value: Any) -> None:
        pickle.dumps(value)

    def get(self, key: str) -> Any:
        return self.values[key]

    def delete(self, key: str) -> None:
        if key in self.values:
            self.reserved -= len(self.values.pop(key))

    def keys(self) -> list[str]:
        return list(self.values)

    def accounted(self) -> int:
        return self.reserved


class CheckedTwice(Checked):
    """Undoes what its decorator undoes as well."""

    def check(self, value: Any) -> None:
        try:
            super().check(value)
        except TypeError:
            self.reserved -= len(value)
            raise


# A generator: double release


class Pipe(Adapter):
    """Values wait for a writer, which is a generator that is sent their names."""

    faults = frozenset({"full_disk"})
    excused = (OSError,)

    def begin(self, folder: Path) -> None:
        self.folder, self.waiting, self.used = folder, {}, 0  # type: ignore[var-annotated]

    def writer(self) -> Generator[None, str, None]:
        """Write what is sent for, one a time."""
        key = yield
        self.write(key)
        self.used -= len(self.waiting.pop(key))
        yield

    def write(self, key: str) -> None:
        try:
            (self.folder / key).write_bytes(pickle.dumps(self.waiting[key]))
        except OSError:
            (self.folder / key).unlink(missing_ok=True)
            raise

    def put(self, key: str, value: Any) -> None:
        self.delete(key)
        self.waiting[key] = value
        self.used += len(value)

    def get(self, key: str) -> Any:
        if key in self.waiting:
            return self.waiting[key]
        return pickle.loads((self.folder / key).read_bytes())  # noqa: S301 - our own

    def delete(self, key: str) -> None:
        self.used -= len(self.waiting.pop(key, ()))
        (self.folder / key).unlink(missing_ok=True)

    def spill(self) -> int:
        if not self.waiting:
            return 0
        writer, before = self.writer(), self.used
        next(writer)
        writer.send(next(iter(self.waiting)))
        return before - self.used

    def keys(self) -> list[str]:
        return [*self.waiting, *(file.name for file in self.folder.iterdir())]

    def accounted(self) -> int:
        return self.used


class PipeThatGivesBackAlways(Pipe):
    """Gives its bytes back in a `finally`, whether it has written or not."""

    def writer(self) -> Generator[None, str, None]:
        key = yield
        try:
            self.write(key)
        finally:
            self.used -= len(self.waiting[key])
        del self.waiting[key]
        yield


# Coroutines: cancellation


class Credits(Adapter):
    """Who puts takes credits first, and then waits for a transfer."""

    faults = frozenset({"cancelled"})
    total = 64 * KIB

    def begin(self, folder: Path) -> None:
        del folder
        self.left, self.arrived = self.total, {}  # type: ignore[var-annotated]

    async def put(self, key: str, value: Any) -> None:
        self.left -= len(value)
        try:
            await self.transfer()
        except asyncio.CancelledError:
            self.give_back(value)
            raise
        self.left += len(self.arrived.pop(key, ()))
        self.arrived[key] = value

    async def transfer(self) -> None:
        await asyncio.sleep(0)

    def give_back(self, value: Any) -> None:
        self.left += len(value)

    async def get(self, key: str) -> Any:
        await asyncio.sleep(0)
        return self.arrived[key]

    async def delete(self, key: str) -> None:
        self.give_back(self.arrived.pop(key))

    def keys(self) -> list[str]:
        return list(self.arrived)

    def accounted(self) -> int:
        return self.total - self.left


class CreditsThatAreLost(Credits):
    """Gives credits back where it is deleted only."""

    async def put(self, key: str, value: Any) -> None:
        self.left -= len(value)
        await self.transfer()
        self.left += len(self.arrived.pop(key, ()))
        self.arrived[key] = value


class Loading(Adapter):
    """Those who read the same value from disk share one loading of it."""

    faults = frozenset({"cancelled"})

    def begin(self, folder: Path) -> None:
        self.folder = folder
        self.memory: dict[str, Any] = {}
        self.loading: dict[str, Any] = {}

    async def put(self, key: str, value: Any) -> None:
        self.memory[key] = value

    async def get(self, key: str) -> Any:
        if key in self.memory:
            return self.memory[key]
        mine = self.loading.setdefault(key, asyncio.get_running_loop().create_future())
        try:
            return await self.load(key, mine)
        finally:
            self.loading.pop(key, None)

    async def load(self, key: str, mine: Any) -> Any:
        await asyncio.sleep(0)
        mine.set_result(pickle.loads((self.folder / key).read_bytes()))  # noqa: S301 - our own
        await asyncio.sleep(0)
        return mine.result()

    async def delete(self, key: str) -> None:
        self.memory.pop(key, None)
        (self.folder / key).unlink(missing_ok=True)

    def spill(self) -> int:
        if not self.memory:
            return 0
        key = next(iter(self.memory))
        (self.folder / key).write_bytes(pickle.dumps(self.memory[key]))
        return len(self.memory.pop(key))

    def keys(self) -> list[str]:
        return list({*self.memory, *(file.name for file in self.folder.iterdir())})

    def accounted(self) -> int:
        return sum(len(value) for value in self.memory.values())


class LoadingForEver(Loading):
    """Forgets a loading when it has succeeded, and not when nobody waits for it any more."""

    async def get(self, key: str) -> Any:
        if key in self.memory:
            return self.memory[key]
        mine = self.loading.setdefault(key, asyncio.get_running_loop().create_future())
        found = await self.load(key, mine)
        self.loading.pop(key, None)
        return found


# A subclass of dict, with listeners: re-entrancy


class Told(dict[str, Any]):
    """A dictionary that tells when something goes. Who hears of it may take more away, of what goes too."""

    def __init__(self) -> None:
        super().__init__()
        self.used = 0
        self.listeners: list[Callable[[str], None]] = []

    def __setitem__(self, key: str, value: Any) -> None:
        self.take(key)
        super().__setitem__(key, value)
        self.used += len(value)

    def take(self, key: str) -> None:
        if key in self:
            self.used -= len(self.pop(key))
            self.tell(key)

    def tell(self, key: str) -> None:
        for listener in self.listeners:
            listener(key)


class ToldTooEarly(Told):
    """Tells before it is gone, and subtracts what it saw there. What is told meanwhile is told once."""

    telling = False

    def take(self, key: str) -> None:
        if key not in self:
            return
        size = len(self[key])
        if not self.telling:
            self.telling = True
            self.tell(key)
            self.telling = False
        self.used -= size
        self.pop(key, None)


class Groups(Adapter):
    """When a value goes, its group goes: here the same key, which is in its own group."""

    manager: ClassVar[type[Told]] = Told

    def begin(self, folder: Path) -> None:
        del folder
        self.told = self.manager()
        self.told.listeners.append(self.cascade)

    def cascade(self, key: str) -> None:
        """Take the group of a key away."""
        self.told.take(key)

    def put(self, key: str, value: Any) -> None:
        self.told[key] = value

    def get(self, key: str) -> Any:
        return self.told[key]

    def delete(self, key: str) -> None:
        self.told.take(key)

    def accounted(self) -> int:
        return self.told.used


class GroupsToldTooEarly(Groups):
    manager = ToldTooEarly
