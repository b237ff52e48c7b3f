"""Limiters and pools as targets."""

from __future__ import annotations

from functools import partial

from spillproof.properties.live.move import Move
from tests.live.judged.target import Judgement, Target

LENT = partial(Target, repairs="repaired_lending")

LEAVE = (Move("leave_as_it_comes"),)

KEEPS = (
    "a request that is cancelled when a connection was just assigned to it leaves this, which was never begun, "
    "in the pool: it is neither idle nor closed, and its slot is lost; and so does one that is cancelled as it closes"
)
WAKES = (
    "who waits for a slot, and is cancelled when he was just woken for one, does not wake the next: that one waits "
    "though nothing is lent, until somebody else gives something back"
)

LENDING: tuple[Target, ...] = (
    LENT("anyio.CapacityLimiter", "lending_limiters", "AnyioLimiter", ("anyio",)),
    LENT("anyio.Semaphore", "lending_limiters", "AnyioSemaphore", ("anyio",)),
    LENT("anyio.Lock", "lending_limiters", "AnyioLock", ("anyio",)),
    LENT("asyncio.Semaphore", "lending_limiters", "PythonSemaphore", ()),
    LENT("asyncio.Lock", "lending_limiters", "PythonLock", ()),
    LENT("asyncio.Queue", "queues", "PythonQueue", ()),
    LENT("janus.Queue", "queues", "JanusQueue", ("janus",)),
    LENT("redis-py's BlockingConnectionPool", "lending_pools", "RedisPool", ("redis",)),
    LENT("redis-py's ConnectionPool of threads", "lending_pools", "RedisOfThreads", ("redis",)),
    LENT("redis-py's ConnectionPool", "lending_pools", "RedisRefusing", ("redis",)),
    LENT("SQLAlchemy's QueuePool", "lending_pools", "AlchemyQueue", ("sqlalchemy",)),
    LENT("psycopg_pool.AsyncConnectionPool", "lending_pools", "PsycopgPool", ("psycopg_pool", "psycopg")),
    LENT(
        "httpcore.AsyncConnectionPool",
        "lending_pools",
        "HttpcorePool",
        ("httpcore", "anyio"),
        "HttpcorePoolRepaired",
        (
            Judgement(
                "no_exception",
                "defect",
                KEEPS,
                LEAVE,
                "httpcore_keeps_slot",
                "https://github.com/encode/httpcore/issues/1093",
            ),
        ),
    ),
    LENT(
        "httpcore.AsyncConnectionPool, read to the end",
        "lending_pools",
        "HttpcoreRead",
        ("httpcore", "anyio"),
        "HttpcoreReadRepaired",
        (
            Judgement(
                "no_exception",
                "defect",
                KEEPS,
                (Move("break_off"),),
                "httpcore_keeps_slot",
                "https://github.com/encode/httpcore/issues/1093",
            ),
        ),
    ),
    LENT("httpcore.AsyncConnectionPool, shared", "lending_pools", "HttpcoreShared", ("httpcore", "anyio", "h2")),
    LENT(
        "aiohttp's connector",
        "lending_pools",
        "AiohttpConnector",
        ("aiohttp",),
        "AiohttpConnectorRepaired",
        (Judgement("no_exception", "defect", WAKES, LEAVE, "aiohttp_wakes_cancelled"),),
    ),
)
