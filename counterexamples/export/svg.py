"""A run as a picture: for each step the heap, and below it what the accountant believes and what is true, to scale."""

from __future__ import annotations

from importlib.resources import files
from xml.etree.ElementTree import Element, tostring

from spillproof.counterexamples.explain.explanation import Explanation
from spillproof.counterexamples.export import bars, legend
from spillproof.counterexamples.export.layout import layout
from spillproof.counterexamples.export.measures import measures, scale_of
from spillproof.counterexamples.export.picture import element, heap, number, present, printable
from spillproof.counterexamples.export.places import MARGIN
from spillproof.counterexamples.export.scene import guilty_step, scene
from spillproof.counterexamples.export.viewer_page import in_words
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
    return finished(_Pictures(trace, explanation).of(list(range(len(trace.states)) if step is None else [step])))


class _Pictures:
    """The panels of a run, all of one size."""

    def __init__(self, trace: Trace, explanation: Explanation | None) -> None:
        self.trace = trace
        self.explanation = explanation
        self.guilty = guilty_step(trace, explanation)
        self.scale = scale_of(trace)
        self.scene = scene(trace, explanation)
        self.places = layout(self.scene)
        self.legend = (*legend.BARS, legend.CUT) if any(panel.cut for panel in self.scene.panels) else legend.BARS
        self.width = max(legend.width(self.legend), self.places.width) + 2 * MARGIN
        known = any(measures(state) is not None for state in trace.states)
        self.height = HEAD + self.places.height + (bars.HEIGHT + MARGIN if known else 0)

    def of(self, steps: list[int]) -> Element:
        """Return the panels of some steps, one below the other."""
        bottom = len(steps) * (self.height + BETWEEN)
        root = picture(self.width, bottom + LEGEND, title(self.trace), self.described(steps))
        for place, at in enumerate(steps):
            top = place * (self.height + BETWEEN) + MARGIN
            self.panel(
                element(root, "g", class_="panel", transform=f"translate(0 {number(top)})", data_step=str(at)), at
            )
        legend.legend(root, self.legend, MARGIN, bottom + 10)
        return root

    def panel(self, group: Element, at: int) -> None:
        """Draw a step: what was done, the heap after it, and the two bars."""
        state, panel, is_guilty = self.trace.states[at], self.scene.panels[at], at == self.guilty
        class_, wide = "frame guilty" if is_guilty else "frame", self.width - MARGIN
        element(group, "rect", class_=class_, x=MARGIN / 2, y=0, width=wide, height=self.height, rx=8)
        element(group, "text", f"{at}  {state.spelled}", class_="title", x=MARGIN * 1.5, y=25)
        if is_guilty:
            element(group, "text", "the guilty step", class_="said end", x=self.width - MARGIN * 1.5, y=25)
        left = (self.width - self.places.width) / 2
        middle = element(group, "g", transform=f"translate({number(left)} {HEAD - MARGIN})")
        heap(middle, present(self.scene, panel), self.places, panel)
        if found := measures(state):
            below = element(group, "g", transform=f"translate({MARGIN * 1.5} {number(HEAD + self.places.height)})")
            bars.bars(below, found, self.scale, self.width - 3 * MARGIN)

    def described(self, steps: list[int]) -> str:
        """Return what the panels show, in words."""
        words = [f"{at}: {self.trace.states[at].spelled}. {in_words(self.trace.states[at])}" for at in steps]
        if self.explanation is not None and self.guilty in steps:
            words += [f"Counted free, and still reachable: {path.words}." for path in self.explanation.paths]
        return " ".join(words)


def title(trace: Trace) -> str:
    """Return what a run shows, in one line."""
    verb = "violates" if trace.violation else "shows"
    return f"{trace.model} {verb} {', '.join(trace.claims)}" if trace.claims else trace.model


def picture(width: float, height: float, title: str, description: str) -> Element:
    """Return an empty picture with its title and description."""
    root = Element("svg", {"xmlns": "http://www.w3.org/2000/svg", "class": "picture", "role": "img"})
    for name, value in (
        ("width", number(width)),
        ("height", number(height)),
        ("viewBox", f"0 0 {number(width)} {number(height)}"),
    ):
        root.set(name, value)
    element(root, "title", title)
    element(root, "desc", description)
    return root


def finished(root: Element, more: str = "") -> str:
    """Return a picture as the text of a file, with its paper, its colours, and more styles where it has some."""
    size = {name: root.get(name, "") for name in ("width", "height")}
    root.insert(2, Element("rect", {"class": "paper", **size}))
    style = Element("style")
    style.text = shipped("picture.css") + more
    root.insert(2, style)
    return printable(tostring(root, encoding="unicode")) + "\n"


def shipped(name: str) -> str:
    """Return the text of a file of the viewer, which comes with the package."""
    return files("spillproof.counterexamples.export").joinpath("viewer", name).read_text(encoding="utf-8")
