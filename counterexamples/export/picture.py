"""The heap graph and its parts as SVG elements. Words are text nodes and attributes of a tree, so that they are escaped
by whoever writes it; colours are classes, which `viewer/picture.css` explains.
"""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element, SubElement

from spillproof.counterexamples.export.layout import LINE, LONGEST_CLASS, LONGEST_FIELD, below, shortened
from spillproof.counterexamples.export.places import Box, Curve, Layout, Point
from spillproof.counterexamples.export.scene import SHARED, Arrow, Key, Panel, Scene

UNPRINTABLE = re.compile(
    "[^\t\n\x20-\x7e\xa0-\u2027\u202f-\u2065\u2070-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
)  # U+2028 ends a line, and U+202A to U+202E and U+2066 to U+2069 turn the direction of what follows
TIP = 3.5
"""Half the width of the tip of an arrow."""
BAR = 9
"""Half the length of the bar across a reference that is to be cut."""


def number(value: float) -> str:
    """Return a coordinate as SVG has it: with one digit at most, and no minus before a zero."""
    return f"{round(value, 1) + 0.0:.1f}".removesuffix(".0")


def element(parent: Element, tag: str, text: str = "", **attributes: str | float) -> Element:
    """Add an element; `class_` stands for `class`, `text_anchor` for `text-anchor`."""
    named = {
        name.rstrip("_").replace("_", "-"): value if isinstance(value, str) else number(value)
        for name, value in attributes.items()
    }
    found = SubElement(parent, tag, named)
    if text:
        found.text = text
    return found


def printable(text: str) -> str:
    """Return text without the characters that XML and HTML cannot have, or that would move what stands beside them."""
    return UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", text)


def heap(parent: Element, scene: Scene, places: Layout, panel: Panel) -> None:
    """Draw the heap as it is in one panel of a scene, all that is not there as `gone`.

    What is lit at any time is drawn over the other references.
    """
    drawing = _Heap(element(parent, "g", class_="heap"), scene, panel)
    ever_lit = frozenset[Arrow]().union(*(each.lit for each in scene.panels))
    arrows = sorted(enumerate(scene.arrows), key=lambda each: (each[1] not in scene.back, each[1] in ever_lit))
    for at, arrow in arrows:
        drawing.edge(at, arrow, places.curves[arrow])
    for at, node in enumerate(scene.nodes):
        drawing.node(at, node, places.boxes[node])


def present(scene: Scene, panel: Panel) -> Scene:
    """Return a scene with only what one panel has: for a picture that never changes."""
    nodes = tuple(node for node in scene.nodes if node in panel.looks)
    arrows = tuple(arrow for arrow in scene.arrows if arrow in panel.arrows)
    return Scene(
        nodes, arrows, scene.back, frozenset(node for node, look in panel.looks.items() if any(look)), (panel,)
    )


def edge_class(arrow: Arrow, scene: Scene, panel: Panel) -> str:
    """Return the classes of a reference in a panel."""
    words = ["edge"]
    words += ["back"] if arrow in scene.back else []
    words += ["lit"] if arrow in panel.lit else []
    words += ["cut"] if arrow in panel.cut else []
    words += ["fresh"] if arrow in panel.fresh else []
    words += [] if arrow in panel.arrows else ["gone"]
    return " ".join(words)


def node_class(node: Key, scene: Scene, panel: Panel) -> str:
    """Return the classes of an object in a panel."""
    look = panel.looks.get(node)
    words = ["node"]
    words += ["root"] if node == scene.nodes[0] else []
    words += ["holds"] if look is not None and look.shallow else []
    words += ["free"] if node in panel.free else []
    words += ["on"] if any(node in (each.holder, each.target) for each in panel.lit) else []
    words += ["bare"] if look is not None and node in scene.tall and not below(look) else []
    words += ["fresh"] if node in panel.fresh else []
    words += [] if look is not None else ["gone"]
    return " ".join(words)


