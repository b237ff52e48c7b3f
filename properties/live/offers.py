"""What an adapter offers: which steps can be taken through it, and which claims can be asked of what is seen."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, SupportsIndex

from spillproof.model.errors import ModelError
from spillproof.properties.live import faults
from spillproof.properties.live.adapter import Adapter
from spillproof.properties.live.measure import Ledger
from spillproof.properties.live.operations import OPERATIONS
from spillproof.properties.live.operations.operation import Operation

MEASURED = ("accounted", "reachable", "capacity_of_pool", "disk_accounted", "disk_used")
"""What is asked of an adapter after each step, as far as it offers it."""


class Now:
    """What was seen after a step: a state as the claims take it. It offers what the adapter offers, and no more."""

    def __init__(self, seen: dict[str, Any]) -> None:
        self.seen = seen


def _recorded(name: str) -> Callable[[Now], Any]:
    def read(self: Now) -> Any:
        return self.seen[name]

    return read


@cache
def seen_of(kind: type[Adapter]) -> type[Now]:
    """Return the class of the states that are seen through adapters of a class.

    Raises `ModelError` where an adapter has what is measured in another form than a method, so that it is not seen.
    """
    for name in (*MEASURED, "accounts"):
        if not callable(getattr(kind, name, _nothing)):
            message = (
                f"{kind.__name__}.{name} is a {type(getattr(kind, name)).__name__}, and is not called; write a method"
            )
            raise ModelError(message)
    offered = [name for name in (*MEASURED, "accounts") if callable(getattr(kind, name, None))]
    offered += ["unclaimed", "has_ended", "is_empty"] if offers(kind, "delete") else ["unclaimed", "has_ended"]
    if not offers(kind, "close"):
        offered.remove("has_ended")
    if offers(kind, "get"):
        offered += ["records_owed", "records_readable", "has_read"]
    if "spill_limit" in kind.faults:
        offered.append("spill_limit")
    if claims_to_free(kind):
        offered.append("said_freed")
    return type(f"{kind.__name__}Seen", (Now,), {name: _recorded(name) for name in offered})


def _nothing() -> None:
    """Stand for a method that an adapter does not have."""


def offers(kind: type[Adapter], *names: str) -> bool:
    """Return whether an adapter has these methods."""
    return all(callable(getattr(kind, name, None)) for name in names)


def claims_to_free(kind: type[Adapter]) -> bool:
    """Return whether a spill says what it freed: it is there, and not annotated to return None."""
    spill: Any = getattr(kind, "spill", None)
    return callable(spill) and getattr(spill, "__annotations__", {}).get("return", int) not in (None, "None")


def operations_of(kind: type[Adapter]) -> dict[str, Operation]:
    """Return by name the steps that can be taken through an adapter: those of its methods, and of the faults it lists.

    Raises `ModelError` for a fault that does not exist, that its values cannot have, or for which a method is missing.
    """
    _refuse_faults(kind)
    return {name: each for name, each in OPERATIONS.items() if _is_offered(kind, each)}


def _refuse_faults(kind: type[Adapter]) -> None:
    known = sorted({each.fault for each in OPERATIONS.values() if each.fault})
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
    if missing and operation.fault:
        message = f"{kind.__name__} lists the fault {operation.fault!r}, which needs the method {missing[0]!r}"
        raise ModelError(message)
    return not missing and (operation.fills_disk is None or faults.can_fill_disk())


def asked(adapter: Adapter, question: str) -> int:
    """Return the bytes that an adapter answers. Raises `ModelError`, in one line, where it answers with no number."""
    try:
        answer: Any = getattr(adapter, question)()
    except Exception as error:  # noqa: BLE001 - whatever it is, it is the adapter's
        raise broken(adapter, question, error) from None
    if isinstance(answer, bool) or not isinstance(answer, (SupportsIndex, float)) or int(answer) != answer:
        message = f"{type(adapter).__name__}.{question}() returned {answer!r}; it is to return a whole number of bytes"
        raise ModelError(message)
    return int(answer)


def broken(adapter: Adapter | type[Adapter], method: str, error: Exception) -> ModelError:
    """Return what is to be said of a method of an adapter that must not raise, and did."""
    if isinstance(error, ModelError):
        return error
    name = (adapter if isinstance(adapter, type) else type(adapter)).__name__
    place = traceback.extract_tb(error.__traceback__)[-1]
    words = " ".join(f"{type(error).__name__}: {error}".split())
    return ModelError(f"{name}.{method} raises {words} ({Path(place.filename).name}:{place.lineno}); it must not raise")
