"""Decorators of coroutines, repaired on trial: who was not cancelled asks again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from spillproof.counterexamples.replay.live.memoized_awaited import (
    CacheboxAwaited,
    MokaTogether,
    TheineCancelled,
)


def asking_again(call: Any, forget: Callable[[str], object]) -> Any:
    """Return a coroutine that has what was cancelled forgotten, and asks again where it is not cancelled itself."""

    async def asked(key: str) -> Any:
        while True:
            try:
                return await call(key)
            except asyncio.CancelledError:
                forget(key)
                task = asyncio.current_task()
                if task is None or task.cancelling():
                    raise

    return asked


class CacheboxAwaitedRepaired(CacheboxAwaited):
    """Who waits for what another is cancelled for asks again."""

    def decorated(self, function: Callable[[str], Any]) -> Callable[[str], Any]:
        return asking_again(super().decorated(function), self.forget)  # type: ignore[no-any-return]


class TheineCancelledRepaired(TheineCancelled):
    """Who waits for what another is cancelled for asks again."""

    def decorated(self, function: Callable[[str], Any]) -> Callable[[str], Any]:
        return asking_again(super().decorated(function), self.forget)  # type: ignore[no-any-return]


class MokaTogetherRepaired(MokaTogether):
    """What was cancelled is not kept, and who waits for it asks again."""

    def decorated(self, function: Callable[[str], Any]) -> Callable[[str], Any]:
        return asking_again(super().decorated(function), self.forget)  # type: ignore[no-any-return]
