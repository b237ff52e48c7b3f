"""The chief question, asked of a dump: whether what is counted free is unreachable."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from spillproof.counterexamples.heap import expressions
from spillproof.counterexamples.heap.accountants import Accountant, Accounting, Fault
from spillproof.counterexamples.heap.heap import Heap, instances
from spillproof.counterexamples.heap.paths import ways
from spillproof.counterexamples.heap.reach import Reach
from spillproof.counterexamples.heap.result import Account, Consumer, Found, PoolState

LOGGERS = (
    "java.util.logging.Logger", "java.util.logging.LogManager", "org.apache.log4j.Category",
    "org.apache.logging.slf4j.Log4jLogger", "org.apache.logging.log4j.spi.AbstractLogger",
    "org.slf4j.impl.Log4jLoggerAdapter", "org.slf4j.impl.Reload4jLoggerAdapter", "org.slf4j.impl.JDK14LoggerAdapter",
    "org.slf4j.reload4j.Reload4jLoggerAdapter", "org.slf4j.jul.JDK14LoggerAdapter", "ch.qos.logback.classic.Logger",
    "io.airlift.log.Logger",
)  # fmt: skip
"""Whoever writes a log refers to one of these, and it to all that writing logs needs: megabytes, with log4j 2."""

CLEANERS = (
    "java.lang.ref.Finalizer", "java.lang.ref.ReferenceQueue", "java.lang.ref.Cleaner", "jdk.internal.ref.CleanerImpl",
    "jdk.internal.ref.CleanerImpl$CleanableList",
)  # fmt: skip
"""Whoever has a file open leads to one of these, and they are lists of all others of the process."""

LINKS = {
    ("java.lang.ref.Reference", "next"),
    ("java.lang.ref.Reference", "discovered"),
    *(
        (f"jdk.internal.ref.{kind}Cleanable", link)
        for kind in ("Phantom", "Weak", "Soft")
        for link in ("list", "prev", "next", "node")
    ),
    *((f"{package}.Cleaner", link) for package in ("jdk.internal.ref", "sun.misc") for link in ("prev", "next")),
}
"""Fields by which what is to be cleaned is one of a list: who refers to it holds what it would clean, and no other."""

ALWAYS = ("java.lang.Class", "java.lang.ClassLoader", "java.lang.Thread", "java.lang.ThreadGroup", *LOGGERS, *CLEANERS)
"""Classes whose objects belong to no consumer of anything: what is reached through them only is on nobody's account."""

SMALL = 65536
"""Bytes that are too few to be worth a word: buffers of files, iterators, what is left of a collection."""


FEW = 4096
"""Bytes that are too few for a known fault: next to nothing is held."""