class _Heap:
    """A heap while it is being drawn."""

    def __init__(self, group: Element, scene: Scene, panel: Panel) -> None:
        self.group = group
        self.scene = scene
        self.panel = panel
        self.ever_cut = frozenset[Arrow]().union(*(each.cut for each in scene.panels))
        self.ever_free = frozenset[Key]().union(*(each.free for each in scene.panels))

    def edge(self, at: int, arrow: Arrow, curve: Curve) -> None:
        """Draw a reference: a line, the name of its field, and where it is to be cut a bar across."""
        group = element(self.group, "g", class_=edge_class(arrow, self.scene, self.panel), data_edge=str(at))
        element(group, "title", f"{arrow.holder.kind}.{arrow.field} → {arrow.target.kind}")
        element(group, "path", class_="line", d=path(curve))
        element(group, "path", class_="tip", d=_tip(curve))
        if curve.label is not None:
            x, y = curve.label
            element(group, "text", shortened(arrow.field, LONGEST_FIELD), class_="field", x=x, y=y + 3.5)
        if arrow in self.ever_cut:
            (x, y), (right, down) = _away_from_words(curve)
            ends = ((x + down * BAR, y - right * BAR), (x - down * BAR, y + right * BAR))
            bar = "M" + "L".join(f"{number(a)} {number(b)}" for a, b in ends)
            element(group, "path", class_="halo", d=bar)
            element(group, "path", class_="bar", d=bar)

    def node(self, at: int, node: Key, box: Box) -> None:
        """Draw an object: its class, and below what the run calls it and its bytes."""
        group = element(self.group, "g", class_=node_class(node, self.scene, self.panel), data_node=str(at))
        element(group, "title", node.kind if node.number <= SHARED else f"{node.kind} (object {node.number})")
        left, top = box.x - box.width / 2, box.y - box.height / 2
        element(group, "rect", class_="box", x=left, y=top, width=box.width, height=box.height, rx=6)
        tall = node in self.scene.tall
        baseline = box.y + 4 - (LINE / 2 if tall else 0)
        element(group, "text", shortened(node.kind, LONGEST_CLASS), class_="class", x=box.x, y=baseline)
        if tall:
            look = self.panel.looks.get(node)
            element(group, "text", below(look) if look is not None else "", class_="look", x=box.x, y=baseline + LINE)
        if node in self.ever_free:
            element(group, "rect", class_="tag", x=box.x - 43, y=top + box.height - 5, width=86, height=15, rx=7.5)
            element(group, "text", "counted free", class_="tag", x=box.x, y=top + box.height + 6)


def path(curve: Curve) -> str:
    """Return the spline of an edge as SVG has it."""
    first, *rest = (f"{number(x)} {number(y)}" for x, y in curve.points)
    return f"M{first}C{' '.join(rest)}"


def _tip(curve: Curve) -> str:
    (x, y), (to_x, to_y) = curve.points[-1], curve.tip
    right, down = _direction(x, y, to_x, to_y)
    corners = ((x + down * TIP, y - right * TIP), (to_x, to_y), (x - down * TIP, y + right * TIP))
    return "M" + "L".join(f"{number(a)} {number(b)}" for a, b in corners) + "Z"


def _away_from_words(curve: Curve) -> tuple[Point, Point]:
    """Return the point in the middle half of a spline that is farthest from its words, and the direction there."""
    pieces = (len(curve.points) - 1) // 3
    tried = [_at(curve, pieces * part / 16) for part in range(4, 13)]
    x, y = curve.label or tried[4][0]
    return max(tried, key=lambda each: (round((each[0][0] - x) ** 2 + (each[0][1] - y) ** 2), each[0]))


def _at(curve: Curve, place: float) -> tuple[Point, Point]:
    """Return the point of a spline at a place, counted in pieces, and the direction that it has there."""
    piece = min(int(place), (len(curve.points) - 1) // 3 - 1)
    t, (a, b, c, d) = place - piece, curve.points[3 * piece : 3 * piece + 4]
    weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3)
    x, y = (sum(weight * each[axis] for weight, each in zip(weights, (a, b, c, d), strict=True)) for axis in (0, 1))
    return (x, y), _direction(a[0] + b[0], a[1] + b[1], c[0] + d[0], c[1] + d[1])


def _direction(x: float, y: float, to_x: float, to_y: float) -> Point:
    length = ((to_x - x) ** 2 + (to_y - y) ** 2) ** 0.5 or 1.0
    return (to_x - x) / length, (to_y - y) / length
