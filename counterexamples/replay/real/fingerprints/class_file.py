"""Reads Java's class files: which methods a class has, and the instructions of each, with every name resolved.

What depends on how the file was written is gone: numbers in the constant pool, offsets in bytes, lines, frames and
names of local variables. What is left is what the method does, and the slots in which its compiler kept its variables.

The Java Virtual Machine Specification, Java SE 21 edition, chapter 4.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from spillproof.counterexamples.replay.real.fingerprints.opcodes import FORMATS, LOOKUPSWITCH, NAMES, TABLESWITCH, WIDE
from spillproof.model.errors import ModelError

MAGIC = 0xCAFEBABE

SIZES = {3: ">i", 4: ">f", 5: ">q", 6: ">d", 7: ">H", 8: ">H", 9: ">HH", 10: ">HH", 11: ">HH", 12: ">HH", 15: ">BH"}
SIZES |= {16: ">H", 17: ">HH", 18: ">HH", 19: ">H", 20: ">H"}
"""By tag, how an entry of the constant pool is laid out; but for text, which has tag 1."""

LAYOUT = {"b": ">b", "B": ">B", "h": ">h", "H": ">H", "p": ">B", "P": ">H", "j": ">h", "J": ">i"}
"""By letter of an instruction's format."""


class ClassFileError(ModelError):
    """What was read is not a class file, or is of a kind that is not known here."""


@dataclass(frozen=True)
class Instruction:
    """An instruction, and what stands behind it: numbers, names, and where a jump goes, as `@` and an index."""

    name: str
    operands: tuple[Any, ...] = ()

    def __str__(self) -> str:
        return " ".join([self.name, *map(str, self.operands)])


@dataclass(frozen=True)
class Handler:
    """What catches an exception: from and up to which instruction, where it goes on, and of what class. `any`: all."""

    start: int
    end: int
    target: int
    caught: str


@dataclass(frozen=True)
class Method:
    """A method as it is compiled. One that is abstract or native has no instructions."""

    name: str
    descriptor: str
    instructions: tuple[Instruction, ...] = ()
    handlers: tuple[Handler, ...] = ()

    def lines(self) -> Iterator[str]:
        """Yield all that there is to say of it, a piece a line."""
        yield f"{self.name}{self.descriptor}"
        yield from map(str, self.instructions)
        yield from (f"{each.start} {each.end} {each.target} {each.caught}" for each in self.handlers)


@dataclass(frozen=True)
class ClassFile:
    """A class: what it is called, with slashes, and its methods, in the order of the file."""

    name: str
    fields: tuple[str, ...]
    methods: tuple[Method, ...]


def read(data: bytes) -> ClassFile:
    """Return a class. Raises `ClassFileError` where the bytes are not one."""
    try:
        return Reader(data).read_class()
    except (struct.error, IndexError, KeyError, UnicodeDecodeError) as error:
        raise ClassFileError(f"not a class file that is whole: {type(error).__name__} {error}") from None


