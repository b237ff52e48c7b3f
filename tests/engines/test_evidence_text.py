"""The evidence of a violation at a terminal: a table where it fits, and one below the other where it does not."""

import pytest

from spillproof.properties.engines.evidence.evidence import Evidence, Reading
from spillproof.properties.engines.story.evidence_text import _table, both_sides, columns, told_evidence

USED = Reading("used()", "", ("1", "22222"))
FOUND = [Evidence("a_claim", 1, "now.used() < 2", "22,222 < 2", (USED,))]


def table(width: int, at: int = 1) -> list[str]:
    """The lines about what was read."""
    return list(_table(FOUND, at, set(), width))


def test_a_table_as_wide_as_the_terminal() -> None:
    """The words take 6 characters, the title `before` 6, the longest value 5, what is between and the mark 6."""
    assert table(23) == ["        before  after", "used()  1       22222  *"]


@pytest.mark.parametrize(("width", "at"), [(22, 1), (23, 0)])
def test_one_below_the_other(width: int, at: int) -> None:
    """Where it does not fit, and where nothing was before."""
    lines = table(width, at)

    assert lines[0].startswith("used()")
    assert not any("before  after" in line for line in lines)


def reading(words: str, *values: str | None, inner: bool = False) -> Reading:
    """What was read, in each state."""
    return Reading(words, "", values, inner)


def found(*readings: Reading, claim: str = "a_claim", step: int = 1, compared: str = "", values: str = "") -> Evidence:
    """What one claim read."""
    return Evidence(claim, step, compared, values, readings)


@pytest.mark.parametrize(
    ("readings", "shown", "room", "titles"),
    [
        ([reading("used()", "1", "2")], [], 80, ["used"]),
        ([reading("records_owed()", "1", None)], [], 80, ["records owed"]),
        ([reading("used()", "1", "2"), reading("used()", "1", "2")], [], 80, ["used"]),  # read once
        ([reading("accounted()", "1", "2")], ["accounted"], 80, []),  # it is there already
        ([reading("accounted()", "1", "2")], [], 80, ["accounted"]),
        ([reading("unclaimed()", "0", None)], [], 80, []),  # nothing, as in most models
        ([reading("unclaimed()", "0", "3")], [], 80, ["unclaimed"]),
        ([reading("used()", "0", None)], [], 80, ["used"]),  # nothing of anything else is told
        ([reading("used()", "1", "2", inner=True)], [], 80, []),  # no claim reads it itself
        ([reading("a()", "1" * 14)], [], 80, ["a"]),
        ([reading("a()", "1" * 15)], [], 80, []),  # a value that is too wide
        ([reading("a_very_long_name_of_it()", "1")], [], 80, ["a very long name of it"]),  # a title is not
        ([reading("a()", "1"), reading("b()", "1" * 15)], [], 80, []),  # all or nothing
        ([reading("a()", "12"), reading("b()", "123")], [], 9, ["a", "b"]),  # 2 + 3 characters, and 2 between each
        ([reading("a()", "12"), reading("b()", "123")], [], 8, []),
    ],
)
def test_what_has_a_column(readings: list[Reading], shown: list[str], room: int, titles: list[str]) -> None:
    """What claims read themselves, each once, if it is short enough and not there already; all of it or nothing."""
    made = columns([found(*readings)], room, shown)

    assert [each.title for each in made] == titles
    assert all(cell is not None for each in made for cell in each.cells)


def test_a_table_of_what_was_read() -> None:
    """What the claim reads first, then what that is made of: what the step changed, what any changed, and the rest."""
    own, same = reading("used()", "1", "1", "2"), reading("left()", "5", "5", "5")
    inner = [reading(f"a.{name}", *values, inner=True) for name, values in (("x", "334"), ("y", "777"), ("z", "122"))]

    assert list(_table([found(own, same, *inner, step=2)], 2, set(), 76)) == [
        "        before  after",
        "used()  1       2  *",
        "left()  5       5",
        "  a.x   3       4  *",
        "  a.z   2       2",
        "  a.y   7       7",
    ]


def test_what_is_compared() -> None:
    """Of one claim it stands by itself; of several below the name of each, in lines of a terminal's width."""
    one = found(claim="first", compared="now.used() < 2", values="22 < 2")
    other = found(claim="second", compared="now.left() == 0", values="5 == 0")

    assert both_sides([one]) == ["now.used() < 2:  22 < 2"]
    assert both_sides([one, other]) == ["first", "  now.used() < 2:  22 < 2", "second", "  now.left() == 0:  5 == 0"]
    assert both_sides([one], width=23) == ["now.used() < 2:  22 < 2"]
    assert both_sides([one], width=22) == ["now.used() < 2:", "  22 < 2"]
    assert both_sides([found(reading("used()", "1", "2"))])[0].split() == ["before", "after"]
    both = both_sides([found(reading("used()", "1", "2"), compared="now.used() < 2", values="2 < 2")])
    assert both[:2] == ["now.used() < 2:  2 < 2", ""]


def test_numbers_that_the_comparison_tells_already() -> None:
    """Beside a run, what no step changes is not told once more, if all that is compared is known."""
    compared = found(reading("limit()", "5", "5"), reading("used()", "1", "2"), compared="a < b", values="2 < 5")

    assert [line.split()[0] for line in both_sides([compared])[3:]] == ["limit()", "used()"]
    assert [line.split()[0] for line in both_sides([compared], ["accounted"])[3:]] == ["used()"]
    unknown = found(reading("limit()", "5", "5"), reading("used()", "1", "2"))
    assert [line.split()[0] for line in both_sides([unknown], ["accounted"])[1:]] == ["limit()", "used()"]


def test_what_decides_at_each_step() -> None:
    """The beginning is said as that, and steps by their numbers, with what was done where it is known."""
    evidence = [found(compared="a", values="1", step=step) for step in (0, 2)]

    assert told_evidence(evidence)[1::2] == [
        "  What decides at first:",
        "    a:  1",
        "  What decides after step 2:",
        "    a:  1",
    ]
    assert told_evidence(evidence, steps=["begin", "put(1)", "take(2)"])[5] == "  What decides after step 2, take(2):"
    assert told_evidence([found()]) == []
