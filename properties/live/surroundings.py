"""What a run changes outside of its manager, such as the clock of a module: it is put back when the run ends.

Otherwise the next run in the same process, through whatever adapter, would go on with it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

from spillproof.model.errors import ModelError

RUNS: list[ExitStack] = []
"""Of each run that goes on, what is to be done when it ends; the innermost run is the last."""


@contextmanager
def put_back() -> Iterator[None]:
    """Put back what a run changes in here, the last change first, however the run ends."""
    with ExitStack() as stack:
        RUNS.append(stack)
        stack.callback(RUNS.remove, stack)
        yield


def until_end() -> ExitStack:
    """Return what is closed when the run ends; of a run within another, the inner one.

    Raises `ModelError` where no run goes on.
    """
    if not RUNS:
        message = "no run goes on, at whose end this could be put back; take an adapter's steps by `check_live`"
        raise ModelError(message)
    return RUNS[-1]


def instead(owner: Any, name: str, value: Any) -> None:
    """Have a module or a class give a value under a name, instead of what it has there, until the run ends.

    Raises `ModelError` where no run goes on.
    """
    until_end().enter_context(patch.object(owner, name, value))
