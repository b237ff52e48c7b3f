"""What a picture of the heap shows, and where."""

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace

import pytest

from spillproof.counterexamples.explain.explanation import Edge, Explanation, Path
from spillproof.counterexamples.export.layers import layers
from spillproof.counterexamples.export.layout import layout, shortened
from spillproof.counterexamples.export.scene import (
    MOST_OBJECTS,
    MOST_REFERENCES,
    MOST_STEPS,
    Arrow,
    Key,
    Look,
    Panel,
    Scene,
    panels_of,
    scene,
    together,
)
from spillproof.counterexamples.export.shared_places import shared
from spillproof.counterexamples.trace import Object, Trace
from spillproof.model.errors import ModelError

LEAKY, MANAGER = Key(0, "Leaky"), Key(1, "Manager")
E1, E2, READER, TABLE = Key(2, "Collection"), Key(3, "Collection"), Key(5, "Reader"), Key(4, "Table")


@pytest.fixture
def drawn(shown: Explanation) -> Scene:
    """The leak to be drawn."""
    return scene(shown.trace, shown)


def test_the_path_is_lit_from_the_guilty_step_on(drawn: Scene) -> None:
    """What is lit is the references of the path, and the table they lead to; before the guilty step nothing is."""
    assert [panel.lit for panel in drawn.panels[:3]] == [frozenset()] * 3
    assert drawn.panels[3].lit == {Arrow(E1, "reader", READER), Arrow(READER, "upstream", TABLE)}
    assert drawn.panels[3].free == {TABLE}
    assert drawn.panels[3].cut == {Arrow(READER, "upstream", TABLE)}


def test_a_path_from_a_root_is_lit_from_the_root(shown: Explanation) -> None:
    """A reference from outside the heap is drawn from the model."""
    path = Path((Edge(-1, "task_memory_manager", 1, ""), Edge(1, "consumers", 2, "")), "")

    lit = scene(shown.trace, replace(shown, paths=(path,))).panels[3].lit

    assert lit == {Arrow(LEAKY, "task_memory_manager", MANAGER), Arrow(MANAGER, "consumers", E1)}


def test_a_path_that_is_broken_is_not_lit(shown: Explanation) -> None:
    """A path is lit as a whole or not at all: half of it keeps nothing."""
    path = Path((Edge(2, "reader", 5, ""), Edge(5, "downstream", 4, "")), "")

    assert scene(shown.trace, replace(shown, paths=(path,))).panels[3].lit == frozenset()


def test_without_an_explanation_nothing_is_lit(shown: Explanation) -> None:
    """A trace alone can be drawn."""
    assert not any(panel.lit | panel.cut for panel in scene(shown.trace).panels)


def test_what_a_consumer_knows_of_its_manager_is_behind(drawn: Scene) -> None:
    """A reference that leads back towards the roots is thin: those to the manager, and no other here."""
    assert drawn.back == {Arrow(E1, "manager", MANAGER), Arrow(E2, "manager", MANAGER)}


def test_what_is_lit_is_never_behind(shown: Explanation) -> None:
    """An offending reference is drawn as one even where it leads back."""
    path = Path((Edge(2, "manager", 1, ""),), "")
    offended = scene(shown.trace, replace(shown, paths=(path,)))

    assert offended.back == {Arrow(E2, "manager", MANAGER)}


def test_what_is_new_is_known(drawn: Scene) -> None:
    """The second step makes a reader and two references; that the third lets E1's table go is nothing new."""
    assert drawn.panels[2].fresh == {READER, Arrow(E1, "reader", READER), Arrow(READER, "upstream", TABLE)}
    assert Arrow(E1, "data", TABLE) in drawn.panels[2].arrows - drawn.panels[3].arrows


def test_unreachable_objects_are_gone(shown: Explanation) -> None:
    """On the repaired model the table is drawn until the step that lets it go."""
    assert shown.contrast is not None
    repaired = scene(shown.contrast.trace)

    assert [TABLE in panel.looks for panel in repaired.panels] == [False, True, True, False]


def test_an_object_has_one_place_in_all_steps_and_in_both_runs(shown: Explanation) -> None:
    """The union of all steps is laid out once: what two runs share does not move from one to the other."""
    assert shown.contrast is not None
    both = together([panels_of(shown.trace, shown), panels_of(shown.contrast.trace)])

    assert len(both.panels) == 8
    assert set(layout(both).boxes) == set(both.nodes)


@pytest.mark.parametrize("graphviz", [True, False])
def test_boxes_do_not_overlap(drawn: Scene, monkeypatch: pytest.MonkeyPatch, *, graphviz: bool) -> None:
    """Whoever lays it out keeps the boxes apart, and inside the picture."""
    if not graphviz:
        monkeypatch.setitem(sys.modules, "pygraphviz", None)
    places = layout(drawn)
    boxes = list(places.boxes.values())

    for at, one in enumerate(boxes):
        assert one.width / 2 <= one.x <= places.width - one.width / 2
        assert one.height / 2 <= one.y <= places.height - one.height / 2
        for other in boxes[:at]:
            apart = abs(one.x - other.x) >= (one.width + other.width) / 2
            assert apart or abs(one.y - other.y) >= (one.height + other.height) / 2


def test_no_font_is_looked_for() -> None:
    """Graphviz measures no words: it says nothing on a machine where there is no font to measure them by."""
    program = """
from spillproof.counterexamples.export.layout import layout
from spillproof.counterexamples.export.scene import scene
from spillproof.counterexamples.trace import trace
from spillproof.model.lessons.release import ReleaseThatForgetsAReference
from spillproof.properties.engines.run import Run, Step
layout(scene(trace(Run(ReleaseThatForgetsAReference(), (), (Step("acquire", (1,)),)))))
"""
    fontless = {**os.environ, "FONTCONFIG_FILE": "/nowhere/fonts.conf"}
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, env=fontless)

    assert (done.stdout, done.stderr) == ("", "")


