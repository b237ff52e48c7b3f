"""What is counted free and perhaps held, as it is told: windows, forced spills, rules, and the heap beside them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from spillproof.counterexamples.audit.audit_text import Beside
from spillproof.counterexamples.audit.books import SORTER, Task
from spillproof.counterexamples.audit.contradiction import EARLY, MISSING, Rule
from spillproof.counterexamples.audit.heap import Histogram, HistogramRow, InHeap
from spillproof.counterexamples.audit.interval import ZERO, exactly
from tests.counterexamples.audit.told import MB, error, finding, judged, lines, made, one, part, said, spill, window

WINDOWS, SPILLS = "Counted free, and perhaps still held", "Forced spills"


def test_a_window() -> None:
    """Whose it is, how much, why, from when to when, how long; what was granted meanwhile; what holds it; the fault."""
    assert part(made(Task(7, windows=[window()])), WINDOWS) == [
        "  E1  60.0 MB, spilled for E2 while it was read: from 10:00:00 to the task's end",
        "      at 10:01:00, 1 min at most.",
        "      Granted to others of the task meanwhile: 30.0 MB.",
        "      held by TaskMemoryManager ▸ consumers ▸ E1 ▸ readingIterator ▸ upstream ▸",
        "        $outer ▸ data",
        "      SPARK-22713, fixed in 2.4.0: the iterator changed over only at its next",
        "      read, which the log does not show.",
    ]


def test_what_a_window_does_not_say() -> None:
    """Without a name, a time, a grant or an end, what is not known is left out, or dashes stand for it."""
    bare = replace(window(), name="", whom="", since=None, until=None, granted=ZERO)

    assert one(WINDOWS, made(Task(7, windows=[bare]))).startswith(
        "E1 60.0 MB, spilled while it was read: from --:--:-- to the task's end at --:--:--. held by TaskMemoryManager "
        "▸ consumers ▸ the collection ▸ readingIterator"
    )


def test_a_window_that_may_be_none() -> None:
    """If the log does not say that it was read, or which release it is, the window says what it hangs on."""
    unread = made(Task(7, windows=[replace(window(), while_read=None)]))
    unknown = made(Task(7, windows=[window()]))
    unknown.evidence.asked = ()

    assert "while it was read, if it was being read: the log does not say: from" in one(WINDOWS, unread)
    assert one(WINDOWS, unread).endswith("Held only if this is a release before 2.4.0.")
    assert "1 min at most, if no line is missing." in one(WINDOWS, unknown)
    assert "Held only if" in one(WINDOWS, unknown)
    assert "if no line is missing" not in one(WINDOWS, unread)


def test_a_map_that_was_read_to_its_end() -> None:
    """It is only held if no line is missing, which the reader may say."""
    audit = made(Task(7, windows=[replace(window(), kind="read to its end", whom="")]))
    told = one(WINDOWS, audit)
    audit.asserted = True

    assert told.startswith("E1 60.0 MB, read to its end, and released: from 10:00:00")
    assert "if no line is missing" in told
    assert told.endswith("SPARK-22713, fixed in 2.4.0: an exhausted iterator kept the map until the task's end.")
    assert "if no line is missing" not in one(WINDOWS, audit)


def test_a_sorter_that_was_spilled() -> None:
    """A sorter's iterator changes over only at the next read, in every release."""
    told = one(WINDOWS, made(Task(7, windows=[replace(window(), collection=SORTER)])))

    assert "consumers ▸ E1 ▸ readingIterator ▸ upstream" in told
    assert told.endswith("in every release to 4.3.0: an ExternalSorter's iterator changes over only then.")


def test_ten_windows_are_shown() -> None:
    """The largest first; the others are counted."""
    sizes = [each * MB for each in range(2, 13)]
    eleven = part(made(Task(7, windows=[window(size) for size in sizes])), WINDOWS)
    ten = part(made(Task(7, windows=[window(size) for size in sizes[:10]])), WINDOWS)

    assert [line.split()[1] for line in eleven if line.startswith("  E1")] == [f"{each}.0" for each in range(12, 2, -1)]
    assert eleven[-1] == "  and 1 more"
    assert not any("more" in line for line in ten)


@pytest.mark.parametrize(("fields", "words"), [
    ({}, "09:59:55 to 10:00:00 E1 had to give 60.0 MB for E2, while it was read; believed free afterwards: 70.0 MB"),
    ({"asked": None}, "10:00:00 E1 had to give 60.0 MB for E2, while it was read; believed free afterwards: 70.0 MB"),
    ({"done": None, "while_read": False},
     "09:59:55 E1 had to give 60.0 MB for E2, not while it was read; believed free afterwards: 70.0 MB"),
    ({"while_read": None},
     "09:59:55 to 10:00:00 E1 had to give 60.0 MB for E2, perhaps while it was read"),
])  # fmt: skip # a table
def test_a_forced_spill(fields: dict[str, Any], words: str) -> None:
    """When it was asked for and done, whose, how much, for whom, whether it was read, and what is free after it."""
    assert one(SPILLS, made(Task(7, forced=[spill(**fields)], capacity=exactly(100 * MB)), forced=1)).startswith(words)


def test_ten_forced_spills_are_shown() -> None:
    """Of all it is said how many more they are; without a capacity nothing is believed free."""
    many = part(made(Task(7, forced=[spill()] * 11), forced=12), SPILLS)
    ten = part(made(Task(7, forced=[spill()] * 10), forced=10), SPILLS)

    assert (sum("had to give" in line for line in many), many[-1]) == (10, "  and 2 more")
    assert sum("had to give" in line for line in ten) == 10
    assert not any("believed" in line or "more" in line for line in ten)


