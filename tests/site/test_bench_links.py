"""Where the page for editing is linked to, and what the site says where npm has not brought Python."""

from __future__ import annotations

from pathlib import Path

import pytest

from docs.site import workbench
from docs.site.staging import CHECKOUT, Staged


@pytest.fixture
def staged() -> Staged:
    """The lessons, and the page that lists what can be explored."""
    lessons = (CHECKOUT / "docs" / "course").glob("[0-9]-*.md")
    pages = {f"course/{each.name}": each.read_text(encoding="utf-8") for each in lessons}
    return Staged(pages | {"explore/index.md": "# Take the steps yourself\n"})


def test_without_npm_the_page_is_left_out_and_missed(
    staged: Staged, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No link leads to what is not there, and the place where one would be says why."""
    monkeypatch.setattr(workbench, "PYODIDE", tmp_path)
    workbench.add_bench(staged)

    assert staged.files == {}
    assert "npm could not be reached" in staged.pages["explore/index.md"]
    assert not any("bench/" in text for text in staged.pages.values())


def test_each_lesson_leads_to_its_text(staged: Staged, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Under the exercise of each lesson whose answer is a model stands a link to it, and all files are there."""
    for name in workbench.LOADED:
        (tmp_path / name).write_bytes(b"")
    monkeypatch.setattr(workbench, "PYODIDE", tmp_path)
    workbench.add_bench(staged)
    linked = {name for name, text in staged.pages.items() if "bench/index.html#lesson=" in text}

    assert sorted(each[len("course/")] for each in linked) == ["1", "2", "3", "4", "5", "6"]
    assert {"bench/index.html", "bench/spillproof.zip", "bench/pyodide/pyodide.mjs"} <= staged.files.keys()
    assert b"{{ lessons }}" not in staged.files["bench/index.html"]
    assert "Edit a model" in staged.pages["explore/index.md"]