class Asked:
    """The accounts of a dump, as they are asked for."""

    def __init__(self, heap: Heap, accounting: Accounting, progress: Callable[[str], None]) -> None:
        self.heap, self.accounting, self.progress = heap, accounting, progress
        self.reaches: list[Reach] = []
        self.nodes = _consumers_of(heap, accounting)

    def accounts(self) -> Iterator[Account]:
        """Yield the accountants."""
        for each in self.accounting.accountants:
            reach = Reach(self.heap, self._stops(each), LINKS)
            self.reaches.append(reach)
            for node, consumers in self.nodes[each.name].items():
                self.progress(f"asking {each.name} {self.heap.index.address(node):x}: {len(consumers)} consumers")
                yield self._account(each, node, consumers, reach)

    def is_held(self, node: int) -> bool:
        """Return whether any consumer holds an object: it is on somebody's account, or should be."""
        return any(each.is_held(node) for each in self.reaches)

    def strays(self) -> str:
        """Return in words which objects of the consumers' classes no accountant leads to, where none leads to any."""
        if any(nodes for found in self.nodes.values() for nodes in found.values()):
            return ""
        told = {
            of.consumer: len(instances(self.heap, self.heap.classes.extending(of.consumer)))
            for of in self.accounting.accountants
        }
        return ", ".join(f"{count:,} of {name}" for name, count in told.items() if count)

    def _stops(self, of: Accountant) -> set[int]:
        names = (*ALWAYS, *of.stops, of.class_, of.consumer)
        return {each.number for each in self.heap.classes.all if any(each.extends(name) for name in names)}

    def _account(self, of: Accountant, node: int, nodes: Sequence[int], reach: Reach) -> Account:
        held, made = 0, []
        for number, each in enumerate(nodes, 1):
            consumer, new = self._consumer(of, each, number, reach)
            held += new
            made.append(consumer)
        heap = self.heap
        spec = self.accounting.pool
        itself = node if spec is not None and spec.class_ == of.class_ else -1
        pool = expressions.follow(heap, node, of.pool) if of.pool else itself
        made.sort(key=lambda each: (-each.held, each.address))
        words = expressions.label(heap, node, of.label or f"{of.name} @{heap.index.address(node):x}")
        return Account(of, node, words, tuple(made), held, pool)

    def _consumer(self, of: Accountant, node: int, number: int, reach: Reach) -> tuple[Consumer, int]:
        heap = self.heap
        found = reach.of([node])
        accounted = expressions.number(heap, node, of.accounted)
        if of.freed and expressions.is_so(heap, node, of.freed):
            accounted = 0
        elsewhere = bool(of.elsewhere) and expressions.is_so(heap, node, of.elsewhere)
        exclusive = min(heap.retained(node), found.bytes)
        name = heap.name(node)
        excess = 0 if accounted is None or elsewhere else _excess(of, accounted, found.bytes)
        label = f"{name.rpartition('.')[2]}#{number}"
        made = Consumer(
            node, heap.index.address(node), name, label, accounted, found.bytes, exclusive, elsewhere, excess
        )
        return made, found.new

    # Pools

    def pools(self, accounts: Sequence[Account]) -> list[PoolState]:
        """Return the pools that accountants lead to, in the order of their addresses."""
        spec = self.accounting.pool
        if spec is None:
            return []
        found = []
        within = [self._within(each) for each in accounts]
        for node in sorted({pool for pools in within for pool in pools}):
            of = [each for each, pools in zip(accounts, within, strict=True) if node in pools]
            capacity = expressions.number(self.heap, node, spec.capacity)
            if capacity is None:
                continue
            told = [expressions.number(self.heap, node, each) or 0 for each in spec.accounted]
            accounted = sum(told) if spec.accounted else sum(each.accounted for each in of)
            found.append(PoolState(node, capacity, accounted, sum(each.held for each in of)))
        return found

    def _within(self, of: Account) -> list[int]:
        """Return the pools that an account is within: of pools within pools, the accountant itself and all above it."""
        spec, up = self.accounting.pool, of.accountant.pool
        nested = bool(up) and spec is not None and spec.class_ == of.accountant.class_
        at, found = of.node if nested else of.pool, list[int]()
        while at >= 0 and at not in found:
            found.append(at)
            at = expressions.follow(self.heap, at, up) if nested else -1
        return found

    # Faults

    def found(self, accounts: Sequence[Account]) -> list[Found]:
        """Return who holds what is counted free, those who hold most first."""
        known = [made for fault in self.accounting.faults for made in self._known(fault, accounts)]
        explained = {each.node for each in known}
        for account in accounts:
            known += [self._unknown(each) for each in account.consumers if each.excess and each.node not in explained]
        return sorted(known, key=lambda each: (-each.bytes, each.node))

    def _known(self, fault: Fault, accounts: Sequence[Account]) -> Iterator[Found]:
        heap = self.heap
        consumers = {each.node: each for account in accounts for each in account.consumers}
        for node in instances(heap, heap.classes.extending(fault.holder)):
            end = self._end(fault, node)
            if end < 0 or not self._has_released(fault, node):
                continue
            held = Reach(heap, self._stops(self.accounting.accountants[0]), LINKS).of([end]).bytes
            consumer = consumers.get(node)
            accounted = (consumer.accounted or 0) if consumer is not None else 0
            estimate = max(each.estimate for each in self.accounting.accountants)
            if held - accounted <= FEW + accounted * estimate or (consumer is not None and consumer.elsewhere):
                continue
            label = consumer.label if consumer is not None else f"{heap.name(node).rpartition('.')[2]}"
            path = (*fault.path, heap.name(end))
            yield Found(node, label, fault, held - accounted, path, tuple(ways(heap, end)), end)

    def _end(self, fault: Fault, node: int) -> int:
        """Return what the path of a fault leads to, or -1 where it does not lead there."""
        end = expressions.follow(self.heap, node, ".".join(fault.path))
        if end < 0 or end == node or (fault.ends and not self.heap.classes.of(end).extends(fault.ends)):
            return -1
        return end

    def _has_released(self, fault: Fault, node: int) -> bool:
        heap = self.heap
        if any(heap.has(node, each) and not heap.is_null(node, each) for each in fault.released):
            return False
        return not fault.told or any(heap.value(node, each) for each in fault.told)

    def _unknown(self, consumer: Consumer) -> Found:
        """Return what nothing is known of: by the largest of what the consumer refers to."""
        heap, end = self.heap, consumer.node
        path: list[str] = []
        stops = self._stops(self.accounting.accountants[0])
        while len(path) < 12:  # noqa: PLR2004 - a path that is shown
            below = [
                (heap.retained(to), name, to)
                for name, to in heap.referred(end, 1000)
                if int(heap.classes.types[to]) not in stops and heap.above(to) in (end, heap.above(end))
            ]
            size, name, to = max(below, default=(0, "", -1))
            if size * 2 <= consumer.held:
                break
            path.append(name)
            end = to
        reached = tuple(ways(heap, end))
        return Found(
            consumer.node, consumer.label, None, consumer.held - (consumer.accounted or 0), (*path, heap.name(end)),
            reached, end,
        )  # fmt: skip


def _excess(of: Accountant, accounted: int, held: int) -> int:
    """Return what is held beyond an account, or 0 where it may be."""
    may = accounted + int(accounted * of.estimate) + max(of.unclaimed, SMALL)
    return held - accounted if held > may else 0


def _consumers_of(heap: Heap, accounting: Accounting) -> dict[str, dict[int, list[int]]]:
    """Return for each kind of accountant its objects, and for each of those its consumers."""
    made: dict[str, dict[int, list[int]]] = {}
    for of in accounting.accountants:
        wanted = heap.classes.extending(of.consumer)
        numbers = {each.number for each in wanted}
        found: dict[int, dict[int, None]] = {each: {} for each in instances(heap, heap.classes.extending(of.class_))}
        for node, consumers in found.items():
            for path in of.consumers:
                collection = expressions.follow(heap, node, path)
                if collection >= 0:
                    consumers.update(dict.fromkeys(expressions.members(heap, collection, numbers, of.inside)))
        if of.everywhere and len(found) == 1:
            next(iter(found.values())).update(dict.fromkeys(instances(heap, wanted)))
        if of.back:
            for each in instances(heap, wanted):
                owner = expressions.follow(heap, each, of.back)
                if owner in found:
                    found[owner][each] = None
        made[of.name] = {node: sorted(consumers) for node, consumers in found.items()}
    return made