RULES = "Held against the rules"


def test_rules_that_are_kept() -> None:
    """Each with the number of lines that it was held against."""
    assert part(judged(held=[Rule.GRANT, Rule.ASKS, Rule.ASKS]), RULES) == [
        "  ✓ Nobody is granted more than was asked for. 1 line.",
        "  ✓ A collection asks for twice its estimate less its threshold. 2 lines.",
    ]
    assert RULES not in lines(made())


def test_rules_that_are_broken() -> None:
    """A rule that is broken is not said to be kept; three of its lines are shown, and a doubt if all have one."""
    sure = [finding(Rule.GRANT, f"gets {each}") for each in range(4)]
    missing = [finding(Rule.LEFT, "leaves 5 B", MISSING, line=0, who="")]
    early = [finding(Rule.BOOKS, "sums to 5 B", EARLY, time=None, task=None), finding(Rule.BOOKS, "x", EARLY, who="")]
    told = part(judged(*sure, *missing, *early, held=[Rule.GRANT, Rule.POOL]), RULES)

    assert told[:5] == [
        "  ✓ What is accounted fits into the pool. 1 line.",
        "  ✗ Nobody is granted more than was asked for. Not so in 4 lines:",
        *(f"      line 5, 10:00:00, task 7 E1: gets {each}" for each in range(3)),
    ]
    rest = " ".join(" ".join(told[5:]).split())
    assert (
        "? A task that succeeds has released everything. Not so in 1 line, if it is not that a line may be missing: "
        "task 7: leaves 5 B" in rest
    )
    assert (
        f"add up to. Not so in 2 lines; but {EARLY}: line 5, --:--:--, E1: sums to 5 B line 5, 10:00:00, task 7: x"
        in rest
    )


def test_one_sure_line_is_enough() -> None:
    """A rule of which one line is sure and another is not is broken."""
    told = part(judged(finding(Rule.LEFT, "a", MISSING), finding(Rule.LEFT, "b")), RULES)

    assert told[0] == "  ✗ A task that succeeds has released everything. Not so in 2 lines:"
    assert [line.rpartition(" ")[2] for line in told[1:]] == ["a", "b"]


def test_a_finding_of_nobody_and_a_long_one() -> None:
    """Without a task and a consumer the words stand alone; three hundred characters are shown."""
    told = part(judged(finding(Rule.LEFT, "a", line=0, task=None, who=""), finding(Rule.LEFT, "b" * 400)), RULES)

    assert told[1] == "      a"
    assert sum(line.count("b") for line in told[2:]) == 299 - len("line 5, 10:00:00, task 7 E1: ")


def test_the_heap_beside_the_books() -> None:
    """Each collection with what was accounted to whose it is, what it retains, and what holds it, line by line."""
    found = (
        InHeap("m", exactly(60 * MB), ("Iterator", "x" * 40, "array"), read=True, label="E1"),
        InHeap("n", exactly(30 * MB), ("Map",), read=False, label="E2"),
        InHeap("o", exactly(20 * MB), ("Map",), read=False),
    )
    audit = made(Task(7, error=error(("E2", exactly(30 * MB)))))
    told = part(audit, "The heap, beside what was accounted", Beside(heap=found))

    assert told[:6] == [
        "            accounted   retained  held by",
        "  E1              0 B    60.0 MB  Iterator ▸",
        f"{'':35}{'x' * 40} ▸",
        f"{'':35}array",
        "  E2          30.0 MB    30.0 MB  Map",
        "  ?         not known    20.0 MB  Map",
    ]


def test_the_heap_stands_apart() -> None:
    """An empty line below its title, and before what a dump does not say."""
    title = "The heap, beside what was accounted"
    found = (InHeap("m", exactly(60 * MB), ("Map",), read=True, label="E1"),)
    told = lines(made(), Beside(heap=found))
    first = told.index(title)

    assert (told[first - 1], told[first + 1], told[first + 4]) == ("", "", "")
    assert told[first + 5].strip().startswith("A dump does not say")


def test_the_heap_beside_no_error() -> None:
    """Where nothing died, nothing is accounted to anybody."""
    found = (InHeap("m", exactly(60 * MB), ("Map",), read=True, label="E1"),)

    assert "E1 0 B 60.0 MB Map" in said(made(), Beside(heap=found))
    assert "E1 0 B 60.0 MB Map" in said(made(Task(7, windows=[window()])), Beside(heap=found))


HISTOGRAM = "The histogram of the heap, beside what was accounted"


def test_a_histogram_beside_the_books() -> None:
    """Five classes and the sum; and, if something died, how many collections there are beside those that held any."""
    kinds = ["a.AppendOnlyMap", "b", "c", "d", "e", "f"]
    found = Histogram(tuple(HistogramRow(name, 2000, 3 * MB) for name in kinds), 18 * MB)
    died = made(Task(7, error=error(("E1", exactly(MB)), ("E2", ZERO), ("E3", exactly(1)))))
    told = part(died, HISTOGRAM, Beside(histogram=found))

    assert told[:6] == [
        *(f"      3.0 MB          2,000  {name}" for name in kinds[:5]),
        "     18.0 MB                 in all",
    ]
    assert " ".join(" ".join(told[6:]).split()).startswith(
        "2,000 collections in memory are in the heap, and 2 consumers were believed to hold any; 30.0 MB were accounted"
    )
    whole = lines(died, Beside(histogram=found))
    assert [whole[place + 1] for place, line in enumerate(whole) if line == HISTOGRAM or line.endswith("  in all")] == [
        "", "",
    ]  # fmt: skip
    for calm in (made(), made(Task(7, windows=[window()]))):
        assert "collections in memory" not in said(calm, Beside(histogram=found))
