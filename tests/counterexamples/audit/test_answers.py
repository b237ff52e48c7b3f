"""What follows from an audit: which windows leak, what is sure, what stays unexplained, and the exit status."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from spillproof.counterexamples.audit import match as matching
from spillproof.counterexamples.audit.audit import Audit
from spillproof.counterexamples.audit.books import MAP, SORTER, Window
from spillproof.counterexamples.audit.contradiction import MISSING, Finding, Rule
from spillproof.counterexamples.audit.eventlog import EventLog
from spillproof.counterexamples.audit.interval import exactly
from spillproof.counterexamples.audit.match import match
from spillproof.counterexamples.audit.releases import ReleaseEvidence
from tests.counterexamples.audit.told import dead, death, error, finding, judged, made, stuck, task, window

LEAKY, REPAIRED, UNKNOWN = (2, 3, 4), (2, 4, 0), ()


def of(release: tuple[int, ...], found: Audit, *, whole: bool = False) -> Audit:
    """The same audit, of a release; perhaps of a log that is said to be whole."""
    found.evidence = ReleaseEvidence(asked=release)
    found.asserted = whole
    return found


@pytest.mark.parametrize(
    ("release", "collection", "while_read", "leaks"),
    [
        (LEAKY, MAP, True, True), (LEAKY, MAP, None, None), (LEAKY, MAP, False, True),
        (REPAIRED, MAP, True, False), (REPAIRED, MAP, None, False), (UNKNOWN, MAP, True, None),
        (REPAIRED, SORTER, True, True), (REPAIRED, SORTER, False, False), (LEAKY, SORTER, None, None),
    ],
)  # fmt: skip # a table
def test_which_windows_leak(
    release: tuple[int, ...],
    collection: str,
    while_read: bool | None,  # noqa: FBT001 - a table
    leaks: bool | None,  # noqa: FBT001 - a table
) -> None:
    """A map's before the fix of SPARK-22713, a sorter's in any release; where nobody knows, it may be."""
    found = of(release, made())
    assert found.leaks(replace(window(), collection=collection, while_read=while_read)) is leaks


@pytest.mark.parametrize(
    ("kind", "release", "while_read", "whole", "sure"),
    [
        ("forced spill", LEAKY, True, False, True), ("forced spill", LEAKY, None, False, False),
        ("forced spill", REPAIRED, True, True, False), ("forced spill", UNKNOWN, True, True, False),
        ("read to its end", LEAKY, True, False, False), ("read to its end", LEAKY, True, True, True),
    ],
)  # fmt: skip # a table
def test_which_windows_are_sure(
    kind: str,
    release: tuple[int, ...],
    while_read: bool | None,  # noqa: FBT001 - a table
    whole: bool,  # noqa: FBT001 - a table
    sure: bool,  # noqa: FBT001 - a table
) -> None:
    """Those of a spill while it was read; of a log that is whole, others too."""
    each = replace(window(), kind=kind, while_read=while_read)
    found = of(release, made(task(windows=[each])), whole=whole)

    assert found.sure(each) is sure
    assert found.exit_status() == (1 if sure else 3 if found.windows() else 0)


def test_the_worst_windows_come_first() -> None:
    """Of all tasks; none of those that do not leak, nor of a log that runs backwards."""
    windows = [window(size) for size in (5, 9, 7)]
    found = made(task(7, windows=windows[:2]), task(8, windows=[windows[2], window(99, while_read=None)]))
    assert [each.size.hi for each in of(LEAKY, found).windows()] == [99, 9, 7, 5]
    assert of(REPAIRED, found).windows() == []
    found.ledger.backward = 2
    assert of(LEAKY, found).windows() == []
    assert found.findings() == []


@pytest.mark.parametrize("field", ["gaps", "cut", "backward", "reading.cut", "reading.unended"])
def test_a_log_that_is_said_to_be_whole(field: str) -> None:
    """It is, unless it shows that it is not."""
    found = of(LEAKY, judged(finding(Rule.POOL, "x", MISSING)), whole=True)
    assert (found.whole, found.exit_status(), [each.sure for each in found.findings()]) == (True, 1, [True])
    setattr(found.reading if "." in field else found.ledger, field.rpartition(".")[2], 1)
    assert (found.whole, found.exit_status(), [each.sure for each in found.findings()]) == (False, 3, [False])
    assert not of(LEAKY, made()).whole


def test_lines_of_another_release() -> None:
    """That is said before all else."""
    found = of(LEAKY, judged(finding(Rule.POOL, "x")))
    found.evidence.since, found.evidence.why["since"] = (3, 3), "Task 7 need to spill"
    assert [each.rule for each in found.findings()] == [Rule.RELEASE, Rule.POOL]


UNEXPLAINED: dict[str, dict[str, Any]] = {
    "a failure": {"unexplained": [7]},
    "a signal": {"signals": 1},
    "a sorter": {"stuck": [stuck(7, 1.0, 2.0)]},
    "missing lines": {"gaps": 1},
    "a cut line": {"cut": 1},
    "backwards": {"backward": 2},
    "a death of nobody": {"errors": [death(3)]},
}


@pytest.mark.parametrize("name", UNEXPLAINED)
def test_what_is_not_explained(name: str) -> None:
    """Each by itself is enough for the status 3; without any, and with lines of the right level, it is 0."""
    found = made(**UNEXPLAINED[name])
    assert (found.unexplained(), found.exit_status()) == (True, 3)
    assert (made().unexplained(), made().exit_status(), made(debug=False).exit_status()) == (False, 0, 3)


def test_other_things_that_are_not_explained() -> None:
    """A task's death, a sign of one, a doubtful finding, an event log in which something died."""
    assert made(task(error=error())).exit_status() == 3
    assert dead(*made().deaths).exit_status() == 0
    assert judged(finding(Rule.POOL, "x", "doubt")).exit_status() == 3
    assert judged(Finding(Rule.POOL, "x", 1)).exit_status() == 1
    cases: list[tuple[dict[str, Any], int]] = [({}, 0), ({"deaths": 1}, 3), ({"removed": ["x"]}, 3)]
    for fields, status in cases:
        found = made()
        found.events.append(EventLog("x", **fields))
        assert found.exit_status() == status, fields


