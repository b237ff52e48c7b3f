"""Makes class files, a few instructions long: the same class with its constant pool in any order."""

from __future__ import annotations

import struct
from collections.abc import Callable

from spillproof.counterexamples.replay.real.fingerprints.opcodes import NAMES

Body = Callable[["Pool"], bytes]


class Pool:
    """A constant pool, which each entry is put into once. `fillers` are there before it, and shift every number."""

    def __init__(self, fillers: int = 0) -> None:
        self.entries: dict[bytes, int] = {}
        for number in range(fillers):
            self.add(struct.pack(">BI", 3, number))

    def add(self, entry: bytes) -> int:
        """Return the number of an entry."""
        return self.entries.setdefault(entry, len(self.entries) + 1)

    def text(self, words: str | bytes) -> int:
        """Return the number of a text."""
        data = words if isinstance(words, bytes) else words.encode()
        return self.add(struct.pack(">BH", 1, len(data)) + data)

    def pair(self, tag: int, *numbers: int) -> int:
        """Return the number of an entry that refers to others."""
        return self.add(struct.pack(f">B{len(numbers)}H", tag, *numbers))

    def of_class(self, name: str) -> int:
        """Return the number of a class."""
        return self.pair(7, self.text(name))

    def string(self, words: str | bytes) -> int:
        """Return the number of a constant string."""
        return self.pair(8, self.text(words))

    def member(self, tag: int, owner: str, name: str, descriptor: str) -> int:
        """Return the number of a field (tag 9) or of a method (tag 10)."""
        named = self.pair(12, self.text(name), self.text(descriptor))
        return self.pair(tag, self.of_class(owner), named)


def code(*instructions: bytes) -> bytes:
    """Return instructions, one after the other."""
    return b"".join(instructions)


def op(name: str, layout: str = "", *values: int) -> bytes:
    """Return an instruction with its operands."""
    return bytes([[*map(str, NAMES)].index(name)]) + struct.pack(f">{layout}", *values)


def class_file(
    body: Body,
    fillers: int = 0,
    handlers: tuple[tuple[int, int, int, str], ...] = (),
    lines: int = 0,
    called: str = "a/B.run",
) -> bytes:
    """Return a class with one method, of type `()V`, of some instructions."""
    owner, name = called.split(".")
    pool = Pool(fillers)
    made = body(pool)
    caught = [(*places, pool.of_class(name) if name else 0) for *places, name in handlers]
    table = struct.pack(">H", lines) + b"".join(struct.pack(">HH", 0, line) for line in range(lines))
    numbers = struct.pack(">HI", pool.text("LineNumberTable"), len(table)) + table
    attribute = struct.pack(">HHI", 2, 2, len(made)) + made
    attribute += struct.pack(">H", len(caught)) + b"".join(struct.pack(">HHHH", *each) for each in caught)
    attribute += struct.pack(">H", 1) + numbers
    method = struct.pack(">HHH", 1, pool.text(name), pool.text("()V")) + struct.pack(">H", 1)
    method += struct.pack(">HI", pool.text("Code"), len(attribute)) + attribute
    this, parent = pool.of_class(owner), pool.of_class("java/lang/Object")
    entries = b"".join(pool.entries)
    head = struct.pack(">IHHH", 0xCAFEBABE, 0, 52, len(pool.entries) + 1) + entries
    return head + struct.pack(">HHHHH", 0x21, this, parent, 0, 0) + struct.pack(">H", 1) + method + struct.pack(">H", 0)
