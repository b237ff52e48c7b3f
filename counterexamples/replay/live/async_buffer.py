"""`zict.AsyncBuffer`: what moves to disk and back is moved by another thread, while an event loop goes on."""

from __future__ import annotations

import asyncio
import pickle
from collections.abc import Callable
from pathlib import Path
from threading import Event, Thread
from typing import Any

from spillproof.counterexamples.replay.live.zict_buffer import ZictBuffer
from spillproof.properties.live.measure import Ledger


class ZictAsyncBuffer(ZictBuffer):
    """A buffer in an event loop. A step waits until what it has set going is done.

    The loop has a thread of its own and does everything, also what a second thread asks for while another pickles: this
    is what it is for.
    """

    def begin(self, folder: Path) -> None:
        import zict

        self.folder = folder
        self.files: Any = zict.File(folder)
        self.loop = asyncio.new_event_loop()
        self.thread = Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()
        slow = zict.Func(pickle.dumps, pickle.loads, self.files)
        make: Any = zict.AsyncBuffer  # its types are wrapped away
        self.buffer: Any = make({}, slow, n=6 * Ledger.unit, weight=lambda _key, value: len(value))

    def put(self, key: str, value: Any) -> None:
        self.settle(lambda: self.buffer.__setitem__(key, value))

    def get(self, key: str) -> Any:
        return self.settle(lambda: self.buffer.async_get([key]))[key]

    def spill(self) -> None:  # type: ignore[override] # pyright: ignore[reportIncompatibleMethodOverride] # it claims nothing
        """Move what was used least recently. Nothing is claimed: what was moved is not said."""
        self.settle(lambda: self.buffer.async_evict_until_below_target(self.buffer.fast.total_weight - 1))

    def close(self) -> None:
        super().close()
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()

    def settle(self, work: Callable[[], Any]) -> Any:
        """Do some work in the loop, and wait for what it has set going, and until both threads have let go of it.

        Raises what a move raises that it has set going, and nothing of those that another step has.
        """
        try:
            return asyncio.run_coroutine_threadsafe(self._settled(work), self.loop).result()
        finally:
            idle = Event()
            self.loop.call_soon_threadsafe(idle.set)
            idle.wait()
            if self.buffer.executor is not None:  # its thread lets go of a work before it takes another
                self.buffer.executor.submit(int).result()

    async def _settled(self, work: Callable[[], Any]) -> Any:
        before = {*self.buffer.futures}
        found = work()
        moves = self.buffer.futures - before
        if moves:
            await asyncio.wait(moves)
        for each in moves:
            each.result()
        return await found if isinstance(found, asyncio.Future) else found
