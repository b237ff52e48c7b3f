"""Pools as they would be if what was found in them were repaired."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from spillproof.counterexamples.replay.live.lending_pools import (
    AiohttpConnector,
    HttpcorePool,
    HttpcoreRead,
)


class LetsGo(HttpcorePool):
    """A connection that was assigned to a request that is gone is let go of, and closing goes on though cancelled."""

    @asynccontextmanager
    async def lend(self) -> AsyncIterator[None]:
        lent = super().lend()
        await lent.__aenter__()
        try:
            yield
        finally:
            await asyncio.shield(lent.__aexit__(None, None, None))

    def make(self) -> Any:
        pool: Any = super().make()
        assign, handled = pool._assign_requests_to_connections, pool._connections

        def assigned() -> Any:
            asked = {id(each.connection) for each in pool._requests}
            for each in list(handled):
                if id(each) not in asked and not each.is_idle():
                    handled.remove(each)
            return assign()

        pool._assign_requests_to_connections = assigned
        return pool


class HttpcorePoolRepaired(LetsGo):
    """Whatever clients read."""


class HttpcoreReadRepaired(LetsGo, HttpcoreRead):
    """Where they read all."""


class AiohttpConnectorRepaired(AiohttpConnector):
    """Who is cancelled while he waits wakes the next."""

    async def make(self) -> Any:
        connector: Any = await super().make()
        waiting = connector._wait_for_available_connection

        async def waited(*given: Any) -> None:
            try:
                await waiting(*given)
            except asyncio.CancelledError:
                connector._release_waiter()
                raise

        connector._wait_for_available_connection = waited
        return connector
