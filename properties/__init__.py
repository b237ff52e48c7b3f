"""What ought to be true of a memory manager, and how we look.

`check`, `always` and `sometimes` can be imported from here; the engine is loaded when it is asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from spillproof.properties.claims import always, sometimes
    from spillproof.properties.engines.check import check

__all__ = ["always", "check", "sometimes"]

_HOMES = {
    "always": "spillproof.properties.claims",
    "check": "spillproof.properties.engines.check",
    "sometimes": "spillproof.properties.claims",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    return getattr(import_module(_HOMES[name]), name)
