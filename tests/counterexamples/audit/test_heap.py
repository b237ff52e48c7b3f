"""What the heap held is read beside the log, and matched only as far as that goes."""

from dataclasses import replace
from pathlib import Path

import pytest

from spillproof.counterexamples import command
from spillproof.counterexamples.audit.books import MAP, OutOfMemory, Task, Window
from spillproof.counterexamples.audit.heap import DEEPEST, InHeap, dominators, histogram, matched
from spillproof.counterexamples.audit.interval import ZERO, exactly, gigabytes
from spillproof.model.errors import ModelError

HERE = Path(__file__).parent
LOG, DUMP = HERE / "incident.log", HERE / "incident.csv"

HISTOGRAM = """
 num     #instances         #bytes  class name (module)
-------------------------------------------------------
   1:      93333333     3733333320  java.lang.String (java.base@17)
   2:             2      41943072   [Ljava.lang.Object;
   3:             2            176  org.apache.spark.util.collection.SizeTrackingAppendOnlyMap
Total      93333337     3775276568
"""


def test_dominators() -> None:
    """Two maps are in the dump: one that an iterator holds, and one that is still built."""
    found = dominators(DUMP)

    assert [(gigabytes(each.retained), each.read, len(each.path)) for each in found] == [
        ("3.31 GB", True, 4),
        ("1.64 GB", False, 2),
    ]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_sizes_in_bytes(delimiter: str, tmp_path: Path) -> None:
    """MAT writes sizes as it is set up to: in bytes, with any separator of columns and of thousands."""
    rows = [
        ["Class Name", "Shallow Heap", "Retained Heap", "Percentage"],
        ["|- org.apache.spark.util.collection.SizeTrackingAppendOnlyMap @ 0x1", '"88"', '"3,554,085,437"', "65%"],
    ]
    (tmp_path / "d.csv").write_text("\n".join(delimiter.join(row) for row in rows))

    (found,) = dominators(tmp_path / "d.csv")
    assert (found.retained.lo, found.retained.hi) == (3554085437, 3554085437)


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", "Class Name,Retained Heap\njava.lang.String @ 0x1,24\n"])
def test_what_is_no_dominator_tree(text: str, tmp_path: Path) -> None:
    """Another table, or a tree without a map, is refused in one line."""
    (tmp_path / "d.csv").write_text(text)

    with pytest.raises(ModelError, match=r"Retained Heap|no row of this dominator tree"):
        dominators(tmp_path / "d.csv")


