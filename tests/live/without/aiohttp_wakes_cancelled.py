"""Who waits for a slot of aiohttp's connector, and is cancelled when he was just given one, does not pass it on."""

import asyncio
from types import SimpleNamespace

from aiohttp import BaseConnector, ClientTimeout


class Connection:
    is_ssl, should_close, transport, closed = False, False, None, None

    def is_connected(self) -> bool:
        return True

    def close(self) -> None: ...


class Connector(BaseConnector):
    async def _create_connection(self, *_: object, **__: object) -> Connection:
        return Connection()


async def served() -> bool:
    connector = Connector(limit=1)
    request = SimpleNamespace(connection_key=Connection, proxy=None)
    first, second, third = (asyncio.ensure_future(connector.connect(request, [], ClientTimeout())) for _ in range(3))
    lent = await first
    await asyncio.sleep(0.01)
    lent.release()
    second.cancel()
    done, _ = await asyncio.wait([third], timeout=1)
    print(f"of one slot {len(connector._acquired)} are lent, and who waits {'is' if done else 'is not'} served")
    third.cancel()
    await asyncio.gather(second, third, return_exceptions=True)
    await connector.close()
    return bool(done)


if __name__ == "__main__":
    raise SystemExit(0 if asyncio.run(served()) else 1)
