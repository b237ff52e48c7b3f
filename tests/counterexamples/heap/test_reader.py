"""What a dump holds is read whole, or what is missing is said."""

import gzip
import random
from pathlib import Path

import pytest

from spillproof.counterexamples.heap.heap import Heap, opened
from spillproof.counterexamples.heap.records import spelled
from spillproof.model.errors import ModelError
from tests.counterexamples.heap.hprof import BASE, Dump

SILENT = lambda _words: None  # noqa: E731 - nobody looks


def zoo(dump: Dump) -> dict[str, int]:
    """Add an object of each kind, and return where they are."""
    dump.class_("example.Page", size="long", data="object")
    dump.class_("example.Tiny", flag="boolean")
    data = dump.array("long", 10)
    page = dump.new("example.Page", size=80, data=data)
    tiny = dump.new("example.Tiny", flag=1)
    both = dump.objects([page, tiny, 0])
    text = dump.text("words")
    dump.root(both)
    dump.root(text, 0x03, 1, 0)
    return {"data": data, "page": page, "tiny": tiny, "both": both, "text": text}


def sizes(heap: Heap, places: dict[str, int]) -> dict[str, int]:
    """Return the shallow sizes of what is at some places."""
    return {name: heap.shallow(heap.index.find(place)) for name, place in places.items()}


@pytest.mark.parametrize("segments", [1, 3])
def test_shallow_sizes(tmp_path: Path, segments: int) -> None:
    """Sizes are header, fields and elements, to the next 8 bytes: 16 + 10 × 8, 12 + 8 + 4, 12 + 1, 16 + 3 × 4."""
    dump = Dump()
    places = zoo(dump)

    with opened(dump.write(tmp_path / "a.hprof", segments), SILENT) as heap:
        assert sizes(heap, places) == {"data": 96, "page": 24, "tiny": 16, "both": 32, "text": 24}
        assert heap.index.records.troubles == []
        assert heap.sizes.layout.reference == 4


def test_values(tmp_path: Path) -> None:
    """Fields are what was written: numbers, flags, references and texts."""
    dump = Dump()
    places = zoo(dump)

    with opened(dump.write(tmp_path / "a.hprof"), SILENT) as heap:
        node = {name: heap.index.find(place) for name, place in places.items()}
        assert heap.value(node["page"], "size") == 80
        assert heap.value(node["tiny"], "flag") is True
        assert heap.get(node["page"], "data") == node["data"]
        assert heap.text(node["text"]) == "words"
        assert list(heap.elements(node["both"])) == [node["page"], node["tiny"]]
        assert heap.name(node["data"]) == "long[]"


def test_a_packed_dump_is_read(tmp_path: Path) -> None:
    """What gzip packed in several members is read as if it were not; a cut one as far as it goes, which is said."""
    dump = Dump()
    places = zoo(dump)
    whole = dump.written(3)
    packed = gzip.compress(whole[:400]) + gzip.compress(whole[400:])
    (tmp_path / "a.hprof.gz").write_bytes(packed)
    (tmp_path / "cut.hprof.gz").write_bytes(packed[:-40])

    with opened(tmp_path / "a.hprof.gz", SILENT) as heap:
        assert sizes(heap, places)["data"] == 96
        assert heap.index.records.troubles == []
    with opened(tmp_path / "cut.hprof.gz", SILENT) as heap:
        assert "gzip" in heap.index.records.troubles[0]


def test_a_dump_that_ends_anywhere(tmp_path: Path) -> None:
    """Wherever a dump is cut off, there is one line of error, or what is there with what is missing."""
    dump = Dump()
    zoo(dump)
    whole = dump.written(2)
    path = tmp_path / "cut.hprof"
    read = 0
    for length in range(0, len(whole), 23):
        path.write_bytes(whole[:length])
        try:
            with opened(path, SILENT) as heap:
                assert heap.index.records.troubles
                read += 1
        except ModelError as error:
            assert "\n" not in str(error)  # noqa: PT017 - either may be
    assert read > 10


