"""What the environment may inflict on a manager, for real: nothing is mocked.

A disk is full because the system says so, and a file is then really left partial.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

ROOM = 512
"""Bytes to which a file may still grow on a full disk: less than any value, so that a write fails half-way."""


def can_fill_disk() -> bool:
    """Return whether this system can limit the size of files."""
    try:
        import resource
    except ImportError:  # not on Windows
        return False
    return hasattr(resource, "RLIMIT_FSIZE")


@contextmanager
def full_disk() -> Iterator[None]:
    """Let no file of this process grow beyond `ROOM`, as long as this lasts; an `OSError` follows, as from any disk."""
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (ROOM, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@contextmanager
def silence() -> Iterator[None]:
    """Let nothing be logged, and nothing be heard of files that are left open.

    A record of an error keeps its traceback, and so does a test that makes errors of warnings: values stay reachable.
    """
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ResourceWarning)
            yield
    finally:
        logging.disable(before)