def test_histogram(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A histogram counts the maps: more than there are holders in the books, which it says and no more."""
    (tmp_path / "histo").write_text(HISTOGRAM)

    assert histogram(tmp_path / "histo").maps() == 2
    command.run(["audit", str(LOG), "--histogram", str(tmp_path / "histo")])
    text = " ".join(capsys.readouterr().out.split())
    assert "2 collections in memory are in the heap, and 1 consumers were believed to hold any" in text


def test_what_is_no_histogram(tmp_path: Path) -> None:
    """A file of another kind is refused in one line."""
    (tmp_path / "histo").write_text("hello\n")

    with pytest.raises(ModelError, match="no histogram"):
        histogram(tmp_path / "histo")


def test_each_is_told_of_the_other(tmp_path: Path) -> None:
    """A dominator tree that is given as a histogram is known as that, and the other way round."""
    (tmp_path / "histo").write_text(HISTOGRAM)

    with pytest.raises(ModelError, match="give it with --dominators"):
        histogram(DUMP)
    with pytest.raises(ModelError, match="give it with --histogram"):
        dominators(tmp_path / "histo")


SPILLED = Window(7, "E1", "x.ExternalAppendOnlyMap@1", "forced spill", MAP, exactly(100 << 20), None, 1, "E2")


@pytest.mark.parametrize(
    ("retained", "read", "label"),
    [(40, False, "E2"), (100, False, "E1"), (100, True, "E1"), (30, True, "E1"), (500, False, "")],
)
def test_whose_a_collection_is(retained: int, read: bool, label: str) -> None:  # noqa: FBT001 - parametrized
    """E1 was spilled with 100 MB, E2 is accounted 30 MB: a map of 100 MB is E1's, and one of 500 MB nobody's."""
    task = Task(7, windows=[SPILLED], error=OutOfMemory(1, None, "x", ZERO, None, (("E2", exactly(30 << 20)),)))

    (found,) = matched([InHeap("a map", exactly(retained << 20), (), read)], task)
    assert found.label == label


def test_a_row_of_a_histogram_that_counts_nothing(tmp_path: Path) -> None:
    """Of what Eclipse MAT exports a row is a class that has objects and bytes; a sum of some kind is none."""
    rows = ("Class Name,Objects,Shallow Heap", "java.lang.String,3,72", "Total,4")
    (tmp_path / "h.csv").write_text("\n".join(rows))

    found = histogram(tmp_path / "h.csv")
    assert [(each.name, each.instances, each.bytes) for each in found.classes] == [("java.lang.String", 3, 72)]


def test_headings_of_another_language(tmp_path: Path) -> None:
    """Where no heading is known, the column of larger sizes is that of what is retained, be it the last one or not."""
    name = "org.apache.spark.util.collection.SizeTrackingAppendOnlyMap @ 0x1"
    for cells in ("88;3554;65", "3554;88;65"):
        (tmp_path / "d.csv").write_text(f"Név;Sekély;Megtartott;Arány\n{name};{cells}\nösszeg;n/a;n/a;n/a\n")
        assert [each.retained for each in dominators(tmp_path / "d.csv")] == [exactly(3554)]
    (tmp_path / "d.csv").write_text(f"Név;Sekély\n{name};88\n")
    with pytest.raises(ModelError, match="no column is headed"):
        dominators(tmp_path / "d.csv")


NESTED = """Class Name,Retained Heap
java.lang.Thread @ 0x1,900
|- a.SpillableIterator @ 0x2,800
|  |- a.SizeTrackingAppendOnlyMap @ 0x3,700
|  |  |- java.lang.Object[8] @ 0x4,700
|  |- a.Other @ 0x5,90
|- b.AppendOnlyMap @ 0x6,50
   |- java.lang.Object[2] @ 0x7,40
c.AppendOnlyMap @ 0x8,30
"""
FLAT = """Class Name,Retained Heap
java.lang.Thread @ 0x1,900
a.SpillableIterator @ 0x2,700
a.SizeTrackingAppendOnlyMap @ 0x3,700
java.lang.Object[8] @ 0x4,700
a.Other @ 0x5,90
"""


def test_what_holds_a_collection(tmp_path: Path) -> None:
    """In a tree that is indented, what stands further out; in one that is flat, what retains the same."""
    (tmp_path / "nested.csv").write_text(NESTED)
    (tmp_path / "flat.csv").write_text(FLAT)

    assert [(each.path, each.read) for each in dominators(tmp_path / "nested.csv")] == [
        (("Thread", "SpillableIterator", "SizeTrackingAppendOnlyMap", "Object[8]"), True),
        (("Thread", "AppendOnlyMap"), False),
        (("AppendOnlyMap",), False),
    ]
    assert [(each.path, each.read) for each in dominators(tmp_path / "flat.csv")] == [
        (("SpillableIterator", "SizeTrackingAppendOnlyMap", "Object[8]"), True)
    ]


def test_a_window_of_nobody_takes_no_collection() -> None:
    """A spill of which the log does not say whose it was is no consumer that could hold anything."""
    unnamed = replace(SPILLED, who="a collection", name="", size=exactly(500 << 20))

    (found,) = matched([InHeap("a map", exactly(90 << 20), (), read=True)], Task(7, windows=[unnamed, SPILLED]))
    assert found.label == "E1"


def test_each_consumer_is_of_one_collection() -> None:
    """The largest are matched first, and who was taken is not taken again."""
    task = Task(
        7, error=OutOfMemory(1, None, "x", ZERO, None, (("E2", exactly(30)), ("E3", exactly(80)), ("E4", ZERO)))
    )
    maps = [InHeap(name, exactly(size), (), read=False) for name, size in (("a", 40), ("b", 100), ("c", 10))]

    assert [(each.name, each.label) for each in matched(maps, task)] == [("b", "E3"), ("a", "E2"), ("c", "")]


def test_a_collection_that_is_deep_in_a_tree(tmp_path: Path) -> None:
    """Of many dominators the nearest are shown, as many as there is room for."""
    rows = [
        "Class Name,Retained Heap",
        *(f"{'| ' * depth}a.Holder{depth} @ {depth},{99 - depth}" for depth in range(25)),
    ]
    (tmp_path / "deep.csv").write_text("\n".join([*rows, f"{'| ' * 25}a.AppendOnlyMap @ 99,9"]))

    (found,) = dominators(tmp_path / "deep.csv")
    assert found.path == (*(f"Holder{depth}" for depth in range(25 - DEEPEST, 25)), "AppendOnlyMap")
