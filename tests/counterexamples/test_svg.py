"""The pictures: well-formed, true to scale, and lit where the explanation says."""

from collections.abc import Callable
from dataclasses import replace
from xml.etree.ElementTree import Element, fromstring

import pytest

from spillproof.counterexamples.explain.explanation import Explanation
from spillproof.counterexamples.export.bars import bars
from spillproof.counterexamples.export.measures import Measures
from spillproof.counterexamples.export.svg import svg
from spillproof.counterexamples.export.timeline import marks, timeline
from spillproof.counterexamples.trace import Trace
from spillproof.model.errors import ModelError

SVG = "{http://www.w3.org/2000/svg}"
MEGABYTE = 1 << 20


def parsed(text: str) -> Element:
    """The elements of a picture."""
    return fromstring(text)  # noqa: S314 - we have just written it


def parts(root: Element, class_: str, tag: str = "*") -> list[Element]:
    """The elements that have a class, in order."""
    return [
        each
        for each in root.iter()
        if class_ in each.get("class", "").split() and tag in ("*", each.tag.removeprefix(SVG))
    ]


def titles(elements: list[Element]) -> list[str]:
    """What is said about elements."""
    return [each.findtext(f"{SVG}title", "") for each in elements]


@pytest.fixture
def picture(shown: Explanation) -> Element:
    """The leak, drawn."""
    return parsed(svg(shown.trace, shown))


def test_a_panel_a_step(picture: Element) -> None:
    """Each step has a panel, one below the other, and the guilty one says so."""
    panels = parts(picture, "panel")

    assert [each.get("data-step") for each in panels] == ["0", "1", "2", "3"]
    assert len({each.get("transform") for each in panels}) == 4
    assert [len(parts(each, "guilty")) for each in panels] == [0, 0, 0, 1]


def test_one_step_alone(shown: Explanation) -> None:
    """A step can be drawn alone; a step that does not exist cannot."""
    (panel,) = parts(parsed(svg(shown.trace, shown, 2)), "panel")

    assert panel.get("data-step") == "2"
    with pytest.raises(ModelError, match="there is no step 4: the run has 3"):
        svg(shown.trace, shown, 4)


def test_the_lit_references_are_the_path(picture: Element) -> None:
    """In the guilty step the references of the path are lit and no others, and the one to cut is marked."""
    panel = parts(picture, "panel")[3]

    assert titles(parts(panel, "lit")) == ["Collection.reader → Reader", "Reader.upstream → Table"]
    assert titles(parts(panel, "cut")) == ["Reader.upstream → Table"]
    assert titles(parts(panel, "free")) == ["Table (object 4)"]
    assert not any(parts(each, "lit") for each in parts(picture, "panel")[:3])


def test_an_object_shows_its_class_its_name_and_its_bytes(picture: Element) -> None:
    """E2 has a name and no bytes of its own, its table has bytes and no name."""
    texts = [[text.text for text in each.iter(f"{SVG}text")] for each in parts(parts(picture, "panel")[3], "node")]

    assert ["Collection", "E2"] in texts
    assert ["Table", "2.0 MB"] in texts
    assert ["Table", "3.0 MB", "counted free"] in texts


def widths(group: Element) -> list[tuple[str, float]]:
    """The pieces of bars: what each stands for, and how wide it is."""
    return [(each.get("class", ""), float(each.get("width", 0))) for each in group.iter() if each.tag.endswith("rect")]


def test_bars_are_to_scale() -> None:
    """One width stands for one size: of 8 bytes on 400 points, 5 of capacity, 3 accounted, 7 reachable, 1 unclaimed."""
    group = bars(Element("g"), Measures(3, 7, 1, 5), 8, 400)

    assert widths(group) == [("believed", 150), ("room", 100), ("true", 200), ("fault", 150)]
    assert [each.text for each in parts(group, "end")] == ["free 2 B", "free −2 B"]
    assert [each.get("d") for each in parts(group, "limit")] == ["M250.0 14v25M250.0 60v25"]


def test_bars_of_more_than_a_float_can_say() -> None:
    """The same of 8 × 10⁴⁰⁰ bytes: `check --out` ended with OverflowError, and nothing was kept."""
    unit = 10**400
    group = bars(Element("g"), Measures(3 * unit, 7 * unit, unit, 5 * unit), 8 * unit, 400)

    assert widths(group) == [("believed", 150), ("room", 100), ("true", 200), ("fault", 150)]


def test_truly_free_is_what_is_left() -> None:
    """Where less is reachable than there is room, the rest is free in truth."""
    group = bars(Element("g"), Measures(3, 2, 0, 5), 5, 500)

    assert widths(group) == [("believed", 300), ("room", 200), ("true", 200), ("room", 300)]


