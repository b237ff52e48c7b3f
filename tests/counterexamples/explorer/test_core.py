"""What the page computes is what the model does on integers: its core, in Node.js."""

from __future__ import annotations

from typing import Any

import pytest

from spillproof.counterexamples.explorer.table import table
from spillproof.properties.engines.automaton.shapes import Automaton
from tests.counterexamples.explorer.agreement import SIZES, Agreement
from tests.counterexamples.explorer.node import asked

FOUND = """
const S = Spillproof, automaton = new S.Automaton(data);
const after = (state, text) => automaton.take(state, S.unlinked(automaton, state, text)).state;
const from = (texts) => texts.reduce(after, S.START);
"""


def walked(data: Any, count: int, length: int) -> Any:
    """Random runs of the page's core."""
    return asked(f"return walks(data, {{seed: 22713, count: {count}, length: {length}, sizes: {[*SIZES]}}})", data)


def test_random_runs_agree(leak: Automaton) -> None:
    """Heap, ledgers, names, events and claims of random runs are those of the same runs on integers; and what can be
    done in the end is what the model can do.
    """
    walks = walked(table(leak), 20, 8)

    assert Agreement(leak).check(walks) >= 60
    assert any(step["broken"] for walk in walks for step in walk["steps"])


def test_random_runs_of_spark_agree(spark: Automaton, spark_data: Any) -> None:
    """The same for the model of the incident."""
    walks = walked(spark_data, 15, 8)

    assert Agreement(spark).check(walks) >= 40


def test_a_model_of_ones_own_agrees(own: Automaton) -> None:
    """Choices of the environment, quotients, values, errors and negative counters are as on integers."""
    walks = walked(table(own), 60, 8)

    Agreement(own).check(walks)
    steps = [step for walk in walks for step in walk["steps"]]
    assert any(step["raised"] for step in steps)
    assert {"no_exception", "counters_never_negative", "free_is_unreachable", "no_page_is_large"} == {
        name for step in steps for name in step["broken"] if name != "release_frees_what_it_says"
    } - {"acquired_can_be_allocated"}
    assert any("~1" in step["link"] for step in steps)


def test_a_difference_is_seen(leak: Automaton) -> None:
    """The comparison above fails where the page's automaton differs from the model by one byte in one update."""
    data = table(leak)
    edge = next(
        each for each in data["edges"] if each[0] >= 0 and any(len(data["expressions"][e]) > 1 for e in each[6])
    )
    place = next(at for at, each in enumerate(edge[6]) if len(data["expressions"][each]) > 1)
    changed = list(data["expressions"][edge[6][place]])
    changed[0] += 1
    data["expressions"].append(changed)
    edge[6][place] = len(data["expressions"]) - 1
    walks = asked("return walks(data, {seed: 22713, count: 20, length: 8, sizes: [1, 2]})", data)

    with pytest.raises(AssertionError):
        Agreement(leak).check(walks)


def test_sizes_are_suggested_at_the_boundaries(spark_data: Any) -> None:
    """With 3 of 4 bytes free: one byte, all that is free, and the two at which a spill begins or fails."""
    program = """
    const state = from(["begin:4", "insert:E1:1", "iterator:E1"]);
    return automaton.options(state).map((option) => automaton.spelled(state, option));
    """

    assert asked(FOUND + program, spark_data) == [
        "insert(E2, 1)",
        "insert(E2, 3)",
        "insert(E2, 4)",
        "insert(E2, 5)",
        "iterator(E2)",
        "end_task()",
    ]


def test_the_shortest_violation_is_found(spark_data: Any) -> None:
    """SPARK-22713 takes three steps from the beginning, one from the step before it."""
    program = """
    const length = (texts) => S.searched(automaton, from(texts), new Set()).steps.length;
    return [length(["begin:1"]), length(["begin:1", "insert:E1:1", "iterator:E1"])];
    """

    assert asked(FOUND + program, spark_data) == [3, 1]


def test_the_repaired_model_has_none(repaired_data: Any) -> None:
    """In Spark 2.4.0 no claim is false in 500 states; that these are not all is said."""
    program = 'const found = S.searched(automaton, from(["begin:2"]), new Set(), 500); return [found.steps, found.all]'

    assert asked(FOUND + program, repaired_data) == [None, False]


