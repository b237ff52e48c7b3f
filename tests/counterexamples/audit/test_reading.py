"""Logs are read whatever they come in, and what cannot be read is said in one line; never is there a silent answer."""

import gzip
import io
import sys
from pathlib import Path

import pytest

from spillproof.counterexamples import command
from spillproof.counterexamples.audit.audit import audit
from tests.counterexamples.audit.logs import contention, line, started, written

Said = pytest.CaptureFixture[str]

LINES = [started(), *contention()]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "it is empty"),
        (b"\n \n\n", "it is empty"),
        (bytes(range(256)) * 40, "this is no text but binary"),
        (b"\x7fELF\x02\x01\x01\0\0\0", "this is no text but binary"),
    ],
)
def test_what_is_no_log(content: bytes, said: str, tmp_path: Path, capsys: Said) -> None:
    """An empty or a binary file is refused in one line, and the status is 2."""
    (tmp_path / "log").write_bytes(content)

    assert command.run(["audit", str(tmp_path / "log")]) == 2
    heard = capsys.readouterr()
    assert (heard.out, heard.err.count("\n")) == ("", 1)
    assert said in heard.err


def test_a_folder_and_nothing(tmp_path: Path, capsys: Said) -> None:
    """Neither a folder nor a file that is not there is a log."""
    assert command.run(["audit", str(tmp_path)]) == 2
    assert command.run(["audit", str(tmp_path / "none")]) == 2
    assert capsys.readouterr().out == ""


def test_no_debug_lines(tmp_path: Path, capsys: Said) -> None:
    """Without DEBUG lines the answer says so, says how to have them, and the status is 3."""
    path = written(tmp_path, started(), line("10:00:00", "Running task 0.0 in stage 1.0 (TID 7)", logger="Executor"))

    assert command.run(["audit", str(path)]) == 3
    text = " ".join(capsys.readouterr().out.split())
    assert "TaskMemoryManager writes those at level DEBUG" in text
    assert text.endswith(
        "Nothing can be concluded: of 2 lines that could be understood, none says who was granted what."
    )


def test_another_text(tmp_path: Path, capsys: Said) -> None:
    """A text that is no log of Spark's at all is refused in one line, with status 2."""
    path = written(tmp_path, "Call me Ishmael.\n" * 50)

    assert command.run(["audit", str(path)]) == 2
    assert "no log of Spark's: none of its 50 lines is as Spark writes them" in capsys.readouterr().err


def test_a_forced_spill_without_debug_lines(tmp_path: Path) -> None:
    """At level INFO Spark still says that a map is spilled while it is read: that much is concluded."""
    lines = [each for each in LINES if "DEBUG" not in each]
    (window,) = audit([written(tmp_path, *lines)], "2.3.4").windows()

    assert (window.who, window.name, window.seconds()) == ("ExternalAppendOnlyMap", "", 15)


def test_gzip(tmp_path: Path) -> None:
    """A gzipped log is known by its first bytes; several in one file are read on."""
    path = tmp_path / "no-name"
    path.write_bytes(gzip.compress("".join(LINES[:4]).encode()) + gzip.compress("".join(LINES[4:]).encode()))

    assert len(audit([path], "2.3.4").windows()) == 1


def test_gzip_that_is_cut_off(tmp_path: Path) -> None:
    """What there is of a gzipped log is read, and that it ends too early is said."""
    path = tmp_path / "log.gz"
    path.write_bytes(gzip.compress("".join(LINES * 20).encode())[:-20])

    (trouble,) = audit([path]).reading.troubles
    assert "is cut off" in trouble


def test_gzip_that_is_damaged(tmp_path: Path) -> None:
    """What comes before the damage is read, and that there is damage is said."""
    path = tmp_path / "log.gz"
    path.write_bytes(gzip.compress("".join(LINES).encode()) + b"\x1f\x8b\x08\0garbage")

    (trouble,) = audit([path]).reading.troubles
    assert "damaged" in trouble


