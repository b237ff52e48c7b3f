"""Steps on values: they are put, read, deleted, spilled; at the end, the manager is closed."""

from __future__ import annotations

from collections.abc import Iterable

from spillproof.properties.live.move import Move
from spillproof.properties.live.operations.operation import NOTHING, Effect, Operation, Situation, Text


class OnKey(Operation):
    """A step on a value that the manager ought to have."""

    def can(self, playing: Situation, move: Move) -> bool:
        return move.key in playing.held

    def choices(self, playing: Situation, sizes: Iterable[int]) -> list[Move]:
        del sizes
        return [Move(self.name, key) for key in playing.held]


class Put(Operation):
    """Hand over a new value; of the keys that are not in use, only the first is taken."""

    name, puts = "put", True
    needs: tuple[str, ...] = ("put",)

    def choices(self, playing: Situation, sizes: Iterable[int]) -> list[Move]:
        fresh = [key for key in playing.kind.keys_used if key not in playing.held][:1]
        return [Move(self.name, key, size) for key in (*playing.held, *fresh) for size in sizes]

    def act(self, playing: Situation, move: Move) -> Effect:
        playing.put(move, poisoned=self.poisons)
        return NOTHING

    def line(self, text: Text) -> str:
        return f"manager.put({text.key}, {text.value(poisoned=self.poisons)})"


class PutUnpicklable(Put):
    """Hand over a value that cannot be pickled."""

    name = "put_unpicklable"
    needs: tuple[str, ...] = ("put", "keys")
    fault, needs_objects, poisons, simpler, method = "unpicklable", True, True, "put", "put"


class Get(OnKey):
    """Read a value, and compare it with what was put."""

    name, needs = "get", ("get",)

    def act(self, playing: Situation, move: Move) -> Effect:
        return Effect(read=(move.key, playing.compare(move.key)))

    def line(self, text: Text) -> str:
        got = f"manager.get({text.key})"
        return f'read.append(bytes(getattr(got := {got}, "bytes", got)))' if text.compared else got


class Delete(OnKey):
    """Delete a value."""

    name, needs = "delete", ("delete",)

    def act(self, playing: Situation, move: Move) -> Effect:
        playing.adapter.delete(move.key)
        playing.forget(move.key)
        return NOTHING


class Spill(Operation):
    """Move something to disk."""

    name, needs = "spill", ("spill",)

    def act(self, playing: Situation, move: Move) -> Effect:
        del move
        return Effect(said_freed=playing.adapter.spill() or 0)

    def line(self, text: Text) -> str:
        return "claimed = manager.spill() or 0" if text.claimed else "manager.spill()"


class Close(Operation):
    """End all work. Nothing follows."""

    name, needs, ends = "close", ("close",), True

    def can(self, playing: Situation, move: Move) -> bool:
        del move
        return not playing.handles and not playing.kept and not playing.disk_full

    def act(self, playing: Situation, move: Move) -> Effect:
        del move
        playing.ended = True
        playing.adapter.close()
        return NOTHING
