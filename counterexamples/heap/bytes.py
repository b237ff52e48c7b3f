"""Numbers as HPROF writes them: big-endian. The offset must lie within the data; nothing here checks that."""

from __future__ import annotations

from typing import Any

import numpy as np

from spillproof.counterexamples.heap.compiler import COMPILED, inner

Data = Any
"""An array of bytes, or a memoryview of one."""

if COMPILED:

    @inner
    def whole(number: Any) -> int:
        """Return a number without the type of the array that it is from: unsigned ones must not meet signed ones."""
        return np.int64(number)  # type: ignore[return-value] # pyright: ignore[reportReturnType]

    @inner
    def u2(data: Data, at: int) -> int:
        """Return the number in 2 bytes."""
        return (whole(data[at]) << 8) | whole(data[at + 1])

    @inner
    def u4(data: Data, at: int) -> int:
        """Return the number in 4 bytes."""
        return (whole(data[at]) << 24) | (whole(data[at + 1]) << 16) | (whole(data[at + 2]) << 8) | whole(data[at + 3])

    @inner
    def identifier(data: Data, at: int, width: int) -> int:
        """Return an address of 4 or 8 bytes. Its highest bit is none that an address of a process has."""
        if width == 4:  # noqa: PLR2004 - bytes
            return u4(data, at)
        return ((u4(data, at) & 0x7FFFFFFF) << 32) | u4(data, at + 4)

else:

    def whole(number: Any) -> int:
        """Return a number as it is."""
        return number  # type: ignore[no-any-return]

    def u2(data: Data, at: int) -> int:
        """Return the number in 2 bytes."""
        return data[at] << 8 | data[at + 1]  # type: ignore[no-any-return]

    def u4(data: Data, at: int) -> int:
        """Return the number in 4 bytes."""
        return int.from_bytes(data[at : at + 4])

    def identifier(data: Data, at: int, width: int) -> int:
        """Return an address of 4 or 8 bytes. Its highest bit is none that an address of a process has."""
        return int.from_bytes(data[at : at + width]) & 0x7FFFFFFFFFFFFFFF
