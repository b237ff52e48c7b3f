"""The page of an audit in a real browser: zoomed by keys, read under the pointer, given out as a picture."""

from __future__ import annotations

from pathlib import Path

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from spillproof.counterexamples.audit.audit_text import Beside
from spillproof.counterexamples.audit.page import page
from tests.counterexamples.audit.test_page import contended
from tests.counterexamples.viewer.viewer import Viewer

pytestmark = pytest.mark.browser


@pytest.fixture
def opened(viewer: Viewer, tmp_path: Path) -> Viewer:
    """The page of two maps that contend."""
    viewer.open(page(contended(tmp_path), Beside()))
    return viewer


def shown(viewer: Viewer) -> tuple[float, float]:
    """Which share of the time is shown."""
    figure = viewer.driver.find_element(By.CSS_SELECTOR, "figure")
    return float(figure.get_attribute("data-from") or 0), float(figure.get_attribute("data-to") or 0)


def test_keys_zoom_and_move(opened: Viewer) -> None:
    """Plus shows half, the arrows move by a quarter of it, 0 shows all again; the ticks say where one is."""
    opened.ask("document.querySelector('figure').focus()")
    opened.press("+")
    assert shown(opened) == (0.25, 0.75)
    first = opened.ask("document.querySelector('[data-share]').textContent")
    opened.press("\ue014")  # right
    assert shown(opened) == (0.375, 0.875)
    assert opened.ask("document.querySelector('[data-share]').textContent") != first
    opened.press("0")
    assert shown(opened) == (0, 1)


def test_what_is_told(opened: Viewer) -> None:
    """After a key, what is believed and possibly held in the middle is said."""
    opened.ask("document.querySelector('figure').focus()")
    opened.press("-")

    assert "believed 30.0 MB, possibly held" in opened.ask("document.querySelector('output').textContent")


def test_a_picture_to_paste(opened: Viewer) -> None:
    """The picture is drawn as PNG, in twice its size, with its colours."""
    opened.driver.find_element(By.CSS_SELECTOR, "[data-act=png]").click()
    WebDriverWait(opened.driver, 20).until(lambda _: opened.ask("document.querySelector('figure').dataset.png"))

    assert opened.ask("document.querySelector('figure').dataset.png") == "2000"


@pytest.mark.parametrize("width", [1280, 400])
def test_nothing_is_loaded_and_nothing_is_wrong(viewer: Viewer, tmp_path: Path, width: int) -> None:
    """No address but the page's is asked for, no error is logged, and nothing scrolls sideways."""
    viewer.open(page(contended(tmp_path), Beside()), width=width)

    assert {each for each in viewer.requests() if not each.startswith("data:")} == {viewer.address}
    assert viewer.log("browser") == []
    assert viewer.fits()
