"""A chart as a picture: what was believed as an area, what may have been held beyond it hatched, windows shaded.

What is over time is drawn in a picture within the picture, whose width is the whole time: so a page zooms by looking at
less of it, and no word is stretched.
"""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree.ElementTree import Element

from spillproof.counterexamples.audit.chart import Chart, Lane, Point
from spillproof.counterexamples.audit.interval import UNITS, spell
from spillproof.counterexamples.export.picture import element, number
from spillproof.counterexamples.export.svg import picture

WIDTH, LEFT, RIGHT = 1000, 150, 20
TOP, HEIGHT = 34, 220
LANE, FOOT = 30, 34
WIDE = 10_000
"""The whole time, in the picture within."""
TICKS = 6
ROWS = 5


def drawn(chart: Chart, name: str) -> Element:
    """Return the picture of a chart. `name` is what it is called on a page that has several."""
    height = TOP + HEIGHT + LANE * len(chart.lanes) + FOOT
    root = picture(WIDTH, height, f"Memory over time: {chart.executor or 'the executor'}", described(chart))
    root.set("id", name)
    chart_ = element(root, "g", class_="audit")
    _hatching(chart_, name)
    _room(chart_, chart)
    view = _within(chart_, TOP, HEIGHT)
    for band in chart.bands:
        _rectangle(view, chart, band.begin, band.end, "window")
    _area(view, chart, chart.believed, chart.most, HEIGHT, "believed")
    _between(view, chart, name)
    _area(view, chart, chart.held(), chart.most, HEIGHT, "held", closed=False)
    if chart.capacity is not None:
        at = HEIGHT * (1 - chart.capacity.middle() / chart.most)
        element(view, "line", class_="limit", x1=0, x2=WIDE, y1=at, y2=at, vector_effect="non-scaling-stroke")
    for lane_at, lane in enumerate(chart.lanes):
        _lane(chart_, chart, lane, TOP + HEIGHT + LANE * lane_at)
    _marks(chart_, chart, height)
    _ticks(chart_, chart, height)
    _legend(chart_, chart)
    return root


def described(chart: Chart) -> str:
    """Return in words what the picture shows."""
    words = [f"From {chart.spell(chart.begin)} to {chart.spell(chart.end)}: bytes believed taken, and possibly held."]
    words += [
        f"{each.who} released {spell(each.size)} at {chart.spell(each.begin)}, which may have been held until "
        f"{chart.spell(each.end)}."
        for each in chart.bands[:5]
    ]
    words += [f"At {chart.spell(each.at)} {each.words}." for each in chart.marks[:5]]
    return " ".join(words)


def place(chart: Chart, at: float) -> float:
    """Return where a place stands in the picture within."""
    return WIDE * (at - chart.begin) / (chart.end - chart.begin)


def _within(parent: Element, top: float, height: float) -> Element:
    return element(
        parent, "svg", class_="view", x=LEFT, y=top, width=WIDTH - LEFT - RIGHT, height=height,
        viewBox=f"0 0 {WIDE} {number(height)}", preserveAspectRatio="none",
    )  # fmt: skip


def _hatching(parent: Element, name: str) -> None:
    made = element(
        element(parent, "defs"), "pattern", id=f"{name}-hatch", width=60, height=6, patternUnits="userSpaceOnUse"
    )
    element(made, "path", class_="hatching", d="M0 6 L60 0", vector_effect="non-scaling-stroke")


def _room(parent: Element, chart: Chart) -> None:
    element(parent, "rect", class_="frame", x=LEFT, y=TOP, width=WIDTH - LEFT - RIGHT, height=HEIGHT)
    step = 1
    while chart.most // step > ROWS:
        step *= 2
    for size in range(0, chart.most + 1, step):
        y = TOP + HEIGHT * (1 - size / chart.most)
        element(parent, "line", class_="grid", x1=LEFT, x2=WIDTH - RIGHT, y1=y, y2=y)
        element(parent, "text", _tick(size, chart.most), class_="scale", x=LEFT - 8, y=y + 4, text_anchor="end")


def _tick(size: int, most: int) -> str:
    """Return a size on the scale, in the unit of the largest: none is 1024.0 MB where the next is 2.0 GB."""
    power = max((each for each in range(len(UNITS)) if most >> 10 * each), default=0)
    return f"{size / (1 << 10 * power):g} {UNITS[power]}"


