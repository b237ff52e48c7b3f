"""How certain it is that a violation is the smallest: in words, and as a verdict."""

from __future__ import annotations

from dataclasses import replace

from spillproof.properties.engines.verdict import Violated

MINIMAL = (
    "every run of fewer steps was ruled out, over all sizes; among the shortest it has the fewest objects, then bytes"
)

FEWEST_STEPS = (
    "every run of fewer steps was ruled out, over all sizes; whether another of as many steps has fewer objects or "
    "bytes was not found out"
)


def uncertified(violated: Violated, ruled_out: int) -> Violated:
    """Return a violation that may not be the smallest, where no run of at most so many steps violates the claim."""
    if ruled_out >= len(violated.run) - 1:
        return replace(violated, minimal=FEWEST_STEPS, least=False)
    return replace(violated, ruled_out=ruled_out)
