"""The headless Chromium in which tests look at pages, where there is one."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from selenium.webdriver import Chrome, ChromeOptions, ChromeService

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
DRIVER = shutil.which("chromedriver")
WORDS = (
    "--headless=new",
    "--no-sandbox",  # who runs as root, as containers do, has no sandbox
    "--disable-dev-shm-usage",  # in a container /dev/shm may have 64 MB, and a page that runs Python needs more
    "--disable-gpu",
    "--disable-background-networking",
)


@contextmanager
def started() -> Iterator[Chrome]:
    """Start a Chromium that keeps no profile and logs what it asks for; without one, the test is skipped."""
    if CHROMIUM is None or DRIVER is None:
        pytest.skip("no Chromium: on Debian, apt-get install chromium chromium-driver")
    options = ChromeOptions()
    options.binary_location = CHROMIUM
    for word in WORDS:
        options.add_argument(word)
    options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
    browser = Chrome(options=options, service=ChromeService(DRIVER))
    try:
        yield browser
    finally:
        browser.quit()
