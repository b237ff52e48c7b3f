"""The table of targets is what the judgements say."""

from pathlib import Path

import pytest

from docs.pages.targets import HEAD
from spillproof.counterexamples.replay.live.judgements import TARGETS


@pytest.fixture
def page(checkout: Path) -> str:
    """The page, as it was written last."""
    return (checkout / "docs" / "reference" / "targets.md").read_text(encoding="utf-8")


def test_the_table_has_what_was_judged(page: str) -> None:
    """Each target is a column, and a cell says violated where a judgement does, or is due; `make targets` writes it."""
    assert page.startswith(HEAD)
    rows = [line.strip("| ").split(" | ") for line in page.splitlines() if line.startswith("| ")]
    names, *cells = rows[len(TARGETS) + 1 :]
    assert names == ["claim", *(target.name for target in TARGETS)]
    violated = {(name, row[0]): cell for row in cells for name, cell in zip(names[1:], row[1:], strict=True)}

    assert {key: cell for key, cell in violated.items() if "violated" in cell} == {
        (target.name, each.claim): f"**violated** ({each.word})" for target in TARGETS for each in target.judgements
    }
