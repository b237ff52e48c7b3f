"""What the heap held is read beside the log, and matched only as far as that goes."""

import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from spillproof.counterexamples import command
from spillproof.counterexamples.audit.books import MAP, OutOfMemory, Task, Window
from spillproof.counterexamples.audit.heap import DEEPEST, InHeap, TreeRow, _run, _size, dominators, histogram, matched
from spillproof.counterexamples.audit.interval import ZERO, Interval, exactly, gigabytes
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

    with pytest.raises(ModelError, match="no histogram") as error:
        histogram(tmp_path / "histo")
    assert "--dominators" not in str(error.value)


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


def test_a_histogram_of_the_ui(tmp_path: Path) -> None:
    """Spark's own page of it is a table of HTML."""
    cells = "".join(f"<td>{each}</td>" for each in ("1", "3", "72", "org.apache.spark.util.collection.AppendOnlyMap"))
    (tmp_path / "h.html").write_text(f"<html><table><tr><th>Rank</th></tr><tr>{cells}</tr></table></html>")

    found = histogram(tmp_path / "h.html")
    assert ([(each.instances, each.bytes) for each in found.classes], found.maps()) == ([(3, 72)], 3)


def test_an_archive_of_mat(tmp_path: Path) -> None:
    """It exports into one, with a folder or without."""
    with zipfile.ZipFile(tmp_path / "d.zip", "w") as archive:
        archive.mkdir("tree")
        archive.writestr("tree/d.csv", FLAT)
        archive.writestr("tree/e.csv", "")

    assert [each.name for each in dominators(tmp_path / "d.zip")] == ["a.SizeTrackingAppendOnlyMap @ 0x3"]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (None, "No such file or directory"),
        (b"PK\3\4" + bytes(60), "this archive is damaged"),
        (b"\x89PNG\r\n\x1a\n" + bytes(90), "this is no text, but binary"),
    ],
)
def test_what_cannot_be_read(data: bytes | None, words: str, tmp_path: Path) -> None:
    """It is refused in one line, with its name."""
    if data is not None:
        (tmp_path / "d.csv").write_bytes(data)

    for read in (dominators, histogram):
        with pytest.raises(ModelError, match=rf"d\.csv: {words}"):
            read(tmp_path / "d.csv")


def test_an_empty_archive(tmp_path: Path) -> None:
    """There is no table in it."""
    zipfile.ZipFile(tmp_path / "d.zip", "w").close()
    with zipfile.ZipFile(tmp_path / "e.zip", "w") as archive:
        archive.mkdir("tree")

    for name in ("d.zip", "e.zip"):
        with pytest.raises(ModelError):
            dominators(tmp_path / name)


def test_a_row_that_is_cut(tmp_path: Path) -> None:
    """It has no size, and says nothing; nor has an empty line."""
    heading, *rows = FLAT.splitlines()
    (tmp_path / "d.csv").write_text("\n".join(["", heading, "java.lang.Cut @ 0x9", "", *rows]))

    assert len(dominators(tmp_path / "d.csv")) == 1


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("1,234", exactly(1234)), (">= 1.234", exactly(1234)), ("1'234", exactly(1234)), ("", None), ("12 x", None),
        ("9" * 19, exactly(int("9" * 19))), ("9" * 20, None),
    ],
)  # fmt: skip # a table
def test_a_size(text: str, size: Interval | None) -> None:
    """Whatever parts its thousands; no more digits than a size of Java's has."""
    assert _size(text) == size


def test_a_chain_of_dominators() -> None:
    """They retain the same; of what stands below a collection, the first may be as much as rounding hides."""
    rows = [TreeRow("a", Interval(5, 7), 0), TreeRow("b", Interval(6, 8), 0), TreeRow("c", Interval(6, 9), 0)]

    assert _run(rows, Interval(6, 9), least=1) == ["a"]
    assert _run(rows, Interval(6, 9)) == []
    assert _run(rows, Interval(8, 9), least=1) == []
    assert _run(rows[::-1], Interval(6, 9)) == ["c"]


@pytest.mark.parametrize(("retained", "label"), [(60, "E2"), (61, "E1"), (200, "E1"), (201, "")])
def test_a_consumer_that_holds_again_after_a_spill(retained: int, label: str) -> None:
    """Of who still holds, those who were not spilled come first; twice as much as is accounted may be the estimate."""
    task = Task(7, windows=[replace(SPILLED, size=exactly(100))])
    for name, size in (("a.B@0", 1), ("a.B@1", 50), ("a.B@2", 30), ("a.B@3", 0)):
        task.label(name).used = exactly(size)
    for consumer, name in zip(task.consumers.values(), ("E3", "E1", "E2", "E4"), strict=True):
        consumer.label = name

    (found,) = matched([InHeap("a map", exactly(retained), (), read=False)], task)
    assert found.label == label


def test_the_largest_that_is_accounted_comes_first() -> None:
    """Where a collection fits to several. What has a byte holds something."""
    holders = (("E1", exactly(1)), ("E2", exactly(30)), ("E3", exactly(80)))
    task = Task(7, error=OutOfMemory(1, None, "x", ZERO, None, holders))
    maps = [InHeap(name, exactly(size), (), read=False) for name, size in (("a", 40), ("b", 40), ("c", 2))]

    assert [each.label for each in matched(maps, task)] == ["E3", "E2", "E1"]
