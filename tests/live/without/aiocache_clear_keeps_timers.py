"""aiocache's memory cache, cleared, keeps its timers: what is put under an old key is gone when the old would be."""

import asyncio
from typing import Any


async def left() -> Any:
    from aiocache import SimpleMemoryCache

    cache = SimpleMemoryCache()
    await cache.set("a", "old", ttl=0.1)
    await cache.clear()
    await cache.set("a", "new")  # without a time to live
    await asyncio.sleep(0.2)
    return await cache.get("a")


def main() -> int:
    got = asyncio.run(left())
    print(f"set 'new' for ever; after 0.2 s: {got!r}")
    return 1 if got is None else 0


if __name__ == "__main__":
    raise SystemExit(main())
