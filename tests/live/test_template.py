"""`spillproof new adapter NAME` writes a test that runs as it is."""

import subprocess
import sys
from pathlib import Path

import pytest

from spillproof.counterexamples import command
from spillproof.counterexamples.template import write


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


@pytest.mark.parametrize(
    ("name", "said"), [("2fast", "is no name for one"), ("a/b", "is no name for one"), ("Mine", "it is there already")]
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