def test_rolled_files_are_put_in_order(tmp_path: Path) -> None:
    """By their times, whatever their names; a rolled file that is gzipped as well."""
    first = written(tmp_path, *LINES[:4], name="stderr.2")
    middle = tmp_path / "stderr.1.gz"
    middle.write_bytes(gzip.compress("".join(LINES[4:7]).encode()))
    last = written(tmp_path, *LINES[7:], name="stderr")

    found = audit([last, middle, first], "2.3.4")

    assert found.reading.files == [str(first), str(middle), str(last)]
    assert [each.seconds() for each in found.windows()] == [10]


def test_rolled_files_without_times(tmp_path: Path) -> None:
    """Without times the roll numbers decide: the highest is the oldest."""
    bare = [each.split(": ", 1)[1] for each in LINES]
    last, first = written(tmp_path, *bare[5:], name="log"), written(tmp_path, *bare[:5], name="log.1")

    assert audit([last, first]).reading.files == [str(first), str(last)]


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    """A dash is standard input, gzipped or not."""

    class Pipe:
        buffer = io.BytesIO(gzip.compress("".join(LINES).encode()))

    monkeypatch.setattr(sys, "stdin", Pipe)

    assert len(audit([Path("-")], "2.3.4").windows()) == 1


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-be"])
def test_encodings(encoding: str, tmp_path: Path) -> None:
    """What Windows makes of a log is read: a byte order mark, UTF-16, carriage returns."""
    text = "".join(LINES).replace("\n", "\r\n")
    (tmp_path / "log").write_bytes(
        ("\ufeff" if encoding == "utf-16-be" else "").encode(encoding) + text.encode(encoding)
    )

    assert len(audit([tmp_path / "log"], "2.3.4").windows()) == 1


def test_a_log_that_is_cut_off(tmp_path: Path, capsys: Said) -> None:
    """A log that ends in the middle of a line is said to, and what is still open is open."""
    path = tmp_path / "log"
    path.write_text("".join(LINES[:7])[:-20])

    assert command.run(["audit", str(path), "--release", "2.3.4"]) == 1
    text = " ".join(capsys.readouterr().out.split())
    assert "The last line has no end" in text
    assert "to the log's end" in text


def test_a_log_that_does_not_say_its_release_accuses_nobody(tmp_path: Path, capsys: Said) -> None:
    """Without its first lines a log of a release that does not leak is like one that does: nothing is certain."""
    path = tmp_path / "log"
    path.write_text("".join(LINES[:7]))

    assert command.run(["audit", str(path)]) == 3
    assert "the log does not say which release wrote it; say so with --release" in " ".join(
        capsys.readouterr().out.split()
    )


@pytest.mark.thorough
def test_a_line_of_a_hundred_megabytes(tmp_path: Path) -> None:
    """A line of any length is passed over in constant memory, and what comes after it is read."""
    path = tmp_path / "log"
    with path.open("w") as log:
        log.writelines(LINES[:3])
        for _ in range(100):
            log.write("Task 7 memory " * 75000)
        log.write("\n")
        log.writelines(LINES[3:])
    found = audit([path], "2.3.4")

    assert (found.reading.cut, found.reading.lines, len(found.windows())) == (1, len(LINES) + 1, 1)


def test_names_do_nothing_to_a_terminal(tmp_path: Path, capsys: Said) -> None:
    """Whatever a log has for names, what is shown are characters that print."""
    lines = [each.replace("Map@1a", "Map@\x1b]0;x\x07\u202e\x9b5n1a").replace("stage", "st\x08age") for each in LINES]
    command.run(["audit", str(written(tmp_path, *lines)), "--release", "2.3.4"])
    text = capsys.readouterr().out

    assert all(each.isprintable() or each == "\n" for each in text)


def test_eighty_columns(tmp_path: Path, capsys: Said) -> None:
    """Nothing that is said is wider than a terminal."""
    command.run(["audit", str(written(tmp_path, *LINES)), "--release", "2.3.4"])

    assert max(map(len, capsys.readouterr().out.splitlines())) <= 80
