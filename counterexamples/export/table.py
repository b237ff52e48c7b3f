"""A run as a table of comma-separated values, for a spreadsheet or a data frame: a line a step, with its bytes."""

from __future__ import annotations

import csv
from io import StringIO

from spillproof.counterexamples.export.escapes import one_line
from spillproof.counterexamples.trace import Trace

COUNTERS = ("accounted", "reachable", "unclaimed", "free", "gap")

FORMULAS = ("=", "+", "-", "@")
"""What a spreadsheet takes for the beginning of a formula."""


def table(trace: Trace) -> str:
    """Return the trace as lines of values; what is not known after a step is left empty."""
    text = StringIO()
    lines = csv.writer(text, lineterminator="\n")
    lines.writerow(("step", "action", *COUNTERS))
    for index, state in enumerate(trace.states):
        sizes = (getattr(state, name) for name in COUNTERS)
        lines.writerow((index, _words(state.spelled), *("" if size is None else str(size) for size in sizes)))
    return text.getvalue()


def _words(text: str) -> str:
    words = one_line(text)
    return f"'{words}" if words.lstrip().startswith(FORMULAS) else words
