"""Requests, grants, releases and spills, line by line: what is entered, and which rows a task's timeline gets."""

from __future__ import annotations

import pytest

from spillproof.counterexamples.audit import grants
from spillproof.counterexamples.audit.books import MAP
from spillproof.counterexamples.audit.contradiction import Rule
from spillproof.counterexamples.audit.interval import Interval, exactly
from tests.counterexamples.audit.entered import BEGINS, CAPACITY, E1, E2, E3, S1, U1, U2, Log

CHECK = "[SpillCheck] recordsRead = 32, currentMemory = {}, myMemoryThreshold = {}"
SPILLS = "Thread 9 spilling sort data of {} to disk (0 time so far)"
ITSELF = "Thread 9 spilling in-memory map of 5.0 B to disk (1 time so far)"
FORCED = "Task 7 force spilling in-memory map to disk and it will release {} memory"
OTHER = "Running task 1.0 in stage 1.0 (TID 8)"


def log(*lines: str) -> Log:
    """A log of a task that begins, and these lines."""
    return Log(CAPACITY, BEGINS, *lines)


def rows(found: Log) -> list[str]:
    """What the timeline of task 7 says, and of whom."""
    return [f"{each.who}: {each.words()}" for each in found.task().timeline.head]


# Requests


def test_an_estimate_is_of_collections() -> None:
    """A request of pages is not held against the estimate before it, which is forgotten either way."""
    found = log(CHECK.format("15.0 B", "5.0 B"), f"Task 7 required 9.0 B and got 9.0 B for {U1}")
    assert (found.ledger.findings.held, found.task().check) == ({Rule.GRANT: 1}, None)
    found = log(CHECK.format("15.0 B", "5.0 B"), f"Task 7 required 25.0 B and got 9.0 B for {E1}")
    assert found.ledger.findings.held == {Rule.GRANT: 1, Rule.ASKS: 1, Rule.THRESHOLD: 1}
    assert rows(found) == ["E1: asks 25 B, gets 9 B"]
    assert rows(log(f"Task 7 required 25.0 B and got 25.0 B for {E1}")) == []


def test_an_estimate_of_a_task_whose_beginning_is_missing() -> None:
    """It may be another collection's: it counts where it fits, and a threshold is then held against nothing."""
    for asks, held in (("25.0 B", {Rule.GRANT: 1, Rule.ASKS: 1}), ("9.0 B", {Rule.GRANT: 1})):
        found = Log(CAPACITY, f"Task 7 acquired 1.0 B for {U1}", CHECK.format("15.0 B", "5.0 B"))
        found.say(f"Task 7 required {asks} and got {asks} for {E1}")
        assert (found.ledger.findings.held, found.books().initial) == (held, None)


def test_a_threshold_makes_more_precise_what_is_held() -> None:
    """It is what was granted, and a constant that is known: printed to the byte, it says what rounding hid."""
    found = Log("MemoryStore started with capacity 9.0 MB", BEGINS, CHECK.format("15.0 B", "5.0 B"))
    found.say(f"Task 7 required 25.0 B and got 25.0 B for {E1}")
    found.say(f"Task 7 acquired 1.0 MB for {E2}", CHECK.format("1048591.0 B", "1048581.0 B"))
    found.say(f"Task 7 required 1048601.0 B and got 0.0 B for {E2}")

    assert (found.broken(), found.consumer(E2).used) == ([], exactly(1 << 20))


def test_a_consumer_whose_grants_are_missing_has_no_threshold() -> None:
    """What Spark reports of it is believed, but what it was granted is not known."""
    found = log("Memory used in task 7", f"Acquired by {E1}: 9.0 B", CHECK.format("15.0 B", "5.0 B"))
    found.say(f"Task 7 required 25.0 B and got 25.0 B for {E1}")

    assert (Rule.THRESHOLD in found.ledger.findings.held, found.books().initial) == (False, None)


# Grants


