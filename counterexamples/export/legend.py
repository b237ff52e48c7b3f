"""What the colours and patterns of the pictures mean, in words beside a sample of each."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from spillproof.counterexamples.export.bars import hatch
from spillproof.counterexamples.export.picture import element, number

LETTER = 6.7
"""The width of a letter, in points; the font has 11."""

BARS = (("believed", "accounted"), ("true", "reachable, accounted for"), ("fault", "counted free, and still reachable"))
LINES = (("edge-of", "accounted"), *BARS[1:])
CUT = ("bar", "reference to cut")


def legend(parent: Element, entries: tuple[tuple[str, str], ...], left: float, top: float) -> None:
    """Draw a sample and the words of each entry, in one row."""
    row = element(parent, "g", class_="legend", transform=f"translate({number(left)} {number(top)})")
    x = 0.0
    for class_, words in entries:
        _sample(row, class_, x)
        element(row, "text", words, x=x + 22, y=10)
        x += 22 + len(words) * LETTER + 16


def width(entries: tuple[tuple[str, str], ...]) -> float:
    """Return how wide a row is."""
    return sum(38 + len(words) * LETTER for _, words in entries)


def _sample(row: Element, class_: str, x: float) -> None:
    if class_ == "bar":
        element(element(row, "g", class_="edge cut"), "path", class_="bar", d=f"M{number(x)} 6h17")
    elif class_ == "edge-of":
        element(element(row, "g", class_="timeline"), "path", class_="edge-of", d=f"M{number(x)} 6h17")
    else:
        sample = element(row, "g", class_="bars")
        element(sample, "rect", class_=class_, x=x, y=0, width=17, height=11)
        if class_ == "fault":
            hatch(sample, x, 0, 17, 11)
