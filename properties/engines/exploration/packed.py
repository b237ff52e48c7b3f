"""A state as one number: the rank of its skeleton, then its sizes, each in a field of bits as wide as it needs.

Numbers are ordered as the states are, so that a sorted array of numbers is a layer in its order, and the states of one
skeleton lie next to each other in it. Where 64 bits are too few, a number is a string of bytes, most significant first,
which NumPy sorts and searches all the same, more slowly.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from spillproof.properties.engines.exploration.canonical import Skeleton, State
from spillproof.properties.engines.exploration.layers import TooLargeError

Codes: TypeAlias = NDArray[Any]
"""States as numbers: of type uint64, or bytes of fixed length."""

Words: TypeAlias = "list[NDArray[np.uint64]]"
"""The same, as one array for each 64 bits, most significant first."""

WORD = 64
MOST_BITS = 40
"""Sizes from 2 to the power of this on end a search: sums of them must not overflow."""


Spot: TypeAlias = tuple[int, int]
"""A size of a skeleton: the rank of the skeleton, and the number of the size."""


class Place(NamedTuple):
    """Where a size stands in a number."""

    word: int
    shift: int
    bits: int


class Packing:
    """How the states of a list of skeletons are packed, given the bits that each of their sizes needs."""

    def __init__(self, skeletons: Sequence[Skeleton], bits: Sequence[Sequence[int]]) -> None:
        self.skeletons = skeletons
        self.ranks = {skeleton: rank for rank, skeleton in enumerate(skeletons)}
        self.bits = bits
        self.top = WORD - max(1, (len(skeletons) - 1).bit_length())
        """Where the rank stands in the first word."""
        self.places = [_places(each, self.top) for each in bits]
        self.words = 1 + max((place.word for places in self.places for place in places), default=0)
        self.dtype: np.dtype[Any] = np.dtype(np.uint64) if self.words == 1 else np.dtype(f"S{8 * self.words}")

    def pack(self, states: Iterable[State]) -> Codes:
        """Return states as numbers, in the same order."""
        rows = [self.pack_one(each.skeleton, each.values) for each in states]
        columns = np.array(rows, dtype=np.uint64).reshape(-1, self.words)
        return self.join([columns[:, word] for word in range(self.words)])

    def pack_one(self, skeleton: Skeleton, values: Sequence[int]) -> list[int]:
        rank = self.ranks[skeleton]
        words = [rank << self.top, *[0] * (self.words - 1)]
        for place, value in zip(self.places[rank], values, strict=True):
            assert 0 <= value < 1 << place.bits
            words[place.word] |= value << place.shift
        return words

    def unpack(self, code: Codes) -> State:
        """Return the state that an array of one number stands for."""
        words = [int(word[0]) for word in self.split(code)]
        rank = words[0] >> self.top
        return State(
            self.skeletons[rank],
            tuple(words[place.word] >> place.shift & ((1 << place.bits) - 1) for place in self.places[rank]),
        )

    def split(self, codes: Codes) -> Words:
        """Return numbers as words."""
        if self.words == 1:
            return [codes]
        columns = codes.view(">u8").reshape(-1, self.words)
        return [columns[:, word].astype(np.uint64) for word in range(self.words)]

    def join(self, words: Words) -> Codes:
        """Return words as numbers."""
        if self.words == 1:
            return words[0]
        return np.stack(words, axis=1).astype(">u8").view(self.dtype).reshape(-1)

    def groups(self, codes: Codes) -> list[tuple[int, Codes]]:
        """Return the ranks of the skeletons that sorted numbers have, each with its numbers."""
        starts = self.join(
            [
                np.arange(len(self.skeletons), dtype=np.uint64) << np.uint64(self.top),
                *[np.zeros(len(self.skeletons), dtype=np.uint64)] * (self.words - 1),
            ]
        )
        bounds = [*np.searchsorted(codes, starts).tolist(), len(codes)]
        return [
            (rank, codes[bounds[rank] : bounds[rank + 1]])
            for rank in range(len(self.skeletons))
            if bounds[rank] < bounds[rank + 1]
        ]

    def widened(self, needed: dict[Spot, int]) -> Packing:
        """Return a packing that has at least the needed bits for the sizes at some spots."""
        bits = [list(each) for each in self.bits]
        for (rank, place), least in needed.items():
            if least > MOST_BITS:
                raise TooLargeError(f"a size needs {least} bits, more than {MOST_BITS}")
            bits[rank][place] = max(bits[rank][place], least)
        return Packing(self.skeletons, bits)

    def repack(self, codes: Codes, old: Packing) -> Codes:
        """Return sorted numbers of another packing as numbers of this one, in the same order."""
        parts = [self.join(self.repack_group(rank, old.split(group), old)) for rank, group in old.groups(codes)]
        return np.concatenate(parts) if parts else np.empty(0, dtype=self.dtype)

    def repack_group(self, rank: int, words: Words, old: Packing) -> Words:
        new = [np.zeros(len(words[0]), dtype=np.uint64) for _ in range(self.words)]
        new[0] += np.uint64(rank << self.top)
        for before, after in zip(old.places[rank], self.places[rank], strict=True):
            new[after.word] |= read(words, before) << np.uint64(after.shift)
        return new


def read(words: Words, place: Place) -> NDArray[np.uint64]:
    """Return the sizes at a place."""
    return words[place.word] >> np.uint64(place.shift) & np.uint64((1 << place.bits) - 1)


def _places(bits: Sequence[int], top: int) -> list[Place]:
    """Return places of so many bits, the first most significant, none across two words."""
    found: list[Place] = []
    word, free = 0, top
    for each in bits:
        if each > free:
            word, free = word + 1, WORD
        free -= each
        found.append(Place(word, free, each))
    return found
