"""Runs of fifty and of a thousand steps are stepped through as quickly as short ones."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from spillproof.counterexamples.explain.explain import explain
from spillproof.counterexamples.explain.explanation import Explanation
from spillproof.counterexamples.export.html import html
from spillproof.counterexamples.trace import State, Trace
from tests.counterexamples.viewer.viewer import NARROW, Viewer

pytestmark = pytest.mark.browser


def test_a_long_run_can_be_stepped_through(viewer: Viewer, lasting: Callable[[int], Trace]) -> None:
    """A page of 50 steps fits as well, and goes to its last step."""
    long = explain(lasting(50))
    viewer.open(html(long.trace, long), "#step=49", NARROW)
    viewer.press(Keys.ARROW_RIGHT)

    assert viewer.now() == "run 50"
    assert viewer.fits()
    assert viewer.log("browser") == []


def steps_made(trace: Trace, steps: int) -> Trace:
    """A run of so many steps, each of which makes a table, and lets go of the one before."""
    first, *_, state = trace.states
    tables = [each for each in state.heap if each.kind == "Table"]
    assert tables

    def fresh(at: int) -> State:
        heap = tuple(replace(each, number=1000 + at) if each in tables else each for each in state.heap)
        return replace(state, heap=heap)

    return replace(trace, states=(first, *map(fresh, range(steps))), guilty=None, evidence=None)


STEPPING = """
const took = [];
for (let at = 0; at < 50; at += 1) {
  const before = performance.now();
  document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowRight', bubbles: true }));
  document.body.getBoundingClientRect();
  took.push(performance.now() - before);
}
return took.sort((a, b) => a - b)[25];
"""


@pytest.mark.slow
def test_a_thousand_steps_are_quick(viewer: Viewer, shown: Explanation) -> None:
    """Each step is there in a blink (25 to 35 ms on a busy machine), though each makes an object of its own."""
    viewer.open(html(steps_made(shown.trace, 1_000)), "#step=0")
    median = viewer.driver.execute_script(STEPPING)

    assert viewer.now() == "run 50"
    assert len(viewer.driver.find_elements(By.CSS_SELECTOR, "#graph .node")) < 30
    assert median < 150
    viewer.press(Keys.END)
    assert viewer.now() == "run 1000"
