"""Whoever uses keys only, hears the page, sees little, or has a telephone, can use it."""

from __future__ import annotations

from base64 import b64decode

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from tests.counterexamples.viewer.viewer import CONTRAST, NARROW, WIDE, Viewer

pytestmark = pytest.mark.browser


def test_an_object_is_looked_into(viewer: Viewer, page: str) -> None:
    """Whoever moves to an object by keys sees its fields and bytes, and what the step has changed."""
    viewer.open(page)
    assert [each.text for each in viewer.seen("#facts")] == [
        "Point at an object, or move to it with Tab, to see what is in its fields."
    ]

    viewer.ask("document.querySelector('#graph .node.free').focus()")
    assert "3,145,728 B itself, 3,145,728 B with what only it keeps" in viewer.by_id("facts").text
    changed = """[...document.querySelectorAll('#graph .node:not(.gone)')].filter((each) => {
        each.focus();
        return document.querySelector('#facts tr.changed');
    }).length"""
    assert viewer.ask(changed) > 0
    viewer.press(Keys.HOME)
    assert viewer.ask(changed) == 0  # there is nothing before the beginning


def test_a_step_is_announced(viewer: Viewer, page: str) -> None:
    """Who does not see the page hears what was done, and what is counted free."""
    viewer.open(page, "#step=2")
    announced = viewer.by_id("announced")
    assert (announced.get_attribute("aria-live"), announced.get_attribute("textContent")) == ("polite", "")

    viewer.press(Keys.ARROW_RIGHT)

    heard = announced.get_attribute("textContent") or ""
    assert heard.startswith("Step 3 of 3: insert(E2, 2097152). Accounted 2.0 MB, reachable 5.0 MB.")
    assert heard.endswith("Counted free and still reachable: 3.0 MB.")


def test_everything_can_be_reached_by_tab(viewer: Viewer, page: str) -> None:
    """Every button gets the focus by Tab, and one sees where the focus is."""
    viewer.open(page, "#step=1")
    reached = set()
    for _ in range(20):
        viewer.press(Keys.TAB)
        reached.add(viewer.ask("document.activeElement.id"))
        outline = viewer.ask("getComputedStyle(document.activeElement).outlineStyle")
        assert outline == "solid" or viewer.ask("document.activeElement === document.body")

    assert {"first", "back", "forward", "last", "switch", "graph"} <= reached


def test_the_switch_is_pressed_by_a_key(viewer: Viewer, page: str) -> None:
    """A button does what a click does when it is pressed by the space bar."""
    viewer.open(page)
    viewer.ask("document.getElementById('switch').focus()")
    viewer.press(Keys.SPACE)

    assert viewer.now() == "contrast 3"


def test_every_picture_has_a_name(viewer: Viewer, page: str) -> None:
    """Each has a title and description, and is an image to a screen reader; the heap, with its buttons, a group."""
    viewer.open(page)
    pictures = viewer.driver.find_elements(By.CSS_SELECTOR, "svg")

    assert len(pictures) == 1 + 2 + 8
    assert [each.get_attribute("role") for each in pictures] == ["group", *["img"] * 10]
    texts = viewer.ask(
        "[...document.querySelectorAll('svg')].map(e => [...e.children].slice(0, 2).map(c => c.localName))"
    )
    assert texts == [["title", "desc"]] * len(pictures)
    assert viewer.ask("[...document.querySelectorAll('button')].every(e => (e.ariaLabel || e.textContent).trim())")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_the_page_fits(
    viewer: Viewer, page: str, width: int, scheme: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """The page never scrolls sideways, and its colours are the reader's. A picture is kept to look at."""
    viewer.open(page, "#step=0", width, scheme)
    for _ in range(2):
        for _ in range(4):
            assert viewer.fits()
            viewer.press(Keys.ARROW_RIGHT)
        viewer.by_id("switch").click()
        viewer.press(Keys.HOME)

    red, green, blue = (
        int(each) for each in viewer.ask("getComputedStyle(document.documentElement).backgroundColor")[4:-1].split(",")
    )
    assert (red + green + blue < 3 * 128) == (scheme == "dark")
    viewer.press(Keys.END)
    shot = viewer.tell("Page.captureScreenshot", format="png", captureBeyondViewport=True)
    (tmp_path_factory.getbasetemp() / f"viewer-{width}-{scheme}.png").write_bytes(b64decode(shot["data"]))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_can_be_read(viewer: Viewer, page: str, scheme: str) -> None:
    """The words have the contrast that WCAG 2 asks for, 4.5 to 1, in either scheme."""
    viewer.open(page, "", WIDE, scheme)
    least, words = viewer.driver.execute_script(CONTRAST)

    assert least >= 4.5, words


def test_a_wide_heap_scrolls_within_its_place(viewer: Viewer, page: str) -> None:
    """Where the heap is wider than its place it scrolls there, or is made to fit; arrows then scroll it."""
    viewer.open(page, "", 320)
    graph = viewer.by_id("graph")
    assert viewer.ask("document.getElementById('graph').scrollWidth > document.getElementById('graph').clientWidth")
    viewer.ask("document.getElementById('graph').focus()")
    graph.send_keys(Keys.ARROW_LEFT)
    assert viewer.now() == "run 3"

    viewer.by_id("fit").click()

    assert viewer.ask("document.getElementById('graph').scrollWidth <= document.getElementById('graph').clientWidth")
    assert viewer.by_id("fit").get_attribute("aria-pressed") == "true"
    assert viewer.fits()


def test_who_wants_no_motion_gets_none(viewer: Viewer, page: str) -> None:
    """Colours fade only for readers who have not asked for less motion."""
    durations = []
    for motion in ("reduce", "no-preference"):
        viewer.open(page, motion=motion)
        durations.append(viewer.ask("getComputedStyle(document.querySelector('.node .box')).transitionDuration"))

    assert durations == ["0s", "0.2s, 0.2s"]
