"""What a contributor is told is there."""

import re
from pathlib import Path

from spillproof import __version__


def named(checkout: Path) -> set[str]:
    """The files and folders that the guides name."""
    text = "".join((checkout / name).read_text(encoding="utf-8") for name in ("CONTRIBUTING.md", "SECURITY.md"))
    made = ("path/", ".venv/", "build/")
    return {each for each in re.findall(r"`([\w./-]+)`", text) if "/" in each and not each.startswith(made)}


def test_what_the_guides_name_is_there(checkout: Path) -> None:
    """Each file and folder that CONTRIBUTING.md and SECURITY.md name exists."""
    assert len(named(checkout)) > 20
    assert {each for each in named(checkout) if not (checkout / each).exists()} == set()


def test_the_targets_that_the_guides_name_are_there(checkout: Path) -> None:
    """Each `make target` is in the Makefile."""
    targets = set(re.findall(r"^([\w-]+):", (checkout / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    told = set(re.findall(r"`make ([\w-]+)`", (checkout / "CONTRIBUTING.md").read_text(encoding="utf-8")))

    assert len(told) > 5
    assert told <= targets


def test_the_citation_is_of_this_version(checkout: Path) -> None:
    """Who cites it names the version that is installed."""
    assert f'version: "{__version__}"\n' in (checkout / "CITATION.cff").read_text(encoding="utf-8")
