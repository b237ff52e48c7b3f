"""`spillproof new adapter NAME` and `spillproof new model NAME` write a test that runs as it is."""

import subprocess
import sys
from pathlib import Path

import pytest

from spillproof.counterexamples import command
from spillproof.counterexamples.template import write, write_model
from spillproof.properties.loader import class_in_file


def test_the_template_is_a_test_that_passes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is written is collected by pytest, and holds."""
    monkeypatch.chdir(tmp_path)

    assert command.run(["new", "adapter", "MyStore"]) == 0
    args = ["-q", "-p", "no:cacheprovider", "--spillproof-claims", "free_is_unreachable,something_is_reachable"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *args, "test_my_store.py"], check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout
    assert "2 passed" in done.stdout


def test_the_model_checks_and_passes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is written is proved as it stands, at other scopes as well; and its test passes."""
    monkeypatch.chdir(tmp_path)
    assert command.run(["new", "model", "MyPool"]) == 0
    assert "run: spillproof check test_my_pool.py:MyPool, or pytest test_my_pool.py" in capsys.readouterr().out

    assert command.run(["check", "test_my_pool.py:MyPool", "--set", "places=1"]) == 0
    assert "✓ test_my_pool.py:MyPool: of 5 claims, 5 proved" in " ".join(capsys.readouterr().out.split())
    names = vars(sys.modules[class_in_file("test_my_pool.py:MyPool").__module__])
    names["test_memory"]()


def test_the_model_shows_what_its_comment_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without the line about `reading`, the pool counts bytes as free that are still read: three steps."""
    monkeypatch.chdir(tmp_path)
    file = write_model("Leaky", tmp_path)
    text = file.read_text()
    broken = text.replace("        if self.reading is block:\n            self.reading = None\n", "")
    assert broken != text
    file.write_text(broken)

    assert command.run(["check", "test_leaky.py:Leaky", "--claim", "free_is_unreachable"]) == 1
    assert "✗ violated  free_is_unreachable  3 steps, the shortest" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "said"),
    [("class", "is not a name for one"), ("Model", "has another Model already"), ("Mine", "it is there already")],
)
def test_what_cannot_be_a_model_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str, said: str
) -> None:
    """A name that is none or is used by the file itself, and a file that is there, end with status 2."""
    monkeypatch.chdir(tmp_path)
    write_model("Mine", tmp_path)

    assert command.run(["new", "model", name]) == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "said"),
    [("2fast", "is not a name for one"), ("a/b", "is not a name for one"), ("Mine", "it is there already")],
)
def test_what_cannot_be_written_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str, said: str
) -> None:
    """A name that is none, and a file that is there, end with status 2; no file is overwritten."""
    monkeypatch.chdir(tmp_path)
    write("Mine", tmp_path).write_text("mine", encoding="utf-8")

    assert command.run(["new", "adapter", name]) == 2
    assert said in capsys.readouterr().err
    assert (tmp_path / "test_mine.py").read_text(encoding="utf-8") == "mine"
