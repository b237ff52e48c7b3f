"""Functions that are compiled where numba is there (the extra `heap`), and run as plain Python where it is not.

They are written in what both understand: loops over arrays of numbers, with nothing in them but integers. Plain Python
is given memoryviews in the place of arrays: taking a number out of one costs a third of what numpy's own costs, and
it is an integer of Python, which does not overflow.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import wraps
from importlib import import_module
from importlib.util import find_spec
from typing import Any, ParamSpec, TypeVar

import numpy as np

P = ParamSpec("P")
R = TypeVar("R")

OFF = "SPILLPROOF_PLAIN"
"""The environment variable that says not to compile, whatever is installed."""

COMPILED = not os.environ.get(OFF) and find_spec("numba") is not None

numba: Any = import_module("numba") if COMPILED else None


def compiled(function: Callable[P, R]) -> Callable[P, R]:
    """Return a function as machine code, made at its first call and kept on the disk; or as it is."""
    if COMPILED:
        fast: Callable[P, R] = numba.njit(cache=True, nogil=True)(function)
        return fast
    return _plain(function)


def inner(function: Callable[P, R]) -> Callable[P, R]:
    """Return a function that only compiled functions call."""
    if COMPILED:
        fast: Callable[P, R] = numba.njit(cache=True, nogil=True, inline="never")(function)
        return fast
    return function


def _plain(function: Callable[P, R]) -> Callable[P, R]:
    @wraps(function)
    def call(*arguments: P.args, **named: P.kwargs) -> R:
        return function(*map(_view, arguments), **named)  # pyright: ignore[reportCallIssue] # each is what it was

    return call


def _view(value: Any) -> Any:
    return value.data if isinstance(value, np.ndarray) else value
