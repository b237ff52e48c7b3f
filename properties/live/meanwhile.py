"""A second thread that works exactly while the first is inside pickling: where a manager has half moved a value.

The first waits there until the second is done, or for `PATIENCE` where the second waits for a lock that the first has.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Thread

from spillproof.properties.live.measure import Ledger

PATIENCE = 0.1
"""Seconds for which the first thread waits inside pickling."""

HUNG = 10.0
"""Seconds after which a second thread that has not ended, though the first has, is held to wait for ever."""


class WaitsForEver(RuntimeError):
    """The second thread does not end."""


@contextmanager
def second_thread(ledger: Ledger, work: Callable[[], None]) -> Iterator[None]:
    """Do some work in a second thread while the first pickles a value; after it, where none was pickled.

    Raises what the work raises, unless the first thread raises something itself.
    """
    errors: list[Exception] = []
    second = Thread(target=_kept(work, errors), daemon=True)

    def meanwhile() -> None:
        second.start()
        second.join(PATIENCE)

    ledger.when_pickled = meanwhile
    try:
        yield
    finally:
        ledger.when_pickled = None
        if second.ident is None:
            second.start()
        second.join(HUNG)
    if second.is_alive():
        message = f"the second thread has not ended {HUNG:.0f} s after the first"
        raise WaitsForEver(message)
    if errors:
        raise errors.pop()


def _kept(work: Callable[[], None], errors: list[Exception]) -> Callable[[], None]:
    def run() -> None:
        try:
            work()
        except Exception as error:  # noqa: BLE001 - whatever it raises is part of the run
            errors.append(error)

    return run
