"""The slides in a headless Chromium: each fits on the screen and can be read, and nothing is asked for.

They take minutes to make, so that these tests look at what SPILLPROOF_SLIDES names, after `make slides`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium.webdriver import Chrome

from tests.chromium import started

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SIZES = """
const found = [];
for (let at = 0; at < Reveal.getTotalSlides(); at += 1) {
  Reveal.slide(at);
  const slide = Reveal.getCurrentSlide();
  const letters = [...slide.querySelectorAll('h1, h2, p, li, code')].filter((e) => e.checkVisibility())
    .map((e) => parseFloat(getComputedStyle(e).fontSize));
  found.push([slide.querySelector('h1, h2').innerText, slide.scrollHeight, Math.min(...letters)]);
}
return found;
"""


@pytest.fixture(scope="module")
def driver() -> Iterator[Chrome]:
    """A headless Chromium."""
    if "SPILLPROOF_SLIDES" not in os.environ:
        pytest.skip("needs SPILLPROOF_SLIDES=build/slides after `make slides`")
    with started() as browser:
        yield browser


@pytest.mark.parametrize("name", ["lecture-45", "lecture-90"])
def test_every_slide_fits_and_can_be_read(driver: Chrome, name: str) -> None:
    """At 1280 × 720 none is higher than the screen, and no letter is smaller than a thirty-fifth of the height."""
    driver.get((Path(os.environ["SPILLPROOF_SLIDES"]).resolve() / f"{name}.html").as_uri())
    driver.implicitly_wait(5)
    sizes = driver.execute_script(SIZES)

    assert [heading for heading, height, _ in sizes if height > 720] == []
    assert [heading for heading, _, letters in sizes if letters < 720 / 35] == []
    asked = [each for each in driver.get_log("performance") if "http://" in each["message"]]  # type: ignore[no-untyped-call]
    assert [each for each in asked if "requestWillBeSent" in each["message"]] == []
    assert driver.get_log("browser") == []  # type: ignore[no-untyped-call]
