"""The page in a real browser, by clicks and keys: a headless Chromium, where there is one."""

from __future__ import annotations

import json
import re
from base64 import b64decode
from pathlib import Path
from typing import Any

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from spillproof.counterexamples.explorer import link
from spillproof.counterexamples.explorer.page import ShownModel, page
from spillproof.counterexamples.replay.replay_text import replayed
from spillproof.properties.engines.automaton.shapes import Automaton
from tests.counterexamples.explorer.agreement import SIZES, Agreement
from tests.counterexamples.explorer.node import DRIVER
from tests.counterexamples.viewer.viewer import CONTRAST, NARROW, WIDE, Viewer

pytestmark = pytest.mark.browser

E1_E2 = "#model=spark@2.3.4&run=begin:4,insert:E1:1,iterator:E1,insert:E2:4"
GUILTY = ["free_is_unreachable", "release_frees_what_it_says", "acquired_can_be_allocated"]


@pytest.fixture(scope="module")
def alone(spark: Automaton) -> str:
    """The page of Spark before the repair."""
    return page([ShownModel("spark@2.3.4", {}, is_file=False, automaton=spark)])


@pytest.fixture(scope="module")
def both(spark: Automaton, repaired: Automaton) -> str:
    """The same beside the repair."""
    return page(
        [
            ShownModel(title, {}, is_file=False, automaton=each)
            for title, each in (("spark@2.3.4", spark), ("spark@2.4.0", repaired))
        ]
    )


def steps(viewer: Viewer) -> list[str]:
    """The steps that are offered."""
    return [each.text for each in viewer.driver.find_elements(By.CSS_SELECTOR, "#options button.step .mono")]


def click(viewer: Viewer, spelled: str) -> None:
    """Click a step."""
    buttons = viewer.driver.find_elements(By.CSS_SELECTOR, "#options button.step")
    next(each for each in buttons if each.find_element(By.CSS_SELECTOR, ".mono").text == spelled).click()


def broken(viewer: Viewer) -> list[str]:
    """The claims that are false."""
    found = viewer.driver.find_elements(By.CSS_SELECTOR, "#claims .claim:has(summary .said) .mono")
    return [each.text for each in found]


def wait(viewer: Viewer, milliseconds: int = 50) -> None:
    """Let the page go on."""
    viewer.driver.execute_async_script(f"setTimeout(arguments[0], {milliseconds})")


def test_three_clicks(viewer: Viewer, alone: str) -> None:
    """Three clicks lead to SPARK-22713: a byte that is counted free, and the path that holds it."""
    viewer.open(alone)
    assert viewer.by_id("spelled").text == "begin(capacity=4)"
    for spelled in ("insert(E1, 1)", "iterator(E1)", "insert(E2, 4)"):
        assert broken(viewer) == []
        click(viewer, spelled)

    assert broken(viewer) == GUILTY
    assert [each.text for each in viewer.seen(".gap")] == ["Counted free, and still reachable: 1 B"]
    assert [each.text for each in viewer.seen("text.tag")] == ["counted free"]
    assert {"upstream", "outer", "data"} <= {each.text for each in viewer.seen(".edge.lit .field")}
    assert viewer.driver.current_url.endswith(E1_E2)


def test_by_keyboard(viewer: Viewer, alone: str) -> None:
    """The same by keys alone: digits take steps, arrows undo and redo; and Tab reaches every step."""
    viewer.open(alone)
    for spelled in ("insert(E1, 1)", "iterator(E1)", "insert(E2, 4)"):
        viewer.press(str(steps(viewer).index(spelled) + 1))
    assert broken(viewer) == GUILTY

    viewer.press(Keys.ARROW_LEFT)
    assert (broken(viewer), viewer.by_id("count").text) == ([], "Step 2")
    viewer.press(Keys.ARROW_RIGHT)
    assert broken(viewer) == GUILTY

    viewer.press(Keys.HOME)
    viewer.ask("document.activeElement.blur()")
    reached = set()
    for _ in range(20):
        viewer.press(Keys.TAB)
        reached.add(viewer.ask("document.activeElement.querySelector('.mono')?.textContent"))
    assert set(steps(viewer)) <= reached


