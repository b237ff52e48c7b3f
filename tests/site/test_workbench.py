"""The page on which a model is edited, in a headless Chromium: Python runs in it, served from the site alone.

It needs what npm brings (`npm install` in docs/site/bench, as `make site` does); without it these tests are skipped.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.wait import WebDriverWait

from docs.site.workbench import bench_files, is_there
from tests.counterexamples.course.test_course import text_of
from tests.site.reader import AXE, LOOKS, Reader, reading

pytestmark = pytest.mark.slow

SECONDS = 120
"""Python takes some seconds to load, and many where a machine is shared."""

EVICT = "require(self.page is not None)\n        self.used -="
REPAIRED = "require(self.page is not None and self.reading is None)\n        self.used -="


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page and its files, as they stand on the site."""
    if not is_there():
        pytest.skip("no Pyodide: npm install in docs/site/bench brings it")
    to = tmp_path_factory.mktemp("site")
    for name, content in bench_files():
        file = to / "bench" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    return to


@pytest.fixture(scope="module")
def reader(folder: Path) -> Iterator[Reader]:
    """A headless Chromium, and the page served to it on this machine."""
    with reading(folder) as found:
        yield found


@pytest.fixture
def page(reader: Reader) -> Page:
    """The first lesson, as somebody sees it who was never here."""
    return Page(reader).opened("cache")


