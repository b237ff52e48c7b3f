"""How often garbage is looked for while a model is checked."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

THRESHOLDS = (700, 30, 200)
"""New objects before the youngest are looked at, and how often that is before older ones are.

A check makes states in great numbers that are soon given up, and keeps what it extracts: with Python's own thresholds
all that it keeps, and all that was imported, is looked at again and again, a sixth of a check's time.
"""


@contextmanager
def not_looked_for() -> Iterator[None]:
    """Look for none, so that nothing that others have do at such a time comes in between."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


@contextmanager
def looked_for_seldom() -> Iterator[None]:
    """Look for garbage less often, and not in what is there already, unless somebody has seen to that before."""
    before, frozen = gc.get_threshold(), gc.get_freeze_count()
    if not frozen:
        gc.freeze()
    gc.set_threshold(*THRESHOLDS)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        if not frozen:
            gc.unfreeze()
