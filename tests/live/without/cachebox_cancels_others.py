"""Who waits in cachebox's `cached` for what another asked for is cancelled where that other is."""

import asyncio


async def asked() -> bool:
    import cachebox

    async def slow(key: str) -> str:
        await asyncio.sleep(0.1)
        return key

    cached = cachebox.cached(cachebox.LRUCache(2))(slow)
    first, second = (asyncio.ensure_future(cached("a")) for _ in range(2))
    await asyncio.sleep(0.01)
    first.cancel()
    told = (await asyncio.gather(second, return_exceptions=True))[0]
    print(f"the first is cancelled, and the second is given {told!r}")
    return told == "a"


if __name__ == "__main__":
    raise SystemExit(0 if asyncio.run(asked()) else 1)
