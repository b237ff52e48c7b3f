"""The page asks nobody for anything, and names from a stranger's trace do nothing."""

from __future__ import annotations

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from spillproof.counterexamples.explain.explanation import Explanation
from spillproof.counterexamples.export.html import html
from spillproof.counterexamples.export.picture import printable
from tests.counterexamples.viewer.viewer import Viewer

pytestmark = pytest.mark.browser


def test_no_request_and_no_complaint(viewer: Viewer, page: str) -> None:
    """The page asks for itself and for nothing else, whatever one does, and the console stays empty."""
    viewer.open(page)
    viewer.press(Keys.HOME, Keys.ARROW_RIGHT, Keys.END)
    viewer.by_id("switch").click()
    for summary in viewer.seen("summary")[:2]:
        summary.click()

    assert set(viewer.requests()) - {"data:,"} == {viewer.address}
    assert viewer.log("browser") == []


def test_a_request_would_be_seen(viewer: Viewer) -> None:
    """The test above sees a request and a complaint where there are some."""
    viewer.open('<!DOCTYPE html><title>x</title><img src="nothing.png" alt="">')

    assert any(each.endswith("nothing.png") for each in viewer.requests())
    assert viewer.log("browser")


def test_the_policy_holds(viewer: Viewer, page: str) -> None:
    """Whatever might be put on the page runs no script, and what it asks for is refused by the policy."""
    attack = '<img src="nothing.png" onerror="document.title=1"><link rel="stylesheet" href="x.css">'
    attack += "<script>document.title = 2</script>"
    viewer.open(page.replace("<main>", f"<main>{attack}"))

    assert viewer.driver.title == "leaky violates free_is_unreachable"
    refused = {address.rpartition("/")[2]: why for address, why in viewer.requests().items() if why}
    assert refused == {"nothing.png": "csp", "x.css": "csp"}
    assert len(viewer.log("browser")) >= 3


def test_names_are_text(viewer: Viewer, biting: Explanation, bites: tuple[str, ...]) -> None:
    """Names with scripts in them are shown, and do nothing."""
    viewer.open(html(biting.trace, biting))
    viewer.press(Keys.HOME, Keys.END)

    assert viewer.driver.find_element(By.CSS_SELECTOR, "h1").text.startswith(bites[0])
    assert viewer.by_id("spelled").get_attribute("textContent") == f"insert({printable(bites[2])}, 2097152)"
    assert viewer.seen("img") == []
    assert viewer.log("browser") == []