def test_forged_bytes(tmp_path: Path) -> None:
    """Whatever is changed in a dump, it is read, or there is one line of error: 300 changes at random."""
    dump = Dump()
    zoo(dump)
    whole = dump.written(2)
    path = tmp_path / "forged.hprof"
    for seed in range(300):
        chance = random.Random(seed)
        forged = bytearray(whole)
        for _ in range(chance.randint(1, 4)):
            at = chance.randrange(19, len(forged))
            forged[at : at + 4] = chance.choice(
                [b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\0\0\0\0", chance.randbytes(4)]
            )
        path.write_bytes(forged)
        try:
            with opened(path, SILENT) as heap:
                assert heap.live <= heap.total
        except ModelError as error:
            assert "\n" not in str(error)  # noqa: PT017 - either may be


@pytest.mark.parametrize(
    ("head", "words"),
    [
        (b"", "empty"),
        (b"JAVA PROFILE 1.0.2\0\0\0", "within its header"),
        (b"JAVA PROFILE 1.0.3\0\0\0\0\4", "hprof-conv"),
        (b"PK\x03\x04", "zip"),
        (b"portable heap dump", "OpenJ9"),
        (b"18/03/01 INFO", "begins with"),
        (b"JAVA PROFILE 1.0.2\0\0\0\0\3" + bytes(8), "4 or 8"),
        (b"JAVA PROFILE 1.0.2\0\0\0\0\x08" + bytes(8), "no object"),
    ],
)  # fmt: skip
def test_what_is_not_a_dump(tmp_path: Path, head: bytes, words: str) -> None:
    """What is no heap dump is refused in a line that says what it is."""
    (tmp_path / "x").write_bytes(head)

    with pytest.raises(ModelError, match=words), opened(tmp_path / "x", SILENT):
        pass


def test_a_segment_without_a_length(tmp_path: Path) -> None:
    """A JVM that ends while it writes leaves a segment of length 0: its objects are read, and that is said."""
    dump = Dump()
    places = zoo(dump)
    whole = dump.written(end=False)
    at = whole.index(b"\x1c\0\0\0\0")
    (tmp_path / "a.hprof").write_bytes(whole[: at + 5] + bytes(4) + whole[at + 9 :])

    with opened(tmp_path / "a.hprof", SILENT) as heap:
        assert sizes(heap, places)["data"] == 96
        assert "does not say that it ends" in heap.index.records.troubles[0]


def test_two_objects_at_one_address(tmp_path: Path) -> None:
    """Of two objects at one address the first is taken, and that is said."""
    dump = Dump()
    places = zoo(dump)
    dump.heap.append(b"\x23" + dump.id(places["data"]) + dump.u4(0) + dump.u4(1) + b"\x0b" + bytes(8))

    with opened(dump.write(tmp_path / "a.hprof"), SILENT) as heap:
        assert sizes(heap, places)["data"] == 96
        assert "1 objects are at the address of another" in heap.index.records.troubles[0]


def test_objects_in_any_order(tmp_path: Path) -> None:
    """Objects are found wherever they stand in the file."""
    dump = Dump()
    places = zoo(dump)
    dump.heap.reverse()

    with opened(dump.write(tmp_path / "a.hprof"), SILENT) as heap:
        assert sizes(heap, places)["page"] == 24
        assert heap.index.base == BASE


def test_identifiers_of_four_bytes(tmp_path: Path) -> None:
    """A JVM of 32 bits has identifiers of four bytes, and headers of eight: 8 + 4 + 10 × 8 of a long[10] are 96."""
    dump = Dump(wide=4, next_=0x1000_0000)
    places = zoo(dump)

    with opened(dump.write(tmp_path / "a.hprof"), SILENT) as heap:
        assert heap.value(heap.index.find(places["page"]), "size") == 80
        assert heap.shallow(heap.index.find(places["data"])) == 96


def test_a_class_that_extends_itself(tmp_path: Path) -> None:
    """A cycle of supers ends."""
    dump = Dump()
    dump.class_("example.Loop")
    dump.classes["example.Loop"].above = dump.classes["java.lang.String"]
    made = dump.new("example.Loop")
    dump.root(made)
    whole = dump.written()
    loop, string = (dump.id(dump.classes[each].address) for each in ("example.Loop", "java.lang.String"))
    above = b"\x20" + string + dump.u4(0)
    whole = whole.replace(above + dump.id(dump.classes["java.lang.Object"].address), above + loop)
    (tmp_path / "a.hprof").write_bytes(whole)

    with opened(tmp_path / "a.hprof", SILENT) as heap:
        assert heap.name(heap.index.find(made)) == "example.Loop"


def test_names() -> None:
    """A class is spelled as Java spells it, a hidden one with the slash that the JVM shows."""
    assert spelled("Pool$$Lambda$1+0x0000f1") == "Pool$$Lambda$1/0x0000f1"
    assert spelled("[[J") == "long[][]"
