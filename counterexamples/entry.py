"""Where the `spillproof` script begins: from the first line on, a signal ends it in one line, without a traceback.

It imports nothing of weight before that. What a signal does once a command runs is in `interrupts.py`, and what ends
one that has a time limit, whatever the model, in `supervisor.py`.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
from contextlib import suppress
from typing import NoReturn

LIMITED = ("check", "compare")
"""Commands with a time limit, which run models in this process."""

KILLED = "the process was killed, as by a system that has no more memory; nothing is known"


def main() -> NoReturn:
    """Run the command and exit."""
    for number in (signal.SIGINT, signal.SIGTERM):
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _end)
    if sys.argv[1:2] and sys.argv[1] in LIMITED:
        from spillproof.counterexamples import supervisor

        supervisor.begin(_give_up, killed=KILLED)
    from spillproof.counterexamples import command

    gc.set_threshold(100_000, 20, 100)  # states are many and short-lived, and few are in cycles
    command.main()


def _end(number: int, _frame: object) -> None:
    """End at once: nothing is known yet, and imports must not be torn."""
    os.write(2, b"spillproof: interrupted before anything was known\n")
    os._exit(128 + number)


def _give_up(words: str) -> None:
    """Say why the process that checks was ended."""
    with suppress(OSError):
        os.write(2, f"spillproof: {words}\n".encode())
