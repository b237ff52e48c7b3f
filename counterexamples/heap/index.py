"""Where everything is: the objects of a dump in the order of their addresses, and a way from an address to an object.

An object is a number here, its rank by address. 10 bytes an object: its address and its place in the file, 4 each
where they fit, and 2 for the table that finds it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from spillproof.counterexamples.heap import tags
from spillproof.counterexamples.heap.bytes import whole
from spillproof.counterexamples.heap.compiler import compiled, inner
from spillproof.counterexamples.heap.records import Records
from spillproof.counterexamples.heap.scan import CUT, ENDED, FULL, ROOT_FIELDS, scan
from spillproof.model.errors import ModelError

PIECE = 1 << 20
"""Objects that are looked for before progress is said."""

LEAST = 5
"""Bytes of the smallest record of a heap."""

FEW = 1 << 16
"""Roots for which there is room at first."""


@dataclass(frozen=True)
class Index:
    """The objects of a dump, and its roots."""

    records: Records
    addresses: Any
    """Of each object its address, less `base`, in units of `unit` bytes; ascending."""
    places: Any
    """Of each object where its record is in the file."""
    base: int
    unit: int
    buckets: Any
    """For the addresses' highest digits, which object is the first that has at least these."""
    shift: int
    roots: Any
    """Rows: the address of an object, the kind of root, the thread's serial number and the frame, or -1."""

    def __len__(self) -> int:
        return len(self.addresses)

    @property
    def data(self) -> Any:
        """The bytes of the dump."""
        return self.records.source.data

    @property
    def wide(self) -> int:
        """Bytes of an identifier."""
        return self.records.wide

    def find(self, address: int) -> int:
        """Return the object at an address, or -1."""
        if address >> 63:  # forged: no process has anything there
            return -1
        return int(lookup(address, self.addresses, self.buckets, self.base, self.unit, self.shift))

    def address(self, node: int) -> int:
        """Return where an object was in the memory of its process."""
        return int(self.addresses[node]) * self.unit + self.base

    def place(self, node: int) -> int:
        """Return where the record of an object is."""
        return int(self.places[node])

    def tag(self, node: int) -> int:
        """Return what kind of record an object's is."""
        return int(self.data[self.place(node)])

    def find_all(self, addresses: Any) -> Any:
        """Return the objects at many addresses, -1 where there is none."""
        found = np.empty(len(addresses), np.int64)
        lookup_all(addresses, found, self.addresses, self.buckets, self.base, self.unit, self.shift)
        return found


@inner
def seek(address: int, addresses: Any, buckets: Any, base: int, unit: int, shift: int) -> int:
    """Return the object at an address, or -1."""
    key = address - base
    if key < 0 or key % unit != 0:
        return -1
    key //= unit
    bucket = key >> shift
    if bucket >= len(buckets) - 1:
        return -1
    low, high = whole(buckets[bucket]), whole(buckets[bucket + 1])
    while low < high:
        middle = (low + high) >> 1
        here = whole(addresses[middle])
        if here < key:
            low = middle + 1
        elif here > key:
            high = middle
        else:
            return middle
    return -1


@compiled
def lookup(address: int, addresses: Any, buckets: Any, base: int, unit: int, shift: int) -> int:
    """Return the object at an address, or -1."""
    return seek(address, addresses, buckets, base, unit, shift)


@compiled
def lookup_all(wanted: Any, found: Any, addresses: Any, buckets: Any, base: int, unit: int, shift: int) -> None:
    """Write the object at each address, or -1."""
    for k in range(len(wanted)):
        found[k] = seek(whole(wanted[k]), addresses, buckets, base, unit, shift)


def index(records: Records, progress: Callable[[str], None]) -> Index:
    """Find the objects and the roots. Raises `ModelError` where there is not one object."""
    addresses, places, roots = _scanned(records, progress)
    if not len(addresses):
        why = f": {records.troubles[0]}" if records.troubles else ""
        raise ModelError(f"{records.source.name}: there is no object in this heap dump{why}")
    progress("ordering the objects")
    addresses, places, duplicates = _ordered(addresses, places)
    if duplicates:
        records.troubles.append(f"{duplicates:,} objects are at the address of another; the first of each was taken")
    places = _narrow(places)
    base = int(addresses[0])
    unit = _unit(addresses)
    addresses -= base
    addresses //= unit
    addresses = _narrow(addresses)
    buckets, shift = _buckets(addresses)
    return Index(records, addresses, places, base, unit, buckets, shift, roots)


