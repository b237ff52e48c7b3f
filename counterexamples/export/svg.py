"""A run as a picture: for each step the heap, and below it what the accountant believes and what is true, to scale."""

from __future__ import annotations

from importlib.resources import files
from xml.etree.ElementTree import Element, tostring

from spillproof.counterexamples.explain.explanation import Explanation
from spillproof.counterexamples.export import bars, legend
from spillproof.counterexamples.export.drawing import element, heap, number, present, printable
from spillproof.counterexamples.export.layout import MARGIN, Layout, layout
from spillproof.counterexamples.export.measures import measures, scale_of
from spillproof.counterexamples.export.scene import Scene, guilty_step, scene
from spillproof.counterexamples.trace import Trace
from spillproof.model.errors import ModelError

HEAD = 40
"""The height of a panel's title."""
BETWEEN = 20
LEGEND = 34


def svg(trace: Trace, explanation: Explanation | None = None, step: int | None = None) -> str:
    """Return a picture of a run, or of one step of it, as the text of an SVG file.

    Raises `ModelError` where there is no such step, or more than a picture can show.
    """
    if step is not None and not 0 <= step < len(trace.states):
        message = f"there is no step {step}: the run has {len(trace.states) - 1}"
        raise ModelError(message)
    drawn = scene(trace, explanation)
    places = layout(drawn)
    entries = (*legend.BARS, legend.CUT) if any(panel.cut for panel in drawn.panels) else legend.BARS
    width = max(legend.width(entries), places.width) + 2 * MARGIN
    steps = range(len(trace.states)) if step is None else [step]
    height = panel_height(trace, places)
    root = picture(width, len(steps) * (height + BETWEEN) + LEGEND, *_described(trace, explanation, step))
    for place, at in enumerate(steps):
        _panel(root, trace, explanation, drawn, places, at, place * (height + BETWEEN) + MARGIN, width, height)
    legend.legend(root, entries, MARGIN, len(steps) * (height + BETWEEN) + 10)
    return finished(root)


def picture(width: float, height: float, title: str, description: str) -> Element:
    """Return an empty picture with its title and description."""
    root = Element("svg", {"xmlns": "http://www.w3.org/2000/svg", "class": "picture", "role": "img"})
    for name, value in (("width", number(width)), ("height", number(height)), ("viewBox", f"0 0 {number(width)} {number(height)}")):
        root.set(name, value)
    element(root, "title", title)
    element(root, "desc", description)
    return root


def finished(root: Element) -> str:
    """Return a picture as the text of a file, with its paper and its colours."""
    size = {name: root.get(name, "") for name in ("width", "height")}
    root.insert(2, Element("rect", {"class": "paper", **size}))
    style = Element("style")
    style.text = files(__package__).joinpath("viewer/picture.css").read_text(encoding="utf-8")
    root.insert(2, style)
    return printable(tostring(root, encoding="unicode")) + "\n"


def panel_height(trace: Trace, places: Layout) -> float:
    """Return how high a panel is, so that all are alike."""
    known = any(measures(state) is not None for state in trace.states)
    return HEAD + places.height + (bars.HEIGHT + MARGIN if known else 0)


def _described(trace: Trace, explanation: Explanation | None, step: int | None) -> tuple[str, str]:
    claims = ", ".join(trace.claims)
    title = f"{trace.model} {'violates' if trace.violation else 'shows'} {claims}" if claims else trace.model
    states = trace.states if step is None else trace.states[step : step + 1]
    words = [f"{at if step is None else step}: {state.spelled}, {_bytes(state)}" for at, state in enumerate(states)]
    if explanation is not None:
        words += [f"Counted free, and still reachable: {path.words}" for path in explanation.paths]
    return title, ". ".join(words)


def _bytes(state: object) -> str:
    found = measures(state)  # type: ignore[arg-type]
    return "bytes not measured" if found is None else f"accounted {found.accounted:,} B, reachable {found.reachable:,} B"


def _panel(root: Element, trace: Trace, explanation: Explanation | None, drawn: Scene, places: Layout, at: int, top: float, width: float, height: float) -> None:
    group = element(root, "g", class_="panel", transform=f"translate(0 {number(top)})", data_step=str(at))
    is_guilty = at == guilty_step(trace, explanation)
    element(group, "rect", class_="frame guilty" if is_guilty else "frame", x=MARGIN / 2, y=0, width=width - MARGIN, height=height, rx=8)
    state, panel = trace.states[at], drawn.panels[at]
    element(group, "text", f"{at}  {state.spelled}", class_="title", x=MARGIN * 1.5, y=25)
    if is_guilty:
        element(group, "text", "the guilty step", class_="said end", x=width - MARGIN * 1.5, y=25)
    inner = element(group, "g", transform=f"translate({number((width - places.width) / 2)} {HEAD - MARGIN})")
    heap(inner, present(drawn, panel), places, panel)
    if found := measures(state):
        below = element(group, "g", transform=f"translate({MARGIN * 1.5} {number(HEAD + places.height)})")
        bars.bars(below, found, scale_of(trace), width - 3 * MARGIN)
