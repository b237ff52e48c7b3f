"""Functions called in processes of their own, which leave nothing behind and have a limit of time and memory."""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import sys
import traceback
from collections.abc import Callable, Iterator

MOST_MEMORY = 4 << 30


def side_by_side(functions: dict[str, Callable[[], object]], patience: int, jobs: int) -> Iterator[str]:
    """Call functions in processes of their own, and yield the names of those that came to an end.

    `patience` is how many seconds of processor time each may spend, `jobs` how many run at a time.
    """
    waiting, running = dict(functions), dict[int, str]()
    try:
        while waiting or running:
            while waiting and len(running) < jobs:
                name = next(iter(waiting))
                running[start(waiting.pop(name), patience)] = name
            child, status = os.wait()
            stop(child)
            name = running.pop(child)
            if status == 0:
                yield name
    finally:
        for child in running:
            stop(child)


def start(function: Callable[[], object], patience: int) -> int:
    """Call a function in a child process that prints nothing, and return the child. What it returns is lost."""
    child = os.fork()
    if child:
        return child
    os.setpgid(0, 0)
    resource.setrlimit(resource.RLIMIT_CPU, (patience, patience))
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    nothing = os.open(os.environ.get("SPILLPROOF_MUTANTS_LOG", os.devnull), os.O_RDWR | os.O_CREAT | os.O_APPEND)
    for stream in (0, 1, 2):
        os.dup2(nothing, stream)
    status = 70
    try:
        answer = function()
        status = answer if isinstance(answer, int) else 0
    except BaseException:
        traceback.print_exc()
        raise
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def stop(child: int) -> None:
    """End whatever a child has left running."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child, signal.SIGKILL)
