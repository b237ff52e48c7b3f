"""What a test leaves behind of a model that violates a claim: a trace, and a test that takes the run again."""

from __future__ import annotations

import inspect
import os
import re
from collections.abc import Iterator
from pathlib import Path

from spillproof.counterexamples.export import itf
from spillproof.counterexamples.export.regression import regression
from spillproof.counterexamples.record import Record
from spillproof.counterexamples.trace import constant
from spillproof.model.system import Model
from spillproof.properties.engines.story.snippet import given
from spillproof.properties.engines.verdict import Report, Violated


def kept(report: Report, name: str = "") -> Iterator[tuple[str, str]]:
    """Yield files for each violated claim of a report: their names and what is in them.

    `name` says what the model is called where it was asked for by name. A model that nobody can find by a name, as it
    is made within a function, gets no test.
    """
    called = name or _called(report.model)
    record = Record(report, called or type(report.model).__name__)
    for result in report.results:
        if isinstance(result.verdict, Violated):
            trace = record.trace(result)
            words = [type(report.model).__name__, *_scope(report.model), result.claim.name]
            stem = re.sub(r"\W+", "_", "_".join(words))
            yield f"{stem}.itf.json", itf.dumps(trace)
            if called:
                yield f"test_{stem}.py", regression(trace)


def _scope(model: Model) -> Iterator[str]:
    """Yield what is not as the class has it: several tests may check one model at several scopes."""
    for name, value in given(model).items():
        if not isinstance(value, frozenset):
            yield f"{name}_{constant(value)}"


def _called(model: Model) -> str:
    """Return the name by which a model is found: in the catalogue, or in its file; empty where there is none."""
    from spillproof.model.catalogue import entry_of  # where nothing is kept, it is not needed

    if entry := entry_of(model):
        return entry.name
    kind = type(model)
    file = inspect.getsourcefile(kind)
    if file is None or "." in kind.__qualname__:
        return ""
    here = Path(file).resolve()
    return f"{os.path.relpath(here) if here.is_relative_to(Path.cwd()) else here}:{kind.__qualname__}"
