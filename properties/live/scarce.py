"""What a process has few of: open files, and threads. It ends when there are no more, however much memory is left."""

from __future__ import annotations

import os
import threading

PLACES = ("/proc/self/fd", "/dev/fd")
"""Where a system lists the open files of a process."""

PLACE = next((each for each in PLACES if os.path.isdir(each)), None)  # noqa: PTH112 - asked some hundred times


def scarce() -> int:
    """Return how many files this process has open, where that can be seen, and how many threads it has."""
    return threading.active_count() + (len(os.listdir(PLACE)) if PLACE else 0)  # noqa: PTH208
