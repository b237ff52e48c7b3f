"""Methods of an adapter that nobody calls: a step whose name is misspelt is never taken, and every claim passes."""

from __future__ import annotations

import difflib
import warnings
from collections.abc import Iterator
from types import CodeType, FunctionType
from typing import Any

from spillproof.properties.live.adapter import Adapter
from spillproof.properties.live.offers import MEASURED, SEEN
from spillproof.properties.live.operations import OPERATIONS
from spillproof.properties.live.own import own_steps

HEARD = {
    *(name for each in OPERATIONS.values() for name in (*each.needs, each.method) if name),
    *MEASURED,
    *("accounts", "keys", "fits", "may_go", "drop", "limit_spilled"),
    *(name for name in vars(Adapter) if not name.startswith("_")),
}
"""The methods that are called."""

MEANT = {
    **dict.fromkeys(("evict", "flush", "shrink", "swap_out", "offload"), "spill"),
    **dict.fromkeys(("remove", "pop", "release", "free", "evict_key", "discard"), "delete"),
    **dict.fromkeys(("set", "add", "store", "insert", "acquire", "allocate", "append"), "put"),
    **dict.fromkeys(("read", "load", "fetch", "lookup"), "get"),
    **dict.fromkeys(("capacity", "limit", "max_size"), "capacity_of_pool"),
    **dict.fromkeys(("used", "size", "total", "allocated"), "accounted"),
}


class UnheardMethodWarning(UserWarning):
    """A public method of an adapter is called by nobody."""


def unheard(kind: type[Adapter]) -> list[str]:
    """Return the public methods of an adapter that are no step, answer no question, and are not called by others."""
    own = [(name, each) for base in kind.__mro__ if base is not Adapter for name, each in vars(base).items()]
    written = dict.fromkeys(name for name, each in own if isinstance(each, FunctionType) and not name.startswith("_"))
    used = {name for _, each in own for name in _names_in(each)}
    heard = HEARD | used | {*own_steps(kind)} | {*SEEN}
    return [name for name in written if name not in heard and getattr(kind, name) is not None]  # None: taken away


def warn_of_unheard(kind: type[Adapter]) -> None:
    """Warn of each of them, and say what may be meant."""
    for name in unheard(kind):
        close = [MEANT[name]] if name in MEANT else difflib.get_close_matches(name, HEARD, 1)
        meant = f"; `{close[0]}` would be" if close else ""
        message = (
            f"{kind.__name__}.{name} is not a step, and is never called{meant}. Decorate it with @step to have it "
            f"taken, or call it _{name} if it is nobody's business"
        )
        warnings.warn(UnheardMethodWarning(message), stacklevel=2)


def _names_in(each: Any) -> Iterator[str]:
    function = each.fget if isinstance(each, property) else getattr(each, "__func__", each)
    if isinstance(function, FunctionType):
        yield from _names_of(function.__code__)


def _names_of(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _names_of(constant)