def test_without_graphviz_every_object_and_reference_has_a_place(drawn: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """Graphviz is an extra: where it is missing a layout of our own draws as much, and whoever holds is above."""
    monkeypatch.setitem(sys.modules, "pygraphviz", None)
    places = layout(drawn)

    assert set(places.boxes) == set(drawn.nodes)
    assert set(places.curves) == set(drawn.arrows)
    forward = [each for each in drawn.arrows if each not in drawn.back]
    assert all(places.boxes[each.holder].y < places.boxes[each.target].y for each in forward)
    assert all(places.curves[each].label is not None for each in forward)


def test_layers_are_ordered_so_that_fewer_lines_cross() -> None:
    """Two lines that cross where objects stand in the order of their numbers do not after ordering."""
    root, *four = (Key(number, "Thing") for number in range(5))
    arrows = [
        Arrow(root, "a", four[0]),
        Arrow(root, "b", four[1]),
        Arrow(four[0], "c", four[3]),
        Arrow(four[1], "d", four[2]),
    ]
    looks = dict.fromkeys((root, *four), Look("", 0))
    made = layers(Scene((root, *four), tuple(arrows), frozenset(), frozenset(), (Panel(looks, frozenset(arrows)),)))

    assert made.crossings() == 0
    assert [len(row) for row in made.rows] == [1, 2, 2]


def test_a_long_run_is_refused(lasting: Callable[[int], Trace]) -> None:
    """So many steps can be drawn, and not one more."""
    assert len(scene(lasting(MOST_STEPS)).panels) == MOST_STEPS + 1
    with pytest.raises(ModelError, match=r"^this run has 1,001 steps, and a picture shows at most 1,000"):
        scene(lasting(MOST_STEPS + 1))


def test_who_has_gone_leaves_its_place() -> None:
    """Objects that are never there at once share a place with their class; those that are, in either run, do not."""
    first, second, other = Key(1, "Page"), Key(2, "Page"), Key(3, "Page")
    panels = [Panel({each: Look("", 1)}, frozenset()) for each in (first, second, first)]
    together_once = Panel(dict.fromkeys((second, other), Look("", 1)), frozenset())
    found = shared({"run": panels, "contrast": [panels[0], together_once]})

    places = [list(panel.looks) for panel in found["run"]]
    assert places == [[Key(-2, "Page")]] * 3
    assert list(found["contrast"][1].looks) == [Key(-2, "Page"), Key(-3, "Page")]


def test_a_class_keeps_its_own_places() -> None:
    """A table does not take the place of a page: the word in the box would change."""
    page, table = (Panel({Key(at, kind): Look("", 1)}, frozenset()) for at, kind in ((1, "Page"), (2, "Table")))

    assert [list(each.looks) for each in shared({"run": [page, table]})["run"]] == [
        [Key(-2, "Page")],
        [Key(-3, "Table")],
    ]


def test_references_move_with_their_objects() -> None:
    """What is lit, to be cut or new stays so, between places."""
    root, page = Key(1, "Root"), Key(2, "Page")
    arrow, moved = Arrow(root, "page", page), Arrow(Key(-2, "Root"), "page", Key(-3, "Page"))
    panel = Panel(dict.fromkeys((root, page), Look("", 1)), frozenset({arrow}), frozenset({arrow}), frozenset({page}),
                  frozenset({arrow}), frozenset({arrow, page}))  # fmt: skip
    (found,) = shared({"run": [panel]})["run"]

    assert (found.arrows, found.lit, found.cut) == (frozenset({moved}),) * 3
    assert (found.free, found.fresh) == (frozenset({moved.target}), frozenset({moved, moved.target}))


def crowd(leak: Trace, objects: int, references: int) -> Trace:
    """A state in which a model refers so many times to so many objects, one of them itself."""
    state = leak.states[0]
    pages = tuple(Object(number, f"x.{number}", "Page", 0, (), (), ()) for number in range(1, objects))
    roots = tuple((f"page{at}", f"x.{at % (objects - 1) + 1}") for at in range(references))
    return replace(leak, states=(replace(state, heap=(state.heap[0], *pages), roots=roots),))


def test_a_large_heap_is_refused(shown: Explanation) -> None:
    """So many objects and references can be laid out, and not one more."""
    assert len(scene(crowd(shown.trace, MOST_OBJECTS, MOST_REFERENCES)).arrows) == MOST_REFERENCES
    with pytest.raises(ModelError, match=r"^this run has 151 objects, and a picture shows at most 150"):
        scene(crowd(shown.trace, MOST_OBJECTS + 1, 3))
    with pytest.raises(ModelError, match=r"^this run has 241 references, and a picture shows at most 240"):
        scene(crowd(shown.trace, 3, MOST_REFERENCES + 1))


def test_a_heap_that_does_not_fit_together_is_refused(shown: Explanation) -> None:
    """A trace from a stranger may refer to what is not there."""
    broken = replace(shown.trace, states=(replace(shown.trace.states[0], roots=(("reader", "nobody"),)),))

    with pytest.raises(ModelError, match="refers to 'nobody', which is no object of that state"):
        scene(broken)
    with pytest.raises(ModelError, match="a state without a heap"):
        scene(replace(broken, states=(replace(shown.trace.states[0], heap=(), roots=()),)))


def test_long_words_are_shortened_in_the_middle() -> None:
    """Both ends of a name tell it apart."""
    assert shortened("ExternalAppendOnlyMap", 28) == "ExternalAppendOnlyMap"
    assert shortened("UnsafeExternalSorterSpillReader", 11) == "Unsaf…eader"
