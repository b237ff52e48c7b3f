"""What the tests of pictures and pages draw, the leak of `leaky.py`, and the browser that some look at them with."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from selenium.webdriver import Chrome

from spillproof.counterexamples.explain.explain import explain
from spillproof.counterexamples.explain.explanation import Explanation
from spillproof.counterexamples.trace import Object, State, Trace, trace
from spillproof.properties.engines.run import Run, Step
from spillproof.properties.loader import class_in_file
from tests.chromium import started
from tests.counterexamples.viewer.viewer import Viewer

Leaky = class_in_file(f"{Path(__file__).with_name('leaky.py')}:Leaky")
Repaired = class_in_file(f"{Path(__file__).with_name('leaky.py')}:Repaired")

MEGABYTE = 1 << 20
STEPS = (Step("insert", (2, 3 * MEGABYTE)), Step("read", (2,)), Step("insert", (3, 2 * MEGABYTE)))
LEAK = trace(Run(Leaky(), (4 * MEGABYTE,), STEPS), "leaky", ("free_is_unreachable",), guilty=3)

BITING = (
    "</script><script>alert(1)</script>",
    "]]>",
    "\"'><img src=x onerror=alert(1)>\u2028",
    "</style>\u2028\u2029&amp;{{ 7 * 7 }}",
)
"""Names that a trace from a stranger may have; none of them may be anything but text."""


@pytest.fixture(scope="session")
def shown() -> Explanation:
    """The explanation of the leak, beside its repair."""
    return explain(LEAK, Leaky(), ("leaky, repaired", Repaired()))


@pytest.fixture(scope="session")
def biting() -> Explanation:
    """The same with names that bite wherever a trace has a name."""
    return explain(bitten(LEAK), Leaky(), (BITING[0], Repaired()))


@pytest.fixture(scope="session")
def bites() -> tuple[str, ...]:
    """The names that bite."""
    return BITING


@pytest.fixture(scope="module")
def driver() -> Iterator[Chrome]:
    """A headless Chromium, for the tests of a file."""
    with started() as browser:
        yield browser


@pytest.fixture
def viewer(driver: Chrome, tmp_path: Path) -> Viewer:
    """The browser, for one test."""
    return Viewer(driver, tmp_path)


@pytest.fixture(scope="session")
def lasting() -> Callable[[int], Trace]:
    """Returns the leak with its last state again and again, as many steps as are wanted."""
    return lambda steps: replace(LEAK, states=(*LEAK.states, *[LEAK.states[-1]] * (steps + 1 - len(LEAK.states))))


def bitten(taken: Trace) -> Trace:
    """The leak with names that bite wherever a trace has a name."""
    script, end, image, style = BITING
    words = {"E1": script, "E2": image}

    def name(text: str) -> str:
        for old, new in words.items():
            text = text.replace(old, new)
        return text

    def bite(each: Object) -> Object:
        references = tuple((end if field == "data" else field, name(target)) for field, target in each.references)
        kind = style if each.kind == "Table" else each.kind
        return replace(each, name=name(each.name), kind=kind, references=references)

    def bite_all(state: State) -> State:
        events = tuple(
            replace(event, details=tuple((key, name(value)) for key, value in event.details), lines=(image, script))
            for event in state.events
        )
        heap = tuple(map(bite, state.heap))
        return replace(state, spelled=name(state.spelled), events=events, heap=heap, raised="")

    sources = tuple(replace(each, place=image, text=f"{script}\n{style}") for each in taken.sources)
    states = tuple(map(bite_all, taken.states))
    return replace(taken, model=script + image, states=states, sources=sources, claims=taken.claims)
