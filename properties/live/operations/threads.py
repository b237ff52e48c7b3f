"""Two steps at once: the second is taken in another thread, while the first is half done."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from spillproof.properties.live.meanwhile import Meeting, meet
from spillproof.properties.live.move import Move
from spillproof.properties.live.operations.operation import NOTHING, Effect, Operation, Situation, Text


class Pair(Operation):
    """Two steps, of which the second is taken while the first is at some point.

    What a spill claims to have freed is not looked at: who freed or put what cannot be told apart. Where both are about
    one key, either may have been the first; the manager may then say that it is not there, and no more.
    """

    fault, points, ages, at_once = "second_thread", 60, True, True

    def __init__(self, first: Operation, second: Operation) -> None:
        self.first, self.second = first, second
        self.name = f"{first.name}_and_{second.name}"
        self.needs = (*first.needs, *second.needs)
        self.puts = first.puts or second.puts

    def of(self, move: Move) -> tuple[Move, Move]:
        """Return the two steps."""
        first = Move(self.first.name, move.other, move.units if self.first.puts else 0)
        return first, Move(self.second.name, move.key, move.units if self.second.puts else 0)

    def can(self, playing: Situation, move: Move) -> bool:
        first, second = self.of(move)
        return self.first.can(playing, first) and self.second.can(playing, second)

    def choices(self, playing: Situation, sizes: Iterable[int]) -> list[Move]:
        """Return the ways to take it: on what is there, and with one new key; values are as small as can be."""
        size = min(sizes, default=1)
        free = [key for key in playing.kind.keys_used if key not in playing.held and key not in playing.open]
        found = []
        for first in self.first.choices(playing, [size]):
            seconds = self.second.choices(playing, [size])
            if self.first.puts and self.second.puts:
                seconds += [Move(self.second.name, key, size) for key in free[1:2]]
            found += [
                Move(self.name, second.key, max(first.units, second.units), other=first.key, at=1) for second in seconds
            ]
        return [move for move in dict.fromkeys(found) if self.can(playing, move)]

    def call(self, playing: Situation, move: Move) -> Meeting:
        first, second = self.of(move)
        one, other = (lambda: self.first.call(playing, first)), (lambda: self.second.call(playing, second))
        meeting = meet(one, other, move.at, playing.adapter)
        playing.met = bool(meeting.at)
        return meeting

    def done(self, playing: Situation, move: Move, result: Any) -> Effect:
        """Expect what either order of the two may leave; where one fails, the other is done all the same."""
        meeting: Meeting = result
        moves, operations = self.of(move), (self.first, self.second)
        conflict = moves[0].key == moves[1].key != "" and any(each.writes for each in operations)
        effect, failed = NOTHING, []
        for one, operation, got, error in zip(moves, operations, meeting.results, meeting.errors, strict=True):
            if error is not None:
                playing.after_failure(one, operation)
                if not (playing.forgives(error, one, conflict=conflict) or self.is_idle(playing, operation)):
                    failed.append(error)
            elif not (conflict and not operation.puts and not operation.writes):
                shown = operation.done(playing, one, got)
                effect = shown if shown.read is not None else effect
        if conflict:
            playing.unsure.add(move.key)
            playing.resynchronise(move.key)
            effect = NOTHING
        if failed:
            raise failed[0]
        where = (("the second thread works while the first is at", meeting.at),) if meeting.at else ()
        return Effect(read=effect.read if effect.read and effect.read[0] in playing.held else None, events=where)

    def is_idle(self, playing: Situation, operation: Operation) -> bool:
        """Return whether a step about no key had nothing left to do: the other has taken it away meanwhile."""
        takes = [each for each in (self.first, self.second) if each.writes or each.ages]
        return not operation.needs_a_key and len(takes) > 1 and playing.do("accounted") == 0

    def spelled(self, move: Move, unit: int) -> str:
        first, second = self.of(move)
        return f"{self.first.spelled(first, unit)} ‖ {self.second.spelled(second, unit)}"

    def line(self, text: Text) -> str:
        return self.first.line(text._replace(move=self.of(text.move)[0]))

    def beside(self, text: Text) -> str:
        """Return the line of Python that the second thread does."""
        return self.second.line(text._replace(move=self.of(text.move)[1]))

    def simpler_at(self, move: Move) -> Move:
        """Return the same at an earlier point."""
        return replace(move, at=max(1, move.at - 1))
