"""A run on running code while it is being taken: the manager, what it ought to hold, and what is seen after each step.

What it ought to hold is kept as numbers, never as values: this side of a run must not be a holder.
"""

from __future__ import annotations

import asyncio
import gc
import traceback
import warnings
from collections.abc import Callable, Coroutine, Iterable, Iterator
from concurrent.futures import wait
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import cache
from inspect import isawaitable
from typing import Any, Self, cast

from spillproof.model.errors import ModelError
from spillproof.properties.catalogue import NEVER_NEGATIVE, NO_EXCEPTION
from spillproof.properties.claims import Claim, Mode
from spillproof.properties.live import faults, folders, surroundings
from spillproof.properties.live.adapter import Adapter
from spillproof.properties.live.endless import bounded
from spillproof.properties.live.measure import content
from spillproof.properties.live.move import Move, Script
from spillproof.properties.live.offers import (
    MEASURED,
    Now,
    UnansweredError,
    answered,
    asked,
    broken,
    has_undeclared,
    keys_of,
    offers,
    operations_of,
    refuse_memory,
    seen_of,
)
from spillproof.properties.live.operations.cancelled import Cut, cut_at
from spillproof.properties.live.operations.operation import NOTHING, Effect, Operation
from spillproof.properties.live.statics import Static, marks
from spillproof.properties.live.unnoticed import Unnoticed

NOT_THERE = (LookupError, FileNotFoundError)
"""What may be raised for a key that another thread has deleted, or of which it is not known whether it is there."""

GLANCE = 0.01
"""Seconds between two looks at a loop that runs in another thread."""

TOO_LARGE = (MemoryError, ValueError, OverflowError)
"""What may be raised for a value that is larger than the whole capacity, without being declared."""


@dataclass
class Seen:
    """What was seen of a step."""

    move: Move | None
    """None for the beginning."""
    spelled: str
    now: Now
    events: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    raised: str = ""
    unanswered: UnansweredError | None = None
    """What an adapter raised that was asked after the step."""
    known: frozenset[str] = frozenset()
    """The claims that a known defect has violated by now, so that they are not asked any more."""
    refused: bool = False
    met: bool = False
    """Whether the point was reached at which a second thread works, or the step is cancelled."""


