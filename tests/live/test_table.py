"""The table of targets is what the judgements say."""

import re
from pathlib import Path

import pytest

from docs.pages.targets import HEAD
from tests.live.judged.judgements import TARGETS


@pytest.fixture
def page(checkout: Path) -> str:
    """The page, as it was written last."""
    return (checkout / "docs" / "reference" / "targets.md").read_text(encoding="utf-8")


def test_the_table_has_what_was_judged(page: str) -> None:
    """Each target is a row, which says violated where a judgement does; `make targets` writes it."""
    assert page.startswith(HEAD)
    table = page.split("| target | violated | holds in these runs |\n|---|---|---|\n")[1].split("\n\n", maxsplit=1)[0]
    rows = [line.strip("| ").split(" | ") for line in table.splitlines()]

    assert {name: set(re.findall(r"`(\w+)` \(([a-z ]+)", violated)) for name, violated, _ in rows} == {
        target.name: {(each.claim, each.word) for each in target.judgements} for target in TARGETS
    }
