"""Managers and their room: what they leave behind, refuse, and drop. Each beside a correct one."""

from collections import deque
from pathlib import Path
from typing import Any

from spillproof.properties.live import Adapter, Ledger
from tests.live.planted.accounts import Budget

KIB = Ledger.unit


class Table:
    """Values, their sizes, and the order in which they were put."""

    def __init__(self) -> None:
        self.values: dict[str, Any] = {}
        self.sizes: dict[str, int] = {}
        self.order: list[str] = []

    def put(self, key: str, value: Any) -> None:
        self.delete(key)
        self.values[key] = value
        self.sizes[key] = len(value)
        self.order.append(key)

    def delete(self, key: str) -> None:
        if self.values.pop(key, None) is not None:
            self.forget(key)

    def forget(self, key: str) -> None:
        del self.sizes[key]
        self.order.remove(key)


class Ordered(Adapter):
    """Keeps three tables, and empties them."""

    table: type[Table] = Table

    def begin(self, folder: Path) -> None:
        self.cache = self.table()

    def put(self, key: str, value: Any) -> None:
        self.cache.put(key, value)

    def get(self, key: str) -> Any:
        return self.cache.values[key]

    def delete(self, key: str) -> None:
        self.cache.delete(key)

    def accounted(self) -> int:
        return sum(map(len, self.cache.values.values()))


class ForgetsTheSizes(Table):
    def forget(self, key: str) -> None:
        self.order.remove(key)


class ForgetsTheOrder(Table):
    def forget(self, key: str) -> None:
        del self.sizes[key]


class SizesStayInATable(Ordered):
    table = ForgetsTheSizes


class TheOrderStaysInAList(Ordered):
    table = ForgetsTheOrder


class CompactsLater(Ordered):
    """Dead entries of the order are removed when there are many."""

    class Lazy(ForgetsTheOrder):
        """Compacts."""

        def forget(self, key: str) -> None:
            super().forget(key)
            if len(self.order) > 20 + 2 * len(self.values):
                self.order = [each for each in self.order if each in self.values]

    table = Lazy


class RemembersTheLatest(Ordered):
    """A history of limited length is no residue."""

    class Remembering(Table):
        """Has a history."""

        def __init__(self) -> None:
            super().__init__()
            self.recent: deque[str] = deque(maxlen=50)

        def forget(self, key: str) -> None:
            super().forget(key)
            self.recent.append(key)

    table = Remembering


class RefusesTheLastByte(Budget):
    def put(self, key: str, value: Any) -> None:
        if self.used + len(value) >= self.capacity_of_pool():
            raise MemoryError
        super().put(key, value)


class RefusesAfterAReplacement(Budget):
    """What is replaced is not given back to the room, though it is to the account."""

    def begin(self, folder: Path) -> None:
        super().begin(folder)
        self.room = self.capacity_of_pool()

    def put(self, key: str, value: Any) -> None:
        if len(value) > self.room:
            raise MemoryError
        super().put(key, value)
        self.room -= len(value)

    def delete(self, key: str) -> None:
        self.room += len(self.values[key])
        super().delete(key)

    def delete_if_there(self, key: str) -> None:
        if key in self.values:
            super().delete(key)


class RefusesBesideTheOld(Budget):
    """A replacement needs room beside what it replaces: that is so, and no defect."""


class Dropping(Adapter):
    """Drops the oldest where a value does not fit."""

    drops = True

    def begin(self, folder: Path) -> None:
        self.values: dict[str, Any] = {}

    def put(self, key: str, value: Any) -> None:
        self.values.pop(key, None)
        if len(value) > self.capacity_of_pool():
            return
        while not self.fits_beside(len(value)):
            del self.values[next(iter(self.values))]
        self.values[key] = value

    def fits_beside(self, size: int) -> bool:
        return self.accounted() + size <= self.capacity_of_pool()

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


class DropsForTheLastByte(Dropping):
    def fits_beside(self, size: int) -> bool:
        return not self.values or self.accounted() + size < self.capacity_of_pool()


class DropsByNumber(Dropping):
    """No more than two values, be they ever so small, and nobody says so."""

    def put(self, key: str, value: Any) -> None:
        super().put(key, value)
        while len(self.values) > 2:
            del self.values[next(iter(self.values))]


class DropsByNumberAsItSays(DropsByNumber):
    def fits(self, key: str, size: int) -> bool:
        others = len(self.values.keys() - {key})
        return others < 2 and self.accounted() + size <= self.capacity_of_pool()
