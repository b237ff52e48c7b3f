"""What a kind of step on running code is: what it needs, when it can be taken, what it does, how it reads."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from typing import Any, NamedTuple, Protocol

from spillproof.properties.live.adapter import Adapter
from spillproof.properties.live.move import Move


class Effect(NamedTuple):
    """What a step has shown beside what is measured after it."""

    said_freed: int = 0
    """The bytes that a spill claims to have freed."""
    read: tuple[str, int] | None = None
    """The key that was read, and how many of its bytes were what was put."""
    events: tuple[tuple[str, str], ...] = ()
    """What else is to be told of it: a word, and its detail."""


NOTHING = Effect()


class Text(NamedTuple):
    """What the line of a plain test is made from."""

    move: Move
    value: Callable[..., str]
    """Spells the value that is put."""
    compared: bool
    """Whether what is read has to be kept."""
    claimed: bool
    """Whether what the spill claims has to be kept."""
    unit: int = 1
    hooked: bool = False
    """Whether the manager hears that a handle is dropped."""

    @property
    def key(self) -> str:
        """The key, as a literal of Python."""
        return f'"{self.move.key}"'


class Situation(Protocol):
    """A run so far, as a step sees it."""

    kind: type[Adapter]
    adapter: Any
    """The manager, through an adapter of that class."""
    held: dict[str, list[tuple[int, int]]]
    """By key, the number and the size of each part of what the manager ought to hold."""
    unsure: set[str]
    """The keys of which it is not known whether they are there, or with which value."""
    handles: dict[str, Any]
    kept: dict[str, Any]
    """By name, what was issued, and what the client keeps."""
    pins: dict[str, list[Any]]
    """By key, what each `pin` returned that no `unpin` has taken back."""
    open: set[str]
    """The keys of what own steps have begun and not ended."""
    disk_full: bool
    limit: int | None
    """On spilled data, in bytes."""
    ended: bool
    made: int
    met: bool
    """Whether the point was reached at which a second thread works, or at which the step is cancelled."""

    def do(self, method: str, *arguments: Any) -> Any:
        """Call a method of the adapter, and return what it returns; what it has to wait for is waited for."""
        ...

    def free_keys(self) -> list[str]:
        """Return the keys under which nothing is: those that steps were about, and the first of the others."""
        ...

    def cancelling(self, waits: int) -> AbstractContextManager[Any]:
        """Cancel what is waited for in here when it has given way so many times."""
        ...

    def forgives(self, error: Exception, move: Move, *, conflict: bool) -> bool:
        """Return whether one of two steps at once may raise this."""
        ...

    def after_failure(self, move: Move, operation: Any) -> None:
        """Take into account that a step that has failed may have left a value, or not."""
        ...

    def hand_over(self, call: Callable[[Any], Any], move: Move, *, poisoned: bool) -> int:
        """Hand a new value over, and return its number."""
        ...

    def holds(self, move: Move, number: int, *, poisoned: bool) -> None:
        """Expect the value of that number under the key of a move."""
        ...

    def compare(self, key: str) -> int:
        """Read a value, and return how many of its bytes are what was put."""
        ...

    def forget(self, key: str) -> None:
        """Expect nothing of a key any more."""
        ...

    def resynchronise(self, key: str) -> None:
        """Ask whether a key is there, as far as the manager says it."""
        ...


class Operation:
    """A kind of step. `manager` is the adapter; a move of it can be taken where `can` says so."""

    name: str
    needs: tuple[str, ...]
    """The methods that an adapter must have."""
    fault = ""
    """What the adapter must list for the step to be taken: the environment inflicts it."""
    needs_objects = False
    """Whether the fault lies in a value itself, which must be an object: bytes have none."""
    puts = False
    """Whether a new value is handed over."""
    spares = False
    """Whether nothing need go because of it, but for what it is about."""
    poisons = False
    """Whether that value cannot be pickled."""
    ends = False
    """Whether it is taken at the end of a run only."""
    ages = False
    """Whether what the manager drops later may be dropped because of it, and not for want of room."""
    writes = False
    """Whether what is under its key is another after it."""
    needs_a_key = True
    """Whether it is about one key, and not about whatever there is."""
    tries = False
    """Whether it may be refused, whatever the manager raises, as the client asks for what is not there."""
    at_once = False
    """Whether it is two steps, of which each has a thread."""
    points = 0
    """At most so many points there are at which it can be taken, or broken off. 0 where there is one."""
    method = ""
    """The adapter's method that does it, where that is called otherwise."""
    simpler = ""
    """The step that may be enough in its place."""
    letter = "k"
    """What the names of its handles or values begin with."""
    fills_disk: bool | None = None
    """Whether the disk is full after it; None where it stays as it is."""
    keeps: bool | None = None
    """Whether the client keeps a value after it that it did not keep before; False where it lets go of one."""

    def can(self, playing: Situation, move: Move) -> bool:
        """Return whether a step can be taken now."""
        del playing, move
        return True

    def choices(self, playing: Situation, sizes: Iterable[int]) -> list[Move]:
        """Return the ways to take it now, with values of these sizes, in units."""
        del sizes
        move = Move(self.name)
        return [move] if self.can(playing, move) else []

    def call(self, playing: Situation, move: Move) -> Any:
        """Have the manager do it, and return what is then known; what the manager ought to hold is as it was."""
        raise NotImplementedError

    def done(self, playing: Situation, move: Move, result: Any) -> Effect:
        """Take what was done into account, and return what it has shown."""
        del playing, move, result
        return NOTHING

    def act(self, playing: Situation, move: Move) -> Effect:
        """Do it."""
        return self.done(playing, move, self.call(playing, move))

    def spelled(self, move: Move, unit: int) -> str:
        """Return a step as a person writes it, with sizes in bytes: `put(a, 1024)`."""
        words = [move.key, str(move.units * unit) if move.units else "", move.name]
        return f"{self.name}({', '.join(word for word in words if word)})"

    def line(self, text: Text) -> str:
        """Return the line of Python that does it, in a plain test."""
        return f"manager.{self.name}({text.key if text.move.key else ''})"
