"""Pools of connections, of which each is made here: nothing is sent anywhere."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from functools import partial
from importlib import import_module
from inspect import signature
from typing import Any, ClassVar

from spillproof.counterexamples.replay.live.lending import OLD, Making, Outliving
from spillproof.properties.live.clock import stand_in
from spillproof.properties.live.own import step
from spillproof.properties.live.surroundings import instead

FEW = 4
"""Streams that a connection may have; it is more than the other end allows."""

RESPONSE = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


class Stub:
    """Something that has what is given."""

    transaction_status: Any

    def __init__(self, **given: Any) -> None:
        vars(self).update(given)


async def given_way(*_: Any, **__: Any) -> None:
    """Give way once."""
    await asyncio.sleep(0)


async def answered(*_: Any, **__: Any) -> bytes:
    """Give way once, and return a response."""
    await asyncio.sleep(0)
    return RESPONSE


class ConnectionPool(Making):
    """A pool: what is lent is taken and given back."""

    async def take(self) -> Any:
        """Return a connection."""
        raise NotImplementedError

    async def give(self, lent: Any) -> None:
        """Give one back."""
        raise NotImplementedError

    @asynccontextmanager
    async def lend(self) -> AsyncIterator[Any]:
        lent = await self.take()
        try:
            yield lent
        finally:
            await self.give(lent)

    @step
    async def give_twice(self) -> None:
        """Give something back twice, which may be refused: it is there once."""
        if len(self.having()) >= self.number or any(each.waits for each in self.everybody()):
            return
        lent = await self.take()
        await self.give(lent)
        with suppress(Exception):  # it may be refused in any way
            await self.give(lent)
        await self.fill(1)
        await self.leave()


class RedisPool(ConnectionPool):
    """`redis.asyncio.BlockingConnectionPool`."""

    packages = ("redis",)
    kind = "BlockingConnectionPool"
    is_fair = False
    may_leave = sys.version_info >= (3, 13)  # before, Python's own Condition loses what comes to who is cancelled

    def make(self) -> Any:
        from redis import asyncio as redis

        return getattr(redis, self.kind)(max_connections=self.slots, connection_class=self.connection, **self.more())

    def more(self) -> dict[str, Any]:
        """Return what else it is given."""
        return {"timeout": None}

    def connection(self, **_: Any) -> Any:
        """Return a connection of which nothing is asked."""

        async def no() -> bool:
            return False

        return Stub(
            connect=self._made,
            disconnect=no,
            can_read=no,
            can_read_destructive=no,
            should_reconnect=bool,
            reset_should_reconnect=bool,
            re_auth=no,
            set_parser=bool,
        )

    async def take(self) -> Any:
        return await self.lender.get_connection(*self.named())

    def named(self) -> list[str]:
        """Return what is to be given to whoever gives a connection: before 5.3, the name of a command."""
        asked = signature(self.lender.get_connection).parameters.get("command_name")
        return ["_"] if asked is not None and asked.default is asked.empty else []

    async def give(self, lent: Any) -> None:
        await self.lender.release(lent)


class RedisRefusing(RedisPool):
    """`redis.asyncio.ConnectionPool`, which lets nobody wait."""

    kind = "ConnectionPool"
    may_leave = False
    full = ("MaxConnectionsError",)

    def more(self) -> dict[str, Any]:
        return {}


class RedisOfThreads(RedisRefusing):
    """`redis.ConnectionPool`, which is no coroutine. What is another pool's is given to it as well."""

    def make(self) -> Any:
        import redis

        self.other = redis.ConnectionPool(max_connections=1, connection_class=self.connection)
        return redis.ConnectionPool(max_connections=self.slots, connection_class=self.connection)

    def connection(self, **_: Any) -> Any:
        return Stub(
            connect=self.link, disconnect=bool, can_read=bool, should_reconnect=bool, re_auth=bool, pid=os.getpid()
        )

    def link(self) -> None:
        """Have a connection be made, which may fail."""
        if self.fails:
            raise OSError

    async def take(self) -> Any:
        return self.lender.get_connection(*self.named())

    async def give(self, lent: Any) -> None:
        self.lender.release(lent)

    @step
    async def give_another(self) -> None:
        """Give it what is another pool's, which may be refused: no more is lent."""
        if any(each.waits for each in self.everybody()):
            return
        stranger = self.other.get_connection(*self.named())
        with suppress(Exception):  # it may be refused in any way
            self.lender.release(stranger)
        with suppress(Exception):
            self.other.release(stranger)
        await self.fill(1)
        await self.leave()