def test_without_a_pool_nothing_is_free() -> None:
    """A model that has no capacity has no bar for what is free."""
    group = bars(Element("g"), Measures(1, 2, 0, None), 2, 100)

    assert widths(group) == [("believed", 50), ("true", 50), ("fault", 50)]
    assert parts(group, "limit") == parts(group, "end") == []


def test_a_picture_says_in_words_what_it_shows(picture: Element) -> None:
    """Who does not see the picture reads its title and its description."""
    assert picture.get("role") == "img"
    assert picture.findtext(f"{SVG}title") == "leaky violates free_is_unreachable"
    described = picture.findtext(f"{SVG}desc", "")
    assert "2: read(E1). Accounted 3.0 MB, reachable 3.0 MB." in described
    assert described.endswith("still reachable: task_memory_manager ▸ consumers ▸ E1 ▸ reader ▸ upstream.")


def test_the_same_trace_is_the_same_text(shown: Explanation) -> None:
    """Nothing of a picture depends on when it is drawn, or on what was drawn before."""
    assert svg(shown.trace, shown) == svg(shown.trace, shown)


@pytest.mark.parametrize("draw", [svg, timeline])
def test_names_are_text(biting: Explanation, draw: Callable[[Trace, Explanation], str]) -> None:
    """Whatever a name has in it, the picture is well-formed, and has no elements but those of a picture."""
    root = parsed(draw(biting.trace, biting))

    tags = {each.tag.removeprefix(SVG) for each in root.iter()}
    assert tags <= {"svg", "title", "desc", "style", "rect", "g", "path", "text"}
    assert "<script>alert(1)</script>" in root.findtext(f"{SVG}title", "")


def test_what_xml_cannot_have_is_replaced(shown: Explanation) -> None:
    """Half a character, or one that no file may have, is shown as missing."""
    assert "\ufffd\ufffd violates" in svg(replace(shown.trace, model="\ud800\x00"))


def test_a_trace_alone_is_drawn(shown: Explanation) -> None:
    """Without an explanation the heap and the bytes are drawn, and the recorded guilty step is marked."""
    root = parsed(svg(shown.trace))

    assert len(parts(root, "panel")) == 4
    assert len(parts(root, "guilty")) == 1
    assert parts(root, "lit") == []


def test_a_step_that_raised_has_no_bars(shown: Explanation) -> None:
    """Where no bytes are known none are drawn."""
    last = replace(shown.trace.states[3], accounted=None, reachable=None, free=None, raised="OutOfMemoryError")
    root = parsed(svg(replace(shown.trace, states=(*shown.trace.states[:3], last))))

    assert [len(parts(panel, "bars")) for panel in parts(root, "panel")] == [1, 1, 1, 0]
    assert "It raises OutOfMemoryError." in root.findtext(f"{SVG}desc", "")


# The timeline


def test_the_timeline_is_to_scale(shown: Explanation) -> None:
    """3 MB are reachable after the first two steps; after the third 5 MB are, of which 3 MB are counted free."""
    root = parsed(timeline(shown.trace, shown))
    areas = {class_: parts(root, class_, "rect")[:-1] for class_ in ("true", "fault")}  # the last is the legend's
    heights = {class_: [float(each.get("height", 0)) for each in found] for class_, found in areas.items()}
    megabyte = heights["true"][0] / 3

    assert [round(each / megabyte, 1) for each in heights["true"]] == [3, 3, 2]
    assert [round(each / megabyte, 1) for each in heights["fault"]] == [3]


def test_the_timeline_marks_the_guilty_step(shown: Explanation) -> None:
    """Every step has its column, and the guilty one a mark."""
    root = parsed(timeline(shown.trace, shown))

    assert [each.get("data-step") for each in parts(root, "step")] == ["0", "1", "2", "3"]
    assert len(parts(root, "guilty")) == 1
    assert (
        "widest after step 3: accounted 2,097,152 B, reachable 5,242,880 B. Step 3 is the guilty one."
        in root.findtext(f"{SVG}desc", "")
    )


def test_a_long_timeline_numbers_some_steps(lasting: Callable[[int], Trace]) -> None:
    """A hundred numbers would run into each other."""
    root = parsed(timeline(lasting(100)))

    numbers = [each.text for each in parts(root, "middle", "text")]
    assert numbers[:3] == ["0", "3", "8"]
    assert len(numbers) < 30
    with pytest.raises(ModelError, match=r"^this run has 1,001 steps, and a timeline shows at most 1,000"):
        timeline(lasting(1001))


@pytest.mark.parametrize("scale", [1, 2, 7, 8, 100, 5 * MEGABYTE, 1 << 40])
def test_marks_are_round_and_few(scale: int) -> None:
    """The lines across are at multiples of a power of two, at most nine of them."""
    found = marks(scale)

    assert found[0] == 0
    assert found[-1] <= scale < found[-1] + found[1]
    assert len(found) <= 9
    assert found[1] & (found[1] - 1) == 0
