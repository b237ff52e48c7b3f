"""The evidence of a violation at a terminal: a table where it fits, and one below the other where it does not."""

import pytest

from spillproof.properties.engines.evidence.evidence import Evidence, Reading
from spillproof.properties.engines.story.evidence_text import _table

USED = Reading("used()", "", ("1", "22222"))
FOUND = [Evidence("a_claim", 1, "now.used() < 2", "22,222 < 2", (USED,))]


def table(width: int, at: int = 1) -> list[str]:
    """The lines about what was read."""
    return list(_table(FOUND, at, set(), width))


def test_a_table_as_wide_as_the_terminal() -> None:
    """The words take 6 characters, the title `before` 6, the longest value 5, what is between and the mark 6."""
    assert table(23) == ["        before  after", "used()  1       22222  *"]


@pytest.mark.parametrize(("width", "at"), [(22, 1), (23, 0)])
def test_one_below_the_other(width: int, at: int) -> None:
    """Where it does not fit, and where nothing was before."""
    lines = table(width, at)

    assert lines[0].startswith("used()")
    assert not any("before  after" in line for line in lines)
