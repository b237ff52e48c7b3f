"""An explanation tells paths as one that differ in nothing but how often a part is repeated."""

import pytest

from spillproof.counterexamples.explain.explain import explain
from spillproof.counterexamples.explain.explanation_text import tell
from spillproof.counterexamples.trace import trace
from spillproof.properties.engines.run import Run, Step
from spillproof.properties.engines.story.counterexample_text import MANY
from tests.engines.test_alike import Pages


def test_paths_of_one_signature_are_one_row() -> None:
    """Their numbers, how many, the signature, and one of them with what to cut; a reference of each is one row."""
    model = Pages(places=5)
    run = Run(model, (), (Step("fill", (1,)), Step("release", ())))
    told = tell(explain(trace(run, "pages", ("free_is_unreachable",), guilty=2), model)).splitlines()

    at = told.index("  1-5 5 × Page by reader ▸ next* ▸ page, such as")
    assert told[at + 1].split() == ["✂", "reader", "▸", "page"]
    assert [line.split()[:4] for line in told if "each of" in line] == [["Link.page", "(each", "of", "5)"]]


@pytest.mark.parametrize(("places", "rows"), [(MANY - 1, MANY - 1), (MANY, 1)])
def test_how_many_alike_are_one_row(places: int, rows: int) -> None:
    """So many and no fewer: two or three paths are told one by one."""
    run = Run(Pages(places=places), (), (Step("fill", (1,)), Step("release", ())))
    told = tell(explain(trace(run, "pages", ("free_is_unreachable",), guilty=2), run.model))

    assert sum("✂ reader" in line for line in told.splitlines()) == rows
    assert (f"{places} × Page" in told) is (rows == 1)
