"""An explanation made by hand is told word for word: what stands in which cell, what is marked, what is left out."""

from dataclasses import replace
from typing import Any

import pytest

from spillproof.counterexamples.explain.explanation import (
    Contrast,
    Cut,
    Difference,
    Dominated,
    Edge,
    Entry,
    Explanation,
    Guilty,
    Left,
    Path,
    Promise,
    Share,
    WithoutReference,
)
from spillproof.counterexamples.explain.explanation_text import tell
from spillproof.counterexamples.trace import State, Trace
from spillproof.properties.engines.recovery.obstacles import Obstacle


def state(spelled: str, reachable: int | None, free: int | None, raised: str = "") -> State:
    """A state of which only what is told is filled in."""
    return State("step", (), (), spelled, 0, reachable, 0, free, (), raised, (), ())


def entry(step: int, numbers: tuple[int | None, ...], *shares: Share) -> Entry:
    """A line of the ledger: accounted, free, reachable, unreachable, gap."""
    accounted, free, reachable, unreachable, gap = numbers
    return Entry(step, f"s{step}()", accounted, free, reachable, unreachable, 0, gap, shares)


HERE = (state("s0()", 0, 9000), state("s1()", 2500, 6500), state("s2()", 7000, 4500))
THERE = (state("s0()", 0, 9000), state("s1()", 1200, 7800))
INDEX, READER = Edge(-1, "index", 1, "Cache.index"), Edge(2, "page", 1, "Reader.page")
PATHS = (Path((INDEX,), "index ▸ P1"), Path((Edge(-1, "reader", 2, "Cache.reader"), READER), "reader ▸ R2 ▸ page"))
CUT = Cut(
    (INDEX, READER),
    4500,
    (
        WithoutReference(INDEX, 7000, enough=False, other_path="reader ▸ R2 ▸ page"),
        WithoutReference(READER, 1000, enough=True, other_path=""),
        WithoutReference(PATHS[1].edges[0], 2000, enough=False, other_path="not listed"),
    ),
)
CHILD = Dominated(2, "Page P2", 1500, 1500, 20.0, counted_free=True, children=())
TREE = (
    Dominated(1, "Reader R1", 0, 4500, 60.0, counted_free=False, children=(replace(CHILD, children=(CHILD,)),)),
    Dominated(3, "Page P3", 3000, 3000, 40.04, counted_free=False, children=()),
)
LINES = ("a.py:1, in a", "a.py:2, in b", "a.py:3, in c", "a.py:4, in d")
WHOLE = Explanation(
    trace=Trace("cache", (), ("it_holds",), violation=True, states=HERE, guilty=2),
    claim="it_holds",
    sentence="It holds.",
    guilty=Guilty(2, "s2()", (Promise(1, "E1", 2500, 1500, LINES), Promise(2, "E2", 1000, 3000, LINES[:2]))),
    paths=PATHS,
    more_paths=True,
    counted_free=(1,),
    cut=CUT,
    tree=TREE,
    ledger=(
        entry(0, (0, 9000, 0, 9000, 0)),
        entry(1, (2500, 6500, 2500, 6500, 0), Share("E2", 2500, 2500)),
        entry(2, (4500, 4500, 7000, 2000, 2500), Share("E2", 1000, 3000), Share("E1", 3500, 4000)),
    ),
    needed=(
        Left(1, "s1()", (2,), "no object", holds=True),
        Left(2, "s2()", (3, 4), "too late", holds=False),
        Left(3, "s3()", (), "", holds=True),
    ),
    contrast=Contrast(
        "repaired",
        Trace("repaired", (), (), violation=False, states=THERE),
        holds=True,
        first=Difference(1, ("reachable 2,500 → 1,200", "free 6,500 → 7,800")),
        unobserved=("nothing",),
        cuts=(INDEX, READER),
        stopped="",
    ),
)

