"""Models for tests of what is told about them: a broken one, its repaired twin, and some that are no good."""

from __future__ import annotations

import sys
import time
from typing import ClassVar

from spillproof.model.heap import Bag, HeapObject
from spillproof.model.oracle import announce
from spillproof.model.quantity import Bytes
from spillproof.model.system import Model, action, require


class Table(HeapObject):
    """Where the bytes are."""

    size: Bytes

    def shallow_size(self) -> Bytes:
        return self.size


class Reader(HeapObject):
    """Refers to what it reads."""

    upstream: Table | None


class Collection(HeapObject):
    """A consumer that can be spilled while it is read."""

    manager: Manager
    used: Bytes = 0
    data: Table | None = None
    reader: Reader | None = None

    short_name: ClassVar[str] = "E"


class Manager(HeapObject):
    """Knows every consumer."""

    pool: Bytes
    used: Bytes
    consumers: Bag[Collection]

    def release(self, consumer: Collection) -> None:
        """Take a consumer's bytes off the account."""
        announce("release", consumer=consumer, size=consumer.used)
        self.used -= consumer.used
        consumer.used = 0


class Leaky(Model):
    """A forced spill forgets that a reader still refers to the table.

    The shortest run that shows it: E1 is filled, E1 is read, E2 needs the room.
    """

    task_memory_manager: Manager
    lets_go: ClassVar[bool] = False

    def begin(self, capacity: Bytes, consumers: int = 2) -> None:
        self.task_memory_manager = Manager(capacity, 0, Bag())
        for _ in range(consumers):
            self.task_memory_manager.consumers.add(Collection(self.task_memory_manager))

    @action
    def insert(self, into: Collection, size: Bytes) -> None:
        """A consumer that is empty acquires and allocates; others are spilled if it needs their room."""
        require(into.data is None and into.reader is None)
        manager = self.task_memory_manager
        if manager.used + size > manager.pool:
            for victim in manager.consumers:
                if victim.reader is not None and victim.data is not None:
                    self.spill(victim, victim.reader)
        require(manager.used + size <= manager.pool)
        announce("acquire", consumer=into, size=size)
        manager.used += size
        into.used += size
        into.data = Table(size)

    def spill(self, victim: Collection, reader: Reader) -> None:
        """Drop the table, and release it; the broken model leaves it to the reader."""
        announce("spill", consumer=victim, forced=True)
        victim.data = None
        if self.lets_go:
            reader.upstream = None
        self.task_memory_manager.release(victim)

    @action
    def read(self, consumer: Collection) -> None:
        """Somebody begins to read a consumer."""
        require(consumer.data is not None and consumer.reader is None)
        consumer.reader = Reader(consumer.data)

    @action
    def finish(self, consumer: Collection) -> None:
        """The reader is done with it."""
        require(consumer.reader is not None)
        consumer.reader = None
        consumer.data = None
        self.task_memory_manager.release(consumer)

    def accounted(self) -> Bytes:
        """Return what the manager holds to be in use."""
        return self.task_memory_manager.used

    def capacity_of_pool(self) -> Bytes:
        """Return the size of the pool."""
        return self.task_memory_manager.pool

    def accounts(self) -> list[Bytes]:
        """Return what each consumer holds itself to be using."""
        return [consumer.used for consumer in self.task_memory_manager.consumers]


class Repaired(Leaky):
    """A forced spill takes the table from the reader, too."""

    lets_go: ClassVar[bool] = True


class Raises(Leaky):
    """An action fails on its second consumer."""

    @action
    def read(self, consumer: Collection) -> None:
        """Begin to read, unless another is read."""
        super().read(consumer)
        readers = [each for each in self.task_memory_manager.consumers if each.reader is not None]
        assert len(readers) == 1, "two readers"


class Slow(Repaired):
    """Says when it is begun, and then takes its time."""

    def begin(self, capacity: Bytes, consumers: int = 2) -> None:
        super().begin(capacity, consumers)
        print("begun", file=sys.stderr, flush=True)  # noqa: T201 - for the test that waits for it

    @action
    def read(self, consumer: Collection) -> None:
        """Begin to read, slowly."""
        time.sleep(10)
        super().read(consumer)


class Indexes(Leaky):
    """Does with a size what no engine can honour."""

    @action
    def read(self, consumer: Collection) -> None:
        """Count bytes one by one."""
        require(consumer.data is not None)
        for _ in range(consumer.used):
            pass


class Unbuildable(Leaky):
    """Its beginning fails."""

    def begin(self, capacity: Bytes, consumers: int = 2) -> None:
        raise ZeroDivisionError("no beginning")


class Idle(Model):
    """Has no actions."""

    def begin(self, capacity: Bytes) -> None:
        self.capacity = capacity


NOT_A_MODEL = 7
