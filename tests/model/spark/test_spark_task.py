"""The task as a whole: the order of its downstream, its end, and what one run of it announces."""

import pytest

from spillproof.model.errors import Require
from spillproof.model.spark.fixes import fixes_of
from spillproof.model.spark.scenario.spark_task import SparkTask
from spillproof.properties.accounting import free_is_unreachable
from spillproof.properties.engines.run import Run, Step, replay


def test_shortest_run() -> None:
    """Three steps at capacity 1 leave one byte accounted and two reachable."""
    task = SparkTask(fixes=fixes_of("2.3.4")).start(capacity=1)
    e1, e2 = task.downstream.building
    task.insert(e1, 1)
    task.iterator(e1)
    before = bool(free_is_unreachable(task))
    task.insert(e2, 1)

    assert before
    assert (task.accounted(), task.reachable()) == (1, 2)
    assert not free_is_unreachable(task)


def test_cogroup_pulls_nothing_early() -> None:
    """A CoGroupedRDD pulls no iterator while another parent is still built."""
    task = SparkTask(fixes=fixes_of("2.3.4")).start(capacity=2)
    e1, e2 = task.downstream.building
    task.insert(e1, 1)
    task.iterator(e1)
    (iterator,) = task.downstream.rdd_iterators
    with pytest.raises(Require):
        task.pull(iterator)
    task.iterator(e2)
    task.pull(iterator)

    assert e1.owed == 0


def test_task_end() -> None:
    """After task end nothing is accounted, nothing is reachable, and nothing more can happen."""
    task = SparkTask(fixes=fixes_of("2.3.4")).start(capacity=3)
    e1, _ = task.downstream.building
    task.insert(e1, 2)
    task.end_task()

    assert (task.accounted(), task.reachable(), task.has_ended()) == (0, 0, True)
    with pytest.raises(Require):
        task.end_task()
    with pytest.raises(Require):
        task.insert(e1, 1)


def test_announces() -> None:
    """The guilty step announces the spill, then the release, then the grant."""
    task = SparkTask(fixes=fixes_of("2.3.4"))
    opening = replay(Run(task, (1,), ()))[0]
    building = [index for index, each in enumerate(opening.objects) if type(each).__name__ == "ExternalAppendOnlyMap"]
    moments = replay(Run(task, (1,), (Step("insert", (building[0], 1)), Step("iterator", (building[0],)))))
    left = [
        index for index, each in enumerate(moments[-1].objects) if each in list(moments[-1].state.downstream.building)
    ]
    last = replay(
        Run(
            task,
            (1,),
            (Step("insert", (building[0], 1)), Step("iterator", (building[0],)), Step("insert", (left[0], 1))),
        )
    )[-1]

    assert [event for event, _ in last.events] == ["spill", "release", "acquire"]
    assert last.spelled == "insert(E2, 1)"
