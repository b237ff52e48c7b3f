"""Pools of connections, of which each is made here: nothing is sent anywhere."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from inspect import signature
from typing import Any

from spillproof.counterexamples.replay.live.lending import Making
from spillproof.properties.live.own import step

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
    async def lend(self) -> AsyncIterator[None]:
        lent = await self.take()
        try:
            yield
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

    packages = ("httpcore", "anyio")

    def make(self) -> Any:
        import httpcore

        return httpcore.AsyncConnectionPool(max_connections=self.slots, network_backend=self.network())

    def network(self) -> Any:
        """Return a network with one host, which always answers the same."""
        stream = Stub(read=answered, write=given_way, aclose=given_way, get_extra_info=lambda _: None)

        async def connect_tcp(*_: Any, **__: Any) -> Any:
            await self._made()
            return stream

        return Stub(connect_tcp=connect_tcp)

    def lend(self) -> AbstractAsyncContextManager[Any]:
        lent: AbstractAsyncContextManager[Any] = self.lender.stream("GET", "http://a/")
        return lent

    async def end(self) -> None:
        await self.lender.aclose()


class AiohttpConnector(ConnectionPool):
    """`aiohttp`'s connectors."""

    packages = ("aiohttp",)

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


class AlchemyQueue(ConnectionPool):
    """`sqlalchemy.pool.QueuePool`, which lets nobody wait here."""

    packages = ("SQLAlchemy",)
    may_leave = False
    full = ("TimeoutError",)

    def make(self) -> Any:
        from sqlalchemy.pool import QueuePool

        return QueuePool(self.connection, pool_size=1, max_overflow=1, timeout=0)

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


class PsycopgPool(Making):
    """`psycopg_pool.AsyncConnectionPool`, whose connections are made by tasks of its own, which try again."""

    packages = ("psycopg-pool", "psycopg")

    fail_to_make: Any = None

    async def make(self) -> Any:
        from psycopg_pool import AsyncConnectionPool

        pool: Any = AsyncConnectionPool(
            connection_class=self.connection(),
            min_size=0,
            max_size=self.slots,
            open=False,
            timeout=1_000,
            num_workers=1,
        )
        await pool.open()
        return pool

    def connection(self) -> Any:
        """Return a class of connections, which are in a transaction when they are given back."""
        from psycopg.pq import TransactionStatus

        links = self._links

        class Connection(Stub):
            """A connection that goes nowhere."""

            closed, pgconn = False, Stub()

            @classmethod
            async def connect(cls, *_: Any, **__: Any) -> Any:
                await asyncio.sleep(0)
                made = cls(pgconn=Stub(transaction_status=TransactionStatus.IDLE))
                links(made, is_open=True)
                return made

            async def __aenter__(self) -> Any:
                self.pgconn.transaction_status = TransactionStatus.INTRANS
                return self

            async def __aexit__(self, *_: object) -> None:
                await asyncio.sleep(0)

            async def rollback(self) -> None:
                await asyncio.sleep(0)
                self.pgconn.transaction_status = TransactionStatus.IDLE

            async def close(self) -> None:
                self.pgconn.transaction_status = TransactionStatus.UNKNOWN
                links(self, is_open=False)

        return Connection

    def lend(self) -> AbstractAsyncContextManager[Any]:
        lent: AbstractAsyncContextManager[Any] = self.lender.connection()
        return lent

    async def end(self) -> None:
        await self.lender.close()
