"""Which files are read, and in which order: names, archives in archives, and the pieces of a log."""

from __future__ import annotations

import io
import tarfile
import zipfile
from contextlib import ExitStack
from pathlib import Path

import pytest

from spillproof.counterexamples.audit.files import DEEP, Input, _Pieces, _roll, in_order, inputs
from spillproof.model.errors import ModelError


def found(*paths: Path | str) -> list[tuple[str, bytes, bool]]:
    """What there is to read: its name, what is in it, and whether it was asked for."""
    with ExitStack() as stack:
        return [(each.name, content(each), each.asked) for each in inputs([*map(Path, paths)], stack)]


def content(each: Input) -> bytes:
    """What is in a file."""
    with each.open() as stream:
        return stream.read()


def names(folder: Path, *paths: Path | str) -> list[str]:
    """What it is called, in a folder."""
    return [name.removeprefix(f"{folder}/") for name, _, _ in found(*paths)]


def filled(folder: Path, *paths: str) -> None:
    """A folder with these files, each of which has its name in it."""
    for each in paths:
        (folder / each).parent.mkdir(parents=True, exist_ok=True)
        (folder / each).write_text(each)


def zipped(**members: bytes) -> bytes:
    """A zip with these files; two underlines stand for a dot, three for a slash."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.mkdir("folder.log")
        for name, data in members.items():
            archive.writestr(name.replace("___", "/").replace("__", "."), data)
    return made.getvalue()


def tarred(compression: str = "", **members: bytes) -> bytes:
    """A tar, likewise."""
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w:gz" if compression else "w:") as archive:
        for kind, name in ((tarfile.DIRTYPE, "folder.log"), (tarfile.SYMTYPE, "link.log")):
            header = tarfile.TarInfo(name)
            header.type, header.linkname = kind, "a.log"
            archive.addfile(header)
        for name, data in members.items():
            header = tarfile.TarInfo(name.replace("___", "/").replace("__", "."))
            header.size = len(data)
            archive.addfile(header, io.BytesIO(data))
    return made.getvalue()


# Names


def test_standard_input_is_read_alone(tmp_path: Path) -> None:
    """With files beside it, nobody could say in which order."""
    filled(tmp_path, "a.log")
    with ExitStack() as stack:
        assert [each.name for each in inputs([Path("-")], stack)] == ["-"]
    for paths in ((Path("-"), tmp_path / "a.log"), (tmp_path / "a.log", Path("-"))):
        with pytest.raises(ModelError, match=r"standard input \(-\) cannot be read together with files"):
            found(*paths)


def test_a_pattern_is_what_matches_it(tmp_path: Path) -> None:
    """In the order of names; two stars go through folders; what has such a name is itself."""
    filled(tmp_path, "b.log", "a.log", "c.txt", "x/y/d.log", "[z].log")

    assert names(tmp_path, tmp_path / "?.log") == ["a.log", "b.log"]
    assert names(tmp_path, tmp_path / "**" / "*.log") == ["[z].log", "a.log", "b.log", "x/y/d.log"]
    assert names(tmp_path, tmp_path / "[z].log") == ["[z].log"]
    assert names(tmp_path, tmp_path / "[ab].log") == ["a.log", "b.log"]
    with pytest.raises(ModelError, match="no file has such a name"):
        found(tmp_path / "*.csv")
    with pytest.raises(ModelError, match="No such file or directory"):
        found(tmp_path / "none.log")


def test_what_of_a_folder_is_no_log(tmp_path: Path) -> None:
    """Hidden files, checksums, code, pictures; but the folder itself may be called as it likes."""
    filled(tmp_path, ".cache/a.log", ".cache/.b", ".cache/a.crc", ".cache/_SUCCESS", ".cache/x/__MACOSX/c", "e/f.jar")

    assert found(tmp_path / ".cache") == [(f"{tmp_path}/.cache/a.log", b".cache/a.log", False)]
    with pytest.raises(ModelError, match="this is a folder without a file that could be a log"):
        found(tmp_path / "e")
    assert found(tmp_path / "e/f.jar")[0][2] is True


# Archives


@pytest.mark.parametrize("make", ["zip", "", "gz"])
def test_an_archive_is_what_is_in_it(make: str, tmp_path: Path) -> None:
    """Its files, in its order, but folders and what is no log; an archive in it is opened as well."""
    inner = zipped(c__log=b"c") if make == "zip" else tarred(make, c__log=b"c")
    members = {"b__log": b"b", "x___a__log": b"a", "in__zip": zipped(d__log=b"d"), "in__tar": inner, "p__png": b"p"}
    (tmp_path / "all").write_bytes(zipped(**members) if make == "zip" else tarred(make, **members))

    assert [(name.removeprefix(f"{tmp_path}/all/"), data) for name, data, _ in found(tmp_path / "all")] == [
        ("b.log", b"b"), ("x/a.log", b"a"), ("in.zip/d.log", b"d"), ("in.tar/c.log", b"c"),
    ]  # fmt: skip
    assert {asked for _, _, asked in found(tmp_path / "all")} == {False}


@pytest.mark.parametrize("make", [zipped, tarred])
def test_so_deep_archives_are_opened(make: object, tmp_path: Path) -> None:
    """What is further in is a file like any other."""
    data = b"a"
    for _ in range(DEEP + 1):
        data = zipped(in__zip=data) if make is zipped else tarred(in__tar=data)
    (tmp_path / "all").write_bytes(data)

    ((name, inner, _),) = found(tmp_path / "all")
    assert name.count("/in.") == DEEP
    assert inner == (zipped(in__zip=b"a") if make is zipped else tarred(in__tar=b"a"))


def test_an_archive_without_a_log(tmp_path: Path) -> None:
    """There is nothing to read."""
    (tmp_path / "all.zip").write_bytes(zipped(p__png=b"p"))

    with pytest.raises(ModelError, match="there is no file in it that could be a log"):
        found(tmp_path / "all.zip")


def test_an_archive_with_a_password(tmp_path: Path) -> None:
    """It is refused, at once where it was asked for, or else when it is its turn."""
    data = bytearray(zipped(a__log=b"a"))
    for mark, flags in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        data[data.rindex(mark) + flags] |= 1
    filled(tmp_path, "x/b.log")
    (tmp_path / "x/a.zip").write_bytes(data)

    with pytest.raises(ModelError, match="this archive has a password; unpack it first"):
        found(tmp_path / "x/a.zip")
    with ExitStack() as stack:
        refused, other = inputs([tmp_path / "x"], stack)
        assert (refused.asked, content(other)) == (False, b"x/b.log")
        with pytest.raises(ModelError, match="a password"):
            refused.open()


def test_how_large_a_file_is(tmp_path: Path) -> None:
    """In an archive too; it is what progress is told by."""
    (tmp_path / "a.zip").write_bytes(zipped(a__log=b"12345"))
    filled(tmp_path, "b.log")
    with ExitStack() as stack:
        assert [each.size for each in inputs([tmp_path / "a.zip", tmp_path / "b.log"], stack)] == [5, 5]


@pytest.mark.parametrize("size", [None, -1])
def test_a_stream_that_is_read_to_its_end(size: int | None) -> None:
    """As a file is."""
    stream = _Pieces(io.BytesIO(b"0123456789"))

    assert (stream.read(3), stream.read(0), stream.read(size), stream.read(4)) == (b"012", b"", b"3456789", b"")


# Order


def ordered(*pieces: tuple[str, float | None]) -> list[str]:
    """The order of files with these names and first times."""
    times = dict(pieces)
    return [each.name for each in in_order([Input(name, io.BytesIO) for name in times], lambda each: times[each.name])]


@pytest.mark.parametrize(
    ("pieces", "order"),
    [
        ([("a/stderr", 3.0), ("a/stderr.1", 2.0), ("a/stderr.2", 1.0)], "a/stderr.2 a/stderr.1 a/stderr"),
        ([("a/stderr", 1.0), ("a/stderr.1", 1.0), ("a/stderr.2", 1.0)], "a/stderr.2 a/stderr.1 a/stderr"),
        ([("a/stderr", 1.0), ("a/stderr.1", 2.0)], "a/stderr a/stderr.1"),  # times are better than numbers
        ([("a/stderr", 1.0), ("a/stderr.1", None)], "a/stderr.1 a/stderr"),
        ([("b/stderr", 2.0), ("a/stderr", 1.0)], "a/stderr b/stderr"),
        ([("b/stderr", 2.0), ("a/stderr", None)], "b/stderr a/stderr"),
        ([("b/stderr", 2.0), ("a/stderr", 1.0), ("b/stdout", 0.5)], "b/stdout b/stderr a/stderr"),
        ([("b/stderr", None), ("b/stdout", 2.0), ("a/stderr", 1.0)], "a/stderr b/stderr b/stdout"),
        ([("b/stderr", None), ("a/stderr", None), ("b/stdout", None)], "b/stderr b/stdout a/stderr"),
        ([("b/stderr", 0.0), ("a/stderr", 1.0)], "b/stderr a/stderr"),
        ([("b", None)], "b"),
        ([], ""),
    ],
)
def test_the_order_of_files(pieces: list[tuple[str, float | None]], order: str) -> None:
    """By the times of logs, and of their pieces; by rolls' numbers where a time is missing; else as they were given."""
    assert ordered(*pieces) == order.split()


def test_one_file_is_not_looked_into() -> None:
    """There is no order."""
    only = Input("a", io.BytesIO)
    assert in_order([only], lambda _: pytest.fail("it was")) == [only]


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("stderr", 0), ("stderr.1", 1), ("stderr.12.gz", 12), ("log.3.txt.zst", 3), ("log.1234", 1234),
        ("log.12345", 0),
        ("spark-2.log", 0), ("a.4/stderr", 0), ("x.2.log", 2),
    ],
)  # fmt: skip # a table
def test_the_number_of_a_roll(name: str, number: int) -> None:
    """As log4j's appenders write it, packed or not."""
    assert _roll(name) == number
