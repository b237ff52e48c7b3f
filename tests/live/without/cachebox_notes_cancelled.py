"""What two asked for who are both cancelled is noted by cachebox's `cached` as failed; who asks later is cancelled."""

import asyncio


async def asked() -> bool:
    import cachebox

    async def slow(key: str) -> str:
        await asyncio.sleep(0.1)
        return key

    cached = cachebox.cached(cachebox.LRUCache(2))(slow)
    both = [asyncio.ensure_future(cached("a")) for _ in range(2)]
    await asyncio.sleep(0.01)
    for each in both:
        each.cancel()
    await asyncio.gather(*both, return_exceptions=True)
    told = (await asyncio.gather(asyncio.ensure_future(cached("a")), return_exceptions=True))[0]
    print(f"both are cancelled, and who asks later is given {told!r}")
    return told == "a"


if __name__ == "__main__":
    raise SystemExit(0 if asyncio.run(asked()) else 1)
