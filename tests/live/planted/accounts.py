"""Managers whose account is wrong: released too early or twice, counted twice or not. Each beside a correct one."""

import pickle
from pathlib import Path
from typing import Any

from spillproof.properties.live import Adapter, Ledger

KIB = Ledger.unit


def restored(file: Path) -> Any:
    """Read a value from a file of our own."""
    return pickle.loads(file.read_bytes())  # noqa: S301 - it is our own file


class Spilling(Adapter):
    """Values in memory, beyond it on disk: correct, and the beginning of the others."""

    faults = frozenset({"unpicklable", "full_disk"})
    excused = (TypeError, OSError)

    def begin(self, folder: Path) -> None:
        self.folder = folder
        self.memory: dict[str, Any] = {}
        self.used = 0

    def put(self, key: str, value: Any) -> None:
        self.delete(key)
        self.memory[key] = value
        self.used += len(value)

    def get(self, key: str) -> Any:
        return self.memory[key] if key in self.memory else restored(self.folder / key)

    def delete(self, key: str) -> None:
        if key in self.memory:
            self.used -= len(self.memory.pop(key))
        (self.folder / key).unlink(missing_ok=True)

    def spill(self) -> int:
        for key, value in list(self.memory.items()):
            self.write(key, value)
            del self.memory[key]
            self.used -= len(value)
            return len(value)
        return 0

    def write(self, key: str, value: Any) -> None:
        data = pickle.dumps(value)
        try:
            (self.folder / key).write_bytes(data)
        except OSError:
            (self.folder / key).unlink()
            raise

    def keys(self) -> list[str]:
        return [*self.memory, *(file.name for file in self.folder.iterdir() if file.name not in self.memory)]

    def accounted(self) -> int:
        return self.used


class ReleasedBeforeItIsWritten(Spilling):
    def spill(self) -> int:
        for key, value in list(self.memory.items()):
            self.used -= len(value)
            self.write(key, value)
            del self.memory[key]
            return len(value)
        return 0


class ReleasedBeforeTheTrashIsEmptied(Spilling):
    def begin(self, folder: Path) -> None:
        super().begin(folder)
        self.trash: list[Any] = []

    def delete(self, key: str) -> None:
        self.trash.clear()
        if key in self.memory:
            self.trash.append(self.memory[key])
        super().delete(key)


class EmptiesItsTrash(ReleasedBeforeTheTrashIsEmptied):
    def delete(self, key: str) -> None:
        super().delete(key)
        self.trash.clear()


class ReleasedAgainAfterAFailure(Spilling):
    def spill(self) -> int:
        for key, value in list(self.memory.items()):
            try:
                self.write(key, value)
                del self.memory[key]
            except OSError:
                self.used -= len(value)
                raise
            self.used -= len(value)
            return len(value)
        return 0


class Budget(Adapter):
    """Refuses what does not fit."""

    refuses = (MemoryError,)

    def begin(self, folder: Path) -> None:
        self.values: dict[str, Any] = {}
        self.used = 0

    def put(self, key: str, value: Any) -> None:
        if self.used + len(value) > self.capacity_of_pool():
            raise MemoryError
        self.delete_if_there(key)
        self.values[key] = value
        self.used += len(value)

    def get(self, key: str) -> Any:
        return self.values[key]

    def delete(self, key: str) -> None:
        self.used -= len(self.values.pop(key))

    def delete_if_there(self, key: str) -> None:
        if key in self.values:
            self.delete(key)

    def keys(self) -> list[str]:
        return list(self.values)

    def accounted(self) -> int:
        return self.used

    def capacity_of_pool(self) -> int:
        return 6 * KIB


class ReleasesAReservationTwice(Budget):
    def admit(self, size: int) -> None:
        if self.used > self.capacity_of_pool():
            self.used -= size
            raise MemoryError

    def put(self, key: str, value: Any) -> None:
        self.used += len(value)
        try:
            self.admit(len(value))
        except MemoryError:
            self.used -= len(value)
            raise
        self.delete_if_there(key)
        self.values[key] = value


class ReleasesAReservationOnce(Budget):
    def put(self, key: str, value: Any) -> None:
        self.used += len(value)
        try:
            if self.used > self.capacity_of_pool():
                raise MemoryError  # noqa: TRY301 - it is small
        except MemoryError:
            self.used -= len(value)
            raise
        self.delete_if_there(key)
        self.values[key] = value


class CountsAReplacementTwice(Spilling):
    def put(self, key: str, value: Any) -> None:
        self.memory[key] = value
        self.used += len(value)


class CountsAReplacementOnce(Spilling):
    def put(self, key: str, value: Any) -> None:
        self.used += len(value) - len(self.memory.get(key, ()))
        self.memory[key] = value


class CountsEachReading(Spilling):
    def get(self, key: str) -> Any:
        value = super().get(key)
        if key not in self.memory:
            self.used += len(value)
        return value


class KeepsWhatItReads(Spilling):
    def get(self, key: str) -> Any:
        value = super().get(key)
        if key not in self.memory:
            self.memory[key] = value
            self.used += len(value)
        return value


class SubtractsTheNewSize(Spilling):
    def put(self, key: str, value: Any) -> None:
        if key in self.memory:
            self.used -= len(value)
        self.memory[key] = value
        self.used += len(value)


class CountsWholePagesOnly(Spilling):
    def accounted(self) -> int:
        return self.used // (2 * KIB) * (2 * KIB)


class CountsBegunPages(Spilling):
    def accounted(self) -> int:
        return sum(-(-len(value) // (2 * KIB)) * 2 * KIB for value in self.memory.values())
