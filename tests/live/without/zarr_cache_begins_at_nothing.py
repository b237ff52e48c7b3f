"""zarr's CacheStore does not count what a cache on disk has already, and outgrows its size with each that opens it."""

import asyncio
import tempfile
from pathlib import Path


async def opened(folder: str, key: str) -> None:
    from zarr.core.buffer.cpu import Buffer
    from zarr.experimental.cache_store import CacheStore
    from zarr.storage import LocalStore, MemoryStore

    store = CacheStore(MemoryStore(), cache_store=LocalStore(folder), max_size=100)
    await store.set(key, Buffer.from_bytes(b"x" * 80))
    print(f"opened for {key}: {store.cache_info()['current_size']} B accounted, 100 B allowed")


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        for key in "ab":
            asyncio.run(opened(folder, key))
        on_disk = sum(each.stat().st_size for each in Path(folder).rglob("*") if each.is_file())
        print(f"on disk: {on_disk} B")
    return 1 if on_disk > 100 else 0


if __name__ == "__main__":
    raise SystemExit(main())
