"""The site as it is built: in files, and in a headless Chromium, where there is one. `make site-check` runs this."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.support.wait import WebDriverWait

from tests.site.reader import AXE, LOOKS, Reader, reading

pytestmark = pytest.mark.slow


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


@pytest.fixture(scope="module")
def reader(site: Path) -> Iterator[Reader]:
    """A headless Chromium, and the site served to it on this machine."""
    with reading(site) as found:
        yield found


BENCH = "bench/index.html"
"""It is there where npm was."""
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
    "explore/index.html",
    "explore/lesson-release.html",
    "explore/spark-2.3.4-beside-2.4.0.html",
    BENCH,
    "course/4-force-spilling/index.html",
    "course/for-the-lecturer/index.html",
    "source/model/spark/scenario/modes.py/index.html",
)
"""One page of each kind: all come from the same templates, and a browser takes seconds for each."""


@pytest.fixture
def kinds(site: Path) -> list[str]:
    """The pages that are looked at."""
    return [each for each in KINDS if each != BENCH or (site / each).is_file()]


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


def test_nothing_leaves_this_machine(reader: Reader, kinds: list[str]) -> None:
    """No page asks another host for anything."""
    reader.asked()
    for page in kinds:
        reader.open(page)
    allowed = (reader.address, "data:", "blob:", "about:", "chrome")

    assert [each for each in reader.asked() if not each.startswith(allowed)] == []


def test_the_bench_can_be_left_while_python_loads(site: Path, reader: Reader) -> None:
    """Whoever goes on to another page gets it: a worker that was left in the midst of loading crashed the tab."""
    if not (site / BENCH).is_file():
        pytest.skip("no Pyodide: npm install in docs/site/bench brings it")
    for _ in range(12):
        reader.open(BENCH)
        reader.open("404.html")
        assert reader.browser.title == "spillproof"


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
def test_pages_fit(reader: Reader, kinds: list[str], width: int, scheme: str) -> None:
    """No page scrolls sideways, in a wide window or on a telephone."""
    wide = []
    for page in kinds:
        reader.open(page, width, scheme)
        if reader.browser.execute_script(
            "return document.documentElement.scrollWidth > document.documentElement.clientWidth"
        ):
            wide.append(page)

    assert wide == []


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_axe_finds_nothing_serious(reader: Reader, kinds: list[str], width: int, scheme: str) -> None:
    """For who sees little, or hears the page: axe-core finds nothing serious on any page."""
    if not AXE.is_file():
        pytest.skip("no axe-core: make site-check installs it with npm")
    found = {}
    for page in kinds:
        reader.open(page, width, scheme)
        if complaints := reader.complaints():
            found[page] = complaints

    assert found == {}
