"""A step that an adapter adds: a method with `@step`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from spillproof.properties.live.adapter import Adapter
from spillproof.properties.live.move import Move
from spillproof.properties.live.operations.operation import NOTHING, Effect, Operation, Situation, Text
from spillproof.properties.live.own import Terms, asks_for, terms_of


class OwnStep(Operation):
    """Calls the method with what it asks for, by name."""

    needs, ages, letter = (), True, "h"

    def __init__(self, kind: type[Adapter], name: str) -> None:
        self.name = name
        self.asks = asks_for(kind, name)
        self.terms = terms_of(kind, name) or Terms()
        self.puts = "value" in self.asks
        self.writes = self.puts or self.terms.deletes
        self.needs_a_key = bool(self.asks)
        self.is_for_all = not self.asks and not self.terms.alone

    def can(self, playing: Situation, move: Move) -> bool:
        if (self.terms.alone or self.terms.loses) and (playing.handles or playing.kept or playing.pins):
            return False
        if "handle" in self.asks and move.name not in playing.handles:
            return False
        if self.terms.issues and move.name in (playing.handles.keys() | playing.kept.keys()):
            return False
        return "key" not in self.asks or (move.key in self._keys(playing))

    def _keys(self, playing: Situation) -> list[str]:
        """Return the keys that the step may be about now."""
        if self.terms.closes:
            return sorted(playing.open)
        fixed = {*playing.pins} if self.terms.deletes or not playing.kind.pins_keys else set()
        keys = [key for key in playing.held if not (self.writes and key in fixed)]
        if self.puts or self.terms.opens:
            keys += playing.free_keys()
        return keys

    def choices(self, playing: Situation, sizes: Iterable[int]) -> list[Move]:
        keys = self._keys(playing) if "key" in self.asks else [""]
        units = list(sizes) if {"value", "size"} & {*self.asks} else [0]
        names = list(playing.handles) if "handle" in self.asks else [self._fresh(playing)]
        moves = [Move(self.name, key, size, name) for key in keys for size in units for name in names]
        return [move for move in moves if self.can(playing, move)]

    def _fresh(self, playing: Situation) -> str:
        if not self.terms.issues:
            return ""
        used = playing.handles
        return next(name for number in range(len(used) + 1) if (name := f"h{number + 1}") not in used)

    def call(self, playing: Situation, move: Move) -> Any:
        unit = playing.kind.measured_by.unit
        given = {"key": move.key, "size": move.units * unit, "handle": playing.handles.get(move.name)}

        def asked(value: Any) -> Any:
            return playing.do(self.name, *(value if name == "value" else given[name] for name in self.asks))

        return playing.hand_over(asked, move, poisoned=False) if self.puts else asked(None)

    def done(self, playing: Situation, move: Move, result: Any) -> Effect:
        if self.terms.issues:
            playing.handles[move.name] = result
        if self.terms.opens:
            playing.open.add(move.key)
        if self.terms.closes:
            playing.open.discard(move.key)
        if self.puts:
            playing.holds(move, result, poisoned=False)
        if self.terms.deletes:
            playing.forget(move.key)
        if self.terms.loses:
            for key in list(playing.held):
                playing.resynchronise(key)
        return NOTHING

    def line(self, text: Text) -> str:
        move = text.move
        spelled = {"key": text.key, "size": str(move.units * text.unit), "handle": move.name}
        given = [text.value(poisoned=False) if name == "value" else spelled[name] for name in self.asks]
        made = f"{move.name} = " if self.terms.issues else ""
        return f"{made}manager.{self.name}({', '.join(given)})"
