"""Places for a picture without Graphviz: objects in layers from the root down, references as curves between them.

The layers are those of Sugiyama: each object below all that refer to it, a reference over several layers by way of
places between. Objects of a layer are ordered by where those above and below them are, to and fro, as long as fewer
lines cross. What it lays out is less dense than what Graphviz does, and takes as long; it needs nothing installed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple, TypeAlias

from spillproof.counterexamples.export.places import MARGIN, Box, Curve, Layout, Point
from spillproof.counterexamples.export.scene import Arrow, Key, Scene

SWEEPS = 24
"""As often the layers are ordered, to and fro."""
APART = 24.0
"""Points between two boxes of a layer."""
BETWEEN = 58.0
"""Points between two layers: there is room for the name of a field."""

TIP = 10.0
"""Points that the tip of an arrow is long."""


class Bend(NamedTuple):
    """A place on the way of a reference over several layers."""

    arrow: Arrow
    at: int
    """Which one, from its holder."""


Node: TypeAlias = "Key | Bend"


@dataclass
class Layers:
    """The layers of a scene while they are being ordered."""

    rows: list[list[Node]]
    above: dict[Node, list[Node]] = field(default_factory=lambda: defaultdict(list))
    below: dict[Node, list[Node]] = field(default_factory=lambda: defaultdict(list))

    def crossings(self) -> int:
        """Return how many lines between neighbouring layers cross."""
        return sum(self._crossings(upper, lower) for upper, lower in pairwise(self.rows))

    def _crossings(self, upper: Sequence[Node], lower: Sequence[Node]) -> int:
        place = {node: at for at, node in enumerate(lower)}
        ends = [at for node in upper for at in sorted(place[each] for each in self.below[node] if each in place)]
        return sum(1 for at, one in enumerate(ends) for other in ends[at + 1 :] if other < one)

    def order(self) -> None:
        """Order each layer so that few lines cross."""
        best, fewest = [list(row) for row in self.rows], self.crossings()
        for sweep in range(SWEEPS):
            down = sweep % 2 == 0
            rows = self.rows[1:] if down else self.rows[-2::-1]
            for row in rows:
                self._sort(row, self.above if down else self.below)
            if (now := self.crossings()) < fewest:
                best, fewest = [list(each) for each in self.rows], now
        self.rows = best

    def _sort(self, row: list[Node], beside: Mapping[Node, list[Node]]) -> None:
        place = {node: at / max(1, len(each) - 1) for each in self.rows for at, node in enumerate(each)}
        old = {node: at for at, node in enumerate(row)}
        means = {node: _mean([place[each] for each in beside[node]], place[node]) for node in row}
        row.sort(key=lambda node: (means[node], old[node]))


def _mean(values: Sequence[float], otherwise: float) -> float:
    return sum(values) / len(values) if values else otherwise


def layers(scene: Scene) -> Layers:
    """Return the objects of a scene in layers, with places on the way of long references."""
    forward = [each for each in scene.arrows if each not in scene.back and each.holder != each.target]
    depth = _depths(scene.nodes, forward)
    made = Layers([[] for _ in range(max(depth.values(), default=0) + 1)])
    for node in scene.nodes:
        made.rows[depth[node]].append(node)
    for arrow in forward:
        way = _way(arrow, depth)
        for at, place in enumerate(way[1:-1], 1):
            made.rows[_step(arrow, depth, at)].append(place)
        for one, other in pairwise(way):
            upper, lower = (one, other) if depth[arrow.holder] <= depth[arrow.target] else (other, one)
            made.below[upper].append(lower)
            made.above[lower].append(upper)
    made.order()
    return made


def _step(arrow: Arrow, depth: Mapping[Key, int], at: int) -> int:
    return depth[arrow.holder] + (at if depth[arrow.target] >= depth[arrow.holder] else -at)


def _way(arrow: Arrow, depth: Mapping[Key, int]) -> list[Node]:
    """Return where a reference goes: its holder, a place in each layer between, its target."""
    many = abs(depth[arrow.target] - depth[arrow.holder])
    return [arrow.holder, *(Bend(arrow, at) for at in range(1, many)), arrow.target]


def _depths(nodes: Iterable[Key], arrows: Sequence[Arrow]) -> dict[Key, int]:
    """Return for each object the length of the longest way to it that meets no object twice.

    Lines that close a circle count for nothing.
    """
    into: dict[Key, list[Key]] = defaultdict(list)
    for each in arrows:
        into[each.target].append(each.holder)
    found: dict[Key, int] = {}
    open_: set[Key] = set()

    def depth(node: Key) -> int:
        if node not in found:
            open_.add(node)
            found[node] = max((depth(each) + 1 for each in into[node] if each not in open_), default=0)
            open_.discard(node)
        return found[node]

    return {node: depth(node) for node in nodes}


# From layers to places


def placed(scene: Scene, sizes: Mapping[Key, Point]) -> Layout:
    """Return places for a scene, given how wide and high each object is drawn."""
    made = layers(scene)
    middles = _middles(
        made, {node: sizes[node][0] if isinstance(node, Key) else 0.0 for row in made.rows for node in row}
    )
    tops, heights = _tops(made, sizes)
    boxes = {
        node: Box(round(middles[node], 1), round(tops[at] + heights[at] / 2, 1), *sizes[node])
        for at, row in enumerate(made.rows)
        for node in row
        if isinstance(node, Key)
    }
    level = {node: tops[at] + heights[at] / 2 for at, row in enumerate(made.rows) for node in row}
    right = max((box.x + box.width / 2 for box in boxes.values()), default=0.0)
    ports = _ports(scene, boxes)
    curves = {
        arrow: _curve(arrow, boxes, [(middles[each], level[each]) for each in _between(arrow, made)], ports, scene)
        for arrow in scene.arrows
    }
    reach = max([right, *(x for curve in curves.values() for x, _ in curve.points)])
    return Layout(reach + MARGIN + 20, tops[-1] + heights[-1] + MARGIN, boxes, curves)


def _between(arrow: Arrow, made: Layers) -> list[Node]:
    """Return the places on the way of a reference."""
    bends: set[Node] = {node for row in made.rows for node in row if isinstance(node, Bend)}
    return [bend for at in range(1, len(made.rows)) if (bend := Bend(arrow, at)) in bends]


def _tops(made: Layers, sizes: Mapping[Key, Point]) -> tuple[list[float], list[float]]:
    heights = [max((sizes[node][1] for node in row if isinstance(node, Key)), default=0.0) for row in made.rows]
    tops = [float(MARGIN)]
    for height in heights[:-1]:
        tops.append(tops[-1] + height + BETWEEN)
    return tops, heights


def _middles(made: Layers, widths: Mapping[Node, float]) -> dict[Node, float]:
    """Return where the middle of each node is: near those above and below it, and apart from those beside it."""
    found: dict[Node, float] = {}
    for row in made.rows:
        left = 0.0
        for node in row:
            found[node] = left + widths[node] / 2
            left += widths[node] + APART
    for sweep in range(SWEEPS):
        down = sweep % 2 == 0
        for row in made.rows if down else reversed(made.rows):
            wanted = [
                _mean([found[each] for each in (made.above if down else made.below)[node]], found[node]) for node in row
            ]
            found.update(zip(row, _apart(wanted, [widths[node] for node in row]), strict=True))
    least = min((found[node] - widths[node] / 2 for node in found), default=0.0)
    return {node: x - least + MARGIN for node, x in found.items()}


def _apart(wanted: Sequence[float], widths: Sequence[float]) -> list[float]:
    """Return places in the same order, as near to those that are wanted as boxes that do not touch can be."""
    groups: list[tuple[list[int], float]] = []
    for at in range(len(wanted)):
        groups.append(([at], wanted[at]))
        while len(groups) > 1 and _end(groups[-2], widths) > _start(groups[-1], widths):
            (one, _), (other, _) = groups[-2:]
            members = [*one, *other]
            groups[-2:] = [(members, _mean([wanted[each] - _offset(members, each, widths) for each in members], 0.0))]
    return [start + _offset(members, each, widths) for members, start in groups for each in members]


def _offset(members: Sequence[int], member: int, widths: Sequence[float]) -> float:
    """Return how far the middle of a member of a group is from the middle of its first."""
    before = members[: members.index(member)]
    return sum(widths[each] + APART for each in before) + (widths[member] - widths[members[0]]) / 2


def _start(group: tuple[list[int], float], widths: Sequence[float]) -> float:
    return group[1] - widths[group[0][0]] / 2 - APART


def _end(group: tuple[list[int], float], widths: Sequence[float]) -> float:
    last = group[0][-1]
    return group[1] + _offset(group[0], last, widths) + widths[last] / 2


Ports = dict[tuple[Arrow, bool], float]
"""Where a reference leaves its holder, and where it meets its target: from left to right."""


def _ports(scene: Scene, boxes: Mapping[Key, Box]) -> Ports:
    """Return places along the boxes, so that references from one or to one do not lie on each other."""
    found: Ports = {}
    for leaves in (True, False):
        ends: dict[Key, list[Arrow]] = defaultdict(list)
        for each in scene.arrows:
            ends[each.holder if leaves else each.target].append(each)
        for node, arrows in ends.items():
            box = boxes[node]
            arrows.sort(key=lambda each: (boxes[each.target if leaves else each.holder].x, each.field))
            room = box.width * 0.7
            for at, each in enumerate(arrows):
                found[each, leaves] = box.x - room / 2 + room * (at + 0.5) / len(arrows)
    return found


def _curve(arrow: Arrow, boxes: Mapping[Key, Box], between: Sequence[Point], ports: Ports, scene: Scene) -> Curve:
    one, other = boxes[arrow.holder], boxes[arrow.target]
    if other.y > one.y and arrow not in scene.back:
        start = (ports[arrow, True], one.y + one.height / 2)
        tip = (ports[arrow, False], other.y - other.height / 2)
        return _down([start, *between, tip])
    return _up(one, other, labelled=arrow not in scene.back)


def _down(way: Sequence[Point]) -> Curve:
    """Return a curve that goes down from point to point, and meets the last from above."""
    *_, (x, y) = way
    points = [way[0]]
    for (from_x, from_y), (to_x, to_y) in zip(way, [*way[1:-1], (x, y - TIP)], strict=False):
        half = (to_y - from_y) / 2
        points += [(from_x, from_y + half), (to_x, to_y - half), (to_x, to_y)]
    (label_x, label_y), (next_x, next_y) = way[len(way) // 2 - 1], way[len(way) // 2]
    return _rounded(points, (x, y), ((label_x + next_x) / 2, (label_y + next_y) / 2))


def _up(one: Box, other: Box, *, labelled: bool) -> Curve:
    """Return a curve that leaves a box on its right and comes to another, or to itself, from the right."""
    start = (one.x + one.width / 2, one.y - 4)
    tip = (other.x + other.width / 2, other.y + 4)
    far = max(start[0], tip[0]) + APART
    end = (tip[0] + TIP, tip[1])
    points = [start, (far, start[1]), (far, end[1]), end]
    return _rounded(points, tip, (far, (start[1] + end[1]) / 2) if labelled else None)


def _rounded(points: Iterable[Point], tip: Point, label: Point | None) -> Curve:
    def near(point: Point) -> Point:
        return round(point[0], 1), round(point[1], 1)

    return Curve(tuple(map(near, points)), near(tip), None if label is None else near(label))
