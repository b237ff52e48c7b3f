"""What is known of a claim that has no verdict yet, and what an engine that worked on it has cost or broken."""

from __future__ import annotations

import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from spillproof.model.errors import ModelError
from spillproof.model.quantity import Needed
from spillproof.properties.claims import Claim
from spillproof.properties.engines.alarm import bell_in
from spillproof.properties.engines.automaton.goals import Goal
from spillproof.properties.engines.limits import OutOfTime
from spillproof.properties.engines.verdict import (
    Violated,
)
from spillproof.properties.engines.world import World


@dataclass
class Pending:
    """A claim that has no verdict yet: where it could still be false, and how far runs were searched."""

    claim: Claim
    world: World
    left: list[Goal] = field(default_factory=list)
    """Goals of that world."""
    depth: int = -1
    seconds: float = 0.0
    why: str = ""
    failure: str = ""
    """What went wrong in an engine that worked on it."""
    spurious: bool = False
    """Whether what was found is no run of the model, but of the automaton that ignores its heuristics."""
    candidate: Violated | None = None
    """A violation that may not be the smallest."""

    @property
    def is_violated(self) -> bool:
        """Return whether a run was found, of the model or of the automaton: there is nothing to prove then."""
        return self.spurious or self.candidate is not None


@contextmanager
def timed(pending: list[Pending]) -> Iterator[None]:
    """Count the time that passes to some claims, in equal shares."""
    started = time.monotonic()
    try:
        yield
    finally:
        for each in pending:
            each.seconds += (time.monotonic() - started) / len(pending)


@contextmanager
def contained(engine: str, pending: list[Pending]) -> Iterator[None]:
    """Let an engine's failure cost the claims that it worked on, and no other."""
    try:
        yield
    except (ModelError, Needed, OutOfTime):
        raise
    except Exception as error:
        if bell := bell_in(error):
            raise bell from error
        for each in pending:
            each.failure = defect(engine, error)


def defect(engine: str, error: Exception) -> str:
    """Return that an engine failed, in one line, and what to do."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    words = " ".join(f"{type(error).__name__}: {error}".split())[:200]
    return (
        f"{engine} failed with {words} ({Path(last.filename).name}:{last.lineno}); "
        "this is a defect of spillproof: please report it, with the model"
    )
