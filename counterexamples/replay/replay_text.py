"""What a replay shows: whether the claim holds there, and at which step the two runs part."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from spillproof.counterexamples.explain.contrast import contrast
from spillproof.counterexamples.explain.explain import claim_of
from spillproof.counterexamples.explain.explanation import Contrast
from spillproof.counterexamples.export import itf
from spillproof.counterexamples.moments import revive
from spillproof.counterexamples.trace import Trace
from spillproof.counterexamples.variants import asked_of, fitting
from spillproof.model.errors import ModelError
from spillproof.properties.engines.story.phrases import paragraph
from spillproof.properties.engines.story.run_text import told_run


@dataclass(frozen=True)
class Replayed:
    """A trace, and how its run went on a model."""

    trace: Trace
    there: Contrast

    def exit_status(self) -> int:
        """Return 0 where the claim holds, 1 where it is violated, 3 where it holds and the run ended early."""
        if not self.there.holds:
            return 1
        return 3 if self.there.stopped else 0


def replayed(trace: Trace, on: str = "") -> Replayed:
    """Take a trace again, on its own model or on another. Raises `ModelError` where that is not possible."""
    asked = asked_of(trace, on)
    model = fitting(trace, asked)
    claim = claim_of(trace, model)
    if claim is None:
        message = f"{asked.title()} is not what the claim {', '.join(trace.claims) or '(none)'} is about"
        raise ModelError(message)
    return Replayed(trace, contrast(trace, asked.title(), model, claim))


def tell(found: Replayed) -> str:
    """Return what a replay shows: the run there, where it parts from the trace, and last what becomes of the claim."""
    there = found.there
    at = -1 if there.trace.guilty is None else there.trace.guilty
    lines = [f"{there.model}: the run of {found.trace.model}, taken again", "", *told_run(revive(there.trace), at), ""]
    return "\n".join([*lines, *_parting(found), *_verdict(found)])


def _parting(found: Replayed) -> Iterator[str]:
    first = found.there.first
    if first is None:
        yield "  Step for step as the trace says, as far as one can observe."
        yield from (f"    {words}" for words in found.there.unobserved)
    else:
        yield f"  The two part at step {first.step}:"
        yield from (f"    {words}" for words in first.words)
    yield ""


def _verdict(found: Replayed) -> list[str]:
    there, claim = found.there, found.trace.claims[0]
    if not there.holds:
        words = f"✗ {there.model} violates {claim} in this run, at step {there.trace.guilty}"
    elif there.stopped:
        words = f"? {there.model}: {claim} holds as far as the run could be taken: {there.stopped}"
    else:
        words = f"✓ {there.model}: {claim} holds in this run, which proves nothing of others"
    return paragraph(words, "")


def as_json(found: Replayed) -> dict[str, Any]:
    """Return what a replay shows as an object that `json.dumps` takes."""
    there = found.there
    return {
        "model": there.model,
        "claim": found.trace.claims[0],
        "holds": there.holds,
        "stopped": there.stopped,
        "first_difference": there.first and {"step": there.first.step, "words": list(there.first.words)},
        "trace": itf.to_itf(there.trace),
    }