class Page:
    """What the tests do on the page."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.browser = reader.browser

    def opened(self, lesson: str, run: str = "", width: int = 1280, scheme: str = "light") -> Page:
        """Open a lesson, and wait for the first answer."""
        self.reader.open("bench/index.html", width, scheme)
        self.browser.execute_script("localStorage.clear()")
        self.browser.get("about:blank")
        self.reader.open(f"bench/index.html#lesson={lesson}{f'&run={run}' if run else ''}", width, scheme)
        self.until("!document.getElementById('walking').hidden")
        return self

    def until(self, script: str) -> None:
        """Wait until something is so."""
        WebDriverWait(self.browser, SECONDS, 0.05).until(lambda browser: browser.execute_script(f"return {script}"))

    def ready(self) -> Page:
        """Wait for the answer to what was asked."""
        self.until("!document.body.classList.contains('busy')")
        return self

    def text(self, name: str) -> str:
        """What an element says."""
        return self.browser.find_element(By.ID, name).text

    def steps(self) -> list[str]:
        """The steps that are offered."""
        return [each.text for each in self.browser.find_elements(By.CSS_SELECTOR, "#options button.step .mono")]

    def take(self, *steps: str) -> None:
        """Click steps."""
        for step in steps:
            buttons = self.browser.find_elements(By.CSS_SELECTOR, "#options button.step")
            next(each for each in buttons if each.find_element(By.CSS_SELECTOR, ".mono").text == step).click()
            self.ready()

    def write(self, old: str, new: str) -> None:
        """Change the text, as if it were typed, and run it by the keys for that."""
        field = self.browser.find_element(By.ID, "text")
        script = """
            const [field, old, to] = arguments, at = field.value.indexOf(old);
            field.focus();
            field.setSelectionRange(at, at + old.length);
            document.execCommand("insertText", false, to);
            return at;
        """
        assert self.browser.execute_script(script, field, old, new) >= 0
        field.send_keys(Keys.CONTROL, Keys.ENTER)
        self.ready()

    def broken(self) -> list[str]:
        """The claims that are false."""
        found = self.browser.find_elements(By.CSS_SELECTOR, "#claims .claim:has(summary .said) .mono")
        return [each.text for each in found]


def test_a_run_is_taken_by_clicks(page: Page) -> None:
    """Three clicks lead to a page that is counted free; the heap is drawn, and the path that holds it."""
    page.take("load(1)", "read()", "evict()")

    assert page.text("spelled") == "evict()"
    assert page.broken() == ["free_is_unreachable", "release_frees_what_it_says"]
    drawn = [each.text for each in page.browser.find_elements(By.CSS_SELECTOR, "#heap .edge.lit .field")]
    assert drawn == ["reading"]
    assert page.browser.current_url.endswith("#lesson=cache&run=load:1,read,evict")


def test_by_keys(page: Page) -> None:
    """Digits take steps, arrows undo and redo, wherever the focus is but in the text."""
    body = page.browser.find_element(By.TAG_NAME, "body")
    for key, steps in (
        ("1", ["read()", "evict()"]),
        ("1", ["finish()", "evict()"]),
        (Keys.ARROW_LEFT, ["read()", "evict()"]),
    ):
        body.send_keys(key)
        page.ready()
        assert page.steps() == steps


def test_an_edit_is_run_on_the_same_steps(page: Page) -> None:
    """With the repair written in, the run ends before its last step, and the page says which guard refuses it."""
    page.take("load(1)", "read()", "evict()")
    page.write(EVICT, REPAIRED)

    assert page.broken() == []
    assert "evict() cannot be taken here any more" in page.text("stopped")
    assert page.steps() == ["finish()"]


def test_a_mistake_is_shown_at_its_line(page: Page) -> None:
    """What is not Python is said with its line, which is marked; with the mistake mended, the run is there again."""
    page.take("load(1)")
    page.write("self.page = None\n\n    # To here", "self.page =\n\n    # To here")
    line = 1 + text_of("cache", "given").splitlines().index("    # To here.") - 2

    assert "SyntaxError" in page.text("error")
    assert page.browser.find_element(By.CSS_SELECTOR, "#error button").text == f"line {line}"
    assert page.browser.find_elements(By.CSS_SELECTOR, "#marks .wrong")
    page.write("self.page =\n\n    # To here", "self.page = None\n\n    # To here")
    assert not page.browser.find_element(By.ID, "error").is_displayed()
    assert page.text("spelled") == "load(1)"


def test_a_counterexample_is_found(page: Page) -> None:
    """The button finds the shortest run, and takes it; of a solution it finds none, and says that this is no proof."""
    page.browser.find_element(By.ID, "look").click()
    page.until("document.getElementById('guilty').textContent")
    assert page.text("spelled") == "evict()"
    assert "A run of 3 steps breaks a claim" in page.text("found")

    page.write(EVICT, REPAIRED)
    page.browser.find_element(By.ID, "look").click()
    page.until("document.getElementById('found').textContent.includes('no proof')")
    assert "No run breaks one of 6 claims" in page.text("found")


def test_an_endless_loop_can_be_stopped(page: Page) -> None:
    """The page stays alive, offers to stop, and begins again."""
    page.browser.execute_script("window.scrollTo(0, 0)")
    field = page.browser.find_element(By.ID, "text")
    script = """
        const [field] = arguments;
        field.value = field.value.replace("self.page = Page(size)", "while True: pass");
        field.dispatchEvent(new Event("input"));
    """
    page.browser.execute_script(script, field)
    page.browser.find_element(By.ID, "run").click()
    page.until("!document.getElementById('stop').hidden")
    page.browser.find_element(By.ID, "stop").click()
    assert "Stopped" in page.text("error")
    page.browser.find_element(By.ID, "given").click()
    page.until("!document.getElementById('walking').hidden")

    assert page.steps() == ["load(1)"]


def test_an_object_is_looked_into(page: Page) -> None:
    """Whoever moves to an object by keys sees its fields; what the step has changed stands beside what it was."""
    page.take("load(1)", "read()")
    page.browser.execute_script("document.querySelector('#heap .node.root').focus()")
    rows = [each.text for each in page.browser.find_elements(By.CSS_SELECTOR, "#heap .facts tbody tr")]

    assert "reading → Page page None" in rows
    assert "used 1" in [each.strip() for each in rows]


@pytest.mark.parametrize("lesson", ["spool", "grant", "task", "doubts", "invariant", "release"])
def test_every_lesson_opens(reader: Reader, lesson: str) -> None:
    """Each text is read, and has a first step to take."""
    page = Page(reader).opened(lesson)

    assert page.steps()
    assert page.text("error") == ""


def test_nothing_leaves_this_machine(reader: Reader) -> None:
    """The page, Python and the kit come from one place, and nothing is complained about."""
    reader.asked()
    Page(reader).opened("cache").take("load(1)")
    allowed = (reader.address, "data:", "blob:", "about:", "chrome")

    assert [each for each in reader.asked() if not each.startswith(allowed)] == []
    assert reader.browser.get_log("browser") == []  # type: ignore[no-untyped-call]


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_it_fits_and_can_be_used_by_all(reader: Reader, width: int, scheme: str) -> None:
    """It does not scroll sideways, and axe-core finds nothing serious."""
    page = Page(reader).opened("task", "insert:e1:1,iterate,insert:e2:4", width, scheme)

    assert page.browser.execute_script(
        "return document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    )
    if AXE.is_file():
        assert reader.complaints() == []