class Session:
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
        """The keys of values that may be there or not, or changed."""
        self.aged: set[str] = set()
        """The keys of values that may be dropped for another reason than room, such as time."""
        self.poisoned: set[str] = set()
        self.handles: dict[str, Any] = {}
        self.kept: dict[str, Any] = {}
        self.pins: dict[str, list[Any]] = {}
        self.open: set[str] = set()
        self.named: set[str] = set()
        """The keys that steps were about, whether anything is under them or not."""
        self.disk_full = False
        self.limit: int | None = None
        """On spilled data, in bytes."""
        self.ended = False
        self.made = 0
        self.steps: list[Seen] = []
        self.met = False
        self.cut: tuple[int, Cut] | None = None
        self.loop: asyncio.AbstractEventLoop | None = None
        self.unnoticed = Unnoticed()
        self.outer: dict[Static, object] = {}
        """What classes and modules of the manager had at the beginning."""

    def __enter__(self) -> Self:
        if self.collects and not self.kind.measured_by.exact:
            gc.collect()  # others' garbage must not go while this run is watched
        with ExitStack() as stack:
            self.folder = stack.enter_context(folders.empty_folder())
            self.temporary = stack.enter_context(folders.empty_folder())
            stack.enter_context(folders.temporary_files(self.temporary))
            stack.callback(self._close_loop)
            stack.enter_context(faults.silence())
            stack.enter_context(self.unnoticed.in_threads())
            stack.enter_context(surroundings.put_back())
            self.operations = operations_of(self.kind)
            try:
                self.adapter: Any = self.kind()
                self.adapter.measure = self.kind.measured_by()
                with self.adapter.measure.watching():
                    self.do("begin", self.folder)
                self.unnoticed.listen(getattr(self.adapter, "loop", None))
            except Exception as error:  # noqa: BLE001 - whatever it is, no run can begin
                raise broken(self.kind, "begin", error) from None
            self.steps.append(Seen(None, "begin()", self.look(NOTHING)))
            self.outer = marks(self.adapter)
            self.stack = stack.pop_all()
        return self

    def __exit__(self, *error: object) -> None:
        with self.stack:
            self.handles.clear()
            self.kept.clear()
            self.pins.clear()
            if offers(self.kind, "close") and not self.ended:
                try:
                    self.do("close")
                except Exception as failed:  # noqa: BLE001 - what went wrong before may show here again
                    traceback.clear_frames(failed.__traceback__)
            del self.adapter

    def _close_loop(self) -> None:
        if self.loop is not None:
            self.loop.close()

    # Calling the manager

    def do(self, method: str, *arguments: Any) -> Any:
        """Call a method of the adapter, and return what it returns; what it has to wait for is waited for."""
        answer = getattr(self.adapter, method)(*arguments)
        return self.settled(answer) if isawaitable(answer) else answer

    def keys(self) -> set[str]:
        """Return the keys that the manager says it has."""
        return keys_of(self.kind, lambda: self.do("keys"))

    def settled(self, answer: Any) -> Any:
        """Wait for what a coroutine answers, in the adapter's `loop`, or in one of this run."""
        loop = getattr(self.adapter, "loop", None)
        if not isinstance(loop, asyncio.AbstractEventLoop):
            loop = self.loop = self.loop or asyncio.new_event_loop()
            self.unnoticed.listen(loop)
        work = answer if self.cut is None else cut_at(self.cut[0], answer, self.cut[1])
        if loop.is_running():
            return _from_another_thread(_awaited(work), loop)
        return loop.run_until_complete(work)

    @contextmanager
    def cancelling(self, waits: int) -> Iterator[Cut]:
        """Cancel what is waited for in here when it has given way so many times."""
        cut = Cut()
        self.cut = (waits, cut)
        try:
            yield cut
        finally:
            self.cut = None

    # Which steps can be taken

    def free_keys(self) -> list[str]:
        """Return the keys under which nothing is: those that steps were about, and the first of the others.

        The others are alike; what a manager was asked for, or told to delete, it may remember.
        """
        free = [key for key in self.kind.keys_used if key not in self.held and key not in self.open]
        fresh = [key for key in free if key not in self.named]
        return [key for key in free if key not in fresh[1:]]

    def can(self, move: Move) -> bool:
        """Return whether a step can be taken now."""
        operation = self.operations.get(move.action)
        return operation is not None and not self.ended and operation.can(self, move)

    def possible(self, sizes: Iterable[int]) -> Iterator[Move]:
        """Yield the steps that can be taken now, but for the one that ends a run."""
        units = tuple(sizes)
        for operation in () if self.ended else self.operations.values():
            if not operation.ends:
                yield from operation.choices(self, units)

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
        yield from [Move("unpin", key) for key, pins in self.pins.items() for _ in pins]
        if "close" in self.operations:
            yield Move("close")

    # Taking one

    def take(self, move: Move) -> Seen:
        """Take a step, and return what was seen."""
        operation = self.operations[move.action]
        self.named |= {move.key, move.other}
        step = Seen(move, operation.spelled(move, self.kind.measured_by.unit), self.steps[-1].now)
        effect, self.met = NOTHING, False
        in_force = self.disk_full or self.limit is not None or bool(self.poisoned)
        self.notice()
        beside, instead = self.rooms(operation, move)
        there = {key for key in self.held if not self.may_go(key)}
        try:
            with self.adapter.measure.watching():
                try:
                    with self.disk(), bounded(self.kind, alone=not operation.at_once):
                        effect = operation.act(self, move)
                except BaseException as error:
                    if not _is_of_the_manager(error):
                        raise
                    self.failed(move, step, error, in_force=in_force)
            if (late := self.unnoticed.take()) is not None and not step.raised:
                self.failed(move, step, late, in_force=in_force)
            self.see(step, operation, effect, there, (beside, instead))
        except UnansweredError as error:
            step.unanswered, step.raised = error, step.raised or error.words
            _let_go(error)
        step.known = self.steps[-1].known | self._known(step)
        self.steps.append(step)
        return step

    def see(self, step: Seen, operation: Operation, effect: Effect, there: set[str], rooms: tuple[bool, bool]) -> None:
        """See what a step has come to. `there` are the keys that it must spare, and `rooms` what `rooms` returned."""
        move, (beside, instead) = cast("Move", step.move), rooms
        dropped = () if step.raised else self.notice()
        lost = bool((there | {move.key} if operation.puts else there - {move.key}) & {*dropped}) and not step.refused
        if operation.ages:
            self.aged |= {move.key} & self.held.keys() if move.key and not operation.at_once else {*self.held}
        if effect.said_freed:
            step.events.append(("claims to have freed", {"size": effect.said_freed}))
        step.events += [(word, {"": detail} if detail else {}) for word, detail in effect.events]
        step.met = self.met
        room = beside if step.refused else instead and (lost or operation.puts)
        more = {"had_room": room, "is_refused": step.refused, "has_dropped": lost}
        step.now = self.look(effect, more)
        if self.collects and self.may_be_garbage(step):
            with self.adapter.measure.watching():
                gc.collect()
            step.now = self.look(effect, more)
        if self.collects and not step.raised:
            refuse_memory(self.kind, step.spelled, step.now)

    def may_be_garbage(self, step: Seen) -> bool:
        """Return whether a claim is false that might be true if what is garbage were gone; or what an adapter says."""
        if has_undeclared(self.kind, step.now):
            return True
        before = self.steps[-1]
        false = [claim for claim in self.suspicions if hits(claim, before, step)]
        least = replace(step, now=type(step.now)({**step.now.seen, "reachable": 0})) if false else step
        return any(not hits(claim, before, least) for claim in false)

    def _known(self, step: Seen) -> set[str]:
        """Return the claims that a step violates, as is known of it."""
        assert step.move is not None
        suspects = [each.claim for each in self.kind.known if each.step == step.move.action]
        return {
            claim.name for claim in self.suspicions if claim.name in suspects and is_false(claim, self.steps[-1], step)
        }

    def may_go(self, key: str) -> bool:
        """Return whether what is under a key may go for another reason than room."""
        return bool(answered(self.adapter, "may_go", key)) if hasattr(self.adapter, "may_go") else key in self.aged

    def notice(self) -> tuple[str, ...]:
        """Notice what a manager that drops values has dropped; return the keys."""
        if not self.kind.drops:
            return ()
        gone = tuple(sorted(self.held.keys() - self.keys()))
        for key in gone:
            self.forget(key)
        return gone

    def rooms(self, operation: Operation, move: Move) -> tuple[bool, bool]:
        """Return whether a value that a step hands over must find room: beside all that is there, and instead of what
        is under its key. Where it only asks for one, the others must.

        A manager that refuses may need both at once; one that drops must not drop another for the sake of the old one.
        """
        needs_room = (operation.puts or operation.spares) and not (operation.poisons or operation.points)
        if not needs_room or not hasattr(seen_of(self.kind), "had_room"):
            return False, False
        size = move.units * self.kind.measured_by.unit
        if hasattr(self.adapter, "fits"):
            fits = bool(answered(self.adapter, "fits", move.key, size))
            return fits, fits
        seen, more = self.steps[-1].now.seen, overhead(self.kind)
        used = max(seen["reachable"], seen["accounted"]) + more if more else seen["reachable"]
        free = seen["capacity_of_pool"] - used - size
        return bool(free >= 0), bool(free + (self.replaced(move.key) if operation.puts else 0) >= 0)

    def replaced(self, key: str) -> int:
        """Return the bytes of the value under a key that a new one takes from memory with it.

        None that may be on disk, where it takes no room, and none that somebody may hold beside the manager.
        """
        seen, sizes = self.steps[-1].now.seen, {each: sum(part for _, part in of) for each, of in self.held.items()}
        is_there = not self.kind.appends and key not in self.unsure and sum(sizes.values()) <= seen["reachable"]
        is_lent = bool(self.handles or self.kept)
        return sizes.get(key, 0) if is_there and not is_lent else 0

    @contextmanager
    def disk(self) -> Iterator[None]:
        """Let the disk be full, if it is."""
        if not self.disk_full:
            yield
            return
        with faults.full_disk():
            yield

    def hand_over(self, call: Callable[[Any], Any], move: Move, *, poisoned: bool) -> int:
        """Hand a new value over, and return its number; this frame must not keep it."""
        self.made += 1
        number, size = self.made, move.units * self.kind.measured_by.unit
        more = {"poisoned": True} if poisoned else {}
        call(self.adapter.measure.value(number, size, **more))
        return number

    def holds(self, move: Move, number: int, *, poisoned: bool) -> None:
        """Expect the value of that number under the key of a move."""
        before = self.held.get(move.key, []) if self.kind.appends else []
        if not self.kind.appends:
            self.forget(move.key)
        self.held[move.key] = [*before, (number, move.units * self.kind.measured_by.unit)]
        if poisoned:
            self.poisoned.add(move.key)

    def forget(self, key: str) -> None:
        """Expect nothing of a key any more."""
        self.held.pop(key, None)
        self.unsure.discard(key)
        self.aged.discard(key)
        self.poisoned.discard(key)

    def compare(self, key: str) -> int:
        """Read a value; return how many bytes of what was put are in it, and more where there are more."""
        value = self.do("get", key)
        got = b"" if value is None else self.adapter.measure.content(value)  # None: a cache that has it no more
        wanted = b"".join(content(number, size) for number, size in self.held[key])
        if got.startswith(wanted) or key in self.unsure:
            return len(got)
        return next((at for at, (one, other) in enumerate(zip(got, wanted, strict=False)) if one != other), len(got))

    def failed(self, move: Move, step: Seen, error: BaseException, *, in_force: bool) -> None:
        """Keep what was raised, in words: its traceback would keep values reachable."""
        if isinstance(error, ModelError):
            raise error
        operation = self.operations[move.action]
        words = f"{type(error).__name__}: {' '.join(str(error).split())}".rstrip(": ")
        told = ""
        if operation.tries:
            told = "is refused, as it is not there:"
        elif self.is_refusal(operation, move, error):
            told, step.refused = "refuses:", True
            self.after_failure(move, operation)
        elif move.key in self.unsure and isinstance(error, NOT_THERE) and not operation.puts:
            told = "says that it is not there:"
            self.forget(move.key)
        elif (operation.poisons or in_force) and self.adapter.excuses(error, own=operation.poisons):
            told = "raises, as documented:"
            self.after_failure(move, operation)
        else:
            step.raised = words.replace(str(self.folder), "…")
        if told:
            step.events.append((told, {"error": type(error).__name__}))
        _let_go(error)

    def is_refusal(self, operation: Operation, move: Move, error: BaseException) -> bool:
        """Return whether the manager says by an error that it is full."""
        size, capacity = move.units * self.kind.measured_by.unit, self.steps[-1].now.seen.get("capacity_of_pool")
        too_large = operation.puts and capacity is not None and size > capacity
        return isinstance(error, self.kind.refuses) or (too_large and isinstance(error, TOO_LARGE))

    def forgives(self, error: Exception, move: Move, *, conflict: bool) -> bool:
        """Return whether one of two steps at once may raise this."""
        may_be_gone = conflict or self.kind.drops or move.key in self.unsure
        return isinstance(error, self.kind.refuses) or (may_be_gone and isinstance(error, NOT_THERE))

    def after_failure(self, move: Move, operation: Operation) -> None:
        """Take into account that a step that is excused may have left a value; two at once have done it for each."""
        if not operation.puts or operation.at_once:
            return
        if not offers(self.kind, "keys"):
            if move.key in self.held:
                self.unsure.add(move.key)
            return
        if move.key in self.keys():
            self.held[move.key] = [(self.made, move.units * self.kind.measured_by.unit)]
            self.unsure.add(move.key)
            if operation.poisons:
                self.poisoned.add(move.key)
        else:
            self.forget(move.key)

    def resynchronise(self, key: str) -> None:
        """Ask whether a key is there. Where the manager does not say it, it may be."""
        if not offers(self.kind, "keys"):
            self.unsure |= {key} & self.held.keys()
        elif key not in self.keys():
            self.forget(key)
        elif key not in self.held:
            self.held[key] = [(self.made, 0)]
            self.unsure.add(key)

    # Seeing

    def look(self, effect: Effect, more: dict[str, Any] | None = None) -> Now:
        """Return what is to be seen now, after a step with this effect."""
        read = effect.read
        owed = {key: sum(size for _, size in parts) for key, parts in sorted(self.held.items())}
        readable = dict(owed)
        if read is not None and read[0] in owed and read[0] not in self.unsure:
            readable[read[0]] = read[1]
        made = seen_of(self.kind)
        seen: dict[str, Any] = {name: asked(self.adapter, name) for name in MEASURED if offers(self.kind, name)}
        if offers(self.kind, "accounts"):
            seen["accounts"] = list(answered(self.adapter, "accounts"))
        seen["unclaimed"] = asked(self.adapter, "unclaimed") + self.pinned()
        empty = not (self.held or self.handles or self.kept or self.pins or self.open)
        seen |= {"has_ended": self.ended, "is_empty": empty, "residue": 0}
        seen |= {"records_owed": list(owed.values()), "records_readable": list(readable.values())}
        seen["spill_limit"] = self.limit
        seen |= {"has_read": read is not None, "said_freed": effect.said_freed}
        seen |= {"had_room": False, "is_refused": False, "has_dropped": False, **(more or {})}
        if hasattr(made, "unpinned"):
            seen["has_pinned"] = bool(self.pins)
            seen["unpinned"] = len(self.pins.keys() - self.keys())
        return made(seen)

    def pinned(self) -> int:
        """Return the bytes of the values that the client keeps, each counted once."""
        different = {id(value): value for value in self.kept.values()}
        return sum(self.adapter.measure.size_of(value) for value in different.values())