def _scanned(records: Records, progress: Callable[[str], None]) -> tuple[Any, Any, Any]:
    """Return the addresses and places of objects in the order of the file, and the roots."""
    length = sum(end - at for at, end in records.segments)
    room = max(64, length // 64)
    addresses, places, roots = np.empty(room, np.int64), np.empty(room, np.int64), np.empty(0, np.int64)
    data, wide = records.source.data, records.wide
    found = rooted = 0
    for begins, end in records.segments:
        at, why = begins, FULL
        while why == FULL:
            more = min(PIECE, (end - at) // LEAST + 1)
            addresses, places = (_room(each, found + more) for each in (addresses, places))
            roots = _room(roots, ROOT_FIELDS * (rooted + min(FEW, more)))
            until = min(len(addresses), found + PIECE)
            free = roots[ROOT_FIELDS * rooted :]
            at, why, more, more_roots = scan(data, at, end, wide, addresses[found:until], places[found:until], free)
            found, rooted = found + more, rooted + more_roots
            progress(f"looking for objects: {found:,} found, {at / max(1, len(data)):.0%} read")
        _complain(records, at, end, why)
    for each, count in ((addresses, found), (places, found), (roots, ROOT_FIELDS * rooted)):
        each.resize(count, refcheck=False)
    return addresses, places, roots.reshape(-1, ROOT_FIELDS)


def _room(array: Any, wanted: int) -> Any:
    if len(array) < wanted:
        array.resize(max(wanted, len(array) * 5 // 4), refcheck=False)
    return array


def _complain(records: Records, at: int, end: int, why: int) -> None:
    """Say what was not read of a segment."""
    if why == ENDED:
        return
    last = end == len(records.source) and not records.ended
    if why == CUT:
        words = "an object goes beyond the end of the dump" if last else "an object goes beyond the end of its segment"
        records.troubles.append(f"{words}: from byte {at:,} on {end - at:,} bytes were not read")
    elif last and records.source.data[at] in (tags.END, tags.SEGMENT):  # its length was never written
        records.troubles.append("the dump's last segment has no length: its JVM ended while it wrote")
    else:
        tag = int(records.source.data[at])
        records.troubles.append(
            f"at byte {at:,} there is a record of kind {tag} in the heap, which HPROF has not: "
            f"{end - at:,} bytes were not read"
        )


def _ordered(addresses: Any, places: Any) -> tuple[Any, Any, int]:
    """Return both in the order of the addresses, each address once."""
    steps = np.diff(addresses)
    if (steps > 0).all():
        return addresses, places, 0
    del steps
    order = np.argsort(addresses, kind="stable")
    addresses, places = addresses[order], places[order]
    del order
    fresh = np.empty(len(addresses), np.bool_)
    fresh[0] = True
    np.not_equal(addresses[1:], addresses[:-1], out=fresh[1:])
    duplicates = int(len(fresh) - fresh.sum())
    return (addresses[fresh], places[fresh], duplicates) if duplicates else (addresses, places, 0)


def _unit(addresses: Any) -> int:
    """Return what all addresses are multiples of, from the first one: 8, in a real heap."""
    low = int(np.bitwise_or.reduce(addresses - addresses[0]))
    return min(8, low & -low) if low else 8


def _narrow(numbers: Any) -> Any:
    """Return numbers in 4 bytes each, if they fit."""
    return numbers.astype(np.uint32) if len(numbers) and int(numbers.max()) < 1 << 32 else numbers


def _buckets(addresses: Any) -> tuple[Any, int]:
    """Return for each highest digits the first object that has at least these, and how many digits are cut off."""
    count, highest = len(addresses), int(addresses[-1])
    shift = 0
    while (highest >> shift) > count // 2 + 16:
        shift += 1
    edges = np.arange((highest >> shift) + 2, dtype=np.int64) << shift
    buckets = np.searchsorted(addresses, edges.astype(addresses.dtype) if highest < 1 << 31 else edges)
    return buckets.astype(np.uint32 if count < 1 << 32 else np.int64), shift
