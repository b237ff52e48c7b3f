"""Lines that have any of some words are found in one pass: the same that are found when each is looked at."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

import pytest

from spillproof.counterexamples.audit.finder import Finder, Hit

WORDS, MARKED = (b"ab", b"emory", b"Task ", b" spill"), (b"OutOf", b"ab", b"ff")
BEGINS = b".[\xe2-<"


def looked_at(block: bytes, words: Sequence[bytes], marked: Sequence[bytes], begins: bytes) -> Iterator[Hit]:
    """The lines that have any, one after the other."""
    begin = 0
    for index, line in enumerate(block.split(b"\n")[:-1]):
        end = begin + len(line)
        first, second = block[begin], block[min(begin + 1, len(block) - 1)]
        begun = first in begins and (second in begins or second == ord(" ") or second > 127)
        is_marked = any(each in line for each in marked)
        if begun or is_marked or any(each in line for each in words):
            yield begin, end, index, is_marked
        begin = end + 1


def drawn(chance: random.Random, size: int) -> bytes:
    """A block of lines that have words and parts of them, at their beginnings, at their ends and across."""
    parts = (
        *WORDS,
        *MARKED,
        b"a",
        b"b",
        b"emor",
        b"y",
        b"Task",
        b" ",
        b"Out",
        b"Of",
        b"f",
        b"\n",
        b"\n",
        b". ",
        b"-x",
        b"\xe2\x80",
    )
    return b"".join(chance.choice(parts) for _ in range(size)) + b"\n"


@pytest.mark.parametrize("size", [0, 1, 3, 30, 2000])
def test_the_same_lines_are_found(size: int) -> None:
    """However many words there are, and wherever they stand: at even places and at odd ones, first and last."""
    finder = Finder(WORDS, MARKED, BEGINS)
    chance = random.Random(size)
    for _ in range(3 if size > 1000 else 60):
        block = drawn(chance, size)
        found, lines = finder.lines(block)
        assert found == [*looked_at(block, WORDS, MARKED, BEGINS)], block
        assert lines == block.count(b"\n")


def test_without_beginnings() -> None:
    """Where no letter that begins a line was named, none is found by it."""
    chance = random.Random(9)
    for _ in range(40):
        block = drawn(chance, 20)
        assert Finder(WORDS, MARKED).lines(block)[0] == [*looked_at(block, WORDS, MARKED, b"")], block
    assert Finder(WORDS, (), BEGINS).lines(b"OutOf\n. \n")[0] == [(6, 8, 1, False)]


@pytest.mark.parametrize("place", range(4))
def test_a_word_at_either_end_of_a_block(place: int) -> None:
    """At the very first letter, and before the last line's end."""
    for word in (*WORDS, *MARKED):
        block = b"x" * place + word + b"\n"
        assert Finder(WORDS, MARKED).lines(block)[0] == [(0, len(block) - 1, 0, word in MARKED)]
