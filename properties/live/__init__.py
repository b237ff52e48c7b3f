"""The claims on running code: an adapter of about 20 lines, ways to measure, random runs, the shortest run that fails.

All that a test needs can be imported from here; it is loaded when it is asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from spillproof.properties.live.adapter import Adapter, Known
    from spillproof.properties.live.claim_tests import claims_of
    from spillproof.properties.live.live_check import check_live
    from spillproof.properties.live.measure import Ledger, Traced, folder_size
    from spillproof.properties.live.own import step

__all__ = ["Adapter", "Known", "Ledger", "Traced", "check_live", "claims_of", "folder_size", "step"]

_HOMES = {
    "Adapter": "spillproof.properties.live.adapter",
    "Known": "spillproof.properties.live.adapter",
    "Ledger": "spillproof.properties.live.measure",
    "Traced": "spillproof.properties.live.measure",
    "check_live": "spillproof.properties.live.live_check",
    "claims_of": "spillproof.properties.live.claim_tests",
    "folder_size": "spillproof.properties.live.measure",
    "step": "spillproof.properties.live.own",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    return getattr(import_module(_HOMES[name]), name)
