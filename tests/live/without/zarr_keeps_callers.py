"""`MemoryStore` of zarr keeps the caller's own array, and not what was in it: who goes on writing changes the store."""

import asyncio

import numpy
from zarr.core.buffer.core import default_buffer_prototype
from zarr.core.buffer.cpu import Buffer
from zarr.storage import MemoryStore


async def stored() -> bool:
    store, array = MemoryStore(), numpy.zeros(3, dtype="B")
    await store.set("a", Buffer.from_array_like(array))
    array[:] = 1
    found = await store.get("a", default_buffer_prototype())
    print(f"{bytes(3)!r} is stored, and {found.to_bytes()!r} is read")
    return found.to_bytes() == bytes(3)


if __name__ == "__main__":
    raise SystemExit(0 if asyncio.run(stored()) else 1)
