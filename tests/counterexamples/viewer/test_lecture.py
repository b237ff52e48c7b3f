"""The page in a lecture room, on paper, and where scripts are off."""

from __future__ import annotations

import pytest
from selenium.webdriver.common.keys import Keys

from tests.counterexamples.viewer.viewer import NARROW, Viewer

pytestmark = pytest.mark.browser


WRITTEN = """
const found = [];
const words = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (words.nextNode()) if (words.currentNode.parentElement.checkVisibility()) found.push(words.currentNode.data);
return found.join(' ');
"""


def texts(viewer: Viewer) -> str:
    """All that is written on the screen."""
    return str(viewer.driver.execute_script(WRITTEN))


def test_the_projector_tells_from_the_beginning(viewer: Viewer, page: str) -> None:
    """It starts at the first step, and no word says how it ends until the guilty step is there."""
    viewer.open(page)
    viewer.press("p")
    spoilers = ("violates", "guilty", "Repaired:", "to cut", " counted free", "Why", "runs part")

    for step in range(3):
        assert viewer.now() == f"run {step}"
        assert [word for word in spoilers if word in texts(viewer)] == []
        viewer.press(Keys.SPACE)

    assert viewer.now() == "run 3"
    assert viewer.by_id("guilty").is_displayed()
    assert viewer.by_id("switch").is_displayed()
    assert len(viewer.seen("#graph .edge.lit")) == 2


def test_a_clicker_steps(viewer: Viewer, page: str) -> None:
    """Page down, page up and the space bar step; Escape leaves, and then the space bar is the browser's again."""
    viewer.open(page, "#view=projector")
    seen = []
    for key in (Keys.PAGE_DOWN, Keys.SPACE, Keys.PAGE_UP, Keys.ARROW_RIGHT, Keys.HOME, Keys.ESCAPE, Keys.SPACE):
        viewer.press(key)
        seen.append(viewer.now())

    assert seen == ["run 1", "run 2", "run 1", "run 2", "run 0", "run 0", "run 0"]
    assert viewer.by_id("projector").get_attribute("aria-checked") == "false"


def test_the_space_bar_steps_on_after_a_click(viewer: Viewer, page: str) -> None:
    """Who clicked the button of the projector, or one of the arrows, goes on with the clicker."""
    viewer.open(page)
    viewer.by_id("projector").click()
    assert viewer.driver.current_url == f"{viewer.address}#step=0&view=projector"
    viewer.press(Keys.SPACE)
    viewer.by_id("back").click()
    viewer.press(Keys.SPACE, Keys.SPACE)

    assert viewer.now() == "run 2"


INSIDE = """
return [...document.querySelectorAll('#graph svg, .ledgers, .now, .bars-of svg')].filter((e) => e.checkVisibility())
  .map((e) => e.getBoundingClientRect()).map((b) => [b.left, b.top, innerWidth - b.right, innerHeight - b.bottom])
  .flat().reduce((a, b) => Math.min(a, b));
"""


LETTERS = """
const heights = [...document.querySelectorAll('#graph .class, .ledgers th, #spelled')]
  .map((e) => e.getBoundingClientRect().height).filter((height) => height > 0);
return Math.min(...heights);
"""


@pytest.mark.parametrize(("width", "height"), [(1920, 1080), (1280, 720), (1024, 768)])
def test_the_projector_has_graph_and_ledgers_on_one_screen(viewer: Viewer, page: str, width: int, height: int) -> None:
    """They fill the width and nothing of them is outside; letters are a fiftieth of the height at least."""
    viewer.open(page, "#view=projector&step=3", width)
    viewer.tell("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
    room = viewer.ask("document.querySelector('.stage').getBoundingClientRect().width")

    assert viewer.driver.execute_script(INSIDE) >= 0
    assert room > 0.95 * width
    assert viewer.driver.execute_script(LETTERS) >= height / 50
    assert viewer.ask("document.documentElement.scrollHeight <= innerHeight")


def test_a_narrow_projector_scrolls_down_only(viewer: Viewer, page: str) -> None:
    """On a telephone it is as wide as the telephone."""
    viewer.open(page, "#view=projector&step=3", NARROW)

    assert viewer.fits()


def test_on_paper_every_step_is_there(viewer: Viewer, page: str) -> None:
    """Dark on white, whatever the reader's colours; the steps of the run, each with its number; no buttons."""
    viewer.open(page, "#step=1", scheme="dark")
    viewer.tell("Emulation.setEmulatedMedia", media="print", features=[])
    try:
        numbers = [each.get_attribute("data-step") for each in viewer.seen("section[data-step]")]
        heads = [each.text for each in viewer.seen(".of-step")]
        assert numbers == ["0", "1", "2", "3"]
        assert heads[1:] == ["1 insert(E1, 3145728)", "2 read(E1)", "▶ 3 insert(E2, 2097152)"]
        assert viewer.seen("button") == []
        assert viewer.ask("getComputedStyle(document.documentElement).backgroundColor") == "rgb(255, 255, 255)"
    finally:
        viewer.tell("Emulation.setEmulatedMedia", media="", features=[])


def test_without_scripts_every_step_can_be_read(viewer: Viewer, page: str) -> None:
    """Where scripts are off all steps stand one after the other, and the heap is the guilty step's."""
    viewer.tell("Emulation.setScriptExecutionDisabled", value=True)
    try:
        viewer.open(page)
        assert len(viewer.seen("section[data-step]")) == 8
        assert len(viewer.seen("#graph .edge.lit")) == 2
        assert viewer.seen("noscript p")
    finally:
        viewer.tell("Emulation.setScriptExecutionDisabled", value=False)