ORDER = [
    "The guilty step",
    "What keeps the bytes that are counted free",
    "What to cut",
    "Dominator tree, after the guilty step",
    "What the accountant believes, and what is true",
    "Who claims which bytes, and what hangs on whom",
    "Why each step is needed",
    "The same run on repaired",
]


def parts(explanation: Explanation) -> dict[str, list[str]]:
    """What is told, line by line, under each title; what stands above the first title is under nothing."""
    found: dict[str, list[str]] = {"": []}
    for line in tell(explanation).splitlines():
        if line in ORDER:
            found[line] = []
        else:
            found[next(reversed(found))].append(line)
    return {title: [line for line in lines if line.strip()] for title, lines in found.items()}


def cells(line: str) -> list[str]:
    """The cells of a row, which two spaces part at the least."""
    return [cell.strip() for cell in line.replace("▶", "▶  ").split("  ") if cell.strip()]


def rows(lines: list[str]) -> list[list[str]]:
    """The rows of a table without its titles, which a rule underlines."""
    rule = next(place for place, line in enumerate(lines) if set(line.strip()) == {"─"} or "──" in line)
    return [cells(line) for line in lines[rule + 1 :]]


def changed(**fields: Any) -> dict[str, list[str]]:
    """What is told of the explanation with other fields."""
    return parts(replace(WHOLE, **fields))


def test_each_part_has_its_title_in_this_order() -> None:
    """All eight parts are told, from the guilty step to the run on the repaired model."""
    assert list(parts(WHOLE)) == ["", *ORDER]


def test_a_part_that_could_not_be_computed_is_left_out() -> None:
    """Each part is there if its data are, and goes with them; the others stay."""
    blind = entry(0, (None, None, None, None, None))
    without: tuple[dict[str, Any], ...] = (
        {"guilty": None}, {"paths": ()}, {"cut": None}, {"tree": ()},
        {"ledger": (replace(blind, shares=(Share("E1", 1, 1),)),)}, {"ledger": (entry(0, (0, 0, 0, 0, 0)),)},
        {"needed": ()}, {"contrast": None},
    )  # fmt: skip
    for title, fields in zip(ORDER, without, strict=True):
        assert list(changed(**fields)) == ["", *(each for each in ORDER if each != title)]


def test_one_line_that_says_something_is_enough() -> None:
    """The ledger is told if one of its entries has numbers; the claimants, if one of them has shares."""
    ledger = (entry(0, (None, None, None, None, None)), entry(1, (1, 1, 1, 1, 0), Share("E1", 1, 1)))

    assert list(changed(ledger=ledger)) == ["", *ORDER]


def test_the_headline() -> None:
    """It names the model, the claim, and how many steps come after the beginning; the claim's sentence follows."""
    shown = replace(WHOLE.trace, violation=False)

    assert parts(WHOLE)[""] == ["cache violates it_holds in 2 steps", "It holds."]
    assert changed(trace=shown)[""][0] == "cache shows it_holds in 2 steps"


def test_the_guilty_step() -> None:
    """It says when the claim became false, who promised what, the last three lines backwards, and what to unlink."""
    told = parts(WHOLE)["The guilty step"]

    assert " ".join(line.strip() for line in told) == (
        "▶ Step 2, s2(): after it the claim is false for the first time. "
        "E1 released 2,500 B in step 1, and still holds 1,500 B that nobody claims. "
        "released at a.py:4, in d a.py:3, in c a.py:2, in b "
        "E2 released 1,000 B in it, and still holds 3,000 B that nobody claims. "
        "released at a.py:2, in b a.py:1, in a "
        "It should have unlinked Cache.index and Reader.page."
    )
    assert [len(line) - len(line.lstrip()) for line in told if "a.py" in line or "released at" in line] == [
        4, 6, 6, 6, 4, 6, 6,
    ]  # fmt: skip


