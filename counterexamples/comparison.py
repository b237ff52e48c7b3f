"""Two models compared, told to a person and as data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from spillproof.model.names import counted
from spillproof.properties.engines.refinement.refinement import Refinement
from spillproof.properties.engines.story.phrases import steps, wrapped

MOST_RAISED = 3
"""Of more steps that raise, the others are left out."""


def tell(found: Refinement, one: str, other: str) -> str:
    """Return in plain text whether every run of `other` is one of `one`, or the shortest run that is not."""
    return "\n".join(_lines(found, one, other))


def _lines(found: Refinement, one: str, other: str) -> Iterator[str]:
    if not found.run:
        reach = "any number of steps" if found.complete else f"runs of at most {counted(found.depth, 'step')}"
        yield wrapped(
            f"{'✓' if found.complete else '?'} every run of {other} is one of {one}, as far as one can observe it: "
            f"sizes up to {found.largest}, {reach} ({found.pairs} pairs of states); nothing is said beyond"
            f"{', as it was interrupted' if found.interrupted else ''}",
            "    ",
        )
        yield from _unseen(found, other)
        return
    taken = len(found.run) - 1
    yield wrapped(f"✗ {other} has a run of {steps(taken)} that {one} does not have:", "    ")
    yield ""
    for number, each in enumerate(found.run):
        mark = "▶" if number == taken else " "
        yield wrapped(f"  {mark} {number or ' '}  {each.taken}", "        ")
        yield from (wrapped(f"         {heard}", "           ") for heard in each.heard)
    yield ""
    if found.is_negative:
        yield wrapped(f"There {one} has ended: a counter of it is below 0, which is a violation of its own.", "    ")
    elif not found.instead:
        yield wrapped(f"There {one} cannot take the last step.", "    ")
    for each in found.instead:
        yield wrapped(f"There {one} says: {'; '.join(each.heard) or 'nothing'}.", "  ")
    yield ""
    shorter = f"every run of {other} of fewer steps is one of {one}"
    yield wrapped(f"The shortest: with sizes up to {found.largest}, {shorter}.", "  ")


def _unseen(found: Refinement, other: str) -> Iterator[str]:
    """Yield what of a model no run has shown."""
    for each in found.raised[:MOST_RAISED]:
        yield wrapped(f"In {other}, {each}: no run was compared beyond.", "  ")
    if found.untaken:
        yield wrapped(f"No run took {', '.join(found.untaken)}: nothing was compared of it.", "  ")


def json(found: Refinement, one: str, other: str) -> dict[str, Any]:
    """Return the same as an object that `json.dumps` takes."""
    return {
        "one": one,
        "other": other,
        "verdict": "differs" if found.run else "holds" if found.complete else "unknown",
        "sizes": found.largest,
        "steps": len(found.run) - 1 if found.run else None if found.complete else found.depth,
        "pairs": found.pairs,
        "run": [{"step": each.taken, "heard": list(each.heard)} for each in found.run],
        "untaken": [*found.untaken],
        "raised": [*found.raised],
        "instead": [list(each.heard) for each in found.instead] if found.run else None,
    }


def status(found: Refinement) -> int:
    """Return the exit status: 1 for a run that tells them apart, 0 where all were compared, 3 where some were not."""
    return 1 if found.run else 0 if found.complete and not found.interrupted else 3
