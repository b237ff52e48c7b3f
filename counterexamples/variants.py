"""Which models belong to a trace: its own, and the one without the fault.

A trace says which model it was made of. A name of the catalogue is looked up there. A file that a trace names is never
imported because of that: a trace may come from anybody, and only who runs the command may say which code to run.
"""

from __future__ import annotations

from collections.abc import Iterator

from spillproof.counterexamples.asking import Question, is_path
from spillproof.counterexamples.explain.explain import claim_of
from spillproof.counterexamples.explain.needed import holds
from spillproof.counterexamples.replay.variant import retake
from spillproof.counterexamples.trace import Trace
from spillproof.model.catalogue import Entry, find
from spillproof.model.errors import ModelError
from spillproof.model.spark.fixes import FIXES, HALVES
from spillproof.model.system import Model


def asked_of(trace: Trace, name: str = "") -> Question:
    """Return the question that a trace answers, or the same of another model. Raises `ModelError` for a file's model.

    What the trace's scope says in numbers (`consumers`, `capacity`) is asked again.
    """
    title, *changes = (name or trace.model).split(" ")
    if is_path(title) and not name:
        message = (
            f"the trace names {trace.model}, and a trace's word is not enough to run a file: say --on {trace.model}"
        )
        raise ModelError(message)
    added, removed = (
        [fix for word, fix in zip(changes[::2], changes[1::2], strict=False) if word == which]
        for which in ("with", "without")
    )
    scope = {key: value for key, value in trace.scope if type(value) is int}
    return Question(title, scope, tuple(added), tuple(removed))


def repaired(trace: Trace) -> tuple[str, Model] | None:
    """Return a variant of the trace's model in which the run does no harm: what it is called, and the model.

    Of the fixes that the model lacks, the first that is enough alone; or what the catalogue calls the repaired one.
    """
    try:
        asked = asked_of(trace)
        entry = asked.entry()
    except ModelError:
        return None
    for name, candidate in _candidates(entry):
        model = candidate.build(**asked.scope)
        if _does_no_harm(trace, model):
            return name, model
    return None


def _candidates(entry: Entry) -> Iterator[tuple[str, Entry]]:
    if entry.repaired:
        yield entry.repaired, find(entry.repaired)
    if entry.knows_fixes:
        merged = [name for name in (*HALVES, *FIXES) if name in HALVES or FIXES[name].since]
        for name in merged:
            fixed = entry.with_fix(name)
            if fixed.scope != entry.scope:
                yield fixed.name, fixed


def _does_no_harm(trace: Trace, model: Model) -> bool:
    claim = claim_of(trace, model)
    try:
        taken = retake(trace, model)
    except ModelError:
        return False
    return claim is not None and not taken.skipped and holds(claim, taken.moments)
