"""What a target is, and what a judgement: the table is made of these."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import Literal

from spillproof.counterexamples.replay import live
from spillproof.properties.live.adapter import Adapter
from spillproof.properties.live.move import Move, Script

Word = Literal["defect", "documented limit", "by design"]


@dataclass(frozen=True)
class Judgement:
    """What is thought of a claim that a target violates."""

    claim: str
    word: Word
    why: str
    run: Script
    """The shortest run that was found."""
    reproduced: str = ""
    """The script that shows it without this project."""
    upstream: str = ""
    """An issue of the target. Empty where a search found none."""


@dataclass(frozen=True)
class Target:
    """A maintained package, by its adapter."""

    name: str
    """What the table calls it."""
    module: str
    adapter: str
    needs: tuple[str, ...]
    """The modules that must be installed."""
    repaired: str = ""
    """The adapter in `repairs` of which nothing is found any more but what is by design."""
    judgements: tuple[Judgement, ...] = ()
    repairs: str = "repaired"
    """The module that has the repaired adapter."""

    def load(self) -> type[Adapter]:
        """Return the adapter."""
        return _adapter(f"{live.__name__}.{self.module}", self.adapter)

    def load_repaired(self) -> type[Adapter]:
        """Return the adapter of the repaired target."""
        return _adapter(f"{__package__}.{self.repairs}", self.repaired)


def _adapter(module: str, name: str) -> type[Adapter]:
    found: type[Adapter] = getattr(import_module(module), name)
    return found


PUT, GET, ISSUE, SPILL = Move("put", "a", 1), Move("get", "a"), Move("issue", "a", name="h1"), Move("spill")
FILL, FREE, TWO = Move("fill_disk"), Move("free_disk"), Move("put", "a", 2)
DELETE, CLOSE = Move("delete", "a"), Move("close")
