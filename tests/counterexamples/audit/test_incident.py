"""The incident's own log: what is in it is found, with the rounding, and matched by the model."""

import json
from pathlib import Path
from typing import Any

import pytest

from spillproof.counterexamples import command
from spillproof.counterexamples.audit.audit import Audit, audit
from spillproof.counterexamples.audit.interval import printed, spell
from spillproof.counterexamples.audit.stamp import time_of_day

LOG = Path(__file__).parent / "incident.log"
"""The lines of the reporter's log that are of tasks and memory."""

DUMP = Path(__file__).parent / "incident.csv"
"""The dominator tree in the report, as MAT would export it."""

MB = 1 << 20


@pytest.fixture(scope="module")
def found() -> Audit:
    """The audit of the incident's log."""
    return audit([LOG], "2.1.2")


def test_e1_takes_the_whole_pool(found: Audit) -> None:
    """E1 is granted eight times and holds 3.3 GB, of which the log leaves a quarter of a megabyte open."""
    e1 = next(iter(found.tasks[0].consumers.values()))

    assert (e1.label, e1.grants, spell(e1.peak)) == ("E1", 8, "3.3 GB")
    assert 3369 * MB < e1.peak.lo <= 33695 * MB // 10 <= e1.peak.hi < 3370 * MB


def test_e2_is_refused(found: Audit) -> None:
    """E2 asks for 5.1 MB at 11:44:39 and gets nothing."""
    assert found.tasks[0].refused is not None
    time, who, size = found.tasks[0].refused

    assert (time_of_day(time), who, spell(size)) == ("11:44:39", "E2", "5.1 MB")


def test_the_forced_spill(found: Audit) -> None:
    """E1 has to give for E2 while it is read, in 20 seconds, and all of it is believed free at 11:44:59."""
    (spill,) = found.tasks[0].forced
    free = found.tasks[0].free(spill.taken)
    assert spill.done is not None
    assert spill.asked is not None
    assert free is not None

    assert (spill.who, spill.whom, spill.while_read, spill.done - spill.asked) == ("E1", "E2", True, 20)
    assert (time_of_day(spill.done), spell(free)) == ("11:44:59", "3.3 GB")


def test_the_window(found: Audit) -> None:
    """For 4 min 44 s at most, 3.3 GB are counted free that may be held; 2.4 GB of them are granted again."""
    (window,) = found.windows()

    assert (window.who, window.whom, window.seconds(), window.ending) == ("E1", "E2", 284, "the OutOfMemoryError")
    assert found.leaks(window) is True
    assert window.granted.lo > 2000 * MB


def test_the_books_at_the_error(found: Audit) -> None:
    """At the OutOfMemoryError E2's 2.4 GB are accounted and 0.9 GB believed free, in growTable."""
    error = found.tasks[0].error
    assert error is not None
    assert error.free is not None

    assert (spell(error.accounted), spell(error.free)) == ("2.4 GB", "0.9 GB")
    assert [label for label, _ in error.holders] == ["E2"]
    assert (time_of_day(error.time), error.frame) == ("11:49:43", "AppendOnlyMap.growTable")


def test_no_line_contradicts_the_rules(found: Audit) -> None:
    """Fourteen requests are twice the estimate less the threshold, and the books balance."""
    assert found.findings() == []
    assert {rule.name: lines for rule, lines in found.ledger.findings.held.items()} == {
        "ASKS": 14,
        "THRESHOLD": 14,
        "GRANT": 14,
        "BOOKS": 15,
        "POOL": 14,
        "RELEASED_MORE": 1,
    }


@pytest.mark.parametrize(("release", "windows"), [("2.0.0", 1), ("2.3.4", 1), ("2.4.0", 0)])
def test_the_repair_closes_the_window(release: str, windows: int) -> None:
    """From 2.4.0 on the same lines would leave nothing held."""
    assert len(audit([LOG], release).windows()) == windows


def test_a_release_that_cannot_have_written_the_log() -> None:
    """Said to be of 3.3.0, the log contradicts it: since 3.0 units are written MiB, since 3.3 other words."""
    (finding,) = audit([LOG], "3.3.0").findings()

    assert finding.rule.name == "RELEASE"
    assert "only releases before 3.0 write lines such as" in finding.words


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    """The exit status of an audit, and what it prints, as one line."""
    status = command.run(["audit", str(LOG), *arguments])
    return status, " ".join(capsys.readouterr().out.split())


STORY = (
    "E1 acquires eight times and holds 3.3 GB; E2 is refused 5.1 MB at 11:44:39; the forced spill believes 3.3 GB free "
    "at 11:44:59; at the OutOfMemoryError 2.4 GB is accounted while {}; the fault is SPARK-22713, fixed in 2.4.0"
)


def test_the_last_words(capsys: pytest.CaptureFixture[str]) -> None:
    """The audit ends in what happened; of the heap the log alone says no more than that it may."""
    status, text = said(capsys, "--release", "2.1.2")

    assert status == 1
    assert text.endswith(STORY.format("E1's 3.3 GB may still be in the heap"))


def test_the_last_words_with_a_heap_dump(capsys: pytest.CaptureFixture[str]) -> None:
    """With the dominator tree beside it, what is in the heap is said as well, and what holds it."""
    _, text = said(capsys, "--release", "2.1.2", "--dominators", str(DUMP))

    assert text.endswith(STORY.format("E1's 3.31 GB and E2's 1.64 GB are in the heap"))
    assert "E1 0 B 3.31 GB ExternalAppendOnlyMap$SpillableIterator" in text
    assert "E2 2.4 GB 1.64 GB SizeTrackingAppendOnlyMap" in text


def test_the_trace_is_ready_for_replay(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The model's version of the incident is written, replays with the same end, and does no harm on 2.4.0."""
    status, text = said(capsys, "--release", "2.1.2", "--out", str(tmp_path))
    trace = tmp_path / "free_is_unreachable.itf.json"

    assert (status, trace.exists()) == (1, True)
    assert "2.4 GB is accounted and 4.9 GB reachable: E1's 3.31 GB and E2's 1.64 GB" in text
    assert command.run(["replay", str(trace)]) == 1
    assert "raises OutOfMemoryError" in capsys.readouterr().out
    assert command.run(["replay", str(trace), "--on", "incident@2.4.0"]) == 0


def test_json_has_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    """`--json` is one object; a size in it is an interval of bytes."""
    command.run(["audit", str(LOG), "--json", "--release", "2.1.2"])
    answer: dict[str, Any] = json.loads(capsys.readouterr().out)

    (window,) = answer["windows"]
    assert (window["who"], window["seconds"], window["held"]) == ("E1", 284, True)
    assert printed("3.3 GB").lo <= window["bytes"][0] <= window["bytes"][1] <= printed("3.3 GB").hi
    assert answer["model"] == "incident@2.1.2"
    assert answer["verdict"].startswith("✗ E1 acquires eight times")
