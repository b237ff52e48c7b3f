"""The rules of Spark's accounting are held against the lines: each is seen broken, each window open and shut."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from spillproof.counterexamples import command
from spillproof.counterexamples.audit.audit import Audit, audit
from spillproof.counterexamples.audit.contradiction import Rule
from spillproof.counterexamples.audit.match import match
from tests.counterexamples.audit.logs import MAP, SORTER, UNSAFE, contention, line, started, written

BEGINS = line("10:00:00", "Running task 0.0 in stage 1.0 (TID 7)", logger="Executor")
ENDS = line("10:00:50", "Finished task 0.0 in stage 1.0 (TID 7). 1 bytes result sent to driver", logger="Executor")
E1, E2, E3, U1 = f"{MAP}1", f"{MAP}2", f"{MAP}3", f"{UNSAFE}1"


def tmm(*messages: str) -> Iterator[str]:
    """Lines of the memory manager, a second apart."""
    yield from (line(f"10:00:{second:02}", f"Task 7 {message}") for second, message in enumerate(messages, 1))


def held(tmp_path: Path, *lines: str, release: str = "2.3.4") -> Audit:
    """The audit of a whole task."""
    return audit([written(tmp_path, started(), BEGINS, *lines, ENDS)], release)


def broken(found: Audit) -> list[Rule]:
    """The rules that lines contradict."""
    return [each.rule for each in found.findings()]


@pytest.mark.parametrize(
    ("lines", "rule"),
    [
        (tmm(f"acquired 1.0 MB for {E1}", f"release 1.0 MB from {E1}"), None),
        (tmm(f"release 5.0 MB from {E1}"), Rule.RELEASED_UNKNOWN),
        (tmm(f"acquired 1.0 MB for {U1}", f"release 1.2 MB from {U1}"), Rule.RELEASED_MORE),
        (tmm(f"acquired 9.0 MB for {E1}", f"release 8.0 MB from {E1}"), Rule.RELEASES_ALL),
        (tmm(f"acquired 9.0 MB for {U1}"), Rule.LEFT),
        (tmm(f"acquired 60.0 MB for {U1}", f"acquired 41.0 MB for {U1}", f"release 101.0 MB from {U1}"), Rule.POOL),
        (
            tmm(
                f"required 5.0 MB and got 6.0 MB for {E1}",
                f"finally acquired 6.0 MB (currentMem = 6.0 MB) for {E1}",
                f"release 6.0 MB from {E1}",
            ),
            Rule.GRANT,
        ),
        (tmm(f"finally acquired 6.0 MB (currentMem = 9.0 MB) for {E1}", f"release 9.0 MB from {E1}"), Rule.BOOKS),
        (
            [line("10:00:01", "Failed to allocate a page (67108864 bytes), try again.")],
            Rule.ALLOCATES,
        ),
        ([line("10:00:01", f"error while calling spill() on {E1}")], Rule.SPILLS),
        (
            [
                line(
                    "10:00:01",
                    "Internal error: release called on 9 bytes but task only has 4 bytes of memory from the on-heap "
                    "execution pool",
                    logger="ExecutionMemoryPool",
                )
            ],
            Rule.RELEASED_MORE,
        ),
        ([line("10:00:01", "Managed memory leak detected; size = 9 bytes, TID = 7", logger="Executor")], Rule.LEFT),
    ],
)
def test_each_rule_is_seen_broken(lines: Iterator[str], rule: Rule | None, tmp_path: Path) -> None:
    """A line that contradicts a rule is a finding of that rule alone; one that keeps it is none."""
    assert broken(held(tmp_path, *lines)) == ([] if rule is None else [rule])


@pytest.mark.parametrize(("asked", "rules"), [("15.1", []), ("15.4", [Rule.ASKS])])
def test_a_collection_asks_for_twice_its_estimate(asked: str, rules: list[Rule], tmp_path: Path) -> None:
    """Twice 10.0 less 5.0 MB is 14.85 to 15.15 MB with the rounding: only what is beyond contradicts the rule."""
    check = "[SpillCheck] recordsRead = 32, inMemRecordsNum = 1, currentMemory = 10.0 MB, myMemoryThreshold = 5.0 MB"
    lines = tmm(
        f"required {asked} MB and got {asked} MB for {E1}",
        f"finally acquired {asked} MB (currentMem = {asked} MB) for {E1}",
        f"release {asked} MB from {E1}",
    )

    assert broken(held(tmp_path, line("10:00:00", check, logger="ExternalAppendOnlyMap"), *lines)) == rules


def test_rounding_is_no_contradiction(tmp_path: Path) -> None:
    """Fifty grants of 1.0 MB can be 47.5 or 52.5 MB: a release of either contradicts nothing."""
    for total in ("47.6", "52.4"):
        lines = tmm(*[f"acquired 1.0 MB for {U1}"] * 50, f"release {total} MB from {U1}")
        assert broken(held(tmp_path, *lines)) == []


def test_nothing_is_concluded_of_a_task_that_began_before_the_log(tmp_path: Path) -> None:
    """What it released, it may have acquired before."""
    found = audit([written(tmp_path, started(), *tmm(f"release 5.0 MB from {E1}"))])

    assert broken(found) == []


@pytest.mark.parametrize(("victim", "broken_"), [(E2, False), (E3, True)])
def test_the_order_of_victims(victim: str, broken_: bool, tmp_path: Path) -> None:  # noqa: FBT001 - parametrized
    """10 MB are needed: since 2.2.0 the 20 MB of E2 are spilled and not the 30 MB of E3."""
    size = {E2: "20.0", E3: "30.0"}
    other = {E2: E3, E3: E2}[victim]
    lines = tmm(
        f"acquired 20.0 MB for {E2}",
        f"acquired 30.0 MB for {E3}",
        f"required 10.0 MB and got 0.0 B for {E1}",
        f"release {size[victim]} MB from {victim}",
        f"released {size[victim]} MB from {victim} for {E1}",
        f"finally acquired 10.0 MB (currentMem = 10.0 MB) for {E1}",
        f"release {size[other]} MB from {other}",
        f"release 10.0 MB from {E1}",
    )
    assert (Rule.VICTIM in broken(held(tmp_path, *lines))) is broken_


# Windows


def test_tasks_are_told_apart(tmp_path: Path) -> None:
    """Two tasks whose lines interleave have books of their own."""
    one, two = contention(task=7), contention(task=8)
    found = audit(
        [written(tmp_path, started(capacity="900.0 MB"), *(x for both in zip(one, two, strict=True) for x in both))],
        "2.3.4",
    )

    assert [(each.task, each.who, each.whom, each.seconds()) for each in found.windows()] == [
        (7, "E1", "E2", 10),
        (8, "E1", "E2", 10),
    ]
    assert broken(found) == []


def test_another_executor_begins_anew(tmp_path: Path) -> None:
    """What the first executor had not released is not in the books of the second."""
    cut = [*contention()][:3]
    found = audit(
        [written(tmp_path, started(), *cut, started("11:00:00"), *contention(task=9, clock="11:00"))], "2.3.4"
    )

    assert (found.ledger.executors, broken(found)) == (2, [])


def test_a_map_that_was_not_read(tmp_path: Path) -> None:
    """Since 2.2 a map can be made to spill while it is built: nothing holds it then, and Spark says nothing of it."""
    lines = tmm(
        f"acquired 60.0 MB for {E1}",
        f"release 60.0 MB from {E1}",
        f"released 60.0 MB from {E1} for {E2}",
        f"acquired 5.0 MB for {E2}",
        f"release 5.0 MB from {E2}",
    )
    found = held(tmp_path, *lines)

    assert [each.while_read for each in found.tasks[0].forced] == [False]
    assert found.windows() == []


def test_a_map_that_spills_itself(tmp_path: Path) -> None:
    """Who spills itself drops its map."""
    own = line("10:00:02", "Thread 44 spilling in-memory map of 60.0 MB to disk (1 time so far)", logger=MAP[28:-1])
    found = held(
        tmp_path,
        *tmm(f"acquired 60.0 MB for {E1}"),
        own,
        line("10:00:03", f"Task 7 release 60.0 MB from {E1}"),
        line("10:00:04", f"Task 7 acquired 5.0 MB for {E2}"),
        line("10:00:05", f"Task 7 release 5.0 MB from {E2}"),
    )

    assert found.windows() == []


def test_a_map_that_was_read_to_its_end(tmp_path: Path) -> None:
    """Before 2.4.0 an exhausted iterator kept its map: a window, if anything was granted meanwhile."""
    lines = [
        *tmm(f"acquired 60.0 MB for {E1}", f"release 60.0 MB from {E1}", f"acquired 5.0 MB for {E2}"),
        line("10:00:05", f"Task 7 release 5.0 MB from {E2}"),
    ]

    (window,) = held(tmp_path, *lines).windows()
    assert (window.kind, window.who) == ("read to its end", "E1")
    assert held(tmp_path, *lines, release="2.4.0").windows() == []


@pytest.mark.parametrize("release", ["2.1.2", "2.4.0", "3.2.0"])
def test_a_sorter_keeps_its_window(release: str, tmp_path: Path) -> None:
    """An ExternalSorter's iterator changes over at its next read in every release."""
    lines = [each.replace(MAP, SORTER).replace("ExternalAppendOnlyMap", "ExternalSorter") for each in contention()]
    (window,) = audit([written(tmp_path, started(), *lines)], release).windows()

    assert (window.who, window.collection) == ("S1", "ExternalSorter")


