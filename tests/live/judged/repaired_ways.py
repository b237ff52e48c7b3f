"""Decorators of coroutines, repaired on trial: who was not cancelled asks again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from spillproof.counterexamples.replay.live.lru_dict import LruDictOrdered
from spillproof.counterexamples.replay.live.memoized_awaited import (
    CacheboxAwaited,
    MokaTogether,
    TheineCancelled,
)
from tests.live.judged.repaired_caches import LruDictRepaired


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
    """Who waits for what another is cancelled for asks again; and that it was cancelled is noted no more."""

    def decorated(self, function: Callable[[str], Any]) -> Callable[[str], Any]:
        call: Any = super().decorated(function)
        parts = dict(zip(call.__code__.co_freevars, call.__closure__, strict=True))
        noted, locks = (parts[name].cell_contents for name in ("pending_errors", "locks"))

        def forget(key: str) -> None:
            noted.pop(key, None)
            lock = locks.get(key)
            if lock is not None and not lock.waiters:
                locks.pop(key, None)

        return asking_again(call, forget)  # type: ignore[no-any-return]


class TheineCancelledRepaired(TheineCancelled):
    """Who waits for what another is cancelled for asks again."""

    def decorated(self, function: Callable[[str], Any]) -> Callable[[str], Any]:
        return asking_again(super().decorated(function), self.forget)  # type: ignore[no-any-return]


class MokaTogetherRepaired(MokaTogether):
    """What was cancelled is not kept, and who waits for it asks again."""

    def decorated(self, function: Callable[[str], Any]) -> Callable[[str], Any]:
        return asking_again(super().decorated(function), self.forget)  # type: ignore[no-any-return]


class LruDictOrderedRepaired(LruDictOrdered):
    """What is to go is looked at, and deleted."""

    pop = LruDictRepaired.pop
