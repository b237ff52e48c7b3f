"""Memory over the steps of a run: what is reachable as an area, what is accounted as a line, and the room there is."""

from __future__ import annotations

from itertools import pairwise
from xml.etree.ElementTree import Element

from spillproof.counterexamples.explain.explanation import Explanation
from spillproof.counterexamples.export.bars import hatch, signed
from spillproof.counterexamples.export.legend import LINES, legend
from spillproof.counterexamples.export.measures import Measures, measures, scale_of
from spillproof.counterexamples.export.picture import element, number
from spillproof.counterexamples.export.scene import MOST_STEPS, guilty_step
from spillproof.counterexamples.export.svg import finished, picture
from spillproof.counterexamples.trace import Trace
from spillproof.model.errors import ModelError
from spillproof.model.names import counted

LEFT, RIGHT, TOP, BOTTOM = 76, 14, 40, 30
WIDTH, HEIGHT = 760, 230
MOST_LABELS = 26
NUMBER = 18
"""How wide the number of a step is, with some room."""
RAISES = 44
"""How wide a column is that has room for the word."""
MARKS = 4
"""So many lines across, at least."""


def timeline(trace: Trace, explanation: Explanation | None = None) -> str:
    """Return the memory timeline of a run as the text of an SVG file."""
    return finished(drawn(trace, explanation))


def drawn(trace: Trace, explanation: Explanation | None = None, scale: int = 0) -> Element:
    """Return the memory timeline of a run. `scale` is the most bytes that it has to show, if others share it.

    Raises `ModelError` where there are more steps than can be told apart.
    """
    if len(trace.states) - 1 > MOST_STEPS:
        message = f"this run has {len(trace.states) - 1:,} steps, and a timeline shows at most {MOST_STEPS:,}"
        raise ModelError(message)
    guilty = guilty_step(trace, explanation)
    root = picture(WIDTH, HEIGHT, f"Memory over the steps of {trace.model}", _described(trace, guilty))
    chart = _Chart(element(root, "g", class_="timeline"), trace, max(scale, scale_of(trace)))
    chart.grid()
    for at, state in enumerate(trace.states):
        if found := measures(state):
            chart.reachable(at, found)
    chart.capacity()
    chart.accounted()
    chart.steps(guilty)
    legend(root, LINES, LEFT, 3)
    return root


def _described(trace: Trace, guilty: int | None) -> str:
    known = [(at, found) for at, state in enumerate(trace.states) if (found := measures(state))]
    if not known:
        return "The model does not say how many bytes are accounted."
    at, most = max(known, key=lambda each: each[1].gap)
    words = [f"{counted(len(trace.states) - 1, 'step')}, bytes accounted (a line) and reachable (an area) after each."]
    if most.gap:
        words.append(
            f"The gap is widest after step {at}: accounted {most.accounted:,} B, reachable {most.reachable:,} B."
        )
    words += [f"Step {guilty} is the guilty one."] if guilty is not None else []
    return " ".join(words)


def marks(scale: int) -> list[int]:
    """Return round numbers of bytes from 0 up to a scale: in powers of two times 1 or 5, as memory is counted."""
    step = 1
    while scale // step > 2 * MARKS:
        step *= 2
    return list(range(0, scale + 1, step))


class _Chart:
    """A timeline while it is being drawn."""

    def __init__(self, group: Element, trace: Trace, scale: int) -> None:
        self.group = group
        self.states = trace.states
        self.scale = scale
        self.column = (WIDTH - LEFT - RIGHT) / len(trace.states)

    def x(self, at: float) -> float:
        """Return where the column of a step begins."""
        return LEFT + at * self.column

    def y(self, size: int) -> float:
        """Return how far up some bytes reach."""
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * size / self.scale

    def grid(self) -> None:
        """Draw lines across, each with its bytes."""
        for size in marks(self.scale):
            y = self.y(size)
            element(self.group, "path", class_="grid", d=f"M{LEFT} {number(y)}H{WIDTH - RIGHT}")
            element(self.group, "text", signed(size), class_="small end", x=LEFT - 6, y=y + 4)

    def reachable(self, at: int, found: Measures) -> None:
        """Draw what is reachable after a step: what somebody answers for, and above it what is counted free."""
        for class_, low, high in (("true", 0, found.honest), ("fault", found.honest, found.reachable)):
            if high > low:
                x, top, height = self.x(at), self.y(high), self.y(low) - self.y(high)
                element(self.group, "rect", class_=class_, x=x, y=top, width=self.column + 0.2, height=height)
                if class_ == "fault":
                    hatch(self.group, x, top, self.column, height)

    def accounted(self) -> None:
        """Draw what is accounted, as a line of stairs; it is broken where nothing is known."""
        self._stairs(
            "edge-of", [None if (found := measures(state)) is None else found.accounted for state in self.states]
        )

    def capacity(self) -> None:
        """Draw the room that there is."""
        known = [found.capacity for state in self.states if (found := measures(state)) and found.capacity is not None]
        self._stairs("limit", [None if (found := measures(state)) is None else found.capacity for state in self.states])
        if known:
            words = f"capacity {signed(known[0])}"
            element(self.group, "text", words, class_="small haloed", x=LEFT + 6, y=self.y(known[0]) - 6)

    def _stairs(self, class_: str, sizes: list[int | None]) -> None:
        found = ""
        for at, (before, size) in enumerate(pairwise([None, *sizes])):
            if size is not None:
                pen = "M" if before is None else "L"
                found += f"{pen}{number(self.x(at))} {number(self.y(size))}H{number(self.x(at + 1))}"
        if found:
            element(self.group, "path", class_=class_, d=found)

    def steps(self, guilty: int | None) -> None:
        """Number the steps, mark the guilty one, and leave a place over each to point at."""
        every = -(-len(self.states) // MOST_LABELS)
        for at, state in enumerate(self.states):
            middle = self.x(at + 0.5)
            if at == guilty:
                self._guilty(at, middle)
            elif at % every == 0 and (guilty is None or abs(at - guilty) * self.column > NUMBER):
                element(self.group, "text", str(at), class_="small middle", x=middle, y=HEIGHT - BOTTOM + 16)
            if state.raised and self.column > RAISES:
                element(self.group, "text", "raises", class_="said middle small-said", x=middle, y=HEIGHT - BOTTOM - 6)
            here = element(
                self.group,
                "rect",
                class_="step",
                x=self.x(at),
                y=TOP,
                width=self.column,
                height=HEIGHT - TOP - 8,
                data_step=str(at),
            )
            element(here, "title", f"{at}  {state.spelled}")

    def _guilty(self, at: int, x: float) -> None:
        y = HEIGHT - BOTTOM
        element(self.group, "text", str(at), class_="said middle small-said", x=x, y=y + 21)
        element(
            self.group,
            "path",
            class_="guilty",
            d=f"M{number(x - 5)} {y + 9}L{number(x)} {y + 1}L{number(x + 5)} {y + 9}Z",
        )