def test_the_words_of_3_3(tmp_path: Path) -> None:
    """Since 3.3 a forced spill is worded anew, and is understood as before."""
    words = [
        each.replace("released 100.0 MiB from", "spilled 100.0 MiB of requested 30.0 MiB from")
        for each in contention(unit="MiB")
    ]
    found = audit([written(tmp_path, started(capacity="100.0 MiB"), *words)])

    assert [(each.who, each.whom) for each in found.tasks[0].forced] == [("E1", "E2")]
    assert (found.evidence.since, found.windows()) == ((3, 3), [])


# The trace


def test_any_forced_spill_has_its_trace(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The grants of the log are insertions of `spark@2.3.4`; its run breaks the claim there and not in 2.4.0."""
    path = written(tmp_path, started(), *contention())
    found = match(audit([path], "2.3.4"))
    assert found is not None

    assert [each.action for each in found.trace.states] == ["begin", "insert", "insert", "iterator", "insert"]
    assert found.trace.states[-1].accounted == 30 << 20
    assert found.trace.states[-1].reachable == 130 << 20
    assert (found.trace.violation, found.trace.guilty, found.trace.claims) == (True, 4, ("free_is_unreachable",))
    assert command.run(["audit", str(path), "--release", "2.3.4", "--out", str(tmp_path / "out")]) == 1
    trace = str(tmp_path / "out" / "free_is_unreachable.itf.json")
    assert command.run(["replay", trace]) == 1
    assert command.run(["replay", trace, "--on", "spark@2.4.0"]) == 0
    assert "spark@2.3.4 takes these steps" in capsys.readouterr().out


def test_no_trace_of_what_the_model_has_not(tmp_path: Path) -> None:
    """A sorter is no map: there is no trace of it."""
    lines = [each.replace(MAP, SORTER).replace("ExternalAppendOnlyMap", "ExternalSorter") for each in contention()]

    assert match(audit([written(tmp_path, started(), *lines)], "2.3.4")) is None


def test_an_error_of_another_kind_stays_unexplained(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Where the accounting itself refused, or nothing was spilled while it was read, no fault is named: status 3."""
    lines = [
        *tmm(f"acquired 9.0 MB for {U1}"),
        line("10:00:05", "Exception in task 0.0 in stage 1.0 (TID 7)", logger="Executor"),
        "org.apache.spark.memory.SparkOutOfMemoryError: Unable to acquire 262144 bytes of memory, got 0\n",
    ]
    path = written(tmp_path, started(), BEGINS, *lines)

    assert command.run(["audit", str(path), "--release", "2.3.4"]) == 3
    text = " ".join(capsys.readouterr().out.split())
    assert "? Task 7 was refused memory by the accounting itself at 10:00:05, when 9.0 MB was accounted" in text