def test_so_many_grants_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a map the last ones, until it releases; of a window the first that came after it. Pages are not maps."""
    monkeypatch.setattr(grants, "MANY", 2)
    found = log(*(f"Task 7 acquired {size}.0 B for {E1}" for size in (1, 2, 3, 4)), f"Task 7 acquired 9.0 B for {U1}")
    assert {label: [each.size.lo for each in those] for label, those in found.task().grants.items()} == {"E1": [3, 4]}
    found.say(f"Task 7 release 10.0 B from {E1}", f"Task 7 released 10.0 B from {E1} for {E2}")
    found.say(*(f"Task 7 acquired {size}.0 B for {E2}" for size in (5, 6, 7)))
    (window,) = found.task().windows
    assert ([each.size.lo for each in window.after], [each.size.lo for each in window.before]) == ([5, 6], [3, 4])
    assert "E1" not in found.task().grants


def test_what_is_granted_of_a_request() -> None:
    """No more than was asked for, which is printed more precisely; a grant of nothing is said once."""
    found = log(f"Task 7 required 1048576.0 B and got 1.0 MB for {U1}", f"Task 7 acquired 1.0 MB for {U1}")
    assert found.consumer(U1).used.hi == 1 << 20
    found = log(f"Task 7 required 5.0 B and got 0.0 B for {U1}", f"Task 7 acquired 0.0 B for {U1}")
    assert (found.consumer(U1).refusals, rows(found)) == (1, ["U1: asks 5 B, and is refused"])
    found = log(f"Task 7 acquired 0.0 B for {U1}", f"Task 7 acquired 4.0 B for {U1}")
    assert (found.consumer(U1).refusals, rows(found)) == (1, ["U1: is granted nothing", "U1: acquires 4 B"])


# Releases


def test_what_is_released() -> None:
    """A row says it; nothing is said of nothing, nor is a window open then."""
    found = log(f"Task 7 acquired 5.0 B for {E1}", f"Task 7 release 0.0 B from {E1}")
    assert (rows(found)[1:], found.task().windows, found.broken()) == ([], [], [Rule.RELEASES_ALL])
    found = log(f"Task 7 acquired 5.0 B for {U1}", f"Task 7 release 4.0 B from {U1}")
    assert [rows(found)[-1], found.task().timeline.head[-1].holds] == ["U1: releases 4 B", exactly(1)]


def test_who_releases_and_was_not_heard_of() -> None:
    """It is held against that, but where Spark prints no name; and it is whole if the task is."""
    assert log("Task 7 release 5.0 B from null").broken() == []
    assert log(f"Task 7 release 0.0 B from {U1}").broken() == []
    assert log(f"Task 7 release 5.0 B from {U1}").consumer(U1).whole
    assert not Log(CAPACITY, f"Task 7 release 5.0 B from {U1}").consumer(U1).whole


def test_why_a_map_released_everything() -> None:
    """It spilled itself, once; or it was read to its end. Who is no map, and no other's announcement, opens nothing."""
    grant, release = f"Task 7 acquired 5.0 B for {E1}", f"Task 7 release 5.0 B from {E1}"
    found = log(grant, ITSELF, release)
    assert (found.task().windows, found.task().self_spill) == ([], False)
    assert [each.kind for each in found.say(grant, release).task().windows] == ["read to its end"]
    assert log(f"Task 7 acquired 5.0 B for {S1}", f"Task 7 release 5.0 B from {S1}").task().windows == []
    assert [each.kind for each in log(ITSELF, grant, release).task().windows] == ["read to its end"]  # it was refused
    for head, kind in (("ExternalSorter", "read to its end"), (MAP, "forced spill"), ("", "forced spill")):
        found = log(grant).say(FORCED.format("5.0 B"), head=head).say(release)
        assert [(each.kind, each.who, each.collection) for each in found.task().windows] == [(kind, "E1", MAP)]


# What is left, and what is reported


@pytest.mark.parametrize(
    ("words", "debug"), [("unreleased 5.0 B memory from", True), ("leak 5.0 B memory from", False)]
)
def test_what_is_not_released_at_the_end(words: str, *, debug: bool) -> None:
    """It is believed. Until 2.0 that is a warning; then it says that the level DEBUG is there."""
    found = log(f"{words} {U1}")
    assert (found.consumer(U1).used, found.ledger.debug) == (exactly(5), debug)
    assert rows(found) == ["U1: has not released 5 B at the end"]
    assert log(OTHER, f"{words} {U1}").task().consumers == {}


@pytest.mark.parametrize(("size", "stuck"), [(1 << 20, 1), ((1 << 20) - 1, 0)])
def test_from_which_size_on_a_sorter_is_stuck(size: int, stuck: int) -> None:
    """A megabyte; with when it said so last."""
    found = log(*(SPILLS.format(f"{each}.0 B") for each in (size, size, 5)))
    found.say("Memory used in task 7", f"Acquired by {U1}: {size}.0 B")

    assert [(each.name, each.size.lo, each.spilled, each.line) for each in found.ledger.stuck] == [
        ("UnsafeExternalSorter@1", size, 36004.0, 7)
    ] * stuck


def test_so_many_sorters_are_stuck(monkeypatch: pytest.MonkeyPatch) -> None:
    """So many are said."""
    monkeypatch.setattr(grants, "MANY", 1)
    found = log(SPILLS.format("4.0 MB"), "Memory used in task 7")
    found.say(f"Acquired by {U1}: 4.0 MB", f"Acquired by {U2}: 4.0 MB")

    assert len(found.ledger.stuck) == 1


