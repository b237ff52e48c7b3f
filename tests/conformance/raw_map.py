"""A map of raw records and another consumer, on the model and on Spark, taken in lockstep, to the byte.

Each record is as large as a page, so that each needs one. Whether it fills the array of pointers is said by Spark: to
the model that is the environment's choice. Files are written, and not read: on Java 17 Spark 2 cannot.
"""

from __future__ import annotations

from typing import Any

from spillproof.counterexamples.replay.real.worker import Worker
from spillproof.model.heap import Bag
from spillproof.model.quantity import Bytes
from spillproof.model.spark.memory.execution_memory_pool import ExecutionMemoryPool
from spillproof.model.spark.memory.memory_consumer import MemoryConsumer
from spillproof.model.spark.memory.spill_failure import SparkOutOfMemoryError
from spillproof.model.spark.memory.task_memory_manager import TaskMemoryManager
from spillproof.model.spark.unsafe.bytes_to_bytes_map import BytesToBytesMap, MapIterator

PAGE = 128
ARRAY = 64 * 2 * 8
"""Bytes of an array with room for 64 keys."""


class Other(MemoryConsumer):
    """Spills everything for the map, and nothing for itself."""

    def spill(self, size: Bytes, trigger: MemoryConsumer | None) -> Bytes:
        freed = 0 if trigger is self else self.used
        self.free_memory(freed)
        return freed


class RawMap:
    """A model and Spark with the same map."""

    def __init__(self, worker: Worker, fixes: frozenset[str], pool: int) -> None:
        self.worker = worker
        manager = TaskMemoryManager(ExecutionMemoryPool(pool), fixes, Bag())
        self.pool = manager.pool
        self.map, self.other = BytesToBytesMap(manager), Other(manager)
        self.iterator: MapIterator | None = None
        self.is_open = True
        self.map.open(ARRAY)
        self.compare("begin", worker.ask("raw-map", pool)["result"])

    def append(self) -> None:
        """A record is put in, and needs a page."""
        told = self.tell("append")
        appended = self.map.append(PAGE, page_is_full=True, array_is_full=told["fills"])
        self.compare("append", told, appended=appended)

    def reset(self) -> None:
        """The map begins anew, or is refused its array, and is of no use then."""
        answer = self.worker.ask("map", "reset", 0)
        try:
            self.map.reset()
        except SparkOutOfMemoryError:
            assert "OutOfMemory" in answer.get("raised", ""), f"reset: the model raises, Spark {answer}"
            self.is_open = False
        else:
            self.compare("reset", self.result(answer))

    def read(self) -> None:
        """Reading begins, and frees what it has read."""
        self.iterator = self.map.iterator(destructive=True)
        self.compare("read", self.tell("read"))

    def next(self) -> None:
        """The record of the next page is read."""
        assert self.iterator is not None
        self.iterator.advance_to_next_page()
        self.compare("next", self.tell("next"))

    def has_page(self) -> bool:
        """Return whether there is a page to read that is in memory."""
        return self.iterator is not None and self.iterator.next_index() < len(self.map.data_pages)

    def free(self) -> None:
        """The map is freed."""
        self.map.free_everything()
        self.is_open = False
        self.compare("free", self.tell("free"))

    def acquire(self, size: int) -> None:
        """The other consumer asks."""
        told = self.tell("acquire", size)
        self.compare(f"acquire {size}", told, granted=int(self.other.acquire_memory(size)))

    def release(self, size: int) -> None:
        """The other consumer releases."""
        size = min(size, int(self.other.used))
        self.other.free_memory(size)
        self.compare(f"release {size}", self.tell("release", size))

    def tell(self, what: str, size: int = 0) -> dict[str, Any]:
        """Do a thing on Spark; return what came of it."""
        return self.result(self.worker.ask("map", what, size))

    @staticmethod
    def result(answer: dict[str, Any]) -> dict[str, Any]:
        """Return what Spark says. Raises `AssertionError` where it raises what the model does not."""
        assert "raised" not in answer, f"the model raises nothing, Spark {answer['raised']}"
        found: dict[str, Any] = answer["result"]
        return found

    def compare(self, what: str, told: dict[str, Any], **came: object) -> None:
        """Raise `AssertionError` where the accounts differ."""
        expected = {"map": int(self.map.used), "other": int(self.other.used), "pool": int(self.pool.used), **came}
        seen = {key: told[key] for key in expected}
        assert seen == expected, f"{what}: the model has {expected}, Spark {seen}"
