"""Where everything is in a picture of the heap, whoever says so: boxes for objects, curves for references."""

from __future__ import annotations

from dataclasses import dataclass

from spillproof.counterexamples.export.scene import Arrow, Key

MARGIN = 12

Point = tuple[float, float]


@dataclass(frozen=True)
class Box:
    """A place: the middle, and how wide and high."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Curve:
    """The way of an edge: the first point of a Bézier spline, then three for each piece; and the tip of the arrow."""

    points: tuple[Point, ...]
    tip: Point
    label: Point | None


@dataclass(frozen=True)
class Layout:
    """The places of a scene. The origin is above on the left."""

    width: float
    height: float
    boxes: dict[Key, Box]
    curves: dict[Arrow, Curve]
