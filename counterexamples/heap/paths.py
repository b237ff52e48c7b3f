"""By which references an object is held: shortest ways from the roots, merged where they run together."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from spillproof.counterexamples.heap import tags
from spillproof.counterexamples.heap.heap import Heap

MOST = 200_000
"""Objects that are looked at for a way."""

WAYS = 4
"""Ways that are looked for."""


@dataclass(frozen=True)
class Step:
    """An object on a way, and by which field of it the way goes on; at the end of the way that is empty."""

    node: int
    name: str
    by: str


@dataclass(frozen=True)
class Way:
    """A way from a root."""

    root: str
    """What kind of root it begins with."""
    steps: tuple[Step, ...]
    frame: str = ""
    """Where on its stack a thread has it."""


def ways(heap: Heap, target: int, most: int = WAYS) -> list[Way]:
    """Return ways to a reachable object, the shortest first; they share nothing but what all ways have in common."""
    shared = set(dominating(heap, target))
    avoided: set[int] = set()
    found: list[Way] = []
    while len(found) < most:
        nodes = _shortest(heap, target, avoided)
        if not nodes:
            break
        found.append(_way(heap, nodes))
        fresh = set(nodes) - shared - {target}
        if not fresh:
            break
        avoided |= fresh
    return found


def dominating(heap: Heap, node: int) -> Iterator[int]:
    """Yield what dominates an object, the nearest first."""
    above = heap.above(node) if heap.is_reachable(node) else -1
    while above >= 0:
        yield above
        above = heap.above(above)


def _shortest(heap: Heap, target: int, avoided: Collection[int]) -> list[int]:
    """Return the objects on a shortest way from a root to a target, or nothing."""
    towards: dict[int, int] = {target: -1}
    waiting = [target]
    for each in waiting:
        for holder in heap.referrers(each):
            if holder < 0:
                return _back(towards, each)
            if holder not in towards and holder not in avoided:
                towards[holder] = each
                waiting.append(holder)
        if len(towards) > MOST:
            break
    return []


def _back(towards: dict[int, int], begins: int) -> list[int]:
    nodes = [begins]
    while towards[nodes[-1]] >= 0:
        nodes.append(towards[nodes[-1]])
    return nodes


def _way(heap: Heap, nodes: list[int]) -> Way:
    steps = [
        Step(each, heap.name(each), heap.edge(each, nodes[k + 1]) if k + 1 < len(nodes) else "")
        for k, each in enumerate(nodes)
    ]
    return Way(root_of(heap, nodes[0]), tuple(steps), frame_of(heap, nodes[0]))


def root_of(heap: Heap, node: int) -> str:
    """Return what kind of root an object is, and of which thread."""
    kind = heap.roots.kind(node)
    row = heap.roots.rows.get(node)
    thread = heap.roots.threads.get(row[1], (-1, -1))[0] if row is not None else -1
    name = thread_name(heap, thread)
    return f"{kind} {name!r}" if name and row is not None and row[0] != tags.THREAD else kind


def thread_name(heap: Heap, thread: int) -> str:
    """Return what a thread is called."""
    name = heap.get(thread, "name") if thread >= 0 else -1
    return (heap.text(name) or "") if name >= 0 else ""


def frame_of(heap: Heap, node: int) -> str:
    """Return the frame of the stack that has an object, if a stack has it."""
    row = heap.roots.rows.get(node)
    if row is None or row[0] not in (tags.JAVA_FRAME, tags.JNI_LOCAL):
        return ""
    frames = heap.index.records.frames_of(heap.roots.threads.get(row[1], (-1, -1))[1])
    return heap.index.records.frame(frames[row[2]]) if 0 <= row[2] < len(frames) else ""
