"""Steps on values: they are put, read, deleted, spilled; at the end, the manager is closed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol

from spillproof.properties.live.move import Move
from spillproof.properties.live.operations.operation import NOTHING, Effect, Operation, Situation, Text


class OnKey(Operation):
    """A step on a value that the manager ought to have."""

    def can(self, playing: Situation, move: Move) -> bool:
        return move.key in playing.held and not (self.writes and move.key in playing.pins)

    def choices(self, playing: Situation, sizes: Iterable[int]) -> list[Move]:
        del sizes
        return [move for key in playing.held if self.can(playing, move := Move(self.name, key))]


class Put(Operation):
    """Hand over a new value; of the keys that no step was about, only the first is taken."""

    name, puts, writes = "put", True, True
    needs: tuple[str, ...] = ("put",)

    def can(self, playing: Situation, move: Move) -> bool:
        is_pinned = move.key in playing.pins and not playing.kind.pins_keys
        return not is_pinned and move.key not in playing.open

    def choices(self, playing: Situation, sizes: Iterable[int]) -> list[Move]:
        keys = [key for key in (*playing.held, *playing.free_keys()) if self.can(playing, Move(self.name, key))]
        return [Move(self.name, key, size) for key in keys for size in sizes]

    def call(self, playing: Situation, move: Move) -> int:
        def put(value: Any) -> Any:
            return playing.do("put", move.key, value)

        return playing.hand_over(put, move, poisoned=self.poisons)

    def done(self, playing: Situation, move: Move, result: Any) -> Effect:
        playing.holds(move, result, poisoned=self.poisons)
        return NOTHING

    def line(self, text: Text) -> str:
        return f"manager.put({text.key}, {text.value(poisoned=self.poisons)})"


class PutUnpicklable(Put):
    """Hand over a value that cannot be pickled."""

    name = "put_unpicklable"
    needs: tuple[str, ...] = ("put", "keys")
    fault, needs_objects, poisons, simpler, method = "unpicklable", True, True, "put", "put"


class Reads(Protocol):
    """A manager that gives a value back."""

    def get(self, key: str) -> Any:
        """Return the value, from memory or from disk."""
        ...


class Get(OnKey):
    """Read a value, and compare it with what was put."""

    name, needs, spares = "get", ("get",), True

    def call(self, playing: Situation, move: Move) -> int:
        return playing.compare(move.key)

    def done(self, playing: Situation, move: Move, result: Any) -> Effect:
        del playing
        return Effect(read=(move.key, result))

    def line(self, text: Text) -> str:
        got = f"manager.get({text.key})"
        compared = f'read.append(b"" if (got := {got}) is None else bytes(getattr(got, "bytes", got)))'
        return compared if text.compared else got


class Deletes(Protocol):
    """A manager that forgets a value when it is told to."""

    def delete(self, key: str) -> None:
        """Forget the value under a key."""
        ...


class Delete(OnKey):
    """Delete a value."""

    name, needs, writes, spares = "delete", ("delete",), True, True

    def call(self, playing: Situation, move: Move) -> None:
        playing.do("delete", move.key)

    def done(self, playing: Situation, move: Move, result: Any) -> Effect:
        del result
        playing.forget(move.key)
        return NOTHING


class Missing(Operation):
    """Ask for what is not there. The manager may raise what it likes; its account stays as it is."""

    fault, tries, spares = "missing", True, True

    def can(self, playing: Situation, move: Move) -> bool:
        return move.key not in playing.held and move.key not in playing.open

    def choices(self, playing: Situation, sizes: Iterable[int]) -> list[Move]:
        del sizes
        return [Move(self.name, key) for key in playing.free_keys()]

    def call(self, playing: Situation, move: Move) -> None:
        playing.do(self.method, move.key)

    def line(self, text: Text) -> str:
        return f"manager.{self.method}({text.key})"


class DeleteMissing(Missing):
    """Delete what is not there."""

    name, method, needs = "delete_missing", "delete", ("delete",)


class GetMissing(Missing):
    """Read what is not there."""

    name, method, needs = "get_missing", "get", ("get",)


class Pins(Protocol):
    """A manager that can be told to keep a value where it is."""

    def pin(self, key: str) -> Any:
        """Keep a value. What is returned is held by the client until `unpin`."""
        ...

    def unpin(self, key: str) -> None:
        """Take back a pin."""
        ...


class Pin(OnKey):
    """Have a value stay where it is. What `pin` returns is held by the client until `unpin`."""

    name, needs = "pin", ("pin", "unpin")

    def call(self, playing: Situation, move: Move) -> None:
        playing.pins.setdefault(move.key, []).append(playing.do("pin", move.key))

    def line(self, text: Text) -> str:
        return f"pinned = manager.pin({text.key})"


class Unpin(OnKey):
    """Take back a pin."""

    name, needs = "unpin", Pin.needs

    def can(self, playing: Situation, move: Move) -> bool:
        return move.key in playing.pins

    def choices(self, playing: Situation, sizes: Iterable[int]) -> list[Move]:
        del sizes
        return [Move(self.name, key) for key in playing.pins]

    def call(self, playing: Situation, move: Move) -> None:
        playing.pins[move.key].pop()
        if not playing.pins[move.key]:
            del playing.pins[move.key]
        playing.do("unpin", move.key)

    def line(self, text: Text) -> str:
        return f"pinned = manager.unpin({text.key})"


class Spills(Protocol):
    """A manager that can be told to move something to disk."""

    def spill(self) -> int | None:
        """Move something to disk. Return the bytes that are claimed to be freed, or None where nothing is claimed.

        Where nothing is ever claimed, say so: `def spill(self) -> None`. What it frees is then not asked.
        """
        ...


class Spill(Operation):
    """Move something to disk."""

    name, needs, ages, needs_a_key = "spill", ("spill",), True, False

    def call(self, playing: Situation, move: Move) -> Any:
        del move
        return playing.do("spill")

    def done(self, playing: Situation, move: Move, result: Any) -> Effect:
        del playing, move
        return Effect(said_freed=result or 0)

    def line(self, text: Text) -> str:
        return "claimed = manager.spill() or 0" if text.claimed else "manager.spill()"


class Closes(Protocol):
    """A manager whose work ends. It is closed at the end of every run, when no handle and no value is kept."""

    def close(self) -> None:
        """End all work."""
        ...


class Close(Operation):
    """End all work. Nothing follows."""

    name, needs, ends = "close", ("close",), True

    def can(self, playing: Situation, move: Move) -> bool:
        del move
        return not (playing.handles or playing.kept or playing.pins or playing.disk_full)

    def call(self, playing: Situation, move: Move) -> None:
        del move
        playing.ended = True
        playing.do("close")
