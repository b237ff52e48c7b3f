"""What the numbers in HPROF 1.0.2 mean, as HotSpot's `heapDumper.cpp` writes them."""

from __future__ import annotations

UTF8, LOAD_CLASS, FRAME, TRACE, DUMP, SEGMENT, END = 0x01, 0x02, 0x04, 0x05, 0x0C, 0x1C, 0x2C

UNKNOWN, JNI_GLOBAL, JNI_LOCAL, JAVA_FRAME, NATIVE_STACK, STICKY, THREAD_BLOCK, MONITOR, THREAD = (
    0xFF, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08,
)  # fmt: skip
CLASS, INSTANCE, OBJECTS, PRIMITIVES = 0x20, 0x21, 0x22, 0x23

ROOTS = {
    UNKNOWN: "unknown root",
    JNI_GLOBAL: "JNI global",
    JNI_LOCAL: "JNI local",
    JAVA_FRAME: "stack of a thread",
    NATIVE_STACK: "native stack",
    STICKY: "system class",
    THREAD_BLOCK: "thread block",
    MONITOR: "busy monitor",
    THREAD: "thread",
}

OBJECT, BOOLEAN, CHAR, FLOAT, DOUBLE, BYTE, SHORT, INT, LONG = 2, 4, 5, 6, 7, 8, 9, 10, 11

PRIMITIVE_NAMES = {
    BOOLEAN: "boolean", CHAR: "char", FLOAT: "float", DOUBLE: "double", BYTE: "byte", SHORT: "short", INT: "int",
    LONG: "long",
}  # fmt: skip

LETTERS = {"Z": BOOLEAN, "C": CHAR, "F": FLOAT, "D": DOUBLE, "B": BYTE, "S": SHORT, "I": INT, "J": LONG}


def width(kind: int, identifier: int) -> int:
    """Return the bytes of a value of a type, or 0 where there is no such type."""
    return {OBJECT: identifier, BOOLEAN: 1, CHAR: 2, FLOAT: 4, DOUBLE: 8, BYTE: 1, SHORT: 2, INT: 4, LONG: 8}.get(
        kind, 0
    )
