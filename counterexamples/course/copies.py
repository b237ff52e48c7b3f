"""Copies of values: a measure that counts the bytes that a student's store keeps in memory in another form.

A ledger follows the objects that it made, and those that were unpickled. What a store keeps pickled, in a `BytesIO`, as
text or as a list of numbers, is in memory as well; so whatever its objects lead to is looked at, after each step.
"""

from __future__ import annotations

import io
import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from types import CodeType, FrameType, FunctionType, ModuleType, TracebackType
from typing import Any

from spillproof.properties.live.holders import ATOMS, MOST, references
from spillproof.properties.live.measure import Buffer, Ledger, Payload

WORD = re.compile(rb"<\d{6}>")
"""What the content of every value is made of, again and again."""


class Copies(Ledger):
    """Follows each value by a weak reference, and counts what of its content is in other objects of the store."""

    sound_for = "the death of values and of all views of them, and for copies of their bytes that Python can see"
    blind_to = "copies within the buffers of open files, and such as are disguised"

    def __init__(self) -> None:
        super().__init__()
        self.roots: Callable[[], Iterable[Any]] = tuple
        """What the store is: the objects from which copies are looked for."""

    def reachable(self) -> int:
        return self.total + sum(size for _, size in copies(self.roots()))

    def values(self) -> list[Any]:
        """Return the objects that are alive, those that are copies last."""
        found = [*copies(self.roots())]
        self.sizes.update((id(each), size) for each, size in found)
        return [*super().values(), *(each for each, _ in found)]


def copies(roots: Iterable[Any]) -> Iterator[tuple[Any, int]]:
    """Yield each object to which roots lead that has content of values in it and is none, with its bytes of that."""
    waiting, seen = deque(roots), set[int]()
    while waiting and len(seen) < MOST:
        each = waiting.popleft()
        if id(each) in seen or isinstance(each, (Payload, Buffer)):
            continue
        seen.add(id(each))
        if size := copied(each):
            yield each, size
        elif not isinstance(each, ATOMS):
            waiting.extend(_within(each))


def copied(each: Any) -> int:
    """Return how many bytes of values are in an object; where they are disguised, its bytes in whole units."""
    data = data_in(each)
    if len(data) < WORD_SIZE:
        return 0
    return len(WORD.findall(data)) * WORD_SIZE or len(data) // Ledger.unit * Ledger.unit


WORD_SIZE = 8
"""Bytes of a word of the content."""


def data_in(each: Any) -> bytes:
    """Return the bytes of an object that is made of bytes, characters or numbers; none for every other."""
    match each:
        case bytes() | bytearray():
            return bytes(each)
        case str():
            return each.encode(errors="replace")
        case bool():
            return b""
        case int():
            return abs(each).to_bytes((each.bit_length() + 7) // 8)
        case io.BytesIO() | io.StringIO():
            return b"" if each.closed else data_in(each.getvalue())
        case list() | tuple() | deque() if each and all(isinstance(part, int) and 0 <= part <= BYTE for part in each):
            return bytes(each)
    return b""


BYTE = 255


def roots_in(module: ModuleType) -> Iterator[Any]:
    """Yield what a file keeps outside of its objects: in the module, in its classes, and as defaults of functions."""
    yield from _kept_in(vars(module), module.__name__)


def _kept_in(names: Any, module: str) -> Iterator[Any]:
    for name, each in [*names.items()]:
        member = getattr(each, "__func__", each)  # of a static method
        if isinstance(member, FunctionType):
            yield from _of_function(member)
        elif isinstance(member, type):
            yield from _kept_in(vars(member), module) if member.__module__ == module else ()
        elif not name.startswith("__"):
            yield member


def _of_function(function: FunctionType) -> Iterator[Any]:
    yield from (function.__defaults__ or (), function.__kwdefaults__ or {}, vars(function))
    yield from function.__closure__ or ()


def _within(each: Any) -> Iterator[Any]:
    """Yield what an object refers to, but for the code that runs around it."""
    if isinstance(each, TracebackType):
        yield from (each.tb_frame.f_locals, each.tb_next)
    elif isinstance(each, FunctionType):
        yield from _of_function(each)
    elif not isinstance(each, (FrameType, CodeType)):
        if isinstance(each, dict):
            yield from each
        yield from (value for _, value in references(each))
