"""A function called in a process of its own, which leaves nothing behind and has a limit of time and memory."""

from __future__ import annotations

import contextlib
import os
import pickle
import resource
import signal
import sys
import tempfile
import traceback
from collections.abc import Callable
from typing import Any

MOST_MEMORY = 4 << 30


def apart(function: Callable[[], Any], patience: int) -> Any:
    """Return what a function returns in a child process; None if the child dies or spends its seconds of processor."""
    with tempfile.TemporaryFile() as file:

        def answered() -> None:
            file.write(pickle.dumps(function()))
            file.flush()

        child = start(answered, patience)
        os.waitpid(child, 0)
        stop(child)
        file.seek(0)
        answer = file.read()
    return pickle.loads(answer) if answer else None  # noqa: S301 - our own


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
