"""A run on running code while it is being taken: the manager, what it ought to hold, and what is seen after each step.

What it ought to hold is kept as numbers, never as values: this side of a run must not be a holder.
"""

from __future__ import annotations

import gc
import tempfile
import traceback
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from spillproof.model.errors import ModelError
from spillproof.properties.catalogue import NEVER_NEGATIVE, NO_EXCEPTION
from spillproof.properties.claims import Claim, Mode
from spillproof.properties.live import faults
from spillproof.properties.live.adapter import Adapter
from spillproof.properties.live.measure import content
from spillproof.properties.live.move import Move, Script
from spillproof.properties.live.offers import MEASURED, Now, asked, broken, offers, operations_of, seen_of
from spillproof.properties.live.operations.operation import NOTHING, Effect


@dataclass
class Step:
    """What was seen of a step."""

    move: Move | None
    """None for the beginning."""
    spelled: str
    now: Now
    events: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    raised: str = ""


class Playing:
    """A manager while steps are taken on it. To be used as a context: it makes a folder, and removes it."""

    def __init__(self, kind: type[Adapter], suspicions: Iterable[Claim] = (), *, alone: bool = False) -> None:
        self.kind = kind
        self.collects = alone or kind.measured_by.exact
        """Whether garbage is collected on suspicion. What counts bytes would count those of others that go then, unless
        the run is alone: without Hypothesis around it."""
        self.suspicions = [claim for claim in suspicions if claim.mode is Mode.ALWAYS]
        self.held: dict[str, list[tuple[int, int]]] = {}
        """By key, the number and the size of each part of what the manager ought to hold."""
        self.unsure: set[str] = set()
        """The keys of values that an excused failure may have left as they were, or changed."""
        self.poisoned: set[str] = set()
        self.handles: dict[str, Any] = {}
        self.kept: dict[str, Any] = {}
        self.disk_full = False
        self.limit: int | None = None
        """On spilled data, in bytes."""
        self.ended = False
        self.made = 0
        self.steps: list[Step] = []

    def __enter__(self) -> Self:
        if self.collects and not self.kind.measured_by.exact:
            gc.collect()  # others' garbage must not go while this run is watched
        with ExitStack() as stack:
            folder = stack.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True))
            self.operations = operations_of(self.kind)
            try:
                self.adapter: Any = self.kind()
                self.adapter.measure = self.kind.measured_by()
                with self.adapter.measure.watching():
                    self.adapter.begin(Path(folder))
            except Exception as error:  # noqa: BLE001 - whatever it is, no run can begin
                raise broken(self.kind, "begin", error) from None
            self.steps.append(Step(None, "begin()", self.look(NOTHING)))
            self.stack = stack.pop_all()
        return self

    def __exit__(self, *error: object) -> None:
        with faults.silence():
            self.handles.clear()
            self.kept.clear()
            if offers(self.kind, "close") and not self.ended:
                try:
                    self.adapter.close()
                except Exception as failed:  # noqa: BLE001 - what went wrong before may show here again
                    traceback.clear_frames(failed.__traceback__)
            del self.adapter
            self.stack.close()

    # Which steps can be taken

    def can(self, move: Move) -> bool:
        """Return whether a step can be taken now."""
        operation = self.operations.get(move.action)
        return operation is not None and not self.ended and operation.can(self, move)

    def possible(self, sizes: Iterable[int]) -> Iterator[Move]:
        """Yield the steps that can be taken now, but for the one that ends a run."""
        for operation in () if self.ended else self.operations.values():
            if not operation.ends:
                yield from operation.choices(self, sizes)

    def closing(self) -> Iterator[Move]:
        """Yield the steps that end a run: every value is read, what is held is dropped, and the manager is closed."""
        if self.disk_full:
            yield Move("free_disk")
        if self.limit is not None:
            yield Move("lift_limit")
        if "get" in self.operations:
            yield from [Move("get", key) for key in self.held]
        yield from [Move("drop", name=name) for name in self.handles]
        yield from [Move("forget", name=name) for name in self.kept]
        if "close" in self.operations:
            yield Move("close")

    # Taking one

    def take(self, move: Move) -> Step:
        """Take a step, and return what was seen."""
        operation = self.operations[move.action]
        step = Step(move, operation.spelled(move, self.kind.measured_by.unit), self.steps[-1].now)
        effect = NOTHING
        in_force = self.disk_full or self.limit is not None or bool(self.poisoned)
        with faults.silence(), self.adapter.measure.watching():
            try:
                with self.disk():
                    effect = operation.act(self, move)
            except Exception as error:  # noqa: BLE001 - whatever a manager raises is part of the run
                self.failed(move, step, error, in_force=in_force)
        if self.kind.drops and not step.raised:
            for key in self.held.keys() - set(self.adapter.keys()):
                self.forget(key)
        if effect.said_freed:
            step.events.append(("claims to have freed", {"size": effect.said_freed}))
        step.now = self.look(effect)
        if self.collects and any(hits(claim, self.steps[-1], step) for claim in self.suspicions):
            with self.adapter.measure.watching():
                gc.collect()
            step.now = self.look(effect)
        self.steps.append(step)
        return step

    @contextmanager
    def disk(self) -> Iterator[None]:
        """Let the disk be full, if it is."""
        if not self.disk_full:
            yield
            return
        with faults.full_disk():
            yield

    def put(self, move: Move, *, poisoned: bool) -> None:
        """Hand a new value over; this frame must not keep it."""
        self.made += 1
        number, size = self.made, move.units * self.kind.measured_by.unit
        more = {"poisoned": True} if poisoned else {}
        self.adapter.put(move.key, self.adapter.measure.value(number, size, **more))
        before = self.held.get(move.key, []) if self.kind.appends else []
        if not self.kind.appends:
            self.forget(move.key)
        self.held[move.key] = [*before, (number, size)]
        if poisoned:
            self.poisoned.add(move.key)

    def forget(self, key: str) -> None:
        """Expect nothing of a key any more."""
        self.held.pop(key, None)
        self.unsure.discard(key)
        self.poisoned.discard(key)

    def compare(self, key: str) -> int:
        """Read a value; return how many bytes of what was put are in it, and more where there are more."""
        got = self.adapter.measure.content(self.adapter.get(key))
        wanted = b"".join(content(number, size) for number, size in self.held[key])
        if got.startswith(wanted) or key in self.unsure:
            return len(got)
        return next((at for at, (one, other) in enumerate(zip(got, wanted, strict=False)) if one != other), len(got))

    def failed(self, move: Move, step: Step, error: Exception, *, in_force: bool) -> None:
        """Keep what was raised, in words: its traceback would keep values reachable."""
        if isinstance(error, ModelError):
            raise error
        own = self.operations[move.action].poisons
        words = f"{type(error).__name__}: {' '.join(str(error).split())}".rstrip(": ")
        if (own or in_force) and self.adapter.excuses(error, own=own):
            step.events.append(("raises, as documented:", {"error": type(error).__name__}))
            self.resynchronise(move)
        else:
            step.raised = words.replace(str(self.stack), "…")
        causes: list[BaseException | None] = [error, error.__cause__, error.__context__]
        for cause in causes:
            if cause is not None:
                traceback.clear_frames(cause.__traceback__)
                cause.__traceback__ = None

    def resynchronise(self, move: Move) -> None:
        """Ask which keys there are after a failure that is excused."""
        there, operation = set(self.adapter.keys()), self.operations[move.action]
        if operation.puts:
            if move.key in there:
                size = move.units * self.kind.measured_by.unit
                self.held[move.key] = [(self.made, size)]
                self.unsure.add(move.key)
                if operation.poisons:
                    self.poisoned.add(move.key)
            else:
                self.forget(move.key)

    # Seeing

    def look(self, effect: Effect) -> Now:
        """Return what is to be seen now, after a step with this effect."""
        read = effect.read
        owed = {key: sum(size for _, size in parts) for key, parts in sorted(self.held.items())}
        readable = dict(owed)
        if read is not None and read[0] not in self.unsure:
            readable[read[0]] = read[1]
        made = seen_of(self.kind)
        seen: dict[str, Any] = {name: asked(self.adapter, name) for name in MEASURED if hasattr(made, name)}
        if hasattr(made, "accounts"):
            seen["accounts"] = list(self.adapter.accounts())
        seen["unclaimed"] = asked(self.adapter, "unclaimed") + self.pinned()
        seen |= {"has_ended": self.ended, "is_empty": not (self.held or self.handles or self.kept)}
        seen |= {"records_owed": list(owed.values()), "records_readable": list(readable.values())}
        seen["spill_limit"] = self.limit
        seen |= {"has_read": read is not None, "said_freed": effect.said_freed}
        return made(seen)

    def pinned(self) -> int:
        """Return the bytes of the values that the client keeps, each counted once."""
        different = {id(value): value for value in self.kept.values()}
        return sum(self.adapter.measure.size_of(value) for value in different.values())


