"""A run as a table of comma-separated values."""

import csv
from dataclasses import replace

from spillproof.counterexamples.export.table import table
from spillproof.counterexamples.trace import Trace


def test_a_line_a_step(incident: Trace) -> None:
    """The shortest run has three steps; after the last, 2 B are reachable and 1 B is accounted."""
    lines = list(csv.DictReader(table(incident).splitlines()))

    assert [line["action"] for line in lines] == ["begin(capacity=1)", "insert(E1, 1)", "iterator(E1)", "insert(E2, 1)"]
    assert [line["accounted"] for line in lines] == ["0", "1", "1", "1"]
    assert [line["reachable"] for line in lines] == ["0", "1", "1", "2"]


def test_what_is_not_known_is_left_empty(raised: Trace) -> None:
    """Where a step raised, nothing is measured."""
    *_, last = csv.DictReader(table(raised).splitlines())

    assert last["accounted"] == last["reachable"] == ""


def test_no_formula_is_made_of_a_name(incident: Trace) -> None:
    """A spreadsheet calculates what begins with `=`; a quote makes it text."""
    named = replace(incident, states=(replace(incident.states[0], spelled='=HYPERLINK("x")'),))

    assert "0,\"'=HYPERLINK" in table(named)
