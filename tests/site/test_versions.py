"""Versions of the site stand beside each other, and the newest comes first."""

from __future__ import annotations

import json
from pathlib import Path

from docs.site.versions import write_list, written


def folder_of(to: Path, *versions: str) -> Path:
    """A folder with a site for each version, and with something that is none."""
    for each in versions:
        (to / each).mkdir()
        (to / each / "index.html").write_text("")
    (to / "shots").mkdir()
    return to


def test_the_newest_is_first(tmp_path: Path) -> None:
    """Numbers are compared as numbers, and what comes before a release is older than it."""
    assert written(folder_of(tmp_path, "0.9.0", "0.10.0", "1.0rc1", "1.0", "0.10.0.dev1")) == [
        "1.0",
        "1.0rc1",
        "0.10.0",
        "0.10.0.dev1",
        "0.9.0",
    ]


def test_the_menu_is_told(tmp_path: Path) -> None:
    """The theme reads each version's folder and title; whoever comes without a version gets to the newest."""
    write_list(folder_of(tmp_path, "0.1.0", "0.2.0"))

    told = json.loads((tmp_path / "versions.json").read_text())
    assert [(each["version"], each["aliases"]) for each in told] == [("0.2.0", ["latest"]), ("0.1.0", [])]
    assert 'url=0.2.0/"' in (tmp_path / "index.html").read_text()
