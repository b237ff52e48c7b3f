"""Where reachability begins: what threads, native code and the JVM itself refer to, and the classes that are alive."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from spillproof.counterexamples.heap import tags
from spillproof.counterexamples.heap.classes import SOFT, WEAK, Classes
from spillproof.counterexamples.heap.dominators import Reached, more, search
from spillproof.counterexamples.heap.graph import Graph


@dataclass
class Roots:
    """The roots."""

    nodes: Any
    """The objects that are roots, each once, in the order in which the search begins with them."""
    rows: dict[int, tuple[int, int, int]] = field(default_factory=dict)
    """Of a root its kind, the serial number of its thread, its frame; a class that its loader keeps has none."""
    threads: dict[int, tuple[int, int]] = field(default_factory=dict)
    """Of the serial number of a thread its object, and its stack trace."""

    def kind(self, node: int) -> str:
        """Return what kind of root an object is."""
        row = self.rows.get(node)
        return "loaded class" if row is None else tags.ROOTS.get(row[0], "root")


def reached(classes: Classes, graph: Graph, progress: Callable[[str], None]) -> tuple[Roots, Reached]:
    """Return the roots and what is reachable from them.

    A class is alive as long as its loader is, or an object of it: HotSpot writes no root for that. So classes become
    roots once their loader or an object of theirs has been reached, until there are no more.
    """
    roots = _told(classes)
    found = search(graph, roots.nodes, progress)
    added = [roots.nodes]
    while len(fresh := _alive(classes, found)):
        more(graph, fresh, found)
        added.append(fresh)
    roots.nodes = np.concatenate(added)
    found.strong = found.met
    for strength in (SOFT, WEAK):
        while len(fresh := _referents(classes, found, strength)):
            more(graph, fresh, found)
        found.soft = found.soft or found.met
    found.trim()
    return roots, found


def _referents(classes: Classes, found: Reached, strength: int) -> Any:
    """Return what is not reached, and what references of some strength refer to that are."""
    of = [each for each in classes.all if each.strength == strength]
    holders = [each for each in classes.instances(of) if found.numbers[each]]
    index, wide = classes.index, classes.index.wide
    fresh = set()
    for each in holders:
        at = next((k.at for k in classes.of(each).fields if (k.owner, k.name) == REFERENT), None)
        if at is not None and index.tag(each) == tags.INSTANCE:
            address = index.records.number(index.place(each) + 9 + 2 * wide + at, wide)
            node = index.find(address & ((1 << 63) - 1)) if address else -1
            if node >= 0 and not found.numbers[node]:
                fresh.add(node)
    return np.array(sorted(fresh), np.int64)


def _running(classes: Classes) -> Any:
    """Return the threads that run, of which HotSpot leaves out its own: they have a native one."""
    index, found = classes.index, []
    for each in classes.instances(classes.extending("java.lang.Thread")):
        at = next((k.at for k in classes.of(each).fields if k.name == "eetop"), None)
        if at is not None and index.records.number(index.place(each) + 9 + 2 * index.wide + at, 8):
            found.append(each)
    return np.array(found, np.int64)


REFERENT = ("java.lang.ref.Reference", "referent")


def _told(classes: Classes) -> Roots:
    """Return the roots that the dump has."""
    rows = classes.index.roots
    nodes = classes.index.find_all(np.ascontiguousarray(rows[:, 0]))
    if lost := int((nodes < 0).sum()):
        classes.index.records.troubles.append(f"{lost:,} roots refer to what is not in the dump")
    running = _running(classes)
    roots = Roots(np.unique(np.concatenate([nodes[nodes >= 0], running])))
    roots.rows = {int(each): (tags.THREAD, -1, -1) for each in running}
    for node, (_, kind, thread, frame) in zip(nodes.tolist(), rows.tolist(), strict=True):
        if kind == tags.THREAD:
            roots.threads[thread] = (node, frame)
        if node >= 0 and (node not in roots.rows or RANK[kind] < RANK[roots.rows[node][0]]):
            roots.rows[node] = (kind, thread, frame)
    return roots


RANK = {kind: rank for rank, kind in enumerate((
    tags.JAVA_FRAME, tags.JNI_LOCAL, tags.THREAD, tags.NATIVE_STACK, tags.THREAD_BLOCK, tags.MONITOR, tags.JNI_GLOBAL,
    tags.STICKY, tags.UNKNOWN,
))}  # fmt: skip
"""Which kind says most of an object that is a root for several reasons."""


def _alive(classes: Classes, found: Reached) -> Any:
    """Return the classes that are alive and were not reached."""
    index = classes.index
    waiting = [each for each in classes.all if each.node >= 0 and not found.numbers[each.node]]
    fresh = [each.node for each in waiting if each.loader == 0 or _is_there(index.find(each.loader), found)]
    if waiting and not fresh:
        counts = np.bincount(classes.types[found.objects[2 : found.met]], minlength=len(classes.all))
        fresh = [each.node for each in waiting if counts[each.number]]
    return np.array(fresh, np.int64)


def _is_there(node: int, found: Reached) -> bool:
    return node >= 0 and bool(found.numbers[node])