def test_the_step_that_breaks_a_claim_is_marked(viewer: Viewer, alone: str) -> None:
    """Before the third step the sizes that force a spill are marked, and those that fit are not."""
    viewer.open(alone, E1_E2.rpartition(",")[0])
    marked = [each.find_element(By.CSS_SELECTOR, ".mono").text for each in viewer.seen("button.breaking")]

    assert steps(viewer)[:4] == ["insert(E2, 1)", "insert(E2, 3)", "insert(E2, 4)", "insert(E2, 5)"]
    assert marked == ["insert(E2, 4)", "insert(E2, 5)"]


def test_a_challenge_hides_them(viewer: Viewer, alone: str) -> None:
    """In challenge mode nothing is marked before it is done, and the page says how few steps are enough."""
    viewer.open(alone, E1_E2.rpartition(",")[0])
    viewer.press("c")
    wait(viewer, 500)

    assert viewer.seen(".breaking, .breaks") == []
    assert viewer.by_id("notice").text == "Challenge: break a claim. 3 steps are enough."
    click(viewer, "insert(E2, 4)")
    assert viewer.by_id("notice").text.startswith("Broken in 3 steps: the fewest.")
    assert broken(viewer) == GUILTY
    assert viewer.driver.current_url.endswith("&challenge")


def test_an_object_is_looked_into(viewer: Viewer, alone: str) -> None:
    """Pointed at, or moved to by keys, it shows its fields; after the step they are those of the step."""
    viewer.open(alone, E1_E2)
    viewer.ask("document.querySelector('.heap .node.free').focus()")
    assert "1 B itself, 1 B with what only it keeps" in viewer.driver.find_element(By.CSS_SELECTOR, ".facts").text

    viewer.ask("[...document.querySelectorAll('.heap .node')].find((each) => each.textContent.includes('E1')).focus()")
    changed = [each.text.split()[0] for each in viewer.seen(".facts tr.changed")]
    assert changed
    viewer.press(Keys.ARROW_LEFT)
    assert viewer.seen(".facts tr")


def test_the_reference_to_cut(viewer: Viewer, alone: str) -> None:
    """A click on a reference says whether it is the one: the iterator's is, the consumer's is not."""
    viewer.open(alone, E1_E2)
    said = {}
    for name in ("SpillableIterator.upstream", "ExternalAppendOnlyMap.reading_iterator", "SparkTask.downstream"):
        group = viewer.driver.find_element(By.CSS_SELECTOR, f'.edge[aria-label="Cut {name}"]')
        group.send_keys(Keys.ENTER)
        said[name] = viewer.driver.find_element(By.CSS_SELECTOR, ".cut-words").text

    assert said["SpillableIterator.upstream"].startswith("✓ Without SpillableIterator.upstream the claim is true")
    assert "they are held all the same: downstream ▸ rdd_iterators" in said["ExternalAppendOnlyMap.reading_iterator"]
    assert said["SparkTask.downstream"].startswith("✗")


def test_finish_it_for_me(viewer: Viewer, alone: str) -> None:
    """From after one step, two more break a claim; from there nothing new breaks within reach, and the page says so."""
    viewer.open(alone, "#model=spark@2.3.4&run=begin:1,insert:E1:1")
    viewer.by_id("finish").click()
    wait(viewer, 800)

    assert viewer.by_id("count").text == "Step 3"
    assert broken(viewer) == GUILTY


def test_a_typed_size_is_offered(viewer: Viewer, alone: str) -> None:
    """A size of one's own becomes a step for every object."""
    viewer.open(alone)
    field = viewer.driver.find_element(By.CSS_SELECTOR, '.typed input[aria-label="size of insert"]')
    field.send_keys("2", Keys.ENTER)

    assert {"insert(E1, 2)", "insert(E2, 2)"} <= set(steps(viewer))


def test_another_beginning(viewer: Viewer, alone: str) -> None:
    """The size of the pool is asked on the page; 3 GB are as exact as 4 bytes."""
    viewer.open(alone)
    field = viewer.driver.find_element(By.NAME, "capacity")
    field.clear()
    field.send_keys(str(3 << 30), Keys.ENTER)

    assert viewer.by_id("spelled").text == f"begin(capacity={3 << 30})"
    assert f"insert(E1, {3 << 30})" in steps(viewer)


