"""Who waits in moka_py's `cached` for what another asked for is cancelled where that other is; and it stays so."""

import asyncio


async def asked() -> bool:
    from moka_py import cached as decorate

    async def slow(key: str) -> str:
        await asyncio.sleep(0.1)
        return key

    cached = decorate(2, wait_concurrent=True)(slow)
    first, second = (asyncio.ensure_future(cached("a")) for _ in range(2))
    await asyncio.sleep(0.01)
    first.cancel()
    told = (await asyncio.gather(second, return_exceptions=True))[0]
    print(f"the first is cancelled, and the second is given {told!r}")
    later = (await asyncio.gather(asyncio.ensure_future(cached("a")), return_exceptions=True))[0]
    print(f"who asks later is given {later!r}")
    return told == "a"


if __name__ == "__main__":
    raise SystemExit(0 if asyncio.run(asked()) else 1)