def test_a_step_that_raises_has_no_promise() -> None:
    """Where the guilty step raises, only this is told."""
    states = (*HERE[:2], replace(HERE[2], raised="KeyError: 3"))
    told = changed(trace=replace(WHOLE.trace, states=states))["The guilty step"]

    assert told == ["  ▶ Step 2, s2(), raises KeyError: 3"]


def test_without_a_cut_nothing_should_have_been_unlinked() -> None:
    """Where no reference can be cut, neither the guilty step nor a path names one."""
    told = changed(cut=None)

    assert told["The guilty step"][-1] == "      a.py:1, in a"
    assert rows(["──", *told["What keeps the bytes that are counted free"]])[:2] == [
        ["1 index ▸ P1"],
        ["2 reader ▸ R2 ▸ page"],
    ]


def test_paths_are_numbered_and_the_cut_is_marked_on_them() -> None:
    """What the cut removes is marked on every path it lies on, and whether there are more paths is said last."""
    told = parts(WHOLE)["What keeps the bytes that are counted free"]

    assert [line.strip() for line in told] == ["1 ✂ index ▸ P1", "2 reader ▸ R2 ▸ ✂ page", "… and more."]
    assert changed(more_paths=False)["What keeps the bytes that are counted free"] == told[:2]


def test_rows_stand_close_and_lines_may_be_long() -> None:
    """No blank line parts two paths; a line of the model is as wide as the terminal less what it is indented by."""
    long = "x" * (80 - 6)
    guilty = Guilty(2, "s2()", (Promise(1, "E1", 1, 1, (long,)),))
    lines = tell(replace(WHOLE, guilty=guilty)).splitlines()
    first = next(place for place, line in enumerate(lines) if "index ▸ P1" in line)

    assert "reader ▸ R2" in lines[first + 1]
    assert "      " + long in lines


def test_of_two_references_of_one_name_the_right_one_is_marked() -> None:
    """Where a name comes twice on a path, the mark is at the reference that is cut, counted from the path's end."""
    first, second, third = (Edge(number, "next", number + 1, f"Node{number}.next") for number in (1, 2, 3))
    path = Path((first, second, third), "next ▸ next ▸ next")
    marked = {
        edge.words: changed(paths=(path,), more_paths=False, cut=replace(CUT, edges=(edge,)))[ORDER[1]]
        for edge in (first, second, third)
    }

    assert {words: line.split("1 ")[1] for words, (line,) in marked.items()} == {
        "Node1.next": "✂ next ▸ next ▸ next",
        "Node2.next": "next ▸ ✂ next ▸ next",
        "Node3.next": "next ▸ next ▸ ✂ next",
    }


def test_what_to_cut() -> None:
    """How many references are enough, what is left without them, and what each would do alone."""
    told = parts(WHOLE)["What to cut"]

    assert " ".join(line.strip() for line in told[:4]) == (
        "✂ Cache.index ✂ Reader.page "
        "No fewer than 2 references are enough: 4,500 B is reachable without them, and the claim is true."
    )
    assert rows(told) == [
        ["Cache.index", "7,000", "false: path 2 is left"],
        ["Reader.page", "1,000", "true"],
        ["Cache.reader", "2,000", "false"],
    ]


def test_one_reference_is_enough() -> None:
    """A cut of one reference is said to be one."""
    told = changed(cut=replace(CUT, edges=(INDEX,)))["What to cut"]

    assert told[0].strip() == "✂ Cache.index"
    assert told[1].strip().startswith("One reference is enough: 4,500 B is reachable without it")


def test_the_dominator_tree() -> None:
    """What is dominated stands below, two columns further in, with a corner; what is counted free is marked."""
    told = parts(WHOLE)["Dominator tree, after the guilty step"]
    rule = next(place for place, line in enumerate(told) if "──" in line)

    assert [line.split() for line in told[rule + 1 :]] == [
        ["Reader", "R1", "0", "4,500", "60.0"],
        ["└", "Page", "P2", "◀", "counted", "free", "1,500", "1,500", "20.0"],
        ["└", "Page", "P2", "◀", "counted", "free", "1,500", "1,500", "20.0"],
        ["Page", "P3", "3,000", "3,000", "40.0"],
    ]
    assert [line.find("└") for line in told[rule + 1 :]] == [-1, 2, 4, -1]


