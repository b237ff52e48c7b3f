"""`spillproof export`, and what `check --out` leaves for a person."""

import io
import sys
from pathlib import Path

import pytest

from spillproof.counterexamples import command
from spillproof.counterexamples.export import FORMATS, KEPT
from spillproof.counterexamples.export.itf import dumps, loads
from spillproof.counterexamples.trace import Trace

LEAKY = f"{Path(__file__).parent.with_name('leaky.py')}:Leaky"

Said = pytest.CaptureFixture[str]


@pytest.fixture
def file(incident: Trace, tmp_path: Path) -> str:
    """A file with the E1/E2 run."""
    path = tmp_path / "run.itf.json"
    path.write_text(dumps(incident), encoding="utf-8")
    return str(path)


def refused(capsys: Said, *arguments: str) -> str:
    """The line on stderr with which a command is refused."""
    status = command.run(arguments)
    said = capsys.readouterr()
    assert (status, said.out, said.err.count("\n")) == (2, "", 1)
    return said.err.removeprefix("spillproof: ").rstrip()


@pytest.mark.parametrize("name", FORMATS)
def test_each_format_is_printed_or_written(file: str, name: str, tmp_path: Path, capsys: Said) -> None:
    """The same text goes to stdout and to a file, whose suffix says the format; the same each time."""
    out = tmp_path / f"made{FORMATS[name].suffix}"
    assert command.run(["export", file, "--format", name]) == 0
    printed = capsys.readouterr().out
    assert command.run(["export", file, "--out", str(out)]) == 0

    assert capsys.readouterr() == ("", "")
    assert out.read_text(encoding="utf-8") == printed
    assert printed.endswith("\n")


def test_suffixes_tell_formats_apart() -> None:
    """No two formats have the same suffix."""
    assert len({each.suffix for each in FORMATS.values()}) == len(FORMATS)


def test_itf_is_the_trace_itself(file: str, incident: Trace, capsys: Said) -> None:
    """Exported as ITF, a trace is what it was."""
    command.run(["export", file, "--format", "itf"])

    assert loads(capsys.readouterr().out) == incident


def test_nothing_is_overwritten_without_force(file: str, tmp_path: Path, capsys: Said) -> None:
    """A file that is there stays as it was, and so does what a dangling link points to; with --force it is replaced."""
    out = tmp_path / "page.md"
    out.write_text("mine")
    (tmp_path / "link.md").symlink_to(tmp_path / "elsewhere.md")

    assert "it is there already; say --force to overwrite it" in refused(capsys, "export", file, "--out", str(out))
    assert "it is there already" in refused(capsys, "export", file, "--out", str(tmp_path / "link.md"))
    assert out.read_text() == "mine"
    assert not (tmp_path / "elsewhere.md").exists()
    assert command.run(["export", file, "--out", str(out), "--force"]) == 0
    assert out.read_text(encoding="utf-8").startswith("# `spark@2.3.4`")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "which format? say --format, one of itf, "),
        (["--out", "x.pdf"], "the suffix of x.pdf says no format: say --format; the suffixes are .itf.json (itf), "),
        (["--out", "x.json"], "the suffix of x.json says no format"),
        (["--format", "pdf"], "'pdf' is not one of"),
        (
            ["--format", "markdown", "--step", "1"],
            "markdown shows the whole run, so that --step does not apply; it is for",
        ),
        (["--format", "dot", "--step", "4"], "there is no step 4: this run has the steps 0 (its beginning) to 3"),
        (["--format", "dot", "--step", "-1"], "there is no step -1"),
        (["--format", "dot", "--step", "x"], "'x' is not a valid integer"),
        (["--format", "dot", "--out", "/nowhere/at/all.dot"], "--out /nowhere/at/all.dot: No such file or directory"),
        (["--format", "dot", "--out", "/"], "--out /: "),
    ],
)
def test_what_is_wrong_is_said_in_one_line(file: str, arguments: list[str], said: str, capsys: Said) -> None:
    """What cannot be done ends in 2, with what there is instead."""
    assert said in refused(capsys, "export", file, *arguments)


def test_a_file_that_is_no_trace_is_named(tmp_path: Path, capsys: Said) -> None:
    """The line names the file."""
    (tmp_path / "x.json").write_text("{")

    assert refused(capsys, "export", str(tmp_path / "x.json"), "--format", "dot").startswith(f"{tmp_path}/x.json: ")


def test_a_model_that_cannot_be_had_is_no_hindrance(file: str, capsys: Said) -> None:
    """A trace of a model that is unknown here is shown from itself alone, and stderr says so."""
    text = Path(file).read_text(encoding="utf-8").replace("spark@2.3.4", "spark@7")
    Path(file).write_text(text, encoding="utf-8")

    assert command.run(["export", file, "--format", "markdown"]) == 0
    said = capsys.readouterr()
    assert said.err.startswith("spillproof: shown from the trace alone: no model is called 'spark@7'")
    assert "## What keeps the bytes that are counted free" in said.out


def test_a_file_that_a_trace_names_is_not_run(file: str, tmp_path: Path, capsys: Said) -> None:
    """A trace that says it is of a model in a file does not make that file run, in any format."""
    trap = tmp_path / "trap.py"
    trap.write_text(f"open({str(tmp_path / 'sprung')!r}, 'w')\n")
    text = Path(file).read_text(encoding="utf-8").replace("spark@2.3.4", f"{trap}:Trap")
    Path(file).write_text(text, encoding="utf-8")
    for name in FORMATS:
        command.run(["export", file, "--format", name])

    assert not (tmp_path / "sprung").exists()
    assert "## Step by step" in capsys.readouterr().out


def test_the_output_is_utf8_whatever_the_terminal(file: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal that knows only ASCII does not change what is piped into a file."""
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="ascii"))
    command.run(["export", file, "--format", "markdown"])

    assert "▶ 3" in raw.getvalue().decode("utf-8")


def test_the_help_names_every_format(capsys: Said) -> None:
    """`--help` says what each format is for, within 80 columns."""
    command.run(["export", "--help"])
    told = capsys.readouterr().out

    assert all(each.sentence in told for each in FORMATS.values())
    assert max(map(len, told.splitlines())) <= 80


# check --out


def test_check_leaves_what_a_person_wants(tmp_path: Path, capsys: Said) -> None:
    """Beside the trace of each violated claim there is a page, a picture and a regression test; not for a witness."""
    assert command.run(["check", LEAKY, "--claim", "free_is_unreachable", "--out", str(tmp_path)]) == 1
    capsys.readouterr()
    made = {file.name for file in tmp_path.iterdir()}
    suffixes = {FORMATS[name].suffix for name in KEPT if name in FORMATS and name != "pytest"}

    assert {f"free_is_unreachable{suffix}" for suffix in suffixes} <= made
    assert "test_free_is_unreachable.py" in made
    assert not [name for name in made if name.startswith("test_") and "free_is_unreachable" not in name]
    assert "## The actions" not in (tmp_path / "free_is_unreachable.md").read_text(encoding="utf-8")


def test_check_overwrites_no_page(tmp_path: Path, capsys: Said) -> None:
    """A page that would be overwritten is a reason to refuse, before anything is computed; another file is none."""
    (tmp_path / "README.md").write_text("mine")
    (tmp_path / "test_free_is_unreachable.py").write_text("mine")

    assert "it already keeps test_free_is_unreachable.py" in refused(capsys, "check", LEAKY, "--out", str(tmp_path))
    assert sorted(file.name for file in tmp_path.iterdir()) == ["README.md", "test_free_is_unreachable.py"]
