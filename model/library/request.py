"""What became of a request for memory, for claims about what is refused."""

from __future__ import annotations

from spillproof.model.heap import HeapObject


class Request(HeapObject):
    """A request that was answered."""

    whole: bool
    """Whether all that was asked for was granted."""
    satisfiable: bool
    """Whether the asker had a right to it: it was promised, or it was free or could be made free."""
