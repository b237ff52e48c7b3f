"""Finding words in text: all of them in one pass, which takes as long as the search for a few one by one.

A block is looked at as an array of pairs of letters: the rarest pair of each word is found by a table, and only where
it stands is the word itself looked for. Most lines of a log have none of the words, and are not looked at by
themselves.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

_COMMON = " etaoinsrhldcumpgfbywvkxjqz.:0123456789/-_"
"""Letters as logs have them, the most frequent first. Capitals are rarer than all of these."""

FREQUENT = frozenset(
    {
        b"ff", b"uf", b": ", b"12", b"ll", b"ry", b" M", b"Me", b"ag", b"oc", b" 1", b"ge", b"sp", b"ve", b"pp", b"mp",
        b"hr", b" -", b".S", b"d_", b"mo", b"sk",
    }
)  # fmt: skip
"""Pairs that logs have more often than their letters would say: in Shuffle, Buffer, Block, task, .Spark, and after
every logger and time."""

Text = np.ndarray[tuple[int], np.dtype[np.uint8]]
Pairs = np.ndarray[tuple[int], np.dtype[np.uint16]]
Array = np.ndarray[tuple[int], np.dtype[np.intp]]


FEW = 24
"""Places that are looked at one by one: that takes less than an operation on arrays for each letter."""

_NONE: Array = np.zeros(0, np.intp)

LATIN = 127
"""The last letter of ASCII."""


Hit = tuple[int, int, int, bool]
"""A line that has words: where it begins and ends, which of the block's it is (from 0 on), whether a word is marked."""


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
            code = word[offset] | word[offset + 1] << 8
            self.table[code] = True
            self.codes.setdefault(code, []).append(word)
        self.sought = np.array(sorted(self.codes), np.uint16)

    def lines(self, block: bytes) -> tuple[list[Hit], int]:
        """Return the lines of a block, which ends with one, that have any of the words; and how many lines it has."""
        text = np.frombuffer(block, np.uint8)
        ends = _where(text, 10)
        plain, marked = (np.searchsorted(ends, each) for each in self._words(block, text))
        begun = self._begun(text, ends) if self.beginnings.size else _NONE
        found = np.unique(np.concatenate((plain, marked, begun)))
        starts = np.where(found, ends[found - 1] + 1, 0)
        sure = np.isin(found, marked)
        return list(zip(starts.tolist(), ends[found].tolist(), found.tolist(), sure.tolist(), strict=True)), len(ends)

    def _words(self, block: bytes, text: Text) -> tuple[Array, Array]:
        """Return where there are words that are not marked, and where there are those that are."""
        found: tuple[list[Array], list[Array]] = ([_NONE], [_NONE])
        for begin in (0, 1):  # pairs that begin at even places, and at odd ones
            pairs = np.frombuffer(block, "<u2", (len(block) - begin) // 2, begin)
            for words, places in self._places(pairs):
                for word in words:
                    found[word in self.marked].append(self._whole(block, text, places * 2 + begin, word))
        return np.concatenate(found[False]), np.concatenate(found[True])

    def _places(self, pairs: Pairs) -> Iterator[tuple[list[bytes], Array]]:
        """Yield the words whose rarest pair is there, and where it is; nothing is done for those that are not there."""
        places = np.flatnonzero(self.table[pairs])
        codes = pairs[places]
        order = np.argsort(codes, kind="stable")
        bounds = np.searchsorted(codes[order], self.sought, "left"), np.searchsorted(codes[order], self.sought, "right")
        for index in np.flatnonzero(bounds[1] > bounds[0]).tolist():
            yield self.codes[int(self.sought[index])], places[order[bounds[0][index] : bounds[1][index]]]

    def _whole(self, block: bytes, text: Text, places: Array, word: bytes) -> Array:
        """Return those of the places of its rarest pair at which all of a word stands."""
        rarest = self.offsets[word]
        starts = places - rarest
        starts = starts[(starts >= 0) & (starts <= len(text) - len(word))]
        for index, letter in enumerate(word):
            if len(starts) < FEW:
                return np.array([each for each in starts.tolist() if block.startswith(word, each)], np.intp)
            if not rarest <= index <= rarest + 1:
                starts = starts[text[starts + index] == letter]
        return starts

    def _begun(self, text: Text, ends: Array) -> Array:
        """Return which lines begin with one of the letters, and then have none."""
        starts = np.concatenate((np.zeros(1, ends.dtype), ends[:-1] + 1))
        first, second = text[starts], text[np.minimum(starts + 1, len(text) - 1)]
        begun = np.isin(first, self.beginnings) & (
            np.isin(second, self.beginnings) | (second == ord(" ")) | (second > LATIN)
        )
        return np.flatnonzero(begun)


def _where(text: Text, letter: int) -> Array:
    return np.flatnonzero(text == letter)


def _rarest(word: bytes) -> int:
    """Return where in a word its rarest two letters in a row stand."""

    def common(offset: int) -> int:
        rank = [_COMMON.find(chr(each)) for each in word[offset : offset + 2]]
        often = 4 * len(_COMMON) if word[offset : offset + 2] in FREQUENT else 0
        return often + sum(len(_COMMON) - each for each in rank if each >= 0)

    return min(range(len(word) - 1), key=common)