class Reader:
    """Goes through the bytes of a class file from the beginning."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0
        self.pool: list[tuple[int, Any]] = [(0, None)]

    def take(self, layout: str) -> tuple[Any, ...]:
        """Return the next values."""
        found = struct.unpack_from(layout, self.data, self.at)
        self.at += struct.calcsize(layout)
        return found

    def number(self, layout: str = ">H") -> int:
        """Return the next value, an unsigned number of two bytes if nothing else is said."""
        value: int = self.take(layout)[0]
        return value

    def read_class(self) -> ClassFile:
        """Read all of it."""
        if self.number(">I") != MAGIC:
            raise ClassFileError(f"not a class file: it begins with {self.data[:4].hex()}, not with cafebabe")
        self.take(">HH")
        self.read_pool()
        _, this, _ = self.take(">HHH")
        self.take(f">{self.number()}H")
        fields = [(name, descriptor) for name, descriptor, _ in self.members()]
        methods = list(self.members())
        bootstraps = self.attributes().get("BootstrapMethods")
        names = Names(self.pool, b"" if bootstraps is None else bootstraps)
        found = tuple(method(name, descriptor, code.get("Code"), names) for name, descriptor, code in methods)
        return ClassFile(names.of(this), tuple(f"{name}:{descriptor}" for name, descriptor in fields), found)

    def read_pool(self) -> None:
        """Read the constant pool. A long or a double takes two numbers."""
        count = self.number()
        while len(self.pool) < count:
            tag = self.number(">B")
            if tag == 1:
                length = self.number()
                written: bytes = self.take(f">{length}s")[0]
                text = written.replace(b"\xc0\x80", b"\0").decode("utf-8", "surrogatepass")
                self.pool.append((tag, text))
            else:
                self.pool.append((tag, self.take(SIZES[tag])))
            if tag in {5, 6}:
                self.pool.append((0, None))

    def members(self) -> Iterator[tuple[str, str, dict[str, bytes]]]:
        """Yield the name, the descriptor and the attributes of each field, or of each method."""
        for _ in range(self.number()):
            _, name, descriptor = self.take(">HHH")
            yield self.pool[name][1], self.pool[descriptor][1], self.attributes()

    def attributes(self) -> dict[str, bytes]:
        """Return the attributes that follow, by name."""
        found: dict[str, bytes] = {}
        for _ in range(self.number()):
            name, length = self.take(">HI")
            found[self.pool[name][1]] = self.take(f">{length}s")[0]
        return found


class Names:
    """What the numbers of a constant pool stand for."""

    def __init__(self, pool: list[tuple[int, Any]], bootstraps: bytes) -> None:
        self.pool = pool
        self.bootstrap_bytes = bootstraps

    def of(self, index: int) -> str:
        """Return an entry as text that says the same in every class file."""
        tag, value = self.pool[index]
        match tag:
            case 1:
                return str(value)
            case 3 | 4 | 5 | 6:
                return repr(value[0])
            case 7 | 16 | 19 | 20:
                return self.of(value[0])
            case 8:
                return repr(self.of(value[0]))
            case 9 | 10 | 11:
                return f"{self.of(value[0])}.{self.of(value[1])}"
            case 12:
                return f"{self.of(value[0])}:{self.of(value[1])}"
            case 15:
                return f"{value[0]} {self.of(value[1])}"
            case 17 | 18:
                return f"{self.of(value[1])} by {self.bootstraps[value[0]]}"
            case _:
                raise ClassFileError(f"entry {index} of the constant pool is of kind {tag}, which is not known")

    @cached_property
    def bootstraps(self) -> list[str]:
        """What makes each call that is made when it is first reached."""
        reader = Reader(self.bootstrap_bytes)
        found = []
        for _ in range(reader.number()):
            made = self.of(reader.number())
            arguments = reader.take(f">{reader.number()}H")
            found.append(" ".join([made, *map(self.of, arguments)]))
        return found


def method(name: str, descriptor: str, code: bytes | None, names: Names) -> Method:
    """Return a method, of the bytes of its `Code`."""
    if code is None:
        return Method(name, descriptor)
    reader = Reader(code)
    reader.take(">HH")
    body: bytes = reader.take(f">{reader.number('>I')}s")[0]
    found = dict(decoded(body, names))
    places = {offset: place for place, offset in enumerate([*found, len(body)])}
    handlers = [reader.take(">HHHH") for _ in range(reader.number())]
    return Method(
        name,
        descriptor,
        tuple(with_places(each, offset, places) for offset, each in found.items()),
        tuple(
            Handler(places[start], places[end], places[target], names.of(caught) if caught else "any")
            for start, end, target, caught in handlers
        ),
    )


@dataclass(frozen=True)
class Jump:
    """How far a jump goes, in bytes."""

    distance: int


def with_places(instruction: Instruction, offset: int, places: dict[int, int]) -> Instruction:
    """Return an instruction with the places of others in the place of distances to them."""
    operands = (
        f"@{places[offset + each.distance]}" if isinstance(each, Jump) else each for each in instruction.operands
    )
    return Instruction(instruction.name.replace("goto_w", "goto").replace("ldc_w", "ldc"), tuple(operands))


def decoded(body: bytes, names: Names) -> Iterator[tuple[int, Instruction]]:
    """Yield each instruction with its offset."""
    reader = Reader(body)
    while reader.at < len(body):
        offset = reader.at
        opcode = reader.number(">B")
        match opcode:
            case _ if opcode in {TABLESWITCH, LOOKUPSWITCH}:
                yield offset, switch(reader, is_table=opcode == TABLESWITCH)
            case _ if opcode == WIDE:
                widened = NAMES[reader.number(">B")]
                yield offset, Instruction(widened, reader.take(">Hh" if widened == "iinc" else ">H"))
            case _:
                layout = FORMATS[NAMES[opcode]]
                yield offset, Instruction(NAMES[opcode], tuple(operand(reader, each, names) for each in layout))


def operand(reader: Reader, letter: str, names: Names) -> Any:
    """Return one operand."""
    value = reader.number(LAYOUT[letter])
    match letter:
        case "p" | "P":
            return names.of(value)
        case "j" | "J":
            return Jump(value)
        case _:
            return value


def switch(reader: Reader, *, is_table: bool) -> Instruction:
    """Return a switch. A table of cases says the same as a list of them: each case, and where it goes."""
    reader.at += -reader.at % 4
    otherwise = reader.number(">i")
    if is_table:
        low, high = reader.take(">ii")
        cases = list(zip(range(low, high + 1), reader.take(f">{high - low + 1}i"), strict=True))
    else:
        cases = [(value, distance) for value, distance in (reader.take(">ii") for _ in range(reader.number(">i")))]
    told = [part for value, distance in cases for part in (value, Jump(distance))]
    return Instruction("switch", (*told, "default", Jump(otherwise)))
