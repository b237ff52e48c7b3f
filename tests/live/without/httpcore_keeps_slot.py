"""A request of httpcore that is cancelled as a connection is assigned to it leaves the connection: its slot is lost."""

import asyncio

from httpcore import AsyncConnectionPool, AsyncNetworkBackend, AsyncNetworkStream


class Stream(AsyncNetworkStream):
    async def read(self, *_: object, **__: object) -> bytes:
        return b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

    async def write(self, *_: object, **__: object) -> None: ...

    async def aclose(self) -> None: ...

    def get_extra_info(self, info: str) -> None: ...


class Network(AsyncNetworkBackend):
    async def connect_tcp(self, *_: object, **__: object) -> Stream:
        return Stream()


async def served() -> bool:
    async with AsyncConnectionPool(max_connections=1, network_backend=Network()) as pool:
        async with pool.stream("GET", "http://a/"):
            cancelled = asyncio.ensure_future(pool.request("GET", "http://a/"))
            await asyncio.sleep(0.01)
        cancelled.cancel()
        await asyncio.gather(cancelled, return_exceptions=True)
        try:
            await asyncio.wait_for(pool.request("GET", "http://a/"), 1)
        except TimeoutError:
            print(f"nobody has a connection, and nobody is served: {pool}")
            return False
        return True


if __name__ == "__main__":
    raise SystemExit(0 if asyncio.run(served()) else 1)
