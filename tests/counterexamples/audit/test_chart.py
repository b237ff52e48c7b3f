"""The picture of an executor's memory, shape by shape: where each stands, by the sizes and times of a small chart."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from xml.etree.ElementTree import Element

import pytest

from spillproof.counterexamples.audit import chart_svg
from spillproof.counterexamples.audit.books import BookRow
from spillproof.counterexamples.audit.chart import Band, Chart, Lane, Mark, Point, charts
from spillproof.counterexamples.audit.interval import Interval, exactly
from tests.counterexamples.audit.told import TEN, made, task, window

LANE = Lane(7, "E1", "a map", (Point(100, exactly(40)), Point(150, exactly(10))))
BAND = Band(7, "E1", "release", 150, 175, exactly(60), None)


def chart(**fields: Any) -> Chart:
    """A time from line 100 to 200, in which 80 bytes are taken, and from 150 on 20."""
    known: dict[str, Any] = {
        "executor": "", "clock": False, "begin": 100, "end": 200, "capacity": exactly(40),
        "believed": (Point(100, exactly(80)), Point(150, Interval(10, 30))), "bands": (BAND,),
        "marks": (Mark(175, "it died"),), "lanes": (LANE,), "left_out": 0,
    }  # fmt: skip
    return Chart(**{**known, **fields})


def of_class(class_: str, root: Element, *names: str) -> list[tuple[Any, ...]]:
    """Attributes of the shapes of a class, numbers as such; `text` is what stands in it."""
    shapes = [each for each in root.iter() if each.get("class") == class_]
    return [tuple(_value(each.text if name == "text" else each.get(name)) for name in names) for each in shapes]


def _value(text: str | None) -> object:
    try:
        return float(text or "")
    except ValueError:
        return text


def test_the_scale() -> None:
    """In steps of 16, as 90 are more than five of 8: from the bottom, at 254, to the top, 220 above."""
    root = chart_svg.drawn(chart(lanes=(), bands=(), believed=(Point(100, exactly(90)),)), "one")
    ys = [round(34 + 220 * (1 - size / 90), 1) for size in range(0, 90, 16)]

    assert of_class("scale", root, "text", "x", "y", "text-anchor") == [
        (f"{size} B", 142, round(34 + 220 * (1 - size / 90) + 4, 1), "end") for size in range(0, 90, 16)
    ]
    assert of_class("grid", root, "x1", "x2", "y1", "y2")[:6] == [(150, 980, y, y) for y in ys]
    assert of_class("frame", root, "x", "y", "width", "height") == [(150, 34, 830, 220)]


@pytest.mark.parametrize(("most", "sizes"), [(1, 2), (5, 6), (6, 4), (11, 6), (12, 4), (79, 5)])
def test_how_many_sizes_are_on_the_scale(most: int, sizes: int) -> None:
    """In steps of 1, 2, 4, …, of which no more than five are in the most."""
    root = chart_svg.drawn(chart(lanes=(), bands=(), capacity=None, believed=(Point(100, exactly(most)),)), "one")

    assert len(of_class("scale", root, "text")) == sizes


@pytest.mark.parametrize(
    ("size", "most", "told"),
    [
        (0, 0, "0 B"),
        (5, 1023, "5 B"),
        (512, 1024, "0.5 KB"),
        (3 << 20, 5 << 20, "3 MB"),
        (1 << 30, 1 << 31, "1 GB"),
        (256 << 20, 1 << 30, "0.25 GB"),
    ],
)
def test_a_size_on_the_scale(size: int, most: int, told: str) -> None:
    """In the largest unit of which there is one in the most."""
    assert chart_svg._tick(size, most) == told


def test_areas_windows_and_the_limit() -> None:
    """What is believed as steps, from left to right: half of the time 80 of 90 bytes, and then about 20."""
    root = chart_svg.drawn(chart(), "one")

    steps = f"M0 {220 * 10 / 90:.1f} H5000 V{220 * 70 / 90:.1f} H10000"
    assert of_class("believed line", root, "d")[0] == (steps,)
    assert of_class("believed area", root, "d")[0] == (f"{steps} V220 H0 Z",)
    assert of_class("window", root, "x", "y", "width", "height") == [(5000, 0, 2500, 220)]
    assert of_class("limit", root, "x1", "x2", "y1", "y2")[0] == (0, 10000, 122.2, 122.2)
    assert of_class("held area", root, "d") == []
    assert len(of_class("held line", root, "d")) == 1
    assert root.get("id") == "one"
    assert len(of_class("limit", chart_svg.drawn(chart(capacity=None), "one"), "x1")) == 1  # in the legend


def test_a_short_window_is_seen() -> None:
    """It is 20 wide at least, of 10,000."""
    root = chart_svg.drawn(chart(bands=(Band(7, "E1", "release", 150, 150.1, exactly(60), None),)), "one")

    assert of_class("window", root, "x", "width") == [(5000, 20)]


def test_lanes() -> None:
    """One below the other, of 30 each: whose it is, its steps, and its own windows alone."""
    other = Lane(8, "E1", "a sorter", (Point(120, exactly(1)),))
    root = chart_svg.drawn(chart(lanes=(LANE, other, Lane(9, "E2", "none", ()))), "one")

    assert of_class("of", root, "text", "x", "y", "text-anchor") == [
        ("task 7 E1", 142, 273, "end"),
        ("task 8 E1", 142, 303, "end"),
        ("task 9 E2", 142, 333, "end"),
    ]
    assert [each.text for each in root.iter() if each.tag.endswith("title")][1:4] == [
        "a map, at most 40 B",
        "a sorter, at most 1 B",
        "none, at most 0 B",
    ]
    assert of_class("view", root, "x", "y", "width", "height", "viewBox")[:3] == [
        (150, 34, 830, 220, "0 0 10000 220"),
        (150, 258, 830, 25, "0 0 10000 25"),
        (150, 288, 830, 25, "0 0 10000 25"),
    ]
    assert of_class("believed line", root, "d")[1:] == [("M0 0 H5000 V18.8 H10000",), ("M2000 0 H10000",)]
    assert [each for each in of_class("possibly", root, "x", "y", "width", "height") if each[3] == 30] == [
        (5000, 0, 2500, 30)
    ]
    assert (150, 980, 284, 284) in of_class("grid", root, "x1", "x2", "y1", "y2")


def test_deaths() -> None:
    """A line from top to bottom, with what is said of it."""
    root = chart_svg.drawn(chart(), "one")

    assert of_class("death", root, "x1", "x2", "y1", "y2")[0] == (7500, 7500, 0, 318)
    assert "line 175 it died" in [each.text for each in root.iter()]
    assert of_class("view", root, "y", "height")[-1] == (34, 250)


def test_times() -> None:
    """Seven, from the beginning to the end; the words stand within the picture."""
    root = chart_svg.drawn(chart(), "one")
    places = [150 + 830 * tick / 6 for tick in range(7)]

    assert of_class("tick", root, "text", "x", "y", "text-anchor") == [
        (f"line {100 + 100 * tick / 6:,.0f}", round(places[tick], 1), 304, anchor)
        for tick, anchor in enumerate(["start", *["middle"] * 5, "end"])
    ]
    assert of_class("grid", root, "x1", "y1", "y2")[-7:] == [(round(each, 1), 34, 289) for each in places]


@pytest.mark.parametrize("marks", [(), (Mark(175, "it died"),)])
def test_the_legend(marks: tuple[Mark, ...]) -> None:
    """A sign and words for each, side by side; for what died, if something did."""
    root = chart_svg.drawn(chart(marks=marks, lanes=()), "one")
    said = ["believed taken", "counted free, possibly held", "capacity", "died of memory"][: 3 + len(marks)]
    lefts = [150 + sum(50 + 7.3 * len(each) for each in said[:place]) for place in range(len(said))]

    assert of_class("sign", root, "text", "x", "y") == [
        (words, round(x + 24, 1), 18) for words, x in zip(said, lefts, strict=True)
    ]
    assert of_class("limit", root, "x1", "x2", "y1", "y2")[-1] == (round(lefts[2], 1), round(lefts[2] + 18, 1), 14, 14)
    assert of_class("possibly area", root, "x", "y", "width", "height") == [(round(lefts[1], 1), 8, 18, 12)]


def test_in_words() -> None:
    """From when to when; five windows and five deaths."""
    told = chart_svg.described(chart(bands=(BAND,) * 6, marks=(Mark(175, "it died"),) * 6))

    assert told.startswith(
        "From line 100 to line 200: bytes believed taken, and possibly held. E1 released 60 B at line"
    )
    assert told.count("E1 released 60 B at line 150, which may have been held until line 175.") == 5
    assert told.count("At line 175 it died.") == 5


def test_what_is_drawn_of_each_executor() -> None:
    """Its own tasks, in the order of the log, and a little more than the time of their rows: by lines at least one."""
    one, other, timed = task(7, executor="1"), task(8, executor="2"), task(9, executor="3")
    other.timeline.add(BookRow(201, TEN, "", "ends"))
    timed.timeline.add(BookRow(201, TEN + 100, "", "ends"))

    assert [(each.executor, each.clock, each.begin, each.end) for each in charts(made(one, other, timed))] == [
        ("1", False, 1, 2),
        ("2", False, 1, 205),
        ("3", True, TEN, TEN + 102),
    ]


@pytest.mark.parametrize(("later", "begin", "end"), [(0, 4, 201), (100, TEN, TEN + 60)])
def test_what_is_drawn_of_a_window(later: int, begin: float, end: float) -> None:
    """By the clock until it ends, by lines as long as there are any; called after what is held where it has no name."""
    held = replace(window(), who="", since=TEN, until=TEN + 60)
    of = task(7, windows=[held])
    of.timeline.add(BookRow(201, TEN + later, "", "ends"))
    ((band,),) = (each.bands for each in charts(made(of)))

    assert (band.who, band.begin, band.end) == (held.collection, begin, end)