# A script


def played(kind: type[Adapter], script: Script, claims: Iterable[Claim]) -> list[Step] | None:
    """Take a script on a new manager; return what was seen, or None where a step of it cannot be taken."""
    with Playing(kind, claims, alone=True) as playing:
        for move in script:
            if not playing.can(move):
                return None
            if playing.take(move).raised:
                break
        return playing.steps


def hits(claim: Claim, before: Step | None, after: Step) -> bool:
    """Return whether a claim is false after a step (for a `sometimes` claim: true). Its own function says so."""
    if claim is NO_EXCEPTION:
        return bool(after.raised)
    if after.raised:
        return False
    if claim is NEVER_NEGATIVE:
        accounts = after.now.seen.get("accounts", ())
        return bool(min(after.now.seen["accounted"], *accounts, 0) < 0)
    if claim.over_steps:
        return before is not None and bool(claim(before.now, after.now)) is (claim.mode is Mode.SOMETIMES)
    return bool(claim(after.now)) is (claim.mode is Mode.SOMETIMES)


def false_at(claim: Claim, steps: list[Step]) -> int | None:
    """Return the first step at which a claim is false, or a `sometimes` claim true; None where there is none."""
    pairs = zip([None, *steps], steps, strict=False)
    return next((at for at, (before, after) in enumerate(pairs) if hits(claim, before, after)), None)
