"""A request of httpcore over HTTP/2 that is cancelled leaves its stream open: when all are, nobody is served."""

import asyncio

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import RequestReceived
from h2.settings import SettingCodes, Settings
from httpcore import AsyncConnectionPool, AsyncNetworkBackend, AsyncNetworkStream, LocalProtocolError


class Server(AsyncNetworkStream):
    """It serves two requests at a time, and answers when it is told to."""

    def __init__(self) -> None:
        self.state = H2Connection(H2Configuration(client_side=False))
        self.state.local_settings = Settings(False, {SettingCodes.MAX_CONCURRENT_STREAMS: 2})
        self.state.initiate_connection()
        self.answers, self.has_told = True, asyncio.Event()

    async def write(self, buffer: bytes, *_: object, **__: object) -> None:
        for event in self.state.receive_data(buffer):
            if isinstance(event, RequestReceived) and self.answers:
                self.state.send_headers(event.stream_id, [(":status", "200")], end_stream=True)
        self.has_told.set()

    async def read(self, *_: object, **__: object) -> bytes:
        while not (data := self.state.data_to_send()):
            self.has_told.clear()
            await self.has_told.wait()
        return data

    async def aclose(self) -> None: ...

    def get_extra_info(self, info: str) -> None: ...


class Network(AsyncNetworkBackend):
    def __init__(self) -> None:
        self.server = Server()

    async def connect_tcp(self, *_: object, **__: object) -> Server:
        return self.server


async def served() -> bool:
    network = Network()
    pool = AsyncConnectionPool(max_connections=1, http1=False, http2=True, network_backend=network)
    await pool.request("GET", "http://a/")
    network.server.answers = False
    for _ in range(2):
        cancelled = asyncio.ensure_future(pool.request("GET", "http://a/"))
        await asyncio.sleep(0.01)
        cancelled.cancel()
        await asyncio.gather(cancelled, return_exceptions=True)
    network.server.answers = True
    try:
        await asyncio.wait_for(pool.request("GET", "http://a/"), 1)
    except LocalProtocolError as error:
        print(f"nobody waits for an answer, and nobody is served: {error}")
        return False
    return True


if __name__ == "__main__":
    raise SystemExit(0 if asyncio.run(served()) else 1)
