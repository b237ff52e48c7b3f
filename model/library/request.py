"""A request for memory: how much is asked for, and what became of it, for claims about what is refused."""

from __future__ import annotations

from enum import Enum

from spillproof.model.heap import HeapObject


class Size(Enum):
    """How much is asked for, or to be given back."""

    ONE = "a page"
    TWO = "two pages"

    @property
    def pages(self) -> int:
        """Return how many that is."""
        return 1 if self is Size.ONE else 2


class Request(HeapObject):
    """A request that was answered."""

    whole: bool
    """Whether all that was asked for was granted."""
    satisfiable: bool
    """Whether the asker had a right to it: it was promised, or it was free or could be made free."""
