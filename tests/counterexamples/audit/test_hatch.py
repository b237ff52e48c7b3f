"""What is hatched in the picture of an executor: the bytes counted free that may still be held, and nothing else."""

from __future__ import annotations

import pytest

from spillproof.counterexamples.audit.chart import Band, Chart, Point
from spillproof.counterexamples.audit.chart_svg import HEIGHT, WIDE, drawn
from spillproof.counterexamples.audit.interval import Interval

Corners = tuple[float, float, float, float]
"""From when to when, and from how many bytes to how many."""


def chart(believed: dict[float, int], *bands: tuple[float, float, int], capacity: int | None = None) -> Chart:
    """A chart of a time from 100 to 200."""
    return Chart(
        executor="1",
        clock=False,
        begin=100,
        end=200,
        capacity=None if capacity is None else Interval(capacity, capacity),
        believed=tuple(Point(at, Interval(size, size)) for at, size in believed.items()),
        bands=tuple(Band(1, "a map", "release", begin, end, Interval(size, size), None) for begin, end, size in bands),
        marks=(),
        lanes=(),
        left_out=0,
    )


def hatched(of: Chart) -> list[Corners]:
    """Return the rectangles that are hatched, in time and bytes."""
    found = []
    for each in drawn(of, "one").iter():
        if each.get("fill") != "url(#one-hatch)" or each.get("vector-effect") is not None or each.get("x") is None:
            continue
        x, y, width, height = (float(each.get(of_what, "nan")) for of_what in ("x", "y", "width", "height"))
        if height > HEIGHT or y < 0:
            continue
        begin, top = 100 + 100 * x / WIDE, of.most * (1 - y / HEIGHT)
        found.append((begin, begin + 100 * width / WIDE, top - of.most * height / HEIGHT, top))
    return found


@pytest.mark.parametrize(
    ("of", "wanted"),
    [
        (chart({100: 80, 150: 20}), []),
        (chart({100: 80, 150: 20}, (150, 200, 60)), [(150, 200, 20, 80)]),
        (chart({100: 80, 150: 20}, (150, 200, 60), capacity=160), [(150, 200, 20, 80)]),
        (chart({100: 80, 150: 20, 180: 50}, (150, 200, 60)), [(150, 180, 20, 80), (180, 200, 50, 110)]),
        (chart({100: 80, 150: 20}, (150, 200, 30), (160, 200, 30)), [(150, 160, 20, 50), (160, 200, 20, 80)]),
        (chart({100: 80, 150: 0}, (150, 200, 80)), [(150, 200, 0, 80)]),
        (chart({100: 80, 120: 90, 150: 20}, (120, 200, 0)), []),
        (chart({100: 80, 120: 10, 140: 0, 150: 20}, (120, 130, 70)), [(120, 130, 10, 80)]),
        (chart({100: 10, 190: 0}, (110, 120, 70)), [(110, 120, 10, 80)]),
        (chart({100: 10}, (110, 120, 70)), [(110, 120, 10, 80), (120, 200, 10, 80)]),  # no more is known
        (chart({100: 10, 120: 0}, (110, 120, 70)), [(110, 120, 10, 80), (120, 200, 0, 70)]),
    ],
)
def test_the_hatch_stands_on_what_is_believed(of: Chart, wanted: list[Corners]) -> None:
    """From when a release is counted to when its window ends, on top of what is believed, as high as what it gave."""
    found = hatched(of)
    assert len(found) == len(wanted)
    for one, other in zip(found, wanted, strict=True):
        assert one == pytest.approx(other, abs=0.5)