def test_the_ledger_has_a_line_a_step() -> None:
    """The beginning has no number, the guilty step a mark, and thousands a comma."""
    told = parts(WHOLE)["What the accountant believes, and what is true"]

    assert told[0].split() == ["step", "accounted", "free", "reachable", "truly", "free", "gap"]
    assert [line.replace("▶", "▶ ").split() for line in told[2:]] == [
        ["s0()", "0", "9,000", "0", "9,000", "0"],
        ["1", "s1()", "2,500", "6,500", "2,500", "6,500", "0"],
        ["▶", "2", "s2()", "4,500", "4,500", "7,000", "2,000", "2,500"],
    ]


def test_without_a_pool_nothing_is_free() -> None:
    """Where no entry says what is free, the ledger has no column for it; nor a mark without a guilty step."""
    ledger = tuple(replace(each, free=None, unreachable=None) for each in WHOLE.ledger)
    told = changed(ledger=ledger, guilty=None)["What the accountant believes, and what is true"]

    assert told[0].split() == ["step", "accounted", "reachable", "gap"]
    assert [line.split() for line in told[2:]] == [
        ["s0()", "0", "0", "0"],
        ["1", "s1()", "2,500", "2,500", "0"],
        ["2", "s2()", "4,500", "7,000", "2,500"],
    ]


def test_a_number_that_nobody_knows_is_blank() -> None:
    """An entry without numbers keeps its line; that another knows what is free keeps the columns."""
    told = changed(ledger=(*WHOLE.ledger[:1], entry(1, (None, None, 5, None, None))))[ORDER[4]]

    assert [line.split() for line in told[2:]] == [["s0()", "0", "9,000", "0", "9,000", "0"], ["1", "s1()", "5"]]


def test_shares_are_in_columns_by_name() -> None:
    """Each consumer has a column, in the order of the names, blank in the steps in which it has no share."""
    told = parts(WHOLE)["Who claims which bytes, and what hangs on whom"]

    assert told[0].split() == ["step", "E1", "claims", "/", "holds", "E2", "claims", "/", "holds"]
    assert [line.split() for line in told[2:]] == [
        ["s0()"],
        ["1", "s1()", "2,500", "/", "2,500"],
        ["2", "s2()", "3,500", "/", "4,000", "1,000", "/", "3,000"],
    ]
    assert told[3].rindex("2,500") > told[4].index("4,000")


def test_what_becomes_of_the_claim_without_each_step() -> None:
    """Whether it holds then, and which steps could then not be taken, one or several, and why."""
    lines = parts(WHOLE)["Why each step is needed"]
    words = " ".join(" ".join(lines).split())

    assert "1 s1() the claim holds (step 2 cannot be taken: no object)" in words
    assert "2 s2() the claim is still false (steps 3, 4 cannot be taken: too late)" in words
    assert words.endswith("3 s3() the claim holds")


def test_the_run_on_another_model() -> None:
    """Whether the claim holds there, what it cuts, where the two part, and both beside each other, step by step."""
    told = parts(WHOLE)["The same run on repaired"]

    assert [line.strip() for line in told[:5]] == [
        "The claim holds there.",
        "✂ It cuts Cache.index and Reader.page.",
        "They part at step 1:",
        "reachable 2,500 → 1,200",
        "free 6,500 → 7,800",
    ]
    assert told[5].split() == ["step", "reachable", "there", "free", "there"]
    assert [line.replace("▶", "▶ ").split() for line in told[7:]] == [
        ["s0()", "0", "0", "9,000", "9,000"],
        ["▶", "1", "s1()", "2,500", "1,200", "6,500", "7,800"],
        ["2", "s2()", "7,000", "4,500"],
    ]


