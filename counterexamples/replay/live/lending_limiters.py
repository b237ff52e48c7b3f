"""Limiters of coroutines: `anyio`, and those of Python."""

from __future__ import annotations

import asyncio
from typing import Any

from spillproof.counterexamples.replay.live.lending import Lending, Resized


class AnyioLimiter(Resized):
    """`anyio.CapacityLimiter`."""

    packages = ("anyio",)

    def make(self) -> Any:
        import anyio

        return anyio.CapacityLimiter(self.slots)

    def told(self) -> int:
        return int(self.lender.borrowed_tokens)

    def resize(self, more: int) -> None:
        self.lender.total_tokens += more


class AnyioSemaphore(Lending):
    """`anyio.Semaphore`."""

    packages = ("anyio",)

    def make(self) -> Any:
        import anyio

        return anyio.Semaphore(self.slots)

    def told(self) -> int:
        return self.slots - int(self.lender.value)


class AnyioLock(Lending):
    """`anyio.Lock`."""

    packages = ("anyio",)
    slots = 1

    def make(self) -> Any:
        import anyio

        return anyio.Lock()

    def told(self) -> int:
        return int(self.lender.locked())


class PythonSemaphore(Lending):
    """`asyncio.Semaphore`."""

    def make(self) -> Any:
        return asyncio.Semaphore(self.slots)


class PythonLock(Lending):
    """`asyncio.Lock`."""

    slots = 1

    def make(self) -> Any:
        return asyncio.Lock()
