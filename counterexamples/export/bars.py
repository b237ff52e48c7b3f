"""Two bars to one scale: what the accountant believes of the pool, and what is true of it."""

from __future__ import annotations

from collections.abc import Callable
from xml.etree.ElementTree import Element

from spillproof.counterexamples.export.measures import Measures
from spillproof.counterexamples.export.picture import element
from spillproof.properties.engines.story.phrases import roughly

BAR = 20
STEP = 46
"""From one bar to the next."""
HEIGHT = 2 * STEP + 4


def bars(parent: Element, found: Measures, scale: int, width: float) -> Element:
    """Draw the two bars, `width` wide for `scale` bytes. Words stand above each."""
    group = element(parent, "g", class_="bars")

    def wide(size: int) -> float:
        return size / scale * width  # of numbers that may be larger than a float: their quotient is none

    believed = [("accounted", "believed", found.accounted)]
    truth = [("accounted for", "true", found.honest), ("counted free, and reachable", "fault", found.gap)]
    _bar(group, 0, believed, found.believed_free, wide)
    _bar(group, STEP, truth, found.truly_free, wide)
    _words(group, 0, width, f"believed: accounted {signed(found.accounted)}", found.believed_free)
    _words(group, STEP, width, f"in truth: reachable {signed(found.reachable)}", found.truly_free)
    if found.capacity is not None:
        x = wide(found.capacity)
        element(group, "path", class_="limit", d=f"M{x:.1f} 14v{BAR + 5}M{x:.1f} {STEP + 14}v{BAR + 5}")
    return group


def _bar(
    group: Element, top: float, parts: list[tuple[str, str, int]], free: int | None, wide: Callable[[int], float]
) -> None:
    x, y = 0.0, top + 16
    for title, class_, size in parts:
        if size > 0:
            piece = element(group, "rect", class_=class_, x=x, y=y, width=wide(size), height=BAR)
            element(piece, "title", f"{title}: {size:,} B")
            if class_ == "fault":
                hatch(group, x, y, wide(size), BAR)
            x += wide(size)
    if free is not None and free > 0:
        piece = element(group, "rect", class_="room", x=x, y=y, width=wide(free), height=BAR)
        element(piece, "title", f"free: {free:,} B")


def _words(group: Element, top: float, width: float, left: str, free: int | None) -> None:
    element(group, "text", left, class_="bar-words", x=0, y=top + 11)
    if free is not None:
        class_ = "bar-words end said" if free < 0 else "bar-words end"
        element(group, "text", f"free {signed(free)}", class_=class_, x=width, y=top + 11)


def hatch(parent: Element, x: float, y: float, width: float, height: float) -> None:
    """Draw slanted lines over a rectangle, for eyes that do not tell the colours apart."""
    lines = []
    at = 0.0
    while at < width + height:
        start, end = max(0.0, at - width), min(at, height)
        if end > start:
            lines.append(f"M{x + at - start:.1f} {y + start:.1f}L{x + at - end:.1f} {y + end:.1f}")
        at += 7
    element(parent, "path", class_="hatch", d="".join(lines))


def signed(size: int) -> str:
    """Return a size with a minus sign that is as wide as a digit."""
    return roughly(size).replace("-", "\N{MINUS SIGN}")
