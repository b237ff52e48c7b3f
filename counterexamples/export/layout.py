"""Where everything is in a picture of the heap: Graphviz places it, and its edges, once for all steps of a run.

Where it is not installed, `layers` does: no picture is left out for want of it.

Graphviz is given sizes and no words. It would measure words by the fonts of the machine, and the same run would look
different everywhere; here a letter of the monospace font is as wide as it is high times 0.6, and that is all.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from unicodedata import east_asian_width

from spillproof.counterexamples.export.layers import placed
from spillproof.counterexamples.export.places import MARGIN, Box, Curve, Layout, Point
from spillproof.counterexamples.export.scene import Key, Look, Scene
from spillproof.properties.engines.story.phrases import roughly

if TYPE_CHECKING:
    from pygraphviz import AGraph

LETTER = 7.4
"""The width of a letter of a node, in points; its font has 12."""
SMALL_LETTER = 6.2
"""The width of a letter beside an edge; its font has 10."""
LINE = 17
LONGEST_CLASS = 28
LONGEST_FIELD = 22
INCH = 72


def layout(scene: Scene) -> Layout:
    """Return places for a scene: Graphviz's, or where it is not installed, those of `layers`."""
    graph = _graph()
    if graph is None:
        return placed(scene, {node: _size(node, scene) for node in scene.nodes})
    names = {node: f"n{at}" for at, node in enumerate(scene.nodes)}
    for node, name in names.items():
        width, height = _size(node, scene)
        graph.add_node(name, width=f"{width / INCH:.4f}", height=f"{height / INCH:.4f}")
    for at, arrow in enumerate(scene.arrows):
        label = _room_for(arrow.field) if arrow not in scene.back else ""
        backwards = {"constraint": "false"} if arrow in scene.back else {}
        graph.add_edge(names[arrow.holder], names[arrow.target], key=f"e{at}", id=f"{at}", label=label, **backwards)
    drawn: Any = graph.draw(format="json0", prog="dot")
    return _read(json.loads(drawn), scene)


def shortened(words: str, longest: int) -> str:
    """Return words with an ellipsis in the middle of those that are too long: both ends tell names apart."""
    if _letters(words) <= longest:
        return words
    half = longest // 2
    return f"{words[: longest - half - 1]}…{words[-half:]}"


def below(look: Look) -> str:
    """Return what stands below the class of an object: what the run calls it, and its bytes, if there are any."""
    name = [shortened(look.name, LONGEST_CLASS // 2)] if look.name else []
    size = [roughly(look.shallow)] if look.shallow else []
    return " · ".join([*name, *size])


def _graph() -> AGraph | None:
    try:
        from pygraphviz import AGraph
    except ImportError:
        return None
    graph = AGraph(directed=True, strict=False, rankdir="TB", nodesep="0.3", ranksep="0.35")
    graph.node_attr.update(shape="box", fixedsize="true", label="")
    return graph


def _size(node: Key, scene: Scene) -> Point:
    words = [shortened(node.kind, LONGEST_CLASS)]
    words += [below(look) for panel in scene.panels if (look := panel.looks.get(node))]
    width = max(map(_letters, words)) * LETTER + 20
    return width, 14 + LINE * (2 if node in scene.tall else 1)


def _room_for(field: str) -> str:
    width = round(_letters(shortened(field, LONGEST_FIELD)) * SMALL_LETTER) + 8
    return f'<<table border="0" fixedsize="true" width="{width}" height="14"><tr><td></td></tr></table>>'


def _letters(words: str) -> int:
    return sum(2 if east_asian_width(each) in "WF" else 1 for each in words)


def _read(drawn: Any, scene: Scene) -> Layout:
    left, low, right, high = (float(each) for each in drawn["bb"].split(","))

    def point(text: str) -> Point:
        x, y = (float(each) for each in text.split(","))
        return round(x - left + MARGIN, 1), round(high - y + MARGIN, 1)

    boxes = {
        node: Box(*point(each["pos"]), float(each["width"]) * INCH, float(each["height"]) * INCH)
        for node, each in zip(scene.nodes, drawn["objects"], strict=True)
    }
    curves = {scene.arrows[int(each["id"])]: _curve(each, point) for each in drawn.get("edges", ())}
    return Layout(right - left + 2 * MARGIN, high - low + 2 * MARGIN, boxes, curves)


def _curve(edge: Any, point: Callable[[str], Point]) -> Curve:
    tip, *points = edge["pos"].removeprefix("e,").split(" ")
    label = point(edge["lp"]) if "lp" in edge else None
    return Curve(tuple(map(point, points)), point(tip), label)