def test_a_link_is_replayed_by_the_command(viewer: Viewer, alone: str) -> None:
    """What Share offers is what `spillproof replay` takes, and both see the same run."""
    viewer.open(alone, E1_E2)
    viewer.by_id("share").click()
    shared = viewer.by_id("link").get_attribute("value") or ""
    command = viewer.by_id("command").get_attribute("value") or ""

    there = replayed(link.traced(shared), "spark@2.4.0").there
    assert there.holds
    assert there.trace.states[-1].reachable == 4
    taken = link.traced(shared)
    assert [each.spelled for each in taken.states] == [each.text for each in viewer.seen(".jump")]
    assert taken.guilty == 3
    assert re.fullmatch(r"spillproof replay '#model=spark@2\.3\.4&run=[\w:,]+'", command)


@pytest.mark.parametrize(
    ("fragment", "said", "step"),
    [
        (
            "#model=spark@2.3.4&run=begin:4,insert:E9:1",
            "goes on with insert:E9:1, which cannot be taken",
            "The beginning",
        ),
        ("#model=spark@2.4.0&run=begin:4,insert:E1:1", "is to a run of spark@2.4.0, and this page is of", "Step 1"),
        ("#nonsense", "", "The beginning"),
    ],
)
def test_a_link_that_does_not_fit(viewer: Viewer, alone: str, fragment: str, said: str, step: str) -> None:
    """It leads as far as it can, and the page says what is wrong."""
    viewer.open(alone, fragment)

    assert said in viewer.by_id("notice").text
    assert viewer.by_id("count").text == step


def test_a_link_is_followed_on_the_page(viewer: Viewer, alone: str) -> None:
    """A link that is pasted into the address of the open page is followed."""
    viewer.open(alone)
    viewer.ask(f"location.hash = {E1_E2!r}")
    wait(viewer)

    assert viewer.by_id("count").text == "Step 3"


def test_two_in_lockstep(viewer: Viewer, both: str) -> None:
    """Each click is a step of both; they diverge at the third, by one byte that is still reachable in one."""
    viewer.open(both)
    for spelled in ("insert(E1, 1)", "iterator(E1)"):
        click(viewer, spelled)
    assert viewer.seen(".parting") == []
    click(viewer, "insert(E2, 4)")

    assert [each.text for each in viewer.seen(".parting")] == ["Here the two diverge: reachable 5 B → 4 B."]
    assert len(viewer.seen('figure[data-side="0"] .node.free')) == 1
    assert viewer.seen('figure[data-side="1"] .node.free') == []
    marks = viewer.ask(
        "[...document.querySelector('#claims summary').children].slice(0, 2).map((e) => e.textContent.trim())"
    )
    assert marks == ["✗", "✓"]


def test_a_model_of_ones_own(viewer: Viewer, own: Automaton, own_title: str) -> None:
    """Its own claim is live, a choice of the environment is a choice, an exception ends the run."""
    viewer.open(page([ShownModel(own_title, {}, is_file=True, automaton=own)]), "#model=x&run=begin:9:False")
    click(viewer, "load(1, HEAP)")
    click(viewer, "load(3, HEAP)")

    assert broken(viewer) == ["no_page_is_large"]
    assert [each.text for each in viewer.seen(".chosen")] == ["1 of 2: release Page1 2 B", "2 of 2: release Page2 4 B"]
    viewer.press(Keys.ARROW_LEFT)
    click(viewer, "fail(Page1)")
    assert "no_exception" in broken(viewer)
    assert "The run ends here: raises KeyError: 'Page'" in viewer.driver.find_element(By.CSS_SELECTOR, ".stopped").text
    assert steps(viewer) == []
    assert (viewer.by_id("command").get_attribute("value") or "").endswith(f"--on '{own_title}'")


