"""The site as it is built: in files, and in a headless Chromium, where there is one. `make site-check` runs this."""

from __future__ import annotations

import functools
import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from selenium.webdriver import Chrome, ChromeOptions, ChromeService
from selenium.webdriver.common.by import By
from selenium.webdriver.support.wait import WebDriverWait

pytestmark = pytest.mark.slow

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
DRIVER = shutil.which("chromedriver")
AXE = Path(__file__).resolve().parents[1] / "third_party" / "axe" / "node_modules" / "axe-core" / "axe.min.js"
LOOKS = [(1280, "light"), (1280, "dark"), (400, "light"), (400, "dark")]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the site: the one that `SPILLPROOF_SITE` names, or a new one."""
    if folder := os.environ.get("SPILLPROOF_SITE"):
        return Path(folder).resolve()
    pytest.importorskip("mkdocs", reason="the extra `site` is not installed")
    from docs.site.build import build

    to = tmp_path_factory.mktemp("site")
    build(to)
    return to


class Quiet(SimpleHTTPRequestHandler):
    """Serves files, and logs nothing."""

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - so it is called there
        """Say nothing."""


@dataclass
class Reader:
    """Somebody who looks at the site in a browser."""

    browser: Chrome
    address: str

    def open(self, page: str, width: int = 1280, scheme: str = "light") -> None:
        """Open a page as it is in a window of that width."""
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
        metrics = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
        self.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
        self.browser.get(f"{self.address}/{page}")

    def asked(self) -> list[str]:
        """Return every address that was asked for since the last time."""
        log = self.browser.get_log("performance")  # type: ignore[no-untyped-call]
        events = [json.loads(each["message"])["message"] for each in log]
        return [each["params"]["request"]["url"] for each in events if each["method"] == "Network.requestWillBeSent"]

    def complaints(self) -> list[str]:
        """Return what axe-core finds serious or critical."""
        self.browser.execute_script(AXE.read_text(encoding="utf-8"))
        found = self.browser.execute_async_script(
            "const done = arguments[0]; axe.run({resultTypes: ['violations']}).then((found) => done(found.violations));"
        )
        return [
            f"{each['id']}: {node['html'][:160]}: {node['failureSummary']}"
            for each in found
            if each["impact"] in {"serious", "critical"}
            for node in each["nodes"]
        ]


@pytest.fixture(scope="module")
def reader(site: Path) -> Iterator[Reader]:
    """A headless Chromium, and the site served to it on this machine."""
    if CHROMIUM is None or DRIVER is None:
        pytest.skip("no Chromium: on Debian, apt-get install chromium chromium-driver")
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(site)))
    Thread(target=server.serve_forever, daemon=True).start()
    options = ChromeOptions()
    options.binary_location = CHROMIUM
    for word in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-background-networking"):
        options.add_argument(word)
    options.set_capability("goog:loggingPrefs", {"performance": "ALL"})
    browser = Chrome(options=options, service=ChromeService(DRIVER))
    yield Reader(browser, f"http://127.0.0.1:{server.server_port}")
    browser.quit()
    server.shutdown()
    server.server_close()


KINDS = (
    "index.html",
    "how-to/index.html",
    "tutorial/your-first-model/index.html",
    "reference/api/index.html",
    "reference/matrix/index.html",
    "gallery/index.html",
    "gallery/spark-22713-forced-spill/index.html",
    "gallery/spark-22713-forced-spill/live.html",
    "gallery/zict-partial-file/live.html",
    "explore/lesson-release.html",
    "source/model/spark/scenario/modes.py/index.html",
)
"""One page of each kind: all come from the same templates, and a browser takes seconds for each."""


def test_no_link_is_dead(site: Path) -> None:
    """Each link leads to a file of the site and to a name on its page; nothing is loaded from another host."""
    from docs.site.dead import dead, foreign

    assert [*dead(site)] == []
    assert [*foreign(site)] == []


def test_every_story_can_be_stepped_through(site: Path) -> None:
    """Beside each story of the gallery stands its page, and the lessons can be explored."""
    stories = sorted(each.parent for each in (site / "gallery").glob("*/index.html"))

    assert len(stories) >= 19
    assert [each.name for each in stories if not (each / "live.html").is_file()] == []
    assert {"lesson-release.html", "lesson-pool.html", "lesson-grant.html"} <= {
        each.name for each in (site / "explore").iterdir()
    }


def test_nothing_leaves_this_machine(reader: Reader) -> None:
    """No page asks another host for anything."""
    reader.asked()
    for page in KINDS:
        reader.open(page)
    allowed = (reader.address, "data:", "blob:", "about:", "chrome")

    assert [each for each in reader.asked() if not each.startswith(allowed)] == []


def test_a_search_finds(reader: Reader) -> None:
    """A word of the how-to on heap dumps leads to it."""
    reader.open("index.html")
    field = reader.browser.find_element(By.CSS_SELECTOR, "input[name=query]")
    reader.browser.execute_script("arguments[0].focus()", field)
    field.send_keys("jcmd heap_dump")
    found = WebDriverWait(reader.browser, 20).until(
        lambda browser: browser.find_elements(By.CSS_SELECTOR, ".md-search-result__item a")
    )

    assert any("ask-a-heap-dump" in (each.get_attribute("href") or "") for each in found)


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_pages_fit(reader: Reader, width: int, scheme: str) -> None:
    """No page scrolls sideways, in a wide window or on a telephone."""
    wide = []
    for page in KINDS:
        reader.open(page, width, scheme)
        if reader.browser.execute_script(
            "return document.documentElement.scrollWidth > document.documentElement.clientWidth"
        ):
            wide.append(page)

    assert wide == []


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_axe_finds_nothing_serious(reader: Reader, width: int, scheme: str) -> None:
    """For who sees little, or hears the page: axe-core finds nothing serious on any page."""
    if not AXE.is_file():
        pytest.skip("no axe-core: make site-check installs it with npm")
    found = {}
    for page in KINDS:
        reader.open(page, width, scheme)
        if complaints := reader.complaints():
            found[page] = complaints

    assert found == {}
