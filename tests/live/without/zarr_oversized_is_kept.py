"""zarr's CacheStore keeps a value that is larger than `max_size`, which "will not be cached", and does not count it."""

import asyncio


async def kept() -> int:
    from zarr.core.buffer.cpu import Buffer
    from zarr.experimental.cache_store import CacheStore
    from zarr.storage import MemoryStore

    cache = MemoryStore()
    store = CacheStore(MemoryStore(), cache_store=cache, max_size=100)
    for number in range(10):
        await store.set(f"key-{number}", Buffer.from_bytes(b"x" * 1_000))
    held = int(sum([await cache.getsize(key) async for key in cache.list()]))
    print(f"max_size 100 B; {held:,} B in the cache's store, {store.cache_info()['current_size']} B accounted")
    return held


def main() -> int:
    return 1 if asyncio.run(kept()) > 100 else 0


if __name__ == "__main__":
    raise SystemExit(main())
