"""The scan: one pass over the records of a heap dump's segments, which finds where each object and each root is."""

from __future__ import annotations

from typing import Any

from spillproof.counterexamples.heap.bytes import Data, identifier, u2, u4, whole
from spillproof.counterexamples.heap.compiler import compiled, inner
from spillproof.counterexamples.heap.tags import CLASS, INSTANCE, OBJECT, OBJECTS, PRIMITIVES

FULL, ENDED, UNKNOWN_TAG, CUT = 0, 1, 2, 3
"""Why a scan stopped: its arrays are full, the segment is at its end, or there is something that it cannot read."""

ROOT_FIELDS = 4
"""Numbers of a root: its object, its kind, the thread, the frame."""


@inner
def _width(kind: int, wide: int) -> int:
    """Return the bytes of a value of a type, or -1."""
    if kind == OBJECT:
        return wide
    if kind in (4, 8):
        return 1
    if kind in (5, 9):
        return 2
    if kind in (6, 10):
        return 4
    if kind in (7, 11):
        return 8
    return -1


@inner
def _root(tag: int, wide: int) -> int:
    """Return the bytes of a root's record after its tag, or -1 for what is not one."""
    if tag in (0xFF, 5, 7):
        return wide
    if tag == 1:
        return 2 * wide
    if tag in (2, 3, 8):
        return wide + 8
    if tag in (4, 6):
        return wide + 4
    return -1


@inner
def _past_constants(data: Data, at: int, end: int, wide: int) -> int:
    """Return where the statics of a class begin; -1 where the data ends before, or is none."""
    if at + 2 > end:
        return -1
    count = u2(data, at)
    at += 2
    for _ in range(count):
        if at + 3 > end:
            return -1
        size = _width(whole(data[at + 2]), wide)
        if size < 0:
            return -1
        at += 3 + size
    return at


@inner
def _past_class(data: Data, at: int, end: int, wide: int) -> int:
    """Return where the record of a class ends, from where its number of constants stands; -1 as above."""
    at = _past_constants(data, at, end, wide)
    if at < 0 or at + 2 > end:
        return -1
    count = u2(data, at)
    at += 2
    for _ in range(count):
        if at + wide + 1 > end:
            return -1
        size = _width(whole(data[at + wide]), wide)
        if size < 0:
            return -1
        at += wide + 1 + size
    if at + 2 > end:
        return -1
    count = u2(data, at)
    at += 2
    if at + count * (wide + 1) > end:
        return -1
    for _ in range(count):
        if _width(whole(data[at + wide]), wide) < 0:
            return -1
        at += wide + 1
    return at


@inner
def _past_object(data: Data, at: int, end: int, wide: int) -> int:
    """Return where the record of an object, an array or a class ends; -1 where the data ends before."""
    tag = whole(data[at])
    if tag == CLASS:
        begins = at + 1 + 7 * wide + 8
        return _past_class(data, begins, end, wide) if begins <= end else -1
    head = at + 1 + wide + 8 + (wide if tag in (INSTANCE, OBJECTS) else 1)
    if head > end:
        return -1
    if tag == INSTANCE:
        past = head + u4(data, at + 5 + 2 * wide)
    elif tag == OBJECTS:
        past = head + u4(data, at + 5 + wide) * wide
    else:
        size = _width(whole(data[at + 9 + wide]), wide)
        if size < 0:
            return -1
        past = head + u4(data, at + 5 + wide) * size
    return past if past <= end else -1


@compiled
def scan(
    data: Data, at: int, end: int, wide: int, addresses: Any, places: Any, roots: Any
) -> tuple[int, int, int, int]:
    """Read records from an offset on. Return where it stopped and why, and how many objects and roots were found.

    The arrays are filled from their beginnings: addresses and places (offsets of records) of objects, and of each
    root its object, kind, thread and frame. A record that was not read whole is where it stopped.
    """
    found, rooted = 0, 0
    room, root_room = len(addresses), len(roots) // 4
    while at < end:
        tag = whole(data[at])
        if CLASS <= tag <= PRIMITIVES:
            if found == room:
                return at, 0, found, rooted
            past = _past_object(data, at, end, wide)
            if past < 0:
                return at, 3, found, rooted
            addresses[found] = identifier(data, at + 1, wide)
            places[found] = at
            found += 1
            at = past
        else:
            size = _root(tag, wide)
            if size < 0:
                return at, 2, found, rooted
            if rooted == root_room:
                return at, 0, found, rooted
            if at + 1 + size > end:
                return at, 3, found, rooted
            roots[4 * rooted] = identifier(data, at + 1, wide)
            roots[4 * rooted + 1] = tag
            threaded = tag in (2, 3, 4, 6, 8)
            roots[4 * rooted + 2] = u4(data, at + 1 + wide) if threaded else -1
            roots[4 * rooted + 3] = u4(data, at + 5 + wide) if tag in (2, 3, 8) else -1
            rooted += 1
            at += 1 + size
    return at, 1, found, rooted
