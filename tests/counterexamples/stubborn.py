"""A model that swallows whatever is raised in it, in every way that Python has, and takes its time."""

from __future__ import annotations

import contextlib
import sys
import time

from spillproof.model.quantity import Bytes
from spillproof.model.system import Model, action, require

MOMENT = 0.002


class Stubborn(Model):
    """Holds on to the program for a moment in every action, and lets nothing out."""

    used: Bytes

    def begin(self) -> None:
        self.used = 0
        self.turns = 0

    @action
    def take(self, size: Bytes) -> None:
        require(self.turns < 40)
        self.turns += 1
        self.used += size
        try:  # noqa: SIM105 - this is the point
            time.sleep(MOMENT)
        except:  # noqa: E722, S110 - this is the point
            pass

    @action
    def give(self) -> None:
        require(self.turns < 40)
        self.turns += 1
        self.used = 0
        with contextlib.suppress(BaseException):
            time.sleep(MOMENT)

    def accounted(self) -> Bytes:
        return self.used


class Announced(Stubborn):
    """Says on stderr when it is begun."""

    def begin(self) -> None:
        super().begin()
        print("begun", file=sys.stderr, flush=True)  # noqa: T201 - for the test that waits for it
