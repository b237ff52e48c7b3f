"""Which models belong to a trace: its own, and the one without the fault.

A trace says which model it was made of. A name of the catalogue is looked up there. A file that a trace names is never
imported because of that: a trace may come from anybody, and only who runs the command may say which code to run.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import is_dataclass
from typing import Any

from spillproof.counterexamples.explain.explain import claim_of, explain
from spillproof.counterexamples.explain.explanation import Explanation
from spillproof.counterexamples.explain.needed import holds
from spillproof.counterexamples.export import itf
from spillproof.counterexamples.export.escapes import one_line
from spillproof.counterexamples.question import Question
from spillproof.counterexamples.replay.divergence import first_difference
from spillproof.counterexamples.replay.variant import Retaken, retake
from spillproof.counterexamples.switches import switched, switches
from spillproof.counterexamples.trace import Trace
from spillproof.counterexamples.trace import trace as retrace
from spillproof.model.catalogue import find
from spillproof.model.catalogue.entry import Entry
from spillproof.model.errors import ModelError
from spillproof.model.scope import revived, settings
from spillproof.model.system import Model, actions_of
from spillproof.model.title import Title, is_path
from spillproof.properties.loader import class_in_file

Json = dict[str, Any]

MOST = 1_000
"""Of whatever a scope counts, such as consumers: a trace may come from anybody, and objects take memory."""


def asked_of(trace: Trace, name: str = "", *, whole: bool = False) -> Question:
    """Return the question that a trace answers, or with `name` the same of another model.

    The trace's scope is asked again, as far as that model knows it: of another model its numbers (`consumers`,
    `capacity`), and the switches that are not as usual, unless the `whole` is wanted. Raises `ModelError` for a trace's
    own model in a file, and where there is no such model.
    """
    if trace.is_of_running_code:
        message = (
            f"{one_line(trace.model)} is running code, and no model: its run cannot be taken on one; "
            "`spillproof export TRACE --format pytest` makes a test of it"
        )
        raise ModelError(message)
    if is_path(trace.model) and not name:
        message = f"the trace says {trace.model}, and a file is not run because a trace says so: add --on {trace.model}"
        raise ModelError(message)
    title = Question.of(name or trace.model).name
    model = class_in_file(title) if is_path(title) else find(title).model
    taken = switches(trace) if whole or _is_own(trace, title) else switched(trace)
    return Question.of(name or trace.model, {**_numbers(trace, model), **revived(model, taken)})


def _is_own(trace: Trace, title: str) -> bool:
    """Return whether a trace was made of a model; one in a file is the same wherever the file is now."""
    own = Title.parse(trace.model).name
    if is_path(own) and is_path(title):
        return own.rpartition(":")[2] == title.rpartition(":")[2]
    return own == title


def _numbers(trace: Trace, model: type[Model]) -> dict[str, int]:
    """Return the numbers of a trace's scope that a model knows. Raises `ModelError` for too many of anything."""
    known = settings(model)
    found = {name: value for name, value in trace.scope if type(value) is int and name in known}
    for name, value in found.items():
        if known[name].hint is int and abs(value) > MOST:
            message = f"the trace says {name}={one_line(value, 24)}, and a model with more than {MOST:,} is not built"
            raise ModelError(message)
    return found


def fitting(trace: Trace, asked: Question) -> Model:
    """Return the model that was asked for. Raises `ModelError` where it has not the actions that the trace takes."""
    model = asked.model()
    known = [action.name for action in actions_of(type(model))]
    for state in trace.states[1:]:
        if state.action not in known:
            message = (
                f"{asked.title()} is another kind of model than {trace.model}, which the trace is of: it has no action "
                f"{state.action!r}; it has {', '.join(known)}"
            )
            raise ModelError(message)
    return model


def repaired(trace: Trace) -> tuple[str, Model] | None:
    """Return a variant of the trace's model in which the run does no harm: what it is called, and the model.

    Of the fixes that the model lacks, the first that is enough alone, merged ones before proposals; or what the
    catalogue calls the repaired one. One that can take the whole run comes before one that refuses a step of it.
    """
    try:
        asked = asked_of(trace)
        entry = asked.entry()
    except ModelError:
        return None
    refuses: tuple[str, Model] | None = None
    switches = switched(trace)
    for name, candidate in _candidates(entry):
        model = candidate.build(**_numbers(trace, candidate.model), **revived(candidate.model, switches))
        taken = _harmless(trace, model)
        if taken is not None and not taken.stopped:
            return name, model
        if taken is not None and refuses is None:
            refuses = name, model
    return refuses


def _candidates(entry: Entry) -> Iterator[tuple[str, Entry]]:
    if entry.repaired:
        yield entry.repaired, find(entry.repaired)
    if entry.knows_fixes:
        present = entry.scope["fixes"]
        assert isinstance(present, frozenset)
        merged = [name for name, fix in entry.known.items() if fix.since and name not in present]
        whole = [name for name, halves in entry.halves.items() if not halves & present]
        yield from ((f"{entry.name} with {name}", entry.with_fix(name)) for name in (*whole, *merged))
        proposed = [name for name, fix in entry.known.items() if not fix.since and name in present]
        yield from ((f"{entry.name} without {name}", entry.without_fix(name)) for name in proposed)
        possible = [name for name, fix in entry.known.items() if not fix.since and name not in present]
        yield from ((f"{entry.name} with {name}", entry.with_fix(name)) for name in possible)


def _harmless(trace: Trace, model: Model) -> Retaken | None:
    """Return how a run goes on a model, if the claim holds there."""
    claim = claim_of(trace, model)
    try:
        taken = retake(trace, model)
    except ModelError:
        return None
    return taken if claim is not None and holds(claim, taken.moments) else None


def explained(trace: Trace, on: str = "", against: str = "", *, briefly: bool = False) -> Explanation:
    """Return the explanation of a trace, with its model and the repaired one where they can be had.

    `briefly` leaves out why each step is needed, for which the run is taken again once a step. Raises `ModelError`
    where one that was named cannot, or where the trace's model does not do what the trace says.
    """
    model = None if is_path(trace.model) and not on else fitting(trace, asked_of(trace, on))
    other = (against, fitting(trace, asked_of(trace, against))) if against else repaired(trace)
    if model is not None and not on:
        _check_still_true(trace, model)
    return explain(trace, None if briefly else model, other)


def _check_still_true(here: Trace, model: Model) -> None:
    taken = retake(here, model)
    first = first_difference(here, retrace(taken.run), taken.stopped)
    if first is not None:
        message = (
            f"{here.model} does not do what the trace says: at step {first.step} it differs ({first.words[0]}); the "
            "trace was made by another version of spillproof, or was changed; `spillproof replay` shows how it goes now"
        )
        raise ModelError(message)


def as_json(explanation: Explanation) -> Json:
    """Return an explanation as an object that `json.dumps` takes; traces are in ITF."""
    return {name: _plain(value) for name, value in vars(explanation).items()}


def _plain(value: Any) -> Any:
    if isinstance(value, Trace):
        return itf.to_itf(value)
    if isinstance(value, (tuple, list)):
        return [_plain(each) for each in value]
    if is_dataclass(value):
        return {name: _plain(each) for name, each in vars(value).items()}
    return value
