"""Versions of the site beside each other: a folder each, and what the menu of the theme reads about them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import spillproof

LIST = "versions.json"
"""The theme looks for it beside the folder of a version, and takes the first for the one to go to."""

TO_THE_NEWEST = """<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<title>spillproof</title>
<meta http-equiv="refresh" content="0; url={newest}/">
<p><a href="{newest}/">spillproof {newest}</a></p>
</html>
"""


def current() -> str:
    """Return the name of this version's folder."""
    return spillproof.__version__


def written(folder: Path) -> list[str]:
    """Return the versions that a folder has, the newest first."""
    found = [each.parent.name for each in folder.glob("*/index.html")]
    return sorted(found, key=_numbers, reverse=True)


def write_list(folder: Path) -> None:
    """Write what the menu of versions reads, and a page that leads to the newest."""
    versions = written(folder)
    named = [
        {"version": each, "title": each, "aliases": ["latest"] if each == versions[0] else []} for each in versions
    ]
    (folder / LIST).write_text(json.dumps(named, indent=1) + "\n", encoding="utf-8")
    (folder / "index.html").write_text(TO_THE_NEWEST.format(newest=versions[0]), encoding="utf-8")


def _numbers(version: str) -> tuple[list[int], bool, str]:
    """Return a key by which 0.10 comes after 0.9, and 1.0 after 1.0rc1."""
    release = re.match(r"\d+(?:\.\d+)*", version)
    numbers = [int(each) for each in release[0].split(".")] if release else []
    rest = version[release.end() :] if release else version
    return numbers, not rest, rest
