"""The page is stepped through by buttons, keys and links, and what belongs to a step is shown with it."""

from __future__ import annotations

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from tests.counterexamples.viewer.viewer import Viewer

pytestmark = pytest.mark.browser


def test_the_page_opens_at_the_guilty_step(viewer: Viewer, page: str) -> None:
    """What is wrong is what one sees first: the path is lit, and the table is called counted free."""
    viewer.open(page)

    assert viewer.now() == "run 3"
    assert viewer.by_id("spelled").text == "insert(E2, 2097152)"
    assert viewer.by_id("guilty").is_displayed()
    lit = [each.find_element(By.CSS_SELECTOR, ".field").text for each in viewer.seen("#graph .edge.lit")]
    assert sorted(lit) == ["reader", "upstream"]
    assert [each.text for each in viewer.seen("#graph text.tag")] == ["counted free"]


def test_buttons_step(viewer: Viewer, page: str) -> None:
    """The buttons go one step back and forward, to the first and the last, and are off where there is none."""
    viewer.open(page)
    seen = []
    for name in ("back", "back", "forward", "first", "last"):
        viewer.by_id(name).click()
        seen.append(viewer.now())

    assert seen == ["run 2", "run 1", "run 2", "run 0", "run 3"]
    assert [viewer.by_id(name).is_enabled() for name in ("first", "back", "forward", "last")] == [
        True,
        True,
        False,
        False,
    ]


def test_keys_step(viewer: Viewer, page: str) -> None:
    """Arrows, Home and End do the same; beyond the ends there is nothing."""
    viewer.open(page)
    seen = []
    for key in (Keys.ARROW_LEFT, Keys.ARROW_RIGHT, Keys.ARROW_RIGHT, Keys.HOME, Keys.ARROW_LEFT, Keys.END):
        viewer.press(key)
        seen.append(viewer.now())

    assert seen == ["run 2", "run 3", "run 3", "run 0", "run 0", "run 3"]


def test_other_keys_are_the_browsers(viewer: Viewer, page: str) -> None:
    """With Alt an arrow means the browser's history, and is left alone."""
    viewer.open(page, "#step=1")
    viewer.ask(
        "document.body.dispatchEvent(new KeyboardEvent('keydown', {key: 'ArrowRight', altKey: true, bubbles: true}))"
    )

    assert viewer.now() == "run 1"


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ("#step=1", "run 1"),
        ("#step=2&on=repaired", "contrast 2"),
        ("#step=99", "run 3"),
        ("#step=-1", "run 0"),
        ("#step=x", "run 3"),
        ("#step=1&on=mars", "run 1"),
    ],
)
def test_links_lead_to_a_step(viewer: Viewer, page: str, link: str, expected: str) -> None:
    """A link names a step, and perhaps the repaired model; what makes no sense leads to the nearest that does."""
    viewer.open(page, link)

    assert viewer.now() == expected


def test_the_address_follows(viewer: Viewer, page: str) -> None:
    """The address is always a link to what is seen, and following another is no new page."""
    viewer.open(page)
    viewer.press(Keys.ARROW_LEFT)
    assert viewer.driver.current_url == f"{viewer.address}#step=2"

    viewer.by_id("switch").click()
    assert viewer.driver.current_url == f"{viewer.address}#step=2&on=repaired"
    viewer.ask("location.hash = '#step=1'")

    viewer.driver.execute_async_script("setTimeout(arguments[0], 50)")
    assert viewer.now() == "run 1"


def test_the_switch_shows_the_repaired_model(viewer: Viewer, page: str) -> None:
    """There nothing is lit, what was lit is a ghost, and the claim holds; switched back, all is as before."""
    viewer.open(page)
    switch = viewer.by_id("switch")
    switch.click()

    assert (viewer.now(), switch.get_attribute("aria-checked")) == ("contrast 3", "true")
    assert viewer.seen("#graph .lit") == []
    assert viewer.seen("#graph .edge.ghost")
    assert any("the claim holds here" in each.text for each in viewer.seen(".now"))
    switch.click()
    assert (viewer.now(), switch.get_attribute("aria-checked")) == ("run 3", "false")
    assert len(viewer.seen("#graph .edge.lit")) == 2


def test_the_heap_follows(viewer: Viewer, page: str) -> None:
    """At the beginning nothing holds bytes; after the first step E1's table does, and E1 has its name."""
    viewer.open(page, "#step=0")
    assert viewer.seen("#graph .node.holds") == []

    viewer.press(Keys.ARROW_RIGHT)

    assert [each.text for each in viewer.seen("#graph .node.holds .look")] == ["3.0 MB"]
    assert "E1" in [each.text for each in viewer.seen("#graph .look")]


def test_the_timeline_is_clicked(viewer: Viewer, page: str) -> None:
    """A click on a step of the timeline goes there."""
    viewer.open(page)
    viewer.seen(".timelines .step")[1].click()

    assert viewer.now() == "run 1"


def test_the_source_of_the_step_is_shown(viewer: Viewer, page: str) -> None:
    """The action's own text stands beside the step, and the lines that led to events are marked."""
    viewer.open(page)
    (source,) = viewer.seen(".source")

    assert source.get_attribute("data-action") == "insert"
    assert "self.spill(victim, victim.reader)" in [each.text.strip() for each in viewer.seen(".source .line.taken")]
    viewer.press(Keys.ARROW_LEFT)
    assert [each.get_attribute("data-action") for each in viewer.seen(".source")] == ["read"]
    assert viewer.seen(".source .line.taken") == []
