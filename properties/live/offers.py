"""What an adapter offers: which steps can be taken through it, and which claims can be asked of what is seen."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, SupportsIndex

from spillproof.model.errors import ModelError
from spillproof.properties.live import faults
from spillproof.properties.live.adapter import Adapter
from spillproof.properties.live.measure import Ledger, Measure
from spillproof.properties.live.move import Move, Script
from spillproof.properties.live.operations import AT_ONCE, MAY_WAIT, OPERATIONS
from spillproof.properties.live.operations.cancelled import Cancelled
from spillproof.properties.live.operations.operation import Operation
from spillproof.properties.live.operations.own_step import OwnStep
from spillproof.properties.live.operations.threads import Pair
from spillproof.properties.live.own import own_steps, terms_of

OF_MEMORY = ("accounted", "reachable", "unclaimed", "accounts")
"""What is not seen through an adapter that says that there are no bytes in memory to account for."""

MEASURED = ("accounted", "reachable", "capacity_of_pool", "disk_accounted", "disk_used", "capacity_of_disk")
"""What is asked of an adapter after each step, as far as it offers it."""


class UnansweredError(ModelError):
    """What is asked of an adapter raises. Where it was answered before, a step has brought the manager to that."""

    def __init__(self, method: str, words: str, place: str) -> None:
        super().__init__(f"{method} raises {words} ({place}); it must not raise")
        self.words = f"{words}, in {method.rpartition('.')[2]}()"


class Now:
    """What was seen after a step: a state as the claims take it. It offers what the adapter offers, and no more."""

    __slots__ = ("seen",)  # what is told of a state is what claims ask of it, and not how that is kept

    def __init__(self, seen: dict[str, Any]) -> None:
        self.seen = seen


def _recorded(name: str) -> Callable[[Now], Any]:
    def read(self: Now) -> Any:
        return self.seen[name]

    return read


@cache
def seen_of(kind: type[Adapter]) -> type[Now]:
    """Return the class of the states that are seen through adapters of a class.

    Raises `ModelError` where it is not a class of adapters, or has what is measured in another form than a method, so
    that it is not seen.
    """
    given: Any = kind  # whatever somebody gave
    if not (isinstance(given, type) and issubclass(given, Adapter)):
        message = f"{kind!r} is not a subclass of Adapter; write class MyStore(Adapter), and give the class itself"
        raise ModelError(message)
    for name in (*MEASURED, "accounts"):
        if not callable(getattr(kind, name, _nothing)):
            message = (
                f"{kind.__name__}.{name} is a {type(getattr(kind, name)).__name__}, and is not called; write a method"
            )
            raise ModelError(message)
    return seen_with(kind, memory=kind.has_memory)


def seen_with(kind: type[Adapter], *, memory: bool) -> type[Now]:
    """Return the class that there is if an adapter has bytes in memory to account for, or if it has none."""
    return _seen(kind, frozenset(() if memory else OF_MEMORY))


@cache
def _seen(kind: type[Adapter], hidden: frozenset[str]) -> type[Now]:
    offered = [name for name in (*MEASURED, "accounts", "unclaimed") if offers(kind, name) and name not in hidden]
    offered += [name for name, is_offered in SEEN.items() if is_offered(kind)]
    return type(f"{kind.__name__}Seen", (Now,), {"__slots__": (), **{name: _recorded(name) for name in offered}})


def _nothing() -> None:
    """Stand for a method that an adapter does not have."""


def _empties(kind: type[Adapter]) -> bool:
    return offers(kind, "delete") or any((terms := terms_of(kind, name)) and terms.deletes for name in own_steps(kind))


def _has_room(kind: type[Adapter]) -> bool:
    return offers(kind, "capacity_of_pool") or offers(kind, "fits")


SEEN: dict[str, Callable[[type[Adapter]], bool]] = {
    "is_empty": _empties,
    "residue": _empties,
    "has_ended": lambda kind: offers(kind, "close"),
    "records_owed": lambda kind: offers(kind, "get"),
    "records_readable": lambda kind: offers(kind, "get"),
    "has_read": lambda kind: offers(kind, "get"),
    "spill_limit": lambda kind: "spill_limit" in kind.faults,
    "said_freed": lambda kind: claims_to_free(kind),  # noqa: PLW0108 - it is defined below
    "had_room": lambda kind: _has_room(kind) and (bool(kind.refuses) or kind.drops),
    "is_refused": lambda kind: _has_room(kind) and bool(kind.refuses),
    "has_dropped": lambda kind: _has_room(kind) and kind.drops,
    "has_pinned": lambda kind: offers(kind, "pin", "unpin", "keys"),
    "unpinned": lambda kind: offers(kind, "pin", "unpin", "keys"),
}
"""What is seen beside what is measured, and whether there is anything to be seen of it through an adapter."""


def has_undeclared(kind: type[Adapter], now: Now) -> bool:
    """Return whether there are bytes in memory, or an account of some, where an adapter says that there are none."""
    seen = now.seen
    return not kind.has_memory and (seen["accounted"] != 0 or seen["reachable"] > seen["unclaimed"])


def refuse_memory(kind: type[Adapter], step: str, now: Now) -> None:
    """Raise `ModelError` where there are bytes in memory after a step, though an adapter says that there are none."""
    if has_undeclared(kind, now):
        reachable, accounted = now.seen["reachable"], now.seen["accounted"]
        message = (
            f"{kind.__name__} says has_memory = False, and after {step} {reachable:,} B are reachable and "
            f"{accounted:,} B accounted; leave it out, so that claims about memory are asked, or hold no value"
        )
        raise ModelError(message)


def offers(kind: type[Adapter], *names: str) -> bool:
    """Return whether an adapter has these methods."""
    return all(callable(getattr(kind, name, None)) for name in names)


def claims_to_free(kind: type[Adapter]) -> bool:
    """Return whether a spill says what it freed: it is there, and not annotated to return None."""
    spill: Any = getattr(kind, "spill", None)
    return callable(spill) and getattr(spill, "__annotations__", {}).get("return", int) not in (None, "None")


def operations_of(kind: type[Adapter]) -> dict[str, Operation]:
    """Return by name the steps that can be taken through an adapter: those of its methods, and of the faults it lists.

    Raises `ModelError` where a method is missing that every adapter needs, or that `drops` needs, and for a fault that
    does not exist or that its values cannot have.
    """
    _refuse_form(kind)
    _refuse_faults(kind)
    return dict(_operations(kind))


@cache
def _operations(kind: type[Adapter]) -> dict[str, Operation]:
    found = {name: each for name, each in OPERATIONS.items() if _is_offered(kind, each)}
    own = [OwnStep(kind, name) for name in own_steps(kind)]
    if any(each.terms.issues for each in own):
        found.setdefault("drop", OPERATIONS["drop"])
    found |= {each.name: each for each in own}
    if "cancelled" in kind.faults:
        cancelled = [Cancelled(found[name]) for name in MAY_WAIT if name in found]
        found |= {each.name: each for each in cancelled if each.offered_by(kind)}
    if "second_thread" in kind.faults:
        basic = [found[name] for name in AT_ONCE if name in found] + [each for each in own if each.is_for_all]
        found |= {pair.name: pair for pair in (Pair(first, second) for first in basic for second in basic)}
    return found


def spelled(kind: type[Adapter], move: Move) -> str:
    """Return a step as a person writes it, with sizes in bytes: `put(a, 1024)`."""
    return operations_of(kind)[move.action].spelled(move, kind.measured_by.unit)


def renamed(kind: type[Adapter], script: Script) -> Script:
    """Return a script with its keys, handles and kept values named in the order in which they appear."""
    keys: dict[str, str] = {}
    names: dict[str, str] = {}
    found = []
    for move in script:
        other, key = (
            keys.setdefault(each, "abcdefghijklmnopqrstuvwxyz"[len(keys)]) if each else ""
            for each in (move.other, move.key)
        )
        letter = operations_of(kind)[move.action].letter
        count = 1 + sum(1 for each in names.values() if each.startswith(letter))
        name = names.setdefault(move.name, f"{letter}{count}") if move.name else ""
        found.append(replace(move, key=key, name=name, other=other))
    return tuple(found)


MADE_OF_OTHERS = frozenset({"second_thread", "cancelled"})
"""The faults whose steps are made of other steps."""


def _refuse_form(kind: type[Adapter]) -> None:
    if missing := sorted(kind.__abstractmethods__):
        message = (
            f"{kind.__name__} has no method {' and no method '.join(missing)}; begin, put and accounted are needed"
        )
        raise ModelError(message)
    if kind.drops and not offers(kind, "keys"):
        message = (
            f"{kind.__name__} says drops = True, and has no method keys: which values it dropped cannot be known; "
            "return from keys() the keys that it still has"
        )
        raise ModelError(message)
    measure: Any = kind.measured_by
    if not (isinstance(measure, type) and issubclass(measure, Measure)):
        message = f"{kind.__name__}.measured_by is {measure!r}, which is not a measure; write Ledger or Traced"
        raise ModelError(message)


def _refuse_faults(kind: type[Adapter]) -> None:
    known = sorted({each.fault for each in OPERATIONS.values() if each.fault} | MADE_OF_OTHERS)
    if unknown := sorted(kind.faults.difference(known)):
        message = f"{kind.__name__} lists the fault {unknown[0]!r}; there are {', '.join(known)}"
        raise ModelError(message)
    needing = {each.fault for each in OPERATIONS.values() if each.needs_objects}
    if not issubclass(kind.measured_by, Ledger) and (wrong := sorted(kind.faults & needing)):
        message = (
            f"{kind.__name__} lists the fault {wrong[0]!r}, which lies in a value that is an object, and it measures "
            f"with {kind.measured_by.__name__}, whose values are bytes; measure with a Ledger, or leave the fault out"
        )
        raise ModelError(message)


def _is_offered(kind: type[Adapter], operation: Operation) -> bool:
    if operation.fault and operation.fault not in kind.faults:
        return False
    missing = [name for name in operation.needs if not offers(kind, name)]
    if missing and operation.fault and operation.fault != "missing":
        message = f"{kind.__name__} lists the fault {operation.fault!r}, which needs the method {missing[0]!r}"
        raise ModelError(message)
    return not missing and (operation.fills_disk is None or faults.can_fill_disk())


def answered(adapter: Adapter, question: str, *about: object) -> Any:
    """Return what an adapter answers. Raises `UnansweredError`, in one line, where it raises something."""
    try:
        return getattr(adapter, question)(*about)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is the adapter's
        raise broken(adapter, question, error) from None


def asked(adapter: Adapter, question: str) -> int:
    """Return the bytes that an adapter answers. Raises `ModelError`, in one line, where it answers with no number."""
    answer = answered(adapter, question)
    if type(answer) is int:
        return answer
    if isinstance(answer, bool) or not isinstance(answer, (SupportsIndex, float)) or int(answer) != answer:
        message = f"{type(adapter).__name__}.{question}() returned {answer!r}; it is to return a whole number of bytes"
        raise ModelError(message)
    return int(answer)


def keys_of(kind: type[Adapter], ask: Callable[[], Any]) -> set[str]:
    """Return the keys that `ask` is told of. Raises `ModelError`, in one line, where it is not told any."""
    try:
        answer = ask()
    except Exception as error:  # noqa: BLE001 - whatever it is, it is the adapter's
        raise broken(kind, "keys", error) from None
    if isinstance(answer, str) or not isinstance(answer, Iterable):
        message = f"{kind.__name__}.keys() returned {answer!r}; it is to return the keys that it has, in a list"
        raise ModelError(message)
    return set(answer)


def broken(adapter: Adapter | type[Adapter], method: str, error: Exception) -> ModelError:
    """Return what is to be said of a method of an adapter that must not raise, and did."""
    if isinstance(error, ModelError):
        return error
    name = (adapter if isinstance(adapter, type) else type(adapter)).__name__
    place = traceback.extract_tb(error.__traceback__)[-1]
    words = " ".join(f"{type(error).__name__}: {error}".split())
    return UnansweredError(f"{name}.{method}", words, f"{Path(place.filename).name}:{place.lineno}")