def _is_of_the_manager(error: BaseException) -> bool:
    """Return whether an error is part of the run: also the panic of a manager that is written in Rust, and what a
    coroutine is told that nobody has cancelled.
    """
    return isinstance(error, Exception | asyncio.CancelledError) or type(error).__module__ == "pyo3_runtime"


def _let_go(error: BaseException) -> None:
    """Let go of what the frames of an error hold. That a file among it was left open is not heard of."""
    causes: list[BaseException | None] = [error, error.__cause__, error.__context__]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        for cause in causes:
            if cause is not None:
                traceback.clear_frames(cause.__traceback__)
                cause.__traceback__ = None


async def _awaited(work: Any) -> Any:
    return await work


def _from_another_thread(work: Coroutine[Any, Any, Any], loop: asyncio.AbstractEventLoop) -> Any:
    """Wait for what a loop does that runs in another thread; where it stops before it is done, run it here."""
    future = asyncio.run_coroutine_threadsafe(work, loop)
    while not wait([future], GLANCE).done:
        if not loop.is_running():
            with suppress(RuntimeError):  # it runs again
                return loop.run_until_complete(asyncio.wrap_future(future, loop=loop))
    return future.result()


@cache
def overhead(kind: type[Adapter]) -> int:
    """Return by how many bytes the account of one small value is more than its size."""
    move = Move("put", kind.keys_used[0], 1)
    with Session(kind) as playing:
        with suppress(Exception):
            playing.operations["put"].act(playing, move)
        accounted = asked(playing.adapter, "accounted")
    return max(0, accounted - kind.measured_by.unit)


# A script


def played(kind: type[Adapter], script: Script, claims: Iterable[Claim]) -> list[Seen] | None:
    """Take a script on a new manager; return what was seen, or None where a step of it cannot be taken."""
    with Session(kind, claims, alone=True) as playing:
        for move in script:
            if not playing.can(move):
                return None
            if playing.take(move).raised:
                break
        return playing.steps


def hits(claim: Claim, before: Seen | None, after: Seen) -> bool:
    """Return whether a claim is false after a step (for a `sometimes` claim: true), and no known defect has done it."""
    return claim.name not in after.known and is_false(claim, before, after)


def is_false(claim: Claim, before: Seen | None, after: Seen) -> bool:
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


def false_at(claim: Claim, steps: list[Seen]) -> int | None:
    """Return the first step at which a claim is false, or a `sometimes` claim true; None where there is none."""
    pairs = zip([None, *steps], steps, strict=False)
    return next((at for at, (before, after) in enumerate(pairs) if hits(claim, before, after)), None)