class HttpcorePool(Making):
    """`httpcore.AsyncConnectionPool`."""

    packages: ClassVar[tuple[str, ...]] = ("httpcore", "anyio")
    options: ClassVar[dict[str, Any]] = {"max_connections": 2}

    def make(self) -> Any:
        import httpcore

        return httpcore.AsyncConnectionPool(network_backend=self.network(), **self.options)

    def network(self) -> Any:
        """Return a network with one host, which always answers the same."""

        async def connect_tcp(*_: Any, **__: Any) -> Any:
            await self._made()
            return self.stream()

        return Stub(connect_tcp=connect_tcp)

    def stream(self) -> Any:
        """Return what reads and writes, and who is at the other end."""
        return Stub(read=answered, write=given_way, aclose=given_way, get_extra_info=lambda _: None)

    def lend(self) -> AbstractAsyncContextManager[Any]:
        lent: AbstractAsyncContextManager[Any] = self.lender.stream("GET", "http://a/")
        return lent

    async def end(self) -> None:
        await self.lender.aclose()


class HttpcoreRead(Outliving, HttpcorePool):
    """The same, where clients read what they are sent, so that connections are used again, for a time."""

    options: ClassVar[dict[str, Any]] = {"max_connections": 2, "keepalive_expiry": OLD / 2}

    def have_clock(self) -> None:
        for name in ("http11", "http2"):
            with suppress(ImportError):  # HTTP/2 needs a package
                instead(import_module(f"httpcore._async.{name}"), "time", stand_in(self.clock))

    @asynccontextmanager
    async def lend(self) -> AsyncIterator[Any]:
        async with self.lender.stream("GET", "http://a/") as lent:
            await lent.aread()
            yield lent


class HttpcoreShared(HttpcoreRead):
    """The same with one connection, which two share: it speaks HTTP/2."""

    packages = ("httpcore", "anyio", "h2")
    options: ClassVar[dict[str, Any]] = {**HttpcoreRead.options, "max_connections": 1, "http1": False, "http2": True}

    def have_clock(self) -> None:
        from h2 import connection, settings

        super().have_clock()
        instead(connection.H2Connection, "MAX_CLOSED_STREAMS", 16)  # it keeps a table of that many, which is 65,536
        instead(settings, "Settings", partial(fewer_streams, settings.Settings))

    def stream(self) -> Any:
        return OtherEnd(self.slots)


def fewer_streams(kind: Any, client: bool, initial_values: dict[Any, int]) -> Any:  # noqa: FBT001 - as h2 has it
    """Return settings with few streams at most: a client takes all but one by itself first, one after another."""
    from h2.settings import SettingCodes

    streams = SettingCodes.MAX_CONCURRENT_STREAMS
    return kind(client, {**initial_values, streams: min(initial_values.get(streams, FEW), FEW)})


class OtherEnd:
    """The other end of a connection that speaks HTTP/2: it answers each request at once, and so many at a time."""

    def __init__(self, streams: int) -> None:
        from h2.config import H2Configuration
        from h2.connection import H2Connection
        from h2.settings import SettingCodes, Settings

        self.state: Any = H2Connection(H2Configuration(client_side=False))
        self.state.local_settings = Settings(False, {SettingCodes.MAX_CONCURRENT_STREAMS: streams})
        self.state.initiate_connection()
        self.told = asyncio.Event()

    async def write(self, data: bytes, *_: Any, **__: Any) -> None:
        from h2.events import RequestReceived

        for event in self.state.receive_data(data):
            if isinstance(event, RequestReceived):
                self.state.send_headers(event.stream_id, [(":status", "200")])
                self.state.send_data(event.stream_id, b"ok", end_stream=True)
        self.told.set()
        await asyncio.sleep(0)

    async def read(self, *_: Any, **__: Any) -> bytes:
        while not (data := bytes(self.state.data_to_send())):
            self.told.clear()
            await self.told.wait()
        return data

    async def aclose(self) -> None:
        await asyncio.sleep(0)

    def get_extra_info(self, _: str) -> None:
        """Return that nothing more is known."""


class AiohttpConnector(Outliving, ConnectionPool):
    """`aiohttp`'s connectors."""

    packages = ("aiohttp",)

    def have_clock(self) -> None:
        from aiohttp import connector

        instead(connector, "monotonic", self.clock)

    async def make(self) -> Any:
        from aiohttp import BaseConnector

        adapter = self

        class Connector(BaseConnector):  # type: ignore[misc] # it has types where it is installed
            """A connector whose connections go nowhere."""

            async def _create_connection(self, *_: Any, **__: Any) -> Any:
                await adapter._made()
                return Stub(is_connected=lambda: True, should_close=False, close=bool, closed=None, transport=None)

        self.request = Stub(connection_key=Stub(is_ssl=False), proxy=None)
        return Connector(limit=self.slots)

    async def take(self) -> Any:
        from aiohttp import ClientTimeout

        return await self.lender.connect(self.request, [], ClientTimeout())

    async def give(self, lent: Any) -> None:
        lent.release()

    async def end(self) -> None:
        await self.lender.close()


