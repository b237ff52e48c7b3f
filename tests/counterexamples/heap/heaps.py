"""Heaps of tests: graphs of plain nodes, and a task of Spark as its classes are, in as much as is asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tests.counterexamples.heap.hprof import Dump

COLLECTION = "org.apache.spark.util.collection"


def of_graph(
    edges: Mapping[int, Sequence[int]], roots: Sequence[int], sizes: Mapping[int, int]
) -> tuple[Dump, list[int]]:
    """Return a dump of nodes that refer to each other, and where each is. A node is an array of so many elements."""
    dump = Dump()
    dump.class_("java.lang.Object[]")
    places = [dump.at(16 + 4 * sizes[node]) for node in range(len(sizes))]
    made = dump.classes["java.lang.Object[]"].address
    for node in range(len(sizes)):
        to = [places[each] for each in edges.get(node, ())]
        body = b"".join(map(dump.id, [*to, *[0] * (sizes[node] - len(to))]))
        dump.heap.append(b"\x22" + dump.id(places[node]) + dump.u4(0) + dump.u4(sizes[node]) + dump.id(made) + body)
    for each in roots:
        dump.root(places[each])
    return dump, places


class Spark:
    """A task of Spark with a pool of 10 MB, whose consumers are maps."""

    def __init__(self, capacity: int = 10 << 20) -> None:
        self.dump = dump = Dump()
        dump.class_("java.util.HashMap$Node", key="object")
        dump.class_("java.util.HashSet", map="object")
        dump.class_("org.apache.spark.memory.MemoryManager")
        dump.class_(
            "org.apache.spark.memory.UnifiedMemoryManager",
            "org.apache.spark.memory.MemoryManager",
            maxHeapMemory="long",
        )
        dump.class_(
            "org.apache.spark.memory.TaskMemoryManager",
            taskAttemptId="long",
            consumers="object",
            memoryManager="object",
        )
        dump.class_("org.apache.spark.memory.MemoryMode", name="object")
        dump.class_("org.apache.spark.memory.MemoryConsumer", used="long", taskMemoryManager="object", mode="object")
        dump.class_(f"{COLLECTION}.Spillable", "org.apache.spark.memory.MemoryConsumer")
        dump.class_(
            f"{COLLECTION}.ExternalAppendOnlyMap", f"{COLLECTION}.Spillable",
            currentMap="object", readingIterator="object", extra="object",
        )  # fmt: skip
        dump.class_(f"{COLLECTION}.ExternalAppendOnlyMap$SpillableIterator", upstream="object", **{"$outer": "object"})
        dump.class_(f"{COLLECTION}.AppendOnlyMap", data="object")
        dump.class_(f"{COLLECTION}.SizeTrackingAppendOnlyMap", f"{COLLECTION}.AppendOnlyMap")
        dump.class_(f"{COLLECTION}.AppendOnlyMap$$anon$1", **{"$outer": "object"})
        self.pool = dump.new("org.apache.spark.memory.UnifiedMemoryManager", maxHeapMemory=capacity)
        self.manager = dump.later("org.apache.spark.memory.TaskMemoryManager")
        self.consumers: list[int] = []

    def map(self, size: int) -> int:
        """Add a map in memory of so many bytes, and return it."""
        data = self.dump.array("byte", size - 16 - 16)
        return self.dump.new(f"{COLLECTION}.SizeTrackingAppendOnlyMap", data=data)

    def consumer(
        self, used: int, held: int, *, released: bool = False, reading: bool = True, mode: str = "ON_HEAP"
    ) -> int:
        """Add a map as a consumer: what it uses, the bytes in memory, and whether it released those."""
        dump = self.dump
        node = dump.later(f"{COLLECTION}.ExternalAppendOnlyMap")
        inside = self.map(held) if held else 0
        iterator = 0
        if reading:
            upstream = dump.new(f"{COLLECTION}.AppendOnlyMap$$anon$1", **{"$outer": inside}) if inside else 0
            iterator = dump.new(
                f"{COLLECTION}.ExternalAppendOnlyMap$SpillableIterator", upstream=upstream, **{"$outer": node}
            )
        kind = dump.new("org.apache.spark.memory.MemoryMode", name=dump.text(mode))
        dump.set(node, f"{COLLECTION}.ExternalAppendOnlyMap", {
            "used": used, "taskMemoryManager": self.manager, "mode": kind, "readingIterator": iterator,
            "currentMap": 0 if released else inside,
        })  # fmt: skip
        self.consumers.append(node)
        return node

    def done(self) -> Dump:
        """Return the dump: the task is on the stack of a thread."""
        dump = self.dump
        nodes = [dump.new("java.util.HashMap$Node", key=each) for each in self.consumers]
        consumers = dump.new("java.util.HashSet", map=dump.objects(nodes))
        dump.set(
            self.manager, "org.apache.spark.memory.TaskMemoryManager",
            {"taskAttemptId": 7, "consumers": consumers, "memoryManager": self.pool},
        )  # fmt: skip
        dump.root(self.manager, 0x03, 1, 0)
        return dump