def test_which_task_the_last_words_are_about() -> None:
    """The one of most interest that died, or may hold something."""
    calm = task(9, peak=exactly(99), windows=[window(99)])
    died = task(8, error=error())
    assert of(LEAKY, made(calm, died)).worst() is died
    assert of(LEAKY, made(calm)).worst() is calm
    assert of(REPAIRED, made(calm)).worst() is None
    assert made().worst() is None
    assert [each.number for each in made(calm, died).tasks] == [8, 9]
    assert made(calm, died, errors=[death(3)]).errors() == [died.error, death(3)]


def test_which_spills_are_played_on_a_model(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of each task the three largest that a map was forced to for another, until one is matched."""
    windows = [window(size) for size in (5, 9, 7, 8)]
    read, sorter, unasked = (window(50) for _ in range(3))
    read.kind, sorter.collection, unasked.whom = "read to its end", SORTER, ""
    asked: list[int] = []
    answers: dict[int, Any] = {}

    def spark(_audit: Audit, _task: object, each: Window) -> Any:
        asked.append(each.size.hi)
        return answers.get(each.size.hi)

    monkeypatch.setattr(matching, "_incident", lambda *_: None)
    monkeypatch.setattr(matching, "_spark", spark)
    found = made(task(7, windows=[read, sorter, unasked, *windows]), task(8, windows=[window(1)]))
    assert match(found) is None
    assert asked == [9, 8, 7, 1]
    asked.clear()
    answers[8] = "a match"
    assert match(found) is answers[8]
    assert asked == [9, 8]
