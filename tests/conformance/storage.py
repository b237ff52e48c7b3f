"""The memory store of an executor, on the model and on Spark, taken in lockstep, to the byte.

Blocks whose sizes are known, blocks that are unrolled by several threads of a task, what is read of those that did not
fit, and execution, which evicts. How much a put asks for is said by Spark, whose estimates are its own business: what
it gets, who gives way for it, what is released and what is reachable then is compared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from spillproof.counterexamples.replay.real.build import Build
from spillproof.counterexamples.replay.real.worker import Worker
from spillproof.model.heap import Bag, HeapObject, reachable_from
from spillproof.model.quantity import Bytes
from spillproof.model.spark.fixes import POOLS, STORAGE
from spillproof.model.spark.fixes.fix import order
from spillproof.model.spark.fixes.storage import PROPOSALS
from spillproof.model.spark.memory.shared_execution_memory_pool import (
    NoSuchElementException,
    SharedExecutionMemoryPool,
    TaskAttempt,
)
from spillproof.model.spark.memory.storage_memory_pool import StorageMemoryPool
from spillproof.model.spark.memory.unified_memory_manager import UnifiedMemoryManager
from spillproof.model.spark.storage.memory_store import Block, MemoryStore, Rdd
from spillproof.model.spark.storage.partially_unrolled_iterator import (
    PartiallySerializedBlock,
    PartiallyUnrolledIterator,
    Unrolled,
    UnrolledIterator,
    read_partially_serialized,
)
from spillproof.model.spark.storage.unroll_memory import UnrollMemory
from tests.conformance.lockstep import LOOK, in_time

FIRST = 512
"""Bytes that a put reserves before it has unrolled anything, and of each of its chunks."""

UNROLLING = frozenset(fix.name for fix in (*STORAGE, *PROPOSALS))

Act = tuple[Callable[..., None], tuple[Any, ...]]
"""A step that can be taken, and with what."""

PUTS = 3
"""Of which the task has so many at most."""

RDDS = {"none": None, "1": Rdd.ONE, "2": Rdd.OTHER}


class UnrollMemoryOfStore(UnrollMemory):
    """Unroll memory of the heap as the store gives it: blocks of another RDD are evicted for it."""

    store: MemoryStore | None = None
    for_rdd: Rdd | None = None

    def acquire_for_block(self, size: Bytes) -> bool:
        assert self.store is not None
        return self.store.manager.acquire_storage(size, self.for_rdd, self.store)

    def release_storage(self, size: Bytes) -> None:
        assert self.store is not None
        self.store.manager.release_storage(size)


class BorrowingManager(UnifiedMemoryManager):
    """The manager before SPARK-21090, in 2.2.0: storage borrows a block's whole size, though it is short of less."""

    def to_borrow(self, size: Bytes) -> Bytes:
        return size


@dataclass(frozen=True)
class History:
    """What a release has fixed of unrolling and of the pools, and how its storage borrows."""

    unrolling: frozenset[str]
    pools: frozenset[str]
    manager: type[UnifiedMemoryManager] = UnifiedMemoryManager

    def with_fixes(self, fixes: frozenset[str]) -> History:
        """Return another history, whose storage borrows as this one's."""
        return History(fixes & UNROLLING, fixes - UNROLLING, self.manager)


def history_of(spark: Build) -> History:
    """Return that of a release."""
    manager = BorrowingManager if order(spark.release) < (2, 2) else UnifiedMemoryManager
    return History(spark.fixes(STORAGE), spark.fixes(POOLS), manager)


@dataclass
class Put:
    """A put that is under way, or did not fit."""

    name: str
    rdd: str
    serialized: bool
    unrolled: Unrolled
    reserved: int = 0
    given: int = 0
    is_over: bool = False
    ended: bool = False
    """Whether there is no rest."""
    iterator: PartiallyUnrolledIterator | None = None
    block: PartiallySerializedBlock | None = None

    @property
    def failed(self) -> bool:
        """Whether it did not fit, and the application has what is left of it."""
        return self.iterator is not None or self.block is not None


