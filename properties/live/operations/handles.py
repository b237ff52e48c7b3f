"""Steps on what a manager issues, and on values that the client keeps."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, Protocol

from spillproof.properties.live.move import Move
from spillproof.properties.live.operations.operation import Operation, Situation, Text
from spillproof.properties.live.operations.values import OnKey


class Taking(OnKey):
    """Something is made of a value, under a name that is not in use."""

    def names(self, playing: Situation) -> dict[str, Any]:
        """Return what has names of this kind now."""
        raise NotImplementedError

    def can(self, playing: Situation, move: Move) -> bool:
        return super().can(playing, move) and move.name not in (playing.handles.keys() | playing.kept.keys())

    def choices(self, playing: Situation, sizes: Iterable[int]) -> list[Move]:
        del sizes
        used = self.names(playing)
        free = next(name for number in range(len(used) + 1) if (name := f"{self.letter}{number + 1}") not in used)
        return [Move(self.name, key, name=free) for key in playing.held]

    def spelled(self, move: Move, unit: int) -> str:
        return f"{super().spelled(replace(move, name=''), unit)} as {move.name}"

    def line(self, text: Text) -> str:
        return f"{text.move.name} = manager.{self.method or self.name}({text.key})"


class Issues(Protocol):
    """A manager that issues handles, such as iterators and views. What they hold counts against the manager."""

    def issue(self, key: str) -> Any:
        """Return a handle on the value under a key."""
        ...

    def pull(self, handle: Any) -> None:
        """Use a handle."""
        ...


class Issue(Taking):
    """Have a handle issued."""

    name, needs, letter = "issue", ("issue",), "h"

    def names(self, playing: Situation) -> dict[str, Any]:
        return playing.handles

    def call(self, playing: Situation, move: Move) -> None:
        playing.handles[move.name] = playing.do("issue", move.key)


class Keep(Taking):
    """Read a value, and keep it."""

    name, needs, fault, simpler, method, keeps = "keep", ("get",), "kept", "get", "get", True

    def names(self, playing: Situation) -> dict[str, Any]:
        return playing.kept

    def call(self, playing: Situation, move: Move) -> None:
        playing.kept[move.name] = playing.do("get", move.key)


class OnHandle(Operation):
    """A step on a handle."""

    letter = "h"

    def can(self, playing: Situation, move: Move) -> bool:
        return move.name in playing.handles

    def choices(self, playing: Situation, sizes: Iterable[int]) -> list[Move]:
        del sizes
        return [Move(self.name, name=name) for name in playing.handles]


class Pull(OnHandle):
    """Use a handle."""

    name, needs = "pull", ("issue", "pull")

    def call(self, playing: Situation, move: Move) -> None:
        playing.do("pull", playing.handles[move.name])

    def line(self, text: Text) -> str:
        return f"manager.pull({text.move.name})"


class Drops(Protocol):
    """A manager that hears when a client lets go of a handle."""

    def drop(self, handle: Any) -> None:
        """Take back a handle, which the client does not use any more."""
        ...


class Drop(OnHandle):
    """Let go of a handle; an adapter that has `drop` is given it for the last time."""

    name, needs = "drop", ("issue",)

    def call(self, playing: Situation, move: Move) -> None:
        handle = [playing.handles.pop(move.name)]
        if hasattr(playing.adapter, "drop"):
            playing.do("drop", handle.pop())

    def line(self, text: Text) -> str:
        return f"manager.drop({text.move.name}); del {text.move.name}" if text.hooked else f"del {text.move.name}"


class Forget(Operation):
    """Let go of a value that was kept."""

    name, needs, fault, keeps = "forget", ("get",), "kept", False

    def can(self, playing: Situation, move: Move) -> bool:
        return move.name in playing.kept

    def choices(self, playing: Situation, sizes: Iterable[int]) -> list[Move]:
        del sizes
        return [Move(self.name, name=name) for name in playing.kept]

    def call(self, playing: Situation, move: Move) -> None:
        del playing.kept[move.name]

    def line(self, text: Text) -> str:
        return f"del {text.move.name}"
