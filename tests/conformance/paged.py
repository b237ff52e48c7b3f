"""A consumer of pages, another consumer and others who wait, on the model and on Spark, taken in lockstep, to the byte.

How much a record needs is said by Spark: to the models, whether it fills the array of pointers, or a page, is the
environment's choice.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from spillproof.counterexamples.replay.real.worker import Worker
from spillproof.model.heap import Bag, HeapObject, reachable_from
from spillproof.model.quantity import Bytes
from spillproof.model.spark.memory.memory_block import LongArray, MemoryBlock
from spillproof.model.spark.memory.memory_consumer import MemoryConsumer
from spillproof.model.spark.memory.paged_consumer import PagedConsumer
from spillproof.model.spark.memory.spill_failure import SparkOutOfMemoryError
from spillproof.model.spark.memory.task_memory_manager import TaskMemoryManager
from spillproof.model.spark.scenario.raw_task import ContendedPool
from spillproof.model.spark.unsafe.in_memory_sorter import NullPointerException
from spillproof.model.spark.unsafe.unsafe_kv_external_sorter import IllegalStateException

PAGE = 128


class Other(MemoryConsumer):
    """Spills everything for the consumer of pages, and nothing for itself."""

    def spill(self, size: Bytes, trigger: MemoryConsumer | None) -> Bytes:
        freed = 0 if trigger is self else self.used
        self.free_memory(freed)
        return freed


class Paged:
    """A model and Spark with the same consumers."""

    kind: ClassVar[str]
    paged: PagedConsumer

    def __init__(
        self, worker: Worker, fixes: frozenset[str], pool: int, *, looking: bool = False, number: int = 0
    ) -> None:
        self.worker = worker
        self.looking = looking
        self.number = number
        self.pool = ContendedPool(pool + 1)
        self.pool.acquire(1)  # which Spark wants to be execution's own
        self.manager = TaskMemoryManager(self.pool, fixes, Bag())
        self.other = Other(self.manager)
        self.is_open, self.is_over = True, False
        self.open()
        self.compare("begin", worker.ask("paged", self.kind, pool, number))

    def open(self) -> None:
        """Make the model's consumer of pages."""
        raise NotImplementedError

    def roots(self) -> list[HeapObject]:
        """Return what the task and downstream refer to."""
        return [self.manager, self.paged]

    def wait(self, *, others: bool) -> None:
        """Others wait from now on, and get what is released; or do no more."""
        self.pool.others_wait = others
        self.compare("wait", self.worker.ask("page", "wait", int(others)))

    def acquire(self, size: int) -> None:
        """The other consumer asks."""
        self.both(f"acquire {size}", lambda: {"granted": int(self.other.acquire_memory(size))})

    def release(self, size: int) -> None:
        """The other consumer releases."""
        size = min(size, int(self.other.used))
        self.both(f"release {size}", lambda: self.other.free_memory(size))

    def end(self) -> None:
        """The task ends, and what has failed is cleaned up as well."""
        if not self.is_over:
            self.free()

    def free(self) -> None:
        """The consumer of pages is cleaned up."""
        raise NotImplementedError

    def both(self, what: str, step: Callable[[], dict[str, object] | None]) -> None:
        """Take a step on both sides, and compare what came of it. What fails is of no use any more."""
        words = what.split()
        answer = self.worker.ask("page", words[0], words[1] if len(words) > 1 else 0)
        raised = ""
        came: dict[str, object] = {}
        try:
            came = step() or {}
        except (SparkOutOfMemoryError, NullPointerException, IllegalStateException, AssertionError) as error:
            raised, self.is_open = type(error).__name__, False
        seen = str(answer.get("raised", "")).partition(":")[0].rpartition(".")[2]
        if raised == "AssertionError":  # a page is freed twice, which Spark, whose assertions are off, does not notice
            self.is_over = True
            return
        assert alike(raised, seen), f"{what}: the model raises {raised or 'nothing'}, Spark {answer}"
        self.compare(what, answer, **came)

    def compare(self, what: str, answer: dict[str, Any], **came: object) -> None:
        """Raise `AssertionError` where the accounts differ or, if that is looked at, what is freed and reachable."""
        told = answer.get("result") or {}
        if self.looking or "raised" in answer:
            look = self.worker.ask("page", "look" if self.looking else "begin", 0)
            assert "result" in look, f"{what}: Spark {look} after {answer}"
            told = {**told, **look["result"]}
        expected = {
            "used": int(self.paged.used),
            "other": int(self.other.used),
            "pool": int(self.pool.used),
            **({"kept": self.kept()} if self.looking else {}),
            **came,
        }
        seen = {key: told[key] for key in expected}
        assert seen == expected, f"{what}: the model has {expected}, Spark {seen} {told.get('by', '')}"

    def kept(self) -> int:
        """Return the bytes that the model has freed and that can be reached."""
        found = reachable_from(self.roots())
        held = {id(each.base_object) for each in found if isinstance(each, MemoryBlock)}
        return sum(int(each.size) for each in found if isinstance(each, LongArray) and id(each) not in held)


def alike(raised: str, seen: str) -> bool:
    """Return whether an exception of the model is one of Spark, whose first releases raise Java's."""
    if raised == "SparkOutOfMemoryError":
        return seen in ("SparkOutOfMemoryError", "OutOfMemoryError")
    return raised == seen
