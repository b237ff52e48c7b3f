"""What Spark would have logged."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from spillproof.counterexamples.export.spark_log import bytes_to_string, spark_log
from spillproof.counterexamples.trace import Event, Trace, trace
from spillproof.model.catalogue import find
from spillproof.model.errors import ModelError
from spillproof.properties.engines.run import Run, Step

MAP = "org.apache.spark.util.collection.ExternalAppendOnlyMap"
FORCED = "INFO ExternalAppendOnlyMap: Task 0 force spilling in-memory map to disk and it will release"
LINE = re.compile(
    r"70/01/01 \d\d:\d\d:\d\d ((DEBUG TaskMemoryManager|INFO ExternalAppendOnlyMap): "
    r"|Thread 0 |Task 0 )+.*"
)


def log_of(steps: tuple[Step, ...], capacity: int = 2, model: str = "spark@2.3.4") -> list[str]:
    """The log of a run, without the time."""
    text = spark_log(trace(Run(find(model).build(), (capacity,), steps)))
    return [line.split(" ", 2)[2] for line in text.splitlines()]


def test_the_log_of_the_incident(incident: Trace) -> None:
    """The lines are those of TaskMemoryManager.java in v2.3.4, in the order in which they are written there.

    In the incident's own log the same stands at 11:44:39 and 11:44:59.
    """
    assert spark_log(incident).splitlines() == [
        f"70/01/01 00:00:01 DEBUG TaskMemoryManager: Task 0 acquired 1.0 B for {MAP}@3",
        f"70/01/01 00:00:03 {FORCED} 1.0 B memory",
        f"70/01/01 00:00:03 DEBUG TaskMemoryManager: Task 0 release 1.0 B from {MAP}@3",
        f"70/01/01 00:00:03 DEBUG TaskMemoryManager: Task 0 released 1.0 B from {MAP}@3 for {MAP}@4",
        f"70/01/01 00:00:03 DEBUG TaskMemoryManager: Task 0 acquired 1.0 B for {MAP}@4",
    ]


def test_a_map_that_spills_itself_says_so() -> None:
    """A map that is granted too little spills, and releases what it was granted as well. Nobody asked it to."""
    assert log_of((Step("insert", (3, 2)), Step("insert", (3, 1))))[1:] == [
        f"DEBUG TaskMemoryManager: Task 0 acquired 0.0 B for {MAP}@3",
        "INFO ExternalAppendOnlyMap: Thread 0 spilling in-memory map of 2.0 B to disk (1 time so far)",
        f"DEBUG TaskMemoryManager: Task 0 release 2.0 B from {MAP}@3",
        f"DEBUG TaskMemoryManager: Task 0 acquired 1.0 B for {MAP}@3",
    ]


def test_a_map_that_is_filled_spills_in_silence() -> None:
    """A forced spill of a map that nobody reads writes no line of its own: only its iterator has one."""
    lines = log_of((Step("insert", (3, 2)), Step("insert", (4, 1))))

    assert [line for line in lines if line.startswith("INFO")] == []
    assert f"DEBUG TaskMemoryManager: Task 0 released 2.0 B from {MAP}@3 for {MAP}@4" in lines


def test_what_is_left_at_the_end_is_unreleased() -> None:
    """The task ends in use: the manager says what it was not given back."""
    assert log_of((Step("insert", (3, 2)), Step("end_task", ())))[-1] == (
        f"DEBUG TaskMemoryManager: unreleased 2.0 B memory from {MAP}@3"
    )


@pytest.mark.parametrize(
    ("size", "said"),
    [
        (0, "0.0 B"), (1, "1.0 B"), (2047, "2047.0 B"), (2048, "2.0 KB"), (5347737, "5.1 MB"), (2097151, "2048.0 KB"),
        (253126246, "241.4 MB"), (1209113804, "1153.1 MB"), (3543348019, "3.3 GB"), (1 << 61, "2.0 EB"),
        (1 << 71, "2.36E+21 B"), (-5, "-5.0 B"), (-(10**400), f"-1{'0' * 400}.0 B"),
    ],
)  # fmt: skip
def test_sizes_are_spelled_as_spark_does(size: int, said: str) -> None:
    """`Utils.bytesToString`: a unit is left from twice the next one on, and 241.4 MB are never 0.2 GB."""
    assert bytes_to_string(size) == said


def test_every_line_has_log4js_form(incident: Trace) -> None:
    """Spark's own pattern: the day, the time, the level, the class, the words."""
    assert all(LINE.fullmatch(line) for line in spark_log(incident).splitlines())


def test_a_run_of_another_model_is_no_log_of_spark(lesson: Trace, raised: Trace) -> None:
    """Spark would never write its lines; that is said in one line."""
    for other in (lesson, raised):
        with pytest.raises(ModelError, match="is no model of Spark: it has no TaskMemoryManager"):
            spark_log(other)


def test_a_run_without_consumers_has_no_log(incident: Trace) -> None:
    """Where nobody acquires, nothing is logged."""
    with pytest.raises(ModelError, match="no consumer acquires, spills or releases"):
        spark_log(replace(incident, states=incident.states[:1], guilty=None))


def test_a_size_that_is_none_is_refused(incident: Trace) -> None:
    """A trace that says somebody released `much` is refused."""
    wrong = replace(incident.states[1], events=(Event("release", (("consumer", "E1"), ("size", "much"))),))
    with pytest.raises(ModelError, match="a release of 'much', which is no size"):
        spark_log(replace(incident, states=(incident.states[0], wrong), guilty=None))


def test_the_log_is_the_same_from_a_file(incident: Trace, tmp_path: Path) -> None:
    """The trace alone has all that the log is made of."""
    from spillproof.counterexamples.export.itf import dumps, read

    (tmp_path / "x.itf.json").write_text(dumps(incident), encoding="utf-8")

    assert spark_log(read(tmp_path / "x.itf.json")) == spark_log(incident)
