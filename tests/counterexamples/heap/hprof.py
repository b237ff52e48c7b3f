"""Writes small heap dumps as HotSpot does, so that tests know every byte of them."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

TYPES = {"object": 2, "boolean": 4, "char": 5, "float": 6, "double": 7, "byte": 8, "short": 9, "int": 10, "long": 11}
LETTERS = {"boolean": "Z", "char": "C", "float": "F", "double": "D", "byte": "B", "short": "S", "int": "I", "long": "J"}
FORMATS = {4: ">?", 5: ">H", 6: ">f", 7: ">d", 8: ">b", 9: ">h", 10: ">i", 11: ">q"}
WIDTHS = {4: 1, 5: 2, 6: 4, 7: 8, 8: 1, 9: 2, 10: 4, 11: 8}

BASE = 0x7_0000_0000
"""Where the heap begins."""


@dataclass
class Class:
    """A class of the dump."""

    address: int
    name: str
    above: Class | None
    fields: tuple[tuple[str, int], ...]

    def all_fields(self) -> list[tuple[str, int]]:
        """Return its fields as they follow each other in an instance."""
        return [*self.fields, *(self.above.all_fields() if self.above else [])]


@dataclass
class Dump:
    """A dump that is being made. Objects lie side by side, as a JVM with compressed references lays them out."""

    wide: int = 8
    names: dict[str, int] = field(default_factory=dict)
    classes: dict[str, Class] = field(default_factory=dict)
    heap: list[bytes] = field(default_factory=list)
    tops: list[bytes] = field(default_factory=list)
    next_: int = BASE
    statics: dict[str, dict[str, int]] = field(default_factory=dict)
    made: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.class_("java.lang.Object")
        self.class_("java.lang.Class")
        self.class_("java.lang.String", value="object", hash="int", coder="byte")

    # What is in it

    def at(self, size: int) -> int:
        """Return the address of the next object, which takes so many bytes."""
        found, self.next_ = self.next_, self.next_ + -(-size // 8) * 8
        return found

    def name(self, text: str) -> int:
        """Return the identifier of a name."""
        return self.names.setdefault(text, 0x1000 + len(self.names))

    def class_(self, name: str, above: str = "java.lang.Object", /, **fields: str) -> str:
        """Add a class."""
        over = self.classes.get(above) if name != "java.lang.Object" else None
        kinds = tuple((each, TYPES[kind]) for each, kind in fields.items())
        self.classes[name] = Class(self.at(112), name, over, kinds)
        return name

    def static(self, of: str, name: str, to: int) -> None:
        """Let a static field refer to an object."""
        self.statics.setdefault(of, {})[name] = to

    def new(self, of: str, /, **values: float) -> int:
        """Add an instance; values that are not given are 0 and null."""
        made = self.classes[of]
        address = self.at(self.size(made))
        self.set(address, of, values)
        return address

    def set(self, address: int, of: str, values: Mapping[str, float]) -> None:
        """Write an instance at an address."""
        assert address not in self.made, "of two objects at one address only the first is read"
        self.made.add(address)
        made, body = self.classes[of], b""
        for name, kind in made.all_fields():
            value = values.get(name, 0)
            body += self.id(int(value)) if kind == 2 else struct.pack(FORMATS[kind], value)
        assert set(values) <= {name for name, _ in made.all_fields()}, values
        self.heap.append(b"\x21" + self.id(address) + self.u4(0) + self.id(made.address) + self.u4(len(body)) + body)

    def later(self, of: str) -> int:
        """Return the address of an instance that `set` is to write."""
        return self.at(self.size(self.classes[of]))

    def size(self, of: Class) -> int:
        """Return the bytes of an instance: the largest fields first, so that none needs to be aligned."""
        return 12 + sum(4 if kind == 2 else WIDTHS[kind] for _, kind in of.all_fields())

    def objects(self, elements: Sequence[int], of: str = "java.lang.Object[]") -> int:
        """Add an array of objects."""
        if of not in self.classes:
            self.class_(of)
        address = self.at(16 + 4 * len(elements))
        body = b"".join(map(self.id, elements))
        made = self.id(self.classes[of].address)
        self.heap.append(b"\x22" + self.id(address) + self.u4(0) + self.u4(len(elements)) + made + body)
        return address

    def array(self, kind: str, length: int, data: bytes | None = None) -> int:
        """Add an array of primitives."""
        code = TYPES[kind]
        address = self.at(16 + WIDTHS[code] * length)
        body = data if data is not None else bytes(WIDTHS[code] * length)
        self.heap.append(b"\x23" + self.id(address) + self.u4(0) + self.u4(length) + bytes([code]) + body)
        return address

    def text(self, words: str) -> int:
        """Add a String."""
        data = words.encode("latin-1")
        return self.new("java.lang.String", value=self.array("byte", len(data), data))

    def root(self, address: int, tag: int = 0xFF, *numbers: int) -> None:
        """Add a root."""
        self.heap.append(bytes([tag]) + self.id(address) + b"".join(map(self.u4, numbers)))

    # What is written

    def id(self, number: int) -> bytes:
        """Return an identifier."""
        return number.to_bytes(self.wide)

    def u4(self, number: int) -> bytes:
        """Return a number of four bytes."""
        return number.to_bytes(4)

    def _class(self, made: Class) -> bytes:
        above = made.above.address if made.above else 0
        statics = self.statics.get(made.name, {})
        body = b"".join(self.id(self.name(each)) + b"\x02" + self.id(to) for each, to in statics.items())
        fields = b"".join(self.id(self.name(each)) + bytes([kind]) for each, kind in made.fields)
        return (
            b"\x20" + self.id(made.address) + self.u4(0) + self.id(above) + self.id(0) * 5 + self.u4(0)
            + b"\0\0" + len(statics).to_bytes(2) + body + len(made.fields).to_bytes(2) + fields
        )  # fmt: skip

    def record(self, tag: int, body: bytes, length: int | None = None) -> bytes:
        """Return a record."""
        return bytes([tag]) + self.u4(0) + self.u4(len(body) if length is None else length) + body

    def written(self, segments: int = 1, *, end: bool = True) -> bytes:
        """Return the dump, its heap in so many segments."""
        loads = []
        for k, each in enumerate(self.classes.values(), 1):
            name = self.id(self.name(inner(each.name)))
            loads.append(self.record(2, self.u4(k) + self.id(each.address) + self.u4(0) + name))
        heap = [*map(self._class, self.classes.values()), *self.heap]
        names = [self.record(1, self.id(number) + text.encode()) for text, number in self.names.items()]
        share = -(-len(heap) // segments)
        parts = [self.record(0x1C, b"".join(heap[k : k + share])) for k in range(0, len(heap), share)]
        head = b"JAVA PROFILE 1.0.2\0" + self.u4(self.wide) + (1_543_400_000_000).to_bytes(8)
        return head + b"".join([*names, *loads, *self.tops, *parts]) + (self.record(0x2C, b"") if end else b"")

    def write(self, path: Path, segments: int = 1) -> Path:
        """Write the dump to a file."""
        path.write_bytes(self.written(segments))
        return path


def inner(name: str) -> str:
    """Return a class's name as the JVM has it: java/lang/Object, [I."""
    if name.endswith("[]"):
        of = name[:-2]
        return "[" + (LETTERS[of] if of in LETTERS else f"L{of.replace('.', '/')};")
    return name.replace(".", "/")