def _path(chart: Chart, points: Sequence[Point], most: int, height: float) -> str:
    """Return a line that keeps its height from each point to the next, and to the end."""
    parts: list[str] = []
    for each in points:
        x, y = number(place(chart, each.at)), number(height * (1 - each.size.middle() / most))
        parts.append(f"H{x} V{y}" if parts else f"M{x} {y}")
    return " ".join([*parts, f"H{WIDE}"]) if parts else ""


def _area(  # noqa: PLR0917 - what is drawn, and how
    view: Element, chart: Chart, points: Sequence[Point], most: int, height: float, class_: str, *, closed: bool = True
) -> None:
    path = _path(chart, points, most, height)
    if not path:
        return
    if closed:
        begin = number(place(chart, points[0].at))
        element(view, "path", class_=f"{class_} area", d=f"{path} V{number(height)} H{begin} Z")
    element(view, "path", class_=f"{class_} line", d=path, vector_effect="non-scaling-stroke")


def _between(view: Element, chart: Chart, name: str) -> None:
    """Hatch what may have been held beyond what was believed."""
    for here, there in zip(chart.held(), [*chart.held()[1:], Point(chart.end, chart.held()[-1].size)], strict=True):
        believed = max((each for each in chart.believed if each.at <= here.at), key=lambda each: each.at, default=None)
        low = believed.size.middle() if believed is not None else 0
        if here.size.middle() <= low or there.at <= here.at:
            continue
        x, width = place(chart, here.at), place(chart, there.at) - place(chart, here.at)
        top = HEIGHT * (1 - here.size.middle() / chart.most)
        height = HEIGHT * (here.size.middle() - low) / chart.most
        element(view, "rect", class_="possibly", x=x, y=top, width=width, height=height)
        element(view, "rect", x=x, y=top, width=width, height=height, fill=f"url(#{name}-hatch)")


def _rectangle(view: Element, chart: Chart, begin: float, end: float, class_: str) -> None:
    x = place(chart, begin)
    element(view, "rect", class_=class_, x=x, y=0, width=max(20.0, place(chart, end) - x), height=HEIGHT)


def _lane(parent: Element, chart: Chart, lane: Lane, top: float) -> None:
    label = element(
        parent, "text", f"task {lane.task} {lane.label}", class_="of", x=LEFT - 8, y=top + 19, text_anchor="end"
    )
    element(label, "title", f"{lane.name}, at most {spell(lane.peak)}")
    element(parent, "line", class_="grid", x1=LEFT, x2=WIDTH - RIGHT, y1=top + LANE, y2=top + LANE)
    view = _within(parent, top + 4, LANE - 5)
    for band in chart.bands:
        if (band.task, band.who) == (lane.task, lane.label):
            x = place(chart, band.begin)
            element(view, "rect", class_="possibly", x=x, y=0, width=max(20.0, place(chart, band.end) - x), height=LANE)
    _area(view, chart, lane.points, max(lane.peak, 1), LANE - 5, "believed")


def _marks(parent: Element, chart: Chart, height: float) -> None:
    view = _within(parent, TOP, height - TOP - FOOT)
    for each in chart.marks:
        x = place(chart, each.at)
        line = element(view, "line", class_="death", x1=x, x2=x, y1=0, y2=height, vector_effect="non-scaling-stroke")
        element(line, "title", f"{chart.spell(each.at)} {each.words}")


def _ticks(parent: Element, chart: Chart, height: float) -> None:
    for tick in range(TICKS + 1):
        share = tick / TICKS
        x = LEFT + share * (WIDTH - LEFT - RIGHT)
        words = chart.spell(chart.begin + share * (chart.end - chart.begin))
        anchor = "start" if not tick else "end" if tick == TICKS else "middle"
        element(parent, "line", class_="grid", x1=x, x2=x, y1=TOP, y2=height - FOOT + 5)
        element(
            parent, "text", words, class_="tick", x=x, y=height - FOOT + 20, text_anchor=anchor, data_share=str(share)
        )


def _legend(parent: Element, chart: Chart) -> None:
    x = float(LEFT)
    signs = [("believed", "believed taken"), ("possibly", "counted free, possibly held"), ("limit", "capacity")]
    signs += [("death", "died of memory")] if chart.marks else []
    for class_, words in signs:
        if class_ in ("limit", "death"):
            element(parent, "line", class_=class_, x1=x, x2=x + 18, y1=14, y2=14)
        else:
            element(parent, "rect", class_=f"{class_} area", x=x, y=8, width=18, height=12)
        element(parent, "text", words, class_="sign", x=x + 24, y=18)
        x += 50 + 7.3 * len(words)
