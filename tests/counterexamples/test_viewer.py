"""The page in a real browser, driven by keys and clicks: a headless Chromium, where there is one."""

from __future__ import annotations

import json
import shutil
from base64 import b64decode
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from selenium.webdriver import Chrome, ChromeOptions, ChromeService
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement

from spillproof.counterexamples.explain.explain import explain
from spillproof.counterexamples.explain.explanation import Explanation
from spillproof.counterexamples.export.html import html
from spillproof.counterexamples.export.picture import printable
from spillproof.counterexamples.trace import State, Trace

pytestmark = pytest.mark.browser

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
DRIVER = shutil.which("chromedriver")
WIDE, NARROW = 1280, 400


@dataclass
class Viewer:
    """A browser, and what the tests ask of it."""

    driver: Chrome
    folder: Path

    def open(self, text: str, link: str = "", width: int = WIDE, scheme: str = "light", motion: str = "reduce") -> None:
        """Open a page as a new reader would, in a window of that width."""
        (self.folder / "page.html").write_text(text, encoding="utf-8")
        features = [
            {"name": "prefers-color-scheme", "value": scheme},
            {"name": "prefers-reduced-motion", "value": motion},
        ]
        self.tell("Emulation.setEmulatedMedia", features=features)
        self.tell("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False)
        self.driver.get("about:blank")
        self.log("performance")
        self.log("browser")
        self.driver.get(self.address + link)

    @property
    def address(self) -> str:
        """Where the page is."""
        return (self.folder / "page.html").as_uri()

    def tell(self, command: str, **arguments: Any) -> Any:
        """Send a command of the DevTools protocol."""
        return self.driver.execute_cdp_cmd(command, arguments)

    def log(self, kind: str) -> list[dict[str, Any]]:
        """What was logged since the last time."""
        return list(self.driver.get_log(kind))  # type: ignore[no-untyped-call]

    def ask(self, script: str) -> Any:
        """Return what an expression is on the page."""
        return self.driver.execute_script(f"return {script}")

    def press(self, *keys: str) -> None:
        """Press keys, wherever the focus is."""
        for key in keys:
            self.driver.switch_to.active_element.send_keys(key)

    def by_id(self, name: str) -> WebElement:
        """Find an element."""
        return self.driver.find_element(By.ID, name)

    def seen(self, selector: str) -> list[WebElement]:
        """The elements that are shown."""
        return [each for each in self.driver.find_elements(By.CSS_SELECTOR, selector) if each.is_displayed()]

    def now(self) -> str:
        """The step that is shown, as the address says, and as the panels do."""
        (panel,) = self.seen("section[data-step]")
        columns = {each.get_attribute("data-step") for each in self.seen(".timelines .step.here")}
        assert columns <= {panel.get_attribute("data-step")}
        return f"{panel.get_attribute('data-side')} {panel.get_attribute('data-step')}"

    def fits(self) -> bool:
        """Whether the page does not scroll sideways."""
        return bool(self.ask("document.documentElement.scrollWidth <= document.documentElement.clientWidth"))

    def requests(self) -> dict[str, str]:
        """Every address that the page asked for, and why it was refused, if it was."""
        events = [json.loads(each["message"])["message"] for each in self.log("performance")]
        asked = {
            each["params"]["requestId"]: each["params"]["request"]["url"]
            for each in events
            if each["method"] == "Network.requestWillBeSent"
        }
        failed = {
            each["params"]["requestId"]: each["params"].get("blockedReason", "")
            for each in events
            if each["method"] == "Network.loadingFailed"
        }
        return {address: failed.get(request, "") for request, address in asked.items()}


@pytest.fixture(scope="module")
def driver() -> Iterator[Chrome]:
    """A headless Chromium that keeps no profile and calls nobody at home."""
    if CHROMIUM is None or DRIVER is None:
        pytest.skip("no Chromium: on Debian, apt-get install chromium chromium-driver")
    options = ChromeOptions()
    options.binary_location = CHROMIUM
    for word in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-background-networking"):
        options.add_argument(word)
    options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
    browser = Chrome(options=options, service=ChromeService(DRIVER))
    yield browser
    browser.quit()


@pytest.fixture
def viewer(driver: Chrome, tmp_path: Path) -> Viewer:
    """The browser, for one test."""
    return Viewer(driver, tmp_path)


@pytest.fixture(scope="module")
def page(shown: Explanation) -> str:
    """The page of the leak."""
    return html(shown.trace, shown)


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
    """Each picture is one to a screen reader, and has a title and a description."""
    viewer.open(page)
    pictures = viewer.driver.find_elements(By.CSS_SELECTOR, "svg")

    assert len(pictures) == 1 + 2 + 8
    assert {each.get_attribute("role") for each in pictures} == {"img"}
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


CONTRAST = """
const linear = (v) => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
const light = (colour) => {
  const [red, green, blue] = colour.match(/[\\d.]+/g).slice(0, 3).map((v) => linear(v / 255));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
};
const paper = (e) => {
  const colour = getComputedStyle(e).backgroundColor;
  return colour === 'rgba(0, 0, 0, 0)' && e.parentElement ? paper(e.parentElement) : colour;
};
const contrast = (e) => {
  const [dark, bright] = [light(getComputedStyle(e).color), light(paper(e))].sort((a, b) => a - b);
  return (bright + 0.05) / (dark + 0.05);
};
return [...document.querySelectorAll('.quiet, .said, .mended, th, td, h1, h2, h3, li, code, button, a')]
  .filter((e) => e.checkVisibility() && e.textContent.trim() && !e.disabled)
  .map((e) => [contrast(e), e.textContent.trim().slice(0, 40)])
  .sort((a, b) => a[0] - b[0])[0];
"""


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


def test_a_long_run_can_be_stepped_through(viewer: Viewer, lasting: Callable[[int], Trace]) -> None:
    """A page of 50 steps fits as well, and goes to its last step."""
    long = explain(lasting(50))
    viewer.open(html(long.trace, long), "#step=49", NARROW)
    viewer.press(Keys.ARROW_RIGHT)

    assert viewer.now() == "run 50"
    assert viewer.fits()
    assert viewer.log("browser") == []


def steps_made(trace: Trace, steps: int) -> Trace:
    """A run of so many steps, each of which makes a table, and lets go of the one before."""
    first, *_, state = trace.states
    tables = [each for each in state.heap if each.kind == "Table"]
    assert tables

    def fresh(at: int) -> State:
        heap = tuple(replace(each, number=1000 + at) if each in tables else each for each in state.heap)
        return replace(state, heap=heap)

    return replace(trace, states=(first, *map(fresh, range(steps))), guilty=None, evidence=None)


STEPPING = """
const took = [];
for (let at = 0; at < 50; at += 1) {
  const before = performance.now();
  document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowRight', bubbles: true }));
  document.body.getBoundingClientRect();
  took.push(performance.now() - before);
}
return took.sort((a, b) => a - b)[25];
"""


@pytest.mark.slow
def test_a_thousand_steps_are_quick(viewer: Viewer, shown: Explanation) -> None:
    """Each step is there in a blink (25 to 35 ms on a busy machine), though each makes an object of its own."""
    viewer.open(html(steps_made(shown.trace, 1_000)), "#step=0")
    median = viewer.driver.execute_script(STEPPING)

    assert viewer.now() == "run 50"
    assert len(viewer.driver.find_elements(By.CSS_SELECTOR, "#graph .node")) < 30
    assert median < 150
    viewer.press(Keys.END)
    assert viewer.now() == "run 1000"


# In a lecture


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