class AlchemyQueue(Outliving, ConnectionPool):
    """`sqlalchemy.pool.QueuePool`, which lets nobody wait here."""

    packages = ("SQLAlchemy",)
    may_leave = False
    full = ("TimeoutError",)

    def make(self) -> Any:
        from sqlalchemy.pool import QueuePool

        return QueuePool(self.connection, pool_size=1, max_overflow=1, timeout=0, recycle=OLD / 2)

    def have_clock(self) -> None:
        from sqlalchemy.pool import base

        instead(base, "time", stand_in(self.clock))

    def connection(self) -> Any:
        """Return a connection of which nothing is asked."""
        if self.fails:
            raise OSError
        return Stub(rollback=bool, close=bool, commit=bool)

    def told(self) -> int:
        return int(self.lender.checkedout())

    async def take(self) -> Any:
        return self.lender.connect()

    async def give(self, lent: Any) -> None:
        lent.close()


class PsycopgPool(Outliving):
    """`psycopg_pool.AsyncConnectionPool`, whose connections are made by tasks of its own, which try again."""

    packages = ("psycopg-pool", "psycopg")

    fail_to_make: Any = None
    ask_in_vain: Any = None

    def have_clock(self) -> None:
        from psycopg_pool import base, pool_async

        for module in (base, pool_async):
            if hasattr(module, "monotonic"):
                instead(module, "monotonic", self.clock)

    async def make(self) -> Any:
        from psycopg_pool import AsyncConnectionPool

        later: dict[str, Any] = (
            {"open": False} if "open" in signature(AsyncConnectionPool).parameters else {}
        )  # from 3.1 on
        pool: Any = AsyncConnectionPool(
            connection_class=self.connection(),
            min_size=0,
            max_size=self.slots,
            timeout=1_000,
            num_workers=1,
            **later,
        )
        if later:
            await pool.open()
        return pool

    def connection(self) -> Any:
        """Return a class of connections, which are in a transaction when something was done with them."""
        from psycopg.pq import TransactionStatus

        links = self._links

        class Connection(Stub):
            """A connection that goes nowhere. Whoever closes one that is a pool's gives it back, as documented."""

            closed, pgconn, autocommit = False, Stub(), False
            _pool: Any = None

            @classmethod
            async def connect(cls, *_: Any, **__: Any) -> Any:
                await asyncio.sleep(0)
                made = cls(pgconn=Stub(transaction_status=TransactionStatus.IDLE))
                links(made, is_open=True)
                return made

            async def __aenter__(self) -> Any:
                return self

            async def __aexit__(self, *_: object) -> None:
                await asyncio.sleep(0)

            async def execute(self, *_: Any) -> None:
                await asyncio.sleep(0)
                if not self.autocommit:
                    self.pgconn.transaction_status = TransactionStatus.INTRANS

            async def set_autocommit(self, value: bool) -> None:  # noqa: FBT001 - as psycopg has it
                self.autocommit = value

            async def rollback(self) -> None:
                await asyncio.sleep(0)
                self.pgconn.transaction_status = TransactionStatus.IDLE

            async def close(self) -> None:
                if self._pool is not None:
                    await self._pool.putconn(self)
                    return
                self.pgconn.transaction_status = TransactionStatus.UNKNOWN
                links(self, is_open=False)

        return Connection

    @asynccontextmanager
    async def lend(self) -> AsyncIterator[Any]:
        async with self.lender.connection() as lent:
            yield lent

    def is_in_order(self, lent: Any) -> bool:
        """Return whether a connection is open, and in no transaction; then begin one."""
        from psycopg.pq import TransactionStatus

        was, lent.pgconn.transaction_status = lent.pgconn.transaction_status, TransactionStatus.INTRANS
        return bool(was == TransactionStatus.IDLE)

    @step
    async def look_after(self) -> None:
        """Have the pool look whether its connections are in order, with some of them lent: they are so afterwards."""
        await self.fill(0)
        await self.leave()
        await self.lender.check()
        await self.fill(1)
        await self.leave()

    async def end(self) -> None:
        await self.lender.close()
