"""The page, as text; `viewer/` looks at it in a browser."""

import json
import re
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from hashlib import sha256
from html.parser import HTMLParser
from time import process_time
from typing import Any

import pytest

from spillproof.counterexamples.explain.explain import explain
from spillproof.counterexamples.explain.explanation import Explanation
from spillproof.counterexamples.export.escapes import UNSEEN
from spillproof.counterexamples.export.html import html
from spillproof.counterexamples.trace import Trace
from spillproof.model.errors import ModelError

VOID = {"meta", "link", "br", "img", "input"}


@dataclass
class Page(HTMLParser):
    """A page as a browser would read it: its elements, each with its attributes, and its texts."""

    text: str
    elements: list[tuple[str, dict[str, str | None]]] = field(default_factory=list)
    texts: dict[str, list[str]] = field(default_factory=dict)
    opened: list[str] = field(default_factory=list)
    unbalanced: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self.feed(self.text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.opened.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Note an end, and whether it ends what was opened last."""
        if not self.opened or self.opened.pop() != tag:
            self.unbalanced.append(tag)

    def handle_data(self, data: str) -> None:
        """Note a text, by the element that it stands in."""
        self.texts.setdefault(self.opened[-1] if self.opened else "", []).append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        """The attributes of every element of a kind."""
        return [attributes for name, attributes in self.elements if name == tag]

    def data(self) -> Any:
        """What the script is told."""
        return json.loads(self.texts["script"][0])


@pytest.fixture(scope="module")
def page(shown: Explanation) -> Page:
    """The page of the leak."""
    return Page(html(shown.trace, shown))


def test_every_element_is_closed(page: Page) -> None:
    """The elements are nested as they should be."""
    assert page.unbalanced == []
    assert page.opened == []


def test_only_its_own_script_and_style_may_run(page: Page) -> None:
    """The policy forbids everything but the style and the script that are on the page, known by their digests."""
    policy = next(each["content"] for each in page.all("meta") if each.get("http-equiv") == "Content-Security-Policy")
    style, script = page.texts["style"][0], page.texts["script"][1]

    assert policy is not None
    assert policy.startswith("default-src 'none'; ")
    assert f"style-src 'sha256-{b64encode(sha256(style.encode()).digest()).decode()}';" in policy
    assert f"script-src 'sha256-{b64encode(sha256(script.encode()).digest()).decode()}';" in policy
    assert "unsafe" not in policy


def test_nothing_is_loaded(page: Page) -> None:
    """No address is on the page but its own steps, and an empty icon."""
    addresses = {
        attributes.get(name) for _, attributes in page.elements for name in ("src", "href", "action", "srcset")
    }

    assert addresses - {None} <= {"data:,", *(f"#step={step}" for step in range(4))}
    assert not re.search(r"https?:|//cdn|@import|url\(", page.text)


def test_no_style_or_script_in_attributes(page: Page) -> None:
    """The policy would forbid them."""
    names = {name for _, attributes in page.elements for name in attributes}

    assert "style" not in names
    assert [name for name in names if name.startswith("on")] == []


def test_every_step_of_both_runs_is_on_the_page(page: Page) -> None:
    """Whoever has no script reads all steps, one after the other."""
    steps = [(each.get("data-side"), each.get("data-step")) for each in page.all("section") if "data-step" in each]

    assert steps == [(side, str(step)) for side in ("run", "contrast") for step in range(4)]


def test_the_script_is_told_how_everything_looks(page: Page) -> None:
    """At the guilty step the path is lit; in the same step on the repaired model it is a ghost."""
    told = page.data()
    run, contrast = ({told["edges"][at][1] for at in told["sides"][side][3]["edges"]} for side in ("run", "contrast"))

    assert told["opening"] == 3
    assert [step["guilty"] for step in told["sides"]["run"]] == [False, False, False, True]
    assert {"edge lit", "edge lit cut"} <= run
    assert "edge ghost" in contrast
    assert not any("lit" in each for each in contrast)


def test_the_lines_that_a_step_runs_are_told(page: Page) -> None:
    """The lines of an action that led to events are marked in its source."""
    told = page.data()["sides"]["run"][3]
    numbers = [int(str(each["data-line"])) for each in page.all("span") if "data-line" in each]

    assert told["action"] == "insert"
    assert told["lines"]
    assert set(told["lines"]) <= set(numbers)


def test_two_ledgers_for_each_step(page: Page) -> None:
    """What the accountant believes stands beside what is reachable."""
    captions = page.texts["span"]

    assert captions.count("What the accountant believes") == captions.count("What is reachable") == 8


def test_names_are_text(biting: Explanation, bites: tuple[str, ...], page: Page) -> None:
    """Whatever a name has in it, the page has the elements that it would have anyway, and shows the name."""
    bitten = Page(html(biting.trace, biting))

    kinds = {tag for tag, _ in page.elements}
    assert {tag for tag, _ in bitten.elements} == kinds
    assert len(bitten.all("script")) == 2
    assert bitten.unbalanced == []
    assert any(bites[0] in text for text in bitten.texts["h1"])
    assert bitten.data()["sides"]["run"][1]["spelled"] == f"insert({bites[0]}, 3145728)"
    (data,) = re.findall(r'id="run">(.*)</script>\n<script>', bitten.text)
    assert not re.search("[<>&\u2028]", data)
    assert any("{{ 7 * 7 }}" in text for text in bitten.texts["title"])


def test_a_trace_alone_has_a_page(shown: Explanation) -> None:
    """Without an explanation there are the steps, the heap and the bytes, and nothing to switch to."""
    page = Page(html(shown.trace))

    assert list(page.data()["sides"]) == ["run"]
    assert [each["id"] for each in page.all("button") if each.get("role") == "switch"] == ["projector"]
    assert "h2" not in page.texts


def test_what_does_not_know_its_bytes_has_a_page(shown: Explanation) -> None:
    """A model without an account, and a step that raised, have no bars and no ledgers."""
    states = [replace(each, accounted=None, reachable=None, free=None) for each in shown.trace.states]
    states[3] = replace(states[3], raised="MemoryError: <b>")
    silent = replace(shown.trace, states=tuple(states), guilty=None)

    page = Page(html(silent, explain(silent)))

    assert page.texts.get("caption", []) == []
    assert any("raises MemoryError: <b>" in text for text in page.texts["p"])


def test_half_a_character_is_shown_as_missing(shown: Explanation) -> None:
    """A page can always be written as UTF-8, and nothing on it is out of sight or out of order."""
    page = html(replace(shown.trace, model="\ud800\x00\u202e\u2028"))

    assert f"<h1>{4 * UNSEEN} violates" in page
    page.encode()


def test_the_same_trace_is_the_same_page(shown: Explanation, page: Page) -> None:
    """Nothing of a page depends on when or where it is made."""
    assert html(shown.trace, shown) == page.text


def test_a_page_is_small_and_soon_there(lasting: Callable[[int], Trace]) -> None:
    """A page of 50 steps takes less than two seconds and half a megabyte."""
    long = explain(lasting(50))
    started = process_time()
    page = html(long.trace, long)

    assert process_time() - started < 2
    assert len(page.encode()) < 500_000


def test_a_run_that_is_too_long_is_refused(lasting: Callable[[int], Trace]) -> None:
    """One line says so."""
    with pytest.raises(
        ModelError, match=r"^this run has 1,001 steps, and a picture shows at most 1,000: export it as itf$"
    ):
        html(lasting(1001))
