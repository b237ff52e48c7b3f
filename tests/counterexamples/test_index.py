"""`check --out` leaves one page over all that was found, and its last line says to open it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from spillproof.counterexamples import command
from spillproof.counterexamples.export.index import ClaimRow, Found, index

Said = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What is kept of a model that violates some of its claims."""
    folder = tmp_path_factory.mktemp("found")
    assert command.run(["check", "lesson:release", "--out", str(folder)]) == 1
    return folder


def links(page: str) -> list[str]:
    """The files that a page leads to."""
    return re.findall(r'href="([^"#]+)"', page.replace('href="data:,"', ""))


def test_the_last_line_says_what_to_open(tmp_path: Path, capsys: Said) -> None:
    """One page, whatever was found, so that nobody has to choose among twenty files."""
    assert command.run(["check", "lesson:release", "--claim", "free_is_unreachable", "--out", str(tmp_path)]) == 1

    assert capsys.readouterr().out.splitlines()[-1] == f"To look at it, open {tmp_path / 'index.html'}"


def test_every_file_is_led_to(kept: Path) -> None:
    """What is in the folder is on the page, and what is on the page is in the folder."""
    page = (kept / "index.html").read_text(encoding="utf-8")
    there = {each.name for each in kept.iterdir()}

    assert set(links(page)) == there - {"index.html"}


def test_each_claim_has_its_verdict(kept: Path) -> None:
    """A claim that is violated says so with its run; a witness that was seen says in how many steps."""
    page = (kept / "index.html").read_text(encoding="utf-8")

    assert '<td class="tone said">✗ violated</td>' in page
    assert '<td class="tone mended">✓ seen</td>' in page
    assert "a run of 1 step shows it" in page
    assert "▶ the guilty step" in page


def test_nothing_violated_is_said(tmp_path: Path, capsys: Said) -> None:
    """A page without counterexamples says that there are none, and leads to the certificate."""
    said = ["check", "lesson:pool", "--claim", "counters_never_negative", "--out", str(tmp_path)]
    command.run(said)
    page = (tmp_path / "index.html").read_text(encoding="utf-8")

    assert "No run that violates a claim was found." in page
    assert capsys.readouterr().out.splitlines()[-1] == f"To look at it, open {tmp_path / 'index.html'}"


def test_what_was_left_out_is_named() -> None:
    """With the reason, on the page as on stderr."""
    page = index(Found("t", "s", "n", left_out={"this run is too long": ["a.svg", "b.svg"]}))

    assert "<code>a.svg</code>, <code>b.svg</code>: this run is too long" in page


def test_names_are_text() -> None:
    """A claim's sentence may be anybody's; on the page it is text, and runs nothing."""
    page = index(Found("<b>", "", "", claims=(ClaimRow("x", "<script>alert(1)</script>", "✗", "violated", ""),)))

    assert "<script" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_it_is_not_overwritten_unasked(tmp_path: Path, capsys: Said) -> None:
    """A page that somebody else left under that name stays, unless --force is said."""
    (tmp_path / "index.html").write_text("mine", encoding="utf-8")

    assert command.run(["check", "lesson:release", "--out", str(tmp_path)]) == 2
    assert "it already keeps index.html" in capsys.readouterr().err
    assert (tmp_path / "index.html").read_text(encoding="utf-8") == "mine"
