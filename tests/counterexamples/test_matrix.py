"""The matrix of releases, classes and claims is what the checker says now."""

from pathlib import Path

import pytest

from docs.pages.matrix import cells_of, columns, families, page, section
from spillproof.model.catalogue import find
from spillproof.model.catalogue.alike import fixes_mentioned
from spillproof.model.spark.fixes import BEARINGS
from spillproof.model.spark.releases import spans

COMMITTED = Path(__file__).parents[2] / "docs/reference/matrix.md"
QUICK = tuple(name for name in families() if "locks" in name or "unroll" in name or name == "spark:growing")
needs_docs = pytest.mark.skipif(not COMMITTED.exists(), reason="the documentation is not part of the wheel")


@needs_docs
@pytest.mark.thorough
@pytest.mark.parametrize("family", QUICK)
def test_a_part_is_as_committed(family: str, tmp_path: Path) -> None:
    """The table of a family that is checked quickly stands in the page."""
    made = cells_of([family], tmp_path / "answers")

    assert section(family, columns(made[family])) in COMMITTED.read_text(encoding="utf-8")


@needs_docs
@pytest.mark.slow
def test_the_whole_is_as_committed(tmp_path: Path) -> None:
    """So do all."""
    assert page(cells_of(families(), tmp_path / "answers")) == COMMITTED.read_text(encoding="utf-8")


@pytest.mark.parametrize("bearing", BEARINGS, ids=lambda bearing: f"{bearing.fix}:{bearing.model}")
def test_what_makes_a_difference_is_mentioned(bearing: object) -> None:
    """A fix that carries a claim of a model is among those that the model can ask about."""
    assert isinstance(bearing, type(BEARINGS[0]))
    assert bearing.fix in fixes_mentioned(find(bearing.model).model)


def test_releases_are_ranges() -> None:
    """Neighbours are one range, whatever the numbers between them."""
    assert spans(["2.1.3", "2.2.0", "2.3.4", "3.0.3", "3.1.1"]) == "2.1.3–2.2.0, 2.3.4, 3.0.3–3.1.1"