def test_a_report_of_a_task_that_has_ended() -> None:
    """What comes after it is nobody's."""
    found = log(f"Task 7 acquired 5.0 B for {U1}", "Memory used in task 7")
    found.books().end(found.task(), "finished", "the task's end")
    found.say(f"Acquired by {U2}: 9.0 B")

    assert [*found.task().consumers] == [U1]
    assert log(f"Acquired by {U2}: 9.0 B").task().consumers == {}


def test_a_page_that_has_no_room() -> None:
    """It stays accounted and is nobody's, as often as it happens; where nobody knows whose, it is only said."""
    page = "Failed to allocate a page (5 bytes), try again."
    found = log(page, page)
    assert (found.task().orphans, rows(found)) == (exactly(10), [": a page of 5 B was granted and has no room"] * 2)
    found = log(OTHER, page)
    assert ([each.task for each in found.ledger.findings.all()], found.task().orphans.hi) == ([None], 0)


@pytest.mark.parametrize(
    ("line", "short", "row"),
    [
        (
            "Not enough spark off-heap execution memory. Acquired: 8.0 B, granted: 1.0 B.",
            "Gluten asked for 8 B and got 1 B", ": Gluten asks 8 B, gets 1 B",
        ),
        (
            "Task 7 requested 8.0 B but only received 1.0 B",
            "Comet asked for 8 B and got 1 B", ": Comet asks 8 B, gets 1 B",
        ),
    ],
)  # fmt: skip
def test_what_a_native_engine_did_not_get(line: str, short: str, row: str) -> None:
    """Whose it was, as far as that is known."""
    found = log(line)
    assert (found.ledger.shortages, rows(found)) == ([f"line 3: task 7: {short}"], [row, *rows(found)[1:]])
    assert found.task().timeline.head[0].used is None
    if "Task 7" not in line:
        found = log(OTHER, line)
        assert (found.ledger.shortages, rows(found)) == ([f"line 4: {short}"], [])


def test_rows_that_only_tell() -> None:
    """A native pool, a block that is not cached, who is asked to spill: they change no books."""
    found = log(
        "[Task 7] MemoryPool[Sort[9]].acquire(5) returning false",
        "Not enough space to cache rdd_6_1 in memory! (computed 24.6 MiB so far)",
        f"Task 7 try to spill 5.0 B from {E1} for {E2}", f"Task 7 need to spill 5.0 B for {E2}", ITSELF,
        FORCED.format("5.0 B"),
    )  # fmt: skip
    assert rows(found) == [
        ": Sort[9]: acquire(5) returning false", ": no room to cache rdd_6_1", "E1: is asked to spill 5 B for E2",
        "E2: needs 5 B more than is free", ": a map of 5 B spills itself", ": a map is spilled while it is read: 5 B",
    ]  # fmt: skip
    assert [each.used is None for each in found.task().timeline.head] == [True, True, True, False, True, True]
    assert log(OTHER, "Not enough space to cache rdd_6_1 in memory!", ITSELF).task().self_spill is False


# The pools


def test_an_executor_that_begins() -> None:
    """Storage has nothing then, and the log is whole from there on; so many sizes are kept."""
    found = Log(f"Task 7 acquired 5.0 B for {U1}")
    books = found.books()
    assert not books.whole
    books.storage = exactly(5)
    found.say("MemoryStore started with capacity 9.0 B")
    assert (found.books().storage.hi, found.books().whole, found.books().capacity) == (0, True, exactly(9))
    assert found.ledger.capacities == [("", exactly(9))]


def test_so_many_sizes_of_pools_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """The last ones."""
    monkeypatch.setattr(grants, "MANY", 2)
    found = Log()
    for size in (1, 2, 3):
        found.say(f"MemoryStore started with capacity {size}.0 B", stream=str(size))

    assert found.ledger.capacities == [("2", exactly(2)), ("3", exactly(3))]


LIMIT = "Will not store rdd_1_2 as the required space (10.0 B) exceeds our memory limit ({})"


@pytest.mark.parametrize(
    ("capacity", "debug", "limit", "known"),
    [
        ("1.0 MB", True, "1048571.0 B", exactly(1 << 20)),
        ("1.0 MB", False, "1048571.0 B", None),  # nobody says what execution holds
        ("1.0 MB", True, "9.0 MB", None),  # it cannot be
    ],
)
def test_what_storage_may_take_says_the_size_of_the_pool(
    capacity: str, limit: str, known: Interval | None, *, debug: bool
) -> None:
    """It is what execution does not hold."""
    found = Log(f"MemoryStore started with capacity {capacity}", BEGINS)
    found.say(f"Task 7 acquired 5.0 B for {U1}" if debug else ITSELF)
    before = found.books().capacity
    assert found.say(LIMIT.format(limit)).books().capacity == (known or before)
    assert Log(f"Task 7 acquired 5.0 B for {U1}", LIMIT.format(limit)).books().capacity is None