def test_two_runs_that_never_part() -> None:
    """Where their steps are alike it says so, then what differs in the heap; no step is marked."""
    contrast = WHOLE.contrast
    assert contrast is not None
    told = changed(contrast=replace(contrast, holds=False, first=None, cuts=()))["The same run on repaired"]

    assert [line.strip() for line in told[:4]] == [
        "The claim is false there as well.",
        "In each step both announce the same, and their bytes are the same.",
        "What differs is in the heap, after the last step:",
        "nothing",
    ]
    assert "▶" not in "".join(told)


def test_without_measures_nothing_stands_beside() -> None:
    """Where no state says what is reachable there is no table; where one does, there is."""
    nothing = tuple(replace(each, reachable=None) for each in HERE)
    told = changed(trace=replace(WHOLE.trace, states=nothing))["The same run on repaired"]
    one = changed(trace=replace(WHOLE.trace, states=(*nothing[:2], HERE[2])))["The same run on repaired"]

    assert told[-1].strip() == "free 6,500 → 7,800"
    assert one[-1].split() == ["2", "s2()", "7,000", "4,500"]


def test_parts_stand_apart() -> None:
    """A blank line stands around each title, and what is under it is two columns further in."""
    lines = tell(WHOLE).splitlines()
    for title in ORDER:
        place = lines.index(title)
        assert (lines[place - 1], lines[place + 1]) == ("", "")
        assert lines[place + 2].startswith("  ")
    assert "" in lines[lines.index("The same run on repaired") + 2 :]
    assert "" in lines[lines.index("What to cut") + 2 : lines.index(ORDER[3]) - 1]


def test_what_is_in_the_way_back() -> None:
    """Guards that are in the way alone; where there is none, all that refuse. What leads back then, is said."""
    near, back = Obstacle("go(P1)", "require(a)", "m.py:1", 2), Obstacle("end()", "require(b)", "m.py:2", 0)
    other = Obstacle("stay()", "require(c)", "m.py:3", None)
    both = changed(obstacles=(near, back, other))["The guilty step"]
    none = changed(obstacles=(other,))["The guilty step"]

    assert [line.strip() for line in both[both.index("What is in the way back") + 1 :]] == [
        "Each of these guards alone is in the way of a run back:",
        "go(P1) is refused by require(a) (m.py:1), 2 more steps lead back",
        "end() is refused by require(b) (m.py:2), and is back",
    ]
    assert [line.strip() for line in none[none.index("What is in the way back") + 1 :]] == [
        "No guard alone is in the way of a run back. Refused are:",
        "stay() is refused by require(c) (m.py:3)",
    ]


@pytest.mark.parametrize(("fewest", "is_told"), [(0, False), (1, True), (2, False)])
def test_fewer_references_that_no_repair_would_cut(fewest: int, *, is_told: bool) -> None:
    """Where one root would do in the place of two references, that is said; not where it is unknown, or as many."""
    told = " ".join(" ".join(changed(cut=replace(CUT, fewest=fewest))["What to cut"]).split())

    assert ("1 would do only where a root, or what was there at the beginning, is cut." in told) is is_told
    assert ("would do only" in told) is is_told


@pytest.mark.parametrize(("times", "told"), [(2, 2), (3, 1)])
def test_references_that_do_the_same(times: int, told: int) -> None:
    """Three or more of one name and one effect are one row, with how many there are."""
    alone = tuple(WithoutReference(replace(READER, holder=number), 1000, True, "") for number in range(times))
    found = rows(changed(cut=replace(CUT, alone=alone))["What to cut"])

    assert found == [["Reader.page" if told > 1 else f"Reader.page (each of {times})", "1,000", "true"]] * told
