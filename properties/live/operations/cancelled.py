"""A step of an adapter that is `async`, cancelled while it waits."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import replace
from inspect import iscoroutinefunction
from typing import Any

from spillproof.properties.live.adapter import Adapter
from spillproof.properties.live.move import Move
from spillproof.properties.live.operations.operation import NOTHING, Effect, Operation, Situation, Text


class Cancelled(Operation):
    """Begin a step, and cancel it when it has waited some times. Whether it is done then, the manager says."""

    fault, points = "cancelled", 4

    def __init__(self, other: Operation) -> None:
        self.other = other
        self.name = f"{other.name}_cancelled"
        self.needs = other.needs
        self.puts = other.puts
        self.writes = other.writes
        self.ages = other.ages

    def offered_by(self, kind: type[Adapter]) -> bool:
        """Return whether an adapter does this step in a coroutine."""
        return iscoroutinefunction(getattr(kind, self.other.method or self.other.name, None))

    def can(self, playing: Situation, move: Move) -> bool:
        return self.other.can(playing, move)

    def choices(self, playing: Situation, sizes: Iterable[int]) -> list[Move]:
        return [replace(move, action=self.name, at=1) for move in self.other.choices(playing, sizes)]

    def call(self, playing: Situation, move: Move) -> tuple[bool, Any]:
        """Return whether the step was cancelled, and what it returned where it was not."""
        with playing.cancelling(move.at) as cut:
            result = self.other.call(playing, move)
        playing.met = cut.happened
        return cut.happened, None if cut.happened else result

    def done(self, playing: Situation, move: Move, result: Any) -> Effect:
        cancelled, returned = result
        if not cancelled:
            return self.other.done(playing, move, returned)._replace(events=(("is done before it is cancelled", ""),))
        if self.writes:
            playing.unsure.add(move.key)
            playing.resynchronise(move.key)
        return NOTHING

    def spelled(self, move: Move, unit: int) -> str:
        return f"{self.other.spelled(move, unit)} cancelled at {move.at}"

    def line(self, text: Text) -> str:
        return f"cancel({text.move.at}, lambda: {self.other.line(text)})"


class Cut:
    """Whether a cancellation came in time."""

    happened = False


async def cut_at(waits: int, coroutine: Any, cut: Cut) -> Any:
    """Run a coroutine, and cancel it when it has given way so many times."""
    task = asyncio.ensure_future(coroutine)
    for _ in range(waits):
        await asyncio.sleep(0)
    if task.done():
        return await task
    task.cancel()
    try:
        return await task
    except asyncio.CancelledError:
        cut.happened = True
        return None
