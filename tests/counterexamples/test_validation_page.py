"""The page about validation is what its generator writes, and has every model."""

import re
from pathlib import Path

import pytest

from docs.pages.validation import HEAD, page, row, together
from spillproof.model.catalogue import CATALOGUE
from spillproof.model.catalogue.alike import distinct

COMMITTED = Path(__file__).parents[2] / "docs/reference/validation.md"
LINE = re.compile(
    r"\| `([^`]+)`(?: … `([^`]+)` \((\d+)\))? \| ([\d,]+) of ([\d,]+) \| ([\d,]+) of ([\d,]+) "
    r"\| \d+% \| [\d,]+ \| \d+% \| \d+% \|"
)
needs_docs = pytest.mark.skipif(not COMMITTED.exists(), reason="the documentation is not part of the wheel")


@needs_docs
def test_every_model_is_on_the_page() -> None:
    """The lines of the table name every model of the catalogue once, in its order, and of each all is validated."""
    text = COMMITTED.read_text(encoding="utf-8")
    assert text.startswith(HEAD)
    names = list(distinct(CATALOGUE.values()))
    for line in text.removeprefix(HEAD).splitlines():
        found = LINE.fullmatch(line)
        assert found is not None, line
        first, last, many, *counts = found.groups()
        assert names[0] == first
        assert names[int(many or 1) - 1] == (last or first)
        del names[: int(many or 1)]
        edges, of_edges, ways, of_ways = counts
        assert (edges, ways) == (of_edges, of_ways), line
    assert names == []


def test_alike_entries_stand_together() -> None:
    """Neighbours with the same numbers are one line."""
    rows = [row(name) for name in ("lesson:pool", "lesson:pool+repaired")]

    assert [len(each) for each in together(rows)] == [2]
    assert LINE.fullmatch(page(rows).splitlines()[-1])