def test_what_storage_takes() -> None:
    """Blocks, and what is unrolled."""
    use = "Memory use = 5.0 B (blocks) + 1.0 B (scratch space shared across 2 tasks(s)) = 6.0 B. Storage limit = 9.0 B."

    assert log(use).books().storage == exactly(6)


def test_a_pool_that_says_itself_that_too_much_was_released() -> None:
    """With both sizes, and of whom."""
    words = "release called on 9 bytes but task only has 4 bytes of memory from the on-heap execution pool"
    (found,) = log(words).ledger.findings.all()

    assert (found.rule, found.task) == (Rule.RELEASED_MORE, 7)
    assert found.words == "9 B were released of 4 B in the on-heap execution pool"


# Spills


def test_which_release_a_spill_was() -> None:
    """Of the last windows that of the same name, if it is near: it was forced, and not read to its end."""
    grant, release = f"Task 7 acquired 5.0 B for {E1}", f"Task 7 release 5.0 B from {E1}"
    gave = f"Task 7 released 5.0 B from {E1} for {E2}"
    for later, kinds in ((0, ["forced spill"]), (2, ["forced spill"]), (3, ["read to its end", "forced spill"])):
        found = log(grant, release)
        found.line += later
        found.say(gave)
        assert [each.kind for each in found.task().windows] == kinds
        assert (found.task().windows[-1].whom, found.task().windows[-1].while_read) == ("E2", None)
    for between, windows in ((2, 3), (3, 5)):  # it is looked for among the last three
        found = log(grant).say(FORCED.format("5.0 B"), head=MAP).say(release)
        for name in (E2, E3, f"{E1[:-1]}4")[:between]:
            found.say(f"Task 7 acquired 5.0 B for {name}", f"Task 7 release 5.0 B from {name}")
        assert len(found.say(gave).task().windows) == windows


def test_a_spill_that_was_announced() -> None:
    """It is the one that has nobody yet for whom it is; the next one is another."""
    found = log(f"Task 7 acquired 5.0 B for {E1}").say(FORCED.format("5.0 B"), head=MAP)
    found.say(f"Task 7 release 5.0 B from {E1}", f"Task 7 released 5.0 B from {E1} for {E2}")
    found.say(f"Task 7 released 5.0 B from {E1} for {E3}")

    assert [(each.whom, each.announced) for each in found.task().windows] == [("E2", True), ("E3", False)]
    assert [(each.announced, each.asked) for each in found.task().forced] == [(True, 36004.0), (False, None)]


@pytest.mark.parametrize(("giver", "asker", "windows", "kind"), [(E1, E2, 1, MAP), (E1, E1, 0, MAP), (U1, E2, 0, "")])
def test_who_may_still_hold_what_it_gave(giver: str, asker: str, windows: int, kind: str) -> None:
    """A collection that spilled for another; a sorter of pages really gives."""
    found = log(f"Task 7 acquired 5.0 B for {giver}", f"Task 7 released 5.0 B from {giver} for {asker}")

    assert (len(found.task().windows), [each.kind for each in found.task().forced]) == (windows, [kind])


@pytest.mark.parametrize(
    ("head", "who"), [(f"x.{MAP}: ", MAP), ("ExternalSorter", "ExternalSorter"), ("", "a collection")]
)
def test_who_is_announced(head: str, who: str) -> None:
    """The logger says of which class it is."""
    spilling = log().say(FORCED.format("5.0 B"), head=head).task().spilling
    assert spilling is not None
    assert (spilling.who, spilling.size, spilling.asked, spilling.since) == (who, exactly(5), 36003.0, None)


@pytest.mark.parametrize(("size", "held"), [(0, 1), (1, 1)])
def test_the_order_of_victims_is_of_who_holds_anything(size: int, held: int) -> None:
    """A byte is something; who holds pages is of another kind, of which nothing is known."""
    found = log(f"Task 7 acquired 5.0 B for {E2}", f"Task 7 acquired {size}.0 B for {E3}")
    found.say(f"Task 7 need to spill 1.0 B for {E1}", f"Task 7 released 5.0 B from {E2} for {E1}")
    victims = found.ledger.of_victims
    assert (victims.held, len(victims.all())) == ({Rule.VICTIM: held}, size)
    pages = log(f"Task 7 acquired 5.0 B for {E2}", f"Task 7 acquired {size}.0 B for {U1}")
    pages.say(f"Task 7 need to spill 1.0 B for {E1}", f"Task 7 released 5.0 B from {E2} for {E1}")
    assert pages.ledger.of_victims.held == ({} if size else {Rule.VICTIM: 1})


def test_a_consumer_that_could_not_spill() -> None:
    """It is said, of the task if that is known."""
    (found,) = log(f"error while calling spill() on {E1}").ledger.findings.all()

    assert (found.rule, found.task, found.words, found.sure) == (Rule.SPILLS, 7, f"{E1} could not spill", True)