@pytest.mark.parametrize("count", [60, pytest.param(1000, marks=pytest.mark.slow)])
@pytest.mark.parametrize("name", ["spark", "own"])
def test_random_runs_agree_with_integers(viewer: Viewer, request: pytest.FixtureRequest, name: str, count: int) -> None:
    """What the page computes in random runs is what the model does on integers, and all that it can do."""
    automaton = request.getfixturevalue(name)
    viewer.open(page([ShownModel(name, {}, is_file=False, automaton=automaton)]))
    viewer.driver.execute_script(DRIVER.read_text(encoding="utf-8"))
    asked = {"seed": 1, "count": count, "length": 9, "sizes": [*SIZES]}
    walks = json.loads(
        viewer.driver.execute_script(
            "const { sides } = JSON.parse(document.getElementById('data').textContent);"
            "return JSON.stringify(walks(sides[0].table, arguments[0]))",
            asked,
        )
    )

    assert len(walks) == count
    assert Agreement(automaton).check(walks) >= 2 * count


def test_the_page_opens_in_a_second(viewer: Viewer, alone: str) -> None:
    """From the first byte to a page that can be used. The clock is the browser's; a busy machine gets five seconds."""
    viewer.open(alone, E1_E2)
    opened = viewer.ask("performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd")

    assert opened < 5000


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_the_page_fits(
    viewer: Viewer, alone: str, width: int, scheme: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """The page never scrolls sideways, and its words can be read. A picture is kept to look at."""
    fits(viewer, alone, (width, scheme), tmp_path_factory.getbasetemp() / f"explorer-{width}-{scheme}.png")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_two_models_fit(
    viewer: Viewer, both: str, width: int, scheme: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """The same with two models beside each other."""
    fits(viewer, both, (width, scheme), tmp_path_factory.getbasetemp() / f"lockstep-{width}-{scheme}.png")


def fits(viewer: Viewer, text: str, how: tuple[int, str], picture: Path) -> None:
    """Open a page, look at it, and keep a picture of it."""
    viewer.open(text, E1_E2, *how)
    assert viewer.fits()
    least, words = viewer.driver.execute_script(CONTRAST)
    assert least >= 4.5, words

    viewer.by_id("share").click()
    assert viewer.fits()
    viewer.by_id("share").click()
    shot = viewer.tell("Page.captureScreenshot", format="png", captureBeyondViewport=True)
    picture.write_bytes(b64decode(shot["data"]))


def test_no_request_and_no_complaint(viewer: Viewer, both: str) -> None:
    """The page asks for itself and for nothing else, whatever one does, and the console stays empty."""
    viewer.open(both)
    viewer.press("1", "c", "f", "s", "c")
    wait(viewer, 1000)
    viewer.press(Keys.HOME)

    assert set(viewer.requests()) - {"data:,"} == {viewer.address}
    assert viewer.log("browser") == []


def test_names_are_text(viewer: Viewer, leak: Automaton) -> None:
    """A title with a script in it is shown, and does nothing."""
    bite = '"><img src=x onerror=alert(1)><script>alert(2)</script>'
    viewer.open(page([ShownModel(bite, {}, is_file=True, automaton=leak)]))

    assert viewer.driver.find_element(By.CSS_SELECTOR, "h1").text == bite
    assert viewer.seen("img") == []
    assert viewer.log("browser") == []


def test_a_step_is_announced(viewer: Viewer, alone: str) -> None:
    """Who does not see the page hears what was done, what broke, and what is counted free."""
    viewer.open(alone, E1_E2.rpartition(",")[0])
    click(viewer, "insert(E2, 4)")
    heard: Any = viewer.by_id("announced").get_attribute("textContent")

    assert heard.startswith("Step 3: insert(E2, 4). ✗ breaks free_is_unreachable and 2 more.")
    assert heard.endswith("Counted free, and still reachable: 1 B.")


def test_everything_has_a_name(viewer: Viewer, both: str) -> None:
    """Every button, field and picture has a name for a screen reader, and every id is used once."""
    viewer.open(both, E1_E2)
    unnamed = viewer.ask("""[...document.querySelectorAll('button, input, select, svg[role=img]')].filter((e) =>
      !(e.ariaLabel || e.textContent.trim() || e.labels?.[0]?.textContent.trim())).map((e) => e.outerHTML)""")
    ids = viewer.ask("[...document.querySelectorAll('[id]')].map((e) => e.id)")

    assert unnamed == []
    assert len(ids) == len(set(ids))
