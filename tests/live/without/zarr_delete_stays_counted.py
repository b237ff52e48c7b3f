"""zarr's CacheStore goes on counting what was deleted, and evicts the rest for bytes that are not there."""

import asyncio


async def counted() -> int:
    from zarr.core.buffer.cpu import Buffer
    from zarr.experimental.cache_store import CacheStore
    from zarr.storage import MemoryStore

    cache = MemoryStore()
    store = CacheStore(MemoryStore(), cache_store=cache, max_size=100)
    await store.set("a", Buffer.from_bytes(b"x" * 60))
    await store.delete("a")
    counted = int(store.cache_info()["current_size"])
    print(f"after delete: {len([key async for key in cache.list()])} values, {counted} B accounted")
    await store.set("b", Buffer.from_bytes(b"y" * 30))
    await store.set("c", Buffer.from_bytes(b"z" * 30))
    print(f"b and c, of 30 B each, in 100 B: {[key async for key in cache.list()]} is left")
    return counted


def main() -> int:
    return 1 if asyncio.run(counted()) else 0


if __name__ == "__main__":
    raise SystemExit(main())
