"""zarr's CacheStore evicts the value that is being put, if its key is the oldest, and subtracts its old size twice."""

import asyncio


async def counted() -> tuple[int, int]:
    from zarr.core.buffer.cpu import Buffer
    from zarr.experimental.cache_store import CacheStore
    from zarr.storage import MemoryStore

    store = CacheStore(MemoryStore(), cache_store=MemoryStore(), max_size=100)
    await store.set("a", Buffer.from_bytes(b"x" * 30))
    await store.set("b", Buffer.from_bytes(b"y" * 30))
    await store.set("a", Buffer.from_bytes(b"z" * 100))
    kept = [key async for key in store._cache.list()]
    sizes = sum(store._state.key_sizes.values())
    print(f"in the cache: {kept}; {store._state.current_size} B accounted, {sizes} B by key")
    return store._state.current_size, sizes


def main() -> int:
    total, sizes = asyncio.run(counted())
    return 1 if total != sizes else 0


if __name__ == "__main__":
    raise SystemExit(main())
