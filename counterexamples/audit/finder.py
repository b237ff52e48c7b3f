"""Finding words in text: all of them in one pass, which takes as long as the search for a few one by one.

A megabyte is looked at as an array: three letters of each word, the rarest, are found by a table, and only where they stand
is the word itself looked for. Most lines of a log have none of them, and are not looked at by themselves.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

_COMMON = " etaoinsrhldcumpgfbywvkxjqz.:0123456789/-_"
"""Letters as logs have them, the most frequent first. Capitals are rarer than all of these."""

Text = np.ndarray[tuple[int], np.dtype[np.uint8]]
Array = np.ndarray[tuple[int], np.dtype[np.intp]]

SLICE = 1 << 18
"""Bytes that are looked at together: what is kept of them meanwhile stays in the processor's cache."""


class Hit(NamedTuple):
    """A line that has words."""

    start: int
    end: int
    number: int
    """Which line of the block it is, from 0 on."""
    marked: bool
    """Whether it has a word of those that are marked."""


class Finder:
    """Finds the lines of a block that have any of some words."""

    def __init__(self, words: Sequence[bytes], marked: Sequence[bytes], beginnings: bytes = b"") -> None:
        self.words = (*words, *(each for each in marked if each not in words))
        self.marked = frozenset(marked)
        self.beginnings = np.frombuffer(beginnings, np.uint8)
        """A line that begins with one of these, and then no letter, is found too."""
        self.offsets = {each: _rarest(each) for each in self.words}
        self.table = np.zeros(1 << 16, np.bool_)
        self.codes: dict[int, list[bytes]] = {}
        for word, offset in self.offsets.items():
            one, two, three = word[offset : offset + 3]
            self.table[(one ^ (two << 4) ^ (three << 8)) & 0xFFFF] = True
            self.codes.setdefault(one | two << 8 | three << 16, []).append(word)
        self.known = np.array(sorted(self.codes), np.uint32)

    def lines(self, block: bytes) -> list[Hit]:
        """Return the lines of a block, which ends with one, that have any of the words."""
        text = np.frombuffer(block, np.uint8)
        ends = _where(text, 10)
        found = self._words(text, ends)
        if self.beginnings.size:
            for index in self._begun(text, ends):
                found.setdefault(index, False)
        return [
            Hit(int(ends[index - 1]) + 1 if index else 0, int(ends[index]), index, marked)
            for index, marked in sorted(found.items())
        ]

    def _words(self, text: Text, ends: Array) -> dict[int, bool]:
        """Return which lines have words, and whether one that is marked."""
        found: dict[int, bool] = {}
        for begin in range(0, len(text), SLICE):
            places, codes = self._triples(text[begin : begin + SLICE + 2])
            for code in set(codes.tolist()):
                some = places[codes == code] + begin
                for word in self.codes[code]:
                    lines = np.searchsorted(ends, self._whole(text, some, word)).tolist()
                    marked = word in self.marked
                    for line in lines:
                        found[line] = marked or found.get(line, False)
        return found

    def _whole(self, text: Text, places: Array, word: bytes) -> Array:
        """Return those of the places at which all of a word stands."""
        starts = places - self.offsets[word]
        starts = starts[(starts >= 0) & (starts <= len(text) - len(word))]
        for index, letter in enumerate(word):
            starts = starts[text[starts + index] == letter]
        return starts

    def _triples(self, text: Text) -> tuple[Array, Array]:
        """Return where in a slice three letters of a word stand, and which."""
        wide = text.astype(np.uint16)
        mixed = wide[:-2] ^ (wide[1:-1] << 4)
        mixed ^= wide[2:] << 8
        places = np.flatnonzero(self.table[mixed])
        codes = (
            text[places].astype(np.uint32)
            | text[places + 1].astype(np.uint32) << 8
            | text[places + 2].astype(np.uint32) << 16
        )
        exact = np.isin(codes, self.known)
        return places[exact], codes[exact]

    def _begun(self, text: Text, ends: Array) -> list[int]:
        """Return which lines begin with one of the letters, and then have none."""
        starts = np.concatenate((np.zeros(1, ends.dtype), ends[:-1] + 1))
        first, second = text[starts], text[np.minimum(starts + 1, len(text) - 1)]
        begun = np.isin(first, self.beginnings) & (np.isin(second, self.beginnings) | (second == 32) | (second > 127))
        found: list[int] = np.flatnonzero(begun).tolist()
        return found


def _where(text: Text, letter: int) -> Array:
    return np.flatnonzero(text == letter)


def _rarest(word: bytes) -> int:
    """Return where in a word its three rarest letters in a row stand."""

    def common(offset: int) -> int:
        rank = [_COMMON.find(chr(each)) for each in word[offset : offset + 3]]
        return sum(len(_COMMON) - each for each in rank if each >= 0)

    return min(range(len(word) - 2), key=common)
