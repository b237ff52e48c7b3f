"""The explanation of a counterexample, as plain data: what `explain` computes, `telling` says, and pages show.

Objects are referred to by their number in the trace, which an object keeps throughout the run.
"""

from __future__ import annotations

from dataclasses import dataclass

from spillproof.counterexamples.trace import Trace
from spillproof.model.notebook import as_html
from spillproof.properties.engines.evidence.evidence import Evidence
from spillproof.properties.engines.recovery.obstacles import Obstacle


@dataclass(frozen=True)
class Edge:
    """A reference of the heap, at the guilty step: `E1.reading_iterator`."""

    holder: int
    """The number of the object that holds it; -1 for a root."""
    field: str
    target: int
    words: str
    """As a person writes it: `SpillableIterator.upstream`."""


@dataclass(frozen=True)
class Path:
    """A chain of references from a root to bytes that are counted free."""

    edges: tuple[Edge, ...]
    words: str
    """`task_memory_manager ▸ consumers ▸ E1 ▸ reading_iterator ▸ upstream ▸ outer ▸ data`."""


@dataclass(frozen=True)
class Promise:
    """A release that was announced in the guilty step, or before it, and did not free what it said."""

    step: int
    consumer: str
    size: int
    """What was released, in bytes."""
    still_held: int
    """How much of what the consumer holds is claimed by nobody after the guilty step, in bytes."""
    lines: tuple[str, ...]
    """The lines of the model that led to the release, the action's own first."""


@dataclass(frozen=True)
class Guilty:
    """The first step after which the claim is false."""

    step: int
    """0 for the beginning."""
    spelled: str
    promises: tuple[Promise, ...]


@dataclass(frozen=True)
class WithoutReference:
    """What removing one reference alone would do, after the guilty step."""

    edge: Edge
    reachable: int
    """Bytes that would still be reachable."""
    enough: bool
    """Whether the claim would be true."""
    other_path: str
    """A path that still leads to bytes counted free. Empty where it is enough."""


@dataclass(frozen=True)
class Cut:
    """References whose removal makes the claim true again: as few as can be of those that a repair could clear.

    Of several sets, the one nearest to the bytes that are counted free.
    """

    edges: tuple[Edge, ...]
    reachable: int
    """Bytes that are reachable without them."""
    alone: tuple[WithoutReference, ...]
    """For each reference on a path, what removing it alone would do."""
    fewest: int = 0
    """How many references are enough, if one may also cut what no repair would: the manager, a root. 0 if unknown."""
    stored: tuple[str, ...] = ()
    """For each reference the line of the model that stored it, with the step; empty where the model is not at hand."""


@dataclass(frozen=True)
class Dominated:
    """A node of the dominator tree, as Eclipse MAT shows it."""

    number: int
    words: str
    """Class and name: `ExternalAppendOnlyMap E1`."""
    shallow: int
    retained: int
    percent: float
    """Retained, of all that is reachable."""
    counted_free: bool
    children: tuple[Dominated, ...]


@dataclass(frozen=True)
class Share:
    """What one consumer claims, and what hangs on it."""

    consumer: str
    claims: int
    """What it acquired and did not release, as announced."""
    holds: int
    """The reachable bytes that hang on it."""


@dataclass(frozen=True)
class Entry:
    """A line of the ledger: what the accountant believes after a step, and what is true."""

    step: int
    spelled: str
    accounted: int | None
    free: int | None
    """What the accountant believes to be free."""
    reachable: int | None
    unreachable: int | None
    """What is free in truth: the capacity less what is reachable. Negative where that is more than there is room."""
    unclaimed: int | None
    gap: int | None
    """By how much the reachable bytes exceed what is accounted or declared unclaimed; 0 where they do not."""
    shares: tuple[Share, ...]
    """Each byte's claimant. What hangs on no consumer is not in it."""


@dataclass(frozen=True)
class Left:
    """The run with one step left out."""

    step: int
    spelled: str
    skipped: tuple[int, ...]
    """Later steps that could then not be taken, each with its reason in `why`."""
    why: str
    holds: bool
    """Whether the claim holds then."""


@dataclass(frozen=True)
class Difference:
    """Where a run on one model and on another first differ."""

    step: int
    words: tuple[str, ...]
    """What differs: `reachable 2 → 1`, `SpillableIterator.upstream: MapIterator → DiskMapIterator`."""


@dataclass(frozen=True)
class Contrast:
    """The same run on another model."""

    model: str
    trace: Trace
    """The run there, as far as it could be taken."""
    holds: bool
    """Whether the claim holds there, in this run."""
    first: Difference | None
    """None where nobody could tell the two apart."""
    unobserved: tuple[str, ...]
    """What differs in the heap after the last step of both, where nobody could tell the two apart."""
    cuts: tuple[Edge, ...]
    """The references on the paths that the other model has cut by the guilty step."""
    stopped: str
    """Why the run could not be taken to its end. Empty where it could."""


@dataclass(frozen=True, repr=False)
class Explanation:
    """All that is known of why a claim is false in a run. What could not be computed is empty or None."""

    trace: Trace
    claim: str
    sentence: str
    guilty: Guilty | None
    paths: tuple[Path, ...]
    more_paths: bool
    """Whether there are more paths than are listed."""
    counted_free: tuple[int, ...]
    """The objects whose bytes are counted free although they are reachable, after the guilty step."""
    cut: Cut | None
    tree: tuple[Dominated, ...]
    """The dominator tree after the guilty step, largest first."""
    ledger: tuple[Entry, ...]
    needed: tuple[Left, ...]
    """One for each step; empty where the model is not at hand."""
    contrast: Contrast | None
    evidence: Evidence | None = None
    """What the claim read at the guilty step, and which comparison is false."""
    obstacles: tuple[Obstacle, ...] = ()
    """The guards that refuse steps where a run is trapped, for a claim that must always be recoverable."""

    def __repr__(self) -> str:
        """Return what is explained: `<Explanation of free_is_unreachable: cut SpillableIterator.upstream>`."""
        edges = () if self.cut is None else self.cut.edges
        what = f": cut {', '.join(edge.words for edge in edges)}" if edges else ""
        return f"<Explanation of {self.claim or 'no claim'}{what}>"

    def __str__(self) -> str:
        """Return all that `spillproof explain` prints."""
        from spillproof.counterexamples.explain.explanation_text import tell  # it tells of what is defined here

        return tell(self)  # pyright: ignore[reportArgumentType] # two names of one file

    def _repr_html_(self) -> str:
        return as_html(str(self))