class Storage:
    """A model and Spark with the same store."""

    def __init__(self, worker: Worker, history: History, size: int, region: int) -> None:
        self.worker = worker
        self.history = history
        pools = history.pools
        execution = SharedExecutionMemoryPool(size - region, pools, Bag(), Bag())
        self.manager = history.manager(pools, execution, StorageMemoryPool(region, pools), size, region)
        self.store = MemoryStore(self.manager, [])
        self.task = TaskAttempt()
        self.blocks: dict[str, Block] = {}
        self.dropped: list[Put] = []
        self.made = 0
        self.begin_task()
        answer = worker.ask("storage", size, region, FIRST)
        assert "raised" not in answer, answer
        self.compare("begin", answer["result"])

    def begin_task(self) -> None:
        """A task without unroll memory."""
        pool = self.manager.storage
        self.memory = UnrollMemoryOfStore(pool, self.history.unrolling, store=self.store)
        self.puts: dict[str, Put] = {}
        self.listeners: list[PartiallySerializedBlock] = []

    def name(self) -> str:
        """Return a name that no block has."""
        self.made += 1
        return f"b{self.made}"

    def stored(self) -> list[str]:
        """Return the blocks in the store, the least recently used first."""
        names = {id(block): name for name, block in self.blocks.items()}
        return [names[id(block)] for block in self.store.entries]

    def possible(self, size: int, rdd: str) -> Iterator[Act]:
        """Yield the steps that can be taken, what happens often more than once."""
        yield from self.possible_of_blocks(size, rdd)
        if len(self.puts) < PUTS:
            yield from ((self.open, (rdd, False)), (self.open, (rdd, True)))
        for put in list(self.puts.values()):
            if not put.is_over:
                yield from 3 * [(self.batch, (put, size // 16))]
                yield from ((self.finish, (put,)), (self.fail, (put,)))
            elif put.block is not None:
                yield from (
                    *2 * [(self.values, (put,))],
                    (self.discard, (put,)),
                    (self.write, (put,)),
                    (self.drop, (put,)),
                )
            else:
                yield from self.possible_of_iterator(put)
        yield (self.end_task, ())

    def possible_of_blocks(self, size: int, rdd: str) -> Iterator[Act]:
        """Yield what may be done with blocks and execution memory."""
        yield from ((self.put, (size, rdd)), (self.acquire, (size,)))
        if self.executing():
            yield (self.release, (size,))
        for name in self.stored():
            yield from ((self.read, (name,)), (self.get, (name,)))
            if not self.blocks[name].read_lock:
                yield (self.remove, (name,))

    def possible_of_iterator(self, put: Put) -> Iterator[Act]:
        """Yield what may be done with what did not fit."""
        assert put.iterator is not None
        if put.iterator.owed > 0 or not put.ended:
            yield from 8 * [(self.pull, (put,))]
        yield from (*2 * [(self.question, (put,))], (self.close, (put,)), (self.drop, (put,)))

    # Blocks and execution

    def put(self, size: int, rdd: str) -> None:
        """A block whose size is known is put in, if there is room or can be made."""
        name = self.name()
        self.blocks[name] = Block(size, RDDS[rdd])
        told = self.ask("put", name, size, rdd)
        self.compare(f"put {name} {size} {rdd}", told, stored=self.store.put(self.blocks[name]))

    def get(self, name: str) -> None:
        """A block is used."""
        self.store.get(self.blocks[name])
        self.compare(f"get {name}", self.ask("get", name))

    def remove(self, name: str) -> None:
        """A block that nobody reads is removed."""
        self.store.remove(self.blocks[name])
        self.compare(f"remove {name}", self.ask("remove", name))

    def read(self, name: str) -> None:
        """Somebody begins or ends to read a block, which is not evicted meanwhile."""
        block = self.blocks[name]
        what = "unlock" if block.read_lock else "lock"
        block.read_lock = not block.read_lock
        self.compare(f"{what} {name}", self.ask(what, name))

    def acquire(self, size: int) -> None:
        """The task asks for execution memory, for which blocks may be evicted. Alone, it never waits."""
        granted = self.manager.acquire_execution(size, self.task, self.store)
        self.compare(f"acquire {size}", self.ask("acquire", "-", size), granted=granted)

    def release(self, size: int) -> None:
        """The task releases execution memory."""
        self.manager.execution.release(min(size, self.executing()), self.task)
        self.compare(f"release {size}", self.ask("release", "-", size))

    def executing(self) -> int:
        """Return what the task has for execution."""
        entry = self.manager.execution.entry_of(self.task)
        return 0 if entry is None else int(entry.used)

    # Puts of blocks whose sizes nobody knows

    def open(self, rdd: str, serialized: bool) -> None:  # noqa: FBT001 - as steps are given
        """A put begins, and reserves its first bytes."""
        put = Put(self.name(), rdd, serialized, Unrolled(FIRST))
        self.puts[put.name] = put
        told = self.ask("open", put.name, 0, f"{rdd},{'bytes' if serialized else 'values'}")
        self.follow(put, "open", told)

    def batch(self, put: Put, size: int) -> None:
        """Some records of that size are unrolled."""
        self.follow(put, f"batch {size}", self.ask("batch", put.name, size))

    def finish(self, put: Put) -> None:
        """There is no further record: the block is kept, if there is room for it as it is."""
        put.ended = True
        told = self.ask("finish", put.name)
        if "size" not in told:
            self.follow(put, "finish", told)
            return
        self.follow(put, "finish", {**told, "requests": told["requests"][:-1], "over": False})
        put.is_over = True
        self.memory.release(put.reserved)
        self.memory.for_rdd = RDDS[put.rdd]
        assert self.memory.acquire_for_block(told["size"]), f"finish {put.name}: the model has no room, Spark {told}"
        self.blocks[put.name] = Block(told["size"], RDDS[put.rdd])
        self.store.entries.append(self.blocks[put.name])
        del self.puts[put.name]
        self.compare(f"finish {put.name}", told)

    def fail(self, put: Put) -> None:
        """The records end with an error: what was reserved stays until the task ends."""
        told = self.ask("break", put.name)
        del self.puts[put.name]
        self.compare(f"break {put.name}", told)

    def follow(self, put: Put, what: str, told: dict[str, Any]) -> None:
        """Reserve in the model what Spark has asked for, and go on as Spark does if it was not granted."""
        self.memory.for_rdd = RDDS[put.rdd]
        refused = False
        for size, granted in told["requests"]:
            got = self.memory.reserve(size)
            assert got == granted, f"{what} {put.name}: the model grants {got}, Spark {granted} of {told['requests']}"
            put.reserved += size if got else 0
            refused |= not got
        put.given = told["given"]
        put.unrolled.size = max(put.reserved, 1)
        assert refused == told["over"], f"{what} {put.name}: the model is over {refused}, Spark {told}"
        if refused:
            self.give_back(put)
        if what != "finish" or refused:
            self.compare(f"{what} {put.name}", told)

    def give_back(self, put: Put) -> None:
        """The put is over, and the application gets what was unrolled."""
        put.is_over = True
        if put.serialized:
            put.block = PartiallySerializedBlock(put.unrolled)
            self.listeners.append(put.block)
        else:
            read = UnrolledIterator(put.unrolled, put.given)
            put.iterator = PartiallyUnrolledIterator(self.memory, self.memory, put.reserved, 0, put.given, read, None)

    # What did not fit

    def values(self, put: Put) -> None:
        """What was serialized is to be read."""
        assert put.block is not None
        put.iterator = read_partially_serialized(put.block, self.memory, self.memory, put.reserved, 0, put.given)
        put.block = None
        self.compare(f"values {put.name}", self.ask("values", put.name))

    def discard(self, put: Put) -> None:
        """What was serialized is of no use."""
        self.give_up(put, "discard")

    def write(self, put: Put) -> None:
        """What was serialized is written elsewhere, and the rest after it."""
        self.give_up(put, "write")

    def give_up(self, put: Put, what: str) -> None:
        """What was serialized is released."""
        assert put.block is not None
        put.block.give_up(self.memory, put.reserved)
        put.block = None
        self.dropped.append(self.puts.pop(put.name))
        self.compare(f"{what} {put.name}", self.ask(what, put.name))

    def question(self, put: Put) -> None:
        """The application asks whether there is more."""
        assert put.iterator is not None
        put.iterator.has_next()
        self.compare(f"ask {put.name}", self.ask("ask", put.name))

    def pull(self, put: Put) -> None:
        """The application takes the next record."""
        assert put.iterator is not None
        answer = self.worker.ask("store", "pull", put.name, 0)
        owed, raised = put.iterator.owed, ""
        try:
            put.iterator.next()
        except NoSuchElementException:
            raised = "NoSuchElementException"
        if raised or "raised" in answer:
            alike = bool(raised) and raised in answer.get("raised", "")
            assert alike, f"pull: the model raises {raised or 'nothing'}, Spark {answer}"
            return
        of_rest = put.iterator.owed == owed
        told = answer["result"]
        assert of_rest == (told["record"] >= put.given), f"pull: the model reads the rest: {of_rest}, Spark {told}"
        self.compare(f"pull {put.name}", told)

    def close(self, put: Put) -> None:
        """The application wants no more."""
        assert put.iterator is not None
        put.iterator.close()
        self.compare(f"close {put.name}", self.ask("close", put.name))

    def drop(self, put: Put) -> None:
        """The application forgets what did not fit, which then stays reserved until the task ends."""
        self.dropped.append(self.puts.pop(put.name))
        self.compare(f"drop {put.name}", self.ask("drop", put.name))

    def end_task(self) -> None:
        """The task ends, and what it has reserved is released. Blocks stay, and what they are read for."""
        self.memory.release_all()
        self.begin_task()
        self.dropped.clear()
        self.compare("end", self.ask("end", "-"))

    # Both

    def ask(self, what: str, name: str, size: int = 0, more: str = "-") -> dict[str, Any]:
        """Let Spark do something, of which nothing fails."""
        answer = self.worker.ask("store", what, name, size, more)
        assert "raised" not in answer, f"{what} {name}: the model raises nothing, Spark {answer}"
        told: dict[str, Any] = answer["result"]
        return told

    def compare(self, what: str, told: dict[str, Any], **came: object) -> None:
        """Raise `AssertionError` where the accounts differ."""
        expected = {
            "storage": int(self.manager.storage.used),
            "execution": self.executing(),
            "pool": int(self.manager.execution.pool_size()),
            "unroll": int(self.memory.reserved()),
            "accounts": int(self.memory.account is not None),
            "entries": self.stored(),
            **came,
        }
        seen = {key: told[key] for key in expected}
        assert seen == expected, f"{what}: the model has {expected}, Spark {seen}"

    def look(self) -> None:
        """Raise `AssertionError` where what can be reached differs."""
        alive = self.alive()
        told = in_time(lambda what: self.ask(what, "-"), LOOK, lambda seen: bool(seen["alive"] == alive))
        self.compare(LOOK, told, alive=alive)

    def alive(self) -> list[str]:
        """Return of which puts that did not fit what was unrolled can be reached."""
        roots: list[HeapObject] = [*self.listeners]
        for put in self.puts.values():
            roots += [each for each in (put.iterator, put.block) if each is not None]
        found = {id(each) for each in reachable_from(roots)}
        over = [each for each in [*self.puts.values(), *self.dropped] if each.is_over and each.given]
        return [each.name for each in sorted(over, key=lambda put: int(put.name[1:])) if id(each.unrolled) in found]
