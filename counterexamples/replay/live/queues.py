"""Queues of few places: what is put is got once and in order, and whoever waits for something is woken."""

from __future__ import annotations

import asyncio
from itertools import product
from pathlib import Path
from typing import Any

from spillproof.counterexamples.replay.live.lending import MOMENTS, TURNS
from spillproof.counterexamples.replay.live.mapped import ought
from spillproof.properties.live.adapter import Adapter
from spillproof.properties.live.own import step


async def turn(times: int = TURNS) -> None:
    """Let the loop go round."""
    for _ in range(times):
        await asyncio.sleep(0)


class PythonQueue(Adapter):
    """`asyncio.Queue`, of two places. Each step leaves it empty."""

    has_memory = False
    keys_used = ("a",)
    most = 1

    async def begin(self, folder: Path) -> None:
        self.queue: Any = self.made()

    def made(self) -> Any:
        """Return the queue."""
        return asyncio.Queue(2)

    def waited(self) -> Any:
        """Return the side on which one waits."""
        return self.queue

    def sides(self) -> list[Any]:
        """Return the sides on which nobody waits."""
        return [self.queue]

    def put(self, key: str, value: Any) -> None:
        """Do nothing with a value: the steps are below."""

    def accounted(self) -> int:
        return 0

    def take(self, side: Any, wanted: int) -> None:
        """Take an item, and say that it is done."""
        found = side.get_nowait()
        side.task_done()
        ought(found == wanted, f"{wanted} was put, and {found} is got")

    @step
    async def wait_until_done(self) -> None:
        """Wait until all is done, where something was done before and something came at once."""
        for one, other in product(self.sides(), repeat=2):
            one.put_nowait(1)
            self.take(other, 1)
            other.put_nowait(2)
            waiting = asyncio.ensure_future(self.waited().join())
            await turn()
            ought(not waiting.done(), "something is to be done, and nobody waits for it")
            self.take(one, 2)
            await turn()
            done = waiting.done()
            waiting.cancel()  # or the queue is never closed
            ought(done, "all is done, and whoever waits for that waits")

    @step
    async def leave_as_it_comes(self) -> None:
        """Have one who waits for an item be cancelled just as one comes: it is got once."""
        for side, moment in product(self.sides(), MOMENTS):
            getting = asyncio.ensure_future(self.waited().get())
            await turn()
            side.put_nowait(7)
            await turn(moment)
            getting.cancel()
            await turn()
            if getting.cancelled():
                self.take(side, 7)
            else:
                side.task_done()
            ought(side.empty(), "what was got is there")

    @step
    async def crowd(self) -> None:
        """Have one wait for a place, and another who is cancelled: what was put is got in order, and no more."""
        for side in self.sides():
            for item in (1, 2):
                side.put_nowait(item)
            putting = [asyncio.ensure_future(self.waited().put(item)) for item in (3, 4)]
            await turn()
            ought(not any(each.done() for each in putting), "there is no place, and one is taken")
            putting[1].cancel()
            for item in (1, 2, 3):
                self.take(side, item)
                await turn()
            ought(side.empty(), "what was cancelled is put")


class JanusQueue(PythonQueue):
    """`janus.Queue`, with a side for coroutines and one for threads."""

    packages = ("janus",)

    def made(self) -> Any:
        import janus

        return janus.Queue(2)

    def waited(self) -> Any:
        return self.queue.async_q

    def sides(self) -> list[Any]:
        return [self.queue.sync_q, self.queue.async_q]

    async def close(self) -> None:
        self.queue.close()
        await self.queue.wait_closed()
