"""An explanation tells paths as one that differ in nothing but how often a part is repeated."""

from spillproof.counterexamples.explain.explain import explain
from spillproof.counterexamples.explain.explanation_text import tell
from spillproof.counterexamples.trace import trace
from spillproof.properties.engines.run import Run, Step
from tests.engines.test_alike import Pages


def test_paths_of_one_signature_are_one_row() -> None:
    """Their numbers, how many, the signature, and one of them with what to cut; a reference of each is one row."""
    model = Pages(places=5)
    run = Run(model, (), (Step("fill", (1,)), Step("release", ())))
    told = tell(explain(trace(run, "pages", ("free_is_unreachable",), guilty=2), model)).splitlines()

    at = told.index("  1-5 5 × Page by reader ▸ next* ▸ page, such as")
    assert told[at + 1].split() == ["✂", "reader", "▸", "page"]
    assert [line.split()[:4] for line in told if "each of" in line] == [["Link.page", "(each", "of", "5)"]]
