"""Where the `spillproof` script begins: from the first line on, a signal ends it in one line, without a traceback.

It imports nothing of weight before that. What a signal does once a command runs is in `interrupts.py`.
"""

from __future__ import annotations

import gc
import os
import signal
from typing import NoReturn


def main() -> NoReturn:
    """Run the command and exit."""
    for number in (signal.SIGINT, signal.SIGTERM):
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _end)
    from spillproof.counterexamples import command

    gc.set_threshold(100_000, 20, 100)  # states are many and short-lived, and few are in cycles
    command.main()


def _end(number: int, _frame: object) -> None:
    """End at once: nothing is known yet, and imports must not be torn."""
    os.write(2, b"spillproof: interrupted before anything was known\n")
    os._exit(128 + number)