def test_all_states_are_looked_at(leak: Automaton) -> None:
    """Where a claim is false already, and no other becomes false, a search ends when it has seen every state."""
    program = """
    const known = new Set(automaton.claims.map(({ at }) => at));
    const first = automaton.take(S.START, automaton.options(S.START)[0]).state;
    const { steps, all, seen } = S.searched(automaton, first, known, 500);
    return [steps, all || seen >= 500];
    """

    assert asked(FOUND + program, table(leak)) == [None, True]


def test_two_models_go_in_lockstep(spark_data: Any, repaired_data: Any) -> None:
    """The same three steps end with 5 bytes reachable in one, and 4 in the other; objects are the same throughout."""
    program = """
    const S = Spillproof, [one, two] = data.map((each) => new S.Automaton(each));
    const kinds = (automaton, state) => automaton.shapes[state.shape].objects.map(({ kind }) => kind);
    let here = S.START, there = S.START, same = new Map();
    for (const text of ["begin:4", "insert:E1:1", "iterator:E1", "insert:E2:4"]) {
      const option = S.unlinked(one, here, text), twin = S.mirrored(here, option, two, there, same);
      const [before, otherBefore] = [here, there];
      here = one.take(here, option).state;
      there = two.take(there, twin).state;
      same = S.recognised(here, before, there, otherBefore, same, kinds(one, here), kinds(two, there));
    }
    const called = ({ names, ids }, id) => names[ids.indexOf(id)];
    const pairs = [...same].filter(([id]) => called(here, id));
    const named = pairs.map(([id, other]) => [called(here, id), called(there, other) ?? "gone"]);
    return [one.memory(here).reachable, two.memory(there).reachable, named.sort()];
    """
    one, two, named = asked(program, [spark_data, repaired_data])

    assert (one, two) == (5, 4)
    assert [each for each in named if each[0].startswith("E")] == [["E1", "E1"], ["E2", "E2"]]


def test_a_step_that_cannot_be_taken_there(spark_data: Any, leak: Automaton) -> None:
    """A model that has no such step has no such step."""
    program = """
    const S = Spillproof, [one, two] = data.map((each) => new S.Automaton(each));
    const option = S.unlinked(one, S.START, "begin:4"), here = one.take(S.START, option).state;
    const [first] = two.options(S.START), there = two.take(S.START, first).state;
    return S.mirrored(here, S.unlinked(one, here, "insert:E1:1"), two, there, new Map());
    """

    assert asked(program, [spark_data, table(leak)]) is None


NO_STEPS = ["insert:E1:0", "insert:E1:01", "insert:E3:1", "insert:E1", "insert:E1:1~0", "steal:E1", "insert:E1:1e3", ""]


def test_a_step_that_is_none(spark_data: Any) -> None:
    """What a link says and the model cannot do is no step."""
    program = f"""
    const state = from(["begin:4"]);
    return {NO_STEPS}.filter((text) => S.unlinked(automaton, state, text) !== null);
    """

    assert asked(FOUND + program, spark_data) == []


def test_a_heap_has_places(spark_data: Any) -> None:
    """In the layout no two boxes overlap, each is within the picture, and references lead down but for those back."""
    program = """
    const state = from(["begin:4", "insert:E1:1", "iterator:E1", "insert:E2:4"]), heap = automaton.heap(state);
    const nodes = heap.objects.map(({ at }) => ({ key: at, width: 100 + at, height: 40 }));
    const edges = heap.objects.flatMap((each) => each.references.map(([, to]) => ({ from: each.at, to, label: 60 })));
    const places = S.layout(nodes, edges);
    const boxes = nodes.map(({ key, width, height }) =>
      ({ x: places.boxes.get(key).x, y: places.boxes.get(key).y, width, height }));
    return { boxes,
      width: places.width, height: places.height, left: places.left,
      edges: edges.map(({ from, to, back }) => ({ from, to, back })) };
    """
    places = asked(FOUND + program, spark_data)
    boxes = places["boxes"]

    for at, one in enumerate(boxes):
        assert places["left"] <= one["x"] - one["width"] / 2 <= one["x"] + one["width"] / 2 <= places["width"]
        for other in boxes[:at]:
            beside = abs(one["x"] - other["x"]) >= (one["width"] + other["width"]) / 2
            below = abs(one["y"] - other["y"]) >= (one["height"] + other["height"]) / 2
            assert beside or below
    assert all(
        boxes[each["from"]]["y"] < boxes[each["to"]]["y"] for each in places["edges"] if not each.get("back", False)
    )
