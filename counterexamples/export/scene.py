"""What a picture of a run shows, before it has places: which objects and references there are at each step, and which
of them are lit. Everything that draws the heap draws this.

An object is known by its number and its class: it keeps its number throughout a run, and two runs that go on
differently may give one number to objects of two classes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import NamedTuple

import networkx

from spillproof.counterexamples.explain.explanation import Edge, Explanation
from spillproof.counterexamples.trace import Object, State, Trace
from spillproof.model.errors import ModelError

ROOT = -1
"""The number of what holds the roots, in an `Edge`."""

SHARED = -2
"""The number of the first place that several objects share; the others count down from it (`shared_places`)."""
MOST_STEPS = 1_000
"""Of a run that is shown one step after the other. A thousand make a page of some megabytes, which steps in a blink."""
MOST_OBJECTS = 150
MOST_REFERENCES = 240
"""More than that, over all steps, nobody can look at. So many at random take Graphviz two seconds to lay out; a task
with 16 consumers, which has 88 objects and 149 references over 43 steps, takes it a tenth of one."""


class Key(NamedTuple):
    """An object, known throughout a run."""

    number: int
    kind: str


class Arrow(NamedTuple):
    """A reference: who holds it, in which field, and what it leads to."""

    holder: Key
    field: str
    target: Key


class Look(NamedTuple):
    """What an object shows at one step, besides its class."""

    name: str
    """What the run calls it. Empty if it never mentioned it."""
    shallow: int


@dataclass(frozen=True)
class Panel:
    """The heap after one step."""

    looks: dict[Key, Look]
    """The objects that are there, in canonical order."""
    arrows: frozenset[Arrow]
    lit: frozenset[Arrow] = frozenset()
    """The references of the paths to bytes that are counted free."""
    free: frozenset[Key] = frozenset()
    """The objects whose bytes are counted free although they are reachable."""
    cut: frozenset[Arrow] = frozenset()
    """The references whose removal makes the claim true again."""
    fresh: frozenset[Key | Arrow] = frozenset()
    """The objects and references that were not there before this step."""


@dataclass(frozen=True)
class Scene:
    """A run to be drawn: the union of what there is at any step, and what there is at each."""

    nodes: tuple[Key, ...]
    arrows: tuple[Arrow, ...]
    back: frozenset[Arrow]
    """The references that lead back towards the roots, such as a consumer's to its manager. None of them is lit."""
    tall: frozenset[Key]
    """The objects that have at any step a name or bytes to show below their class."""
    panels: tuple[Panel, ...]


def scene(trace: Trace, explanation: Explanation | None = None) -> Scene:
    """Return what to draw of a run. Raises `ModelError` where it is more than can be looked at."""
    return together([panels_of(trace, explanation)])


def panels_of(trace: Trace, explanation: Explanation | None = None) -> list[Panel]:
    """Return the heap after each step of a run. Raises `ModelError` where it has more steps than can be looked at."""
    if len(trace.states) - 1 > MOST_STEPS:
        message = (
            f"this run has {len(trace.states) - 1:,} steps, and a picture shows at most {MOST_STEPS:,}: "
            "export it as itf"
        )
        raise ModelError(message)
    guilty = guilty_step(trace, explanation)
    panels = [_panel(state, guilty is not None and at >= guilty, explanation) for at, state in enumerate(trace.states)]
    return panels[:1] + [_refreshed(panel, before) for before, panel in pairwise(panels)]


def together(runs: Iterable[Sequence[Panel]]) -> Scene:
    """Return several runs as one scene with the panels of all, so that what they share has one place.

    Raises `ModelError` where there are more objects or references than can be looked at.
    """
    return _union([panel for each in runs for panel in each])


def is_crowded(runs: Iterable[Sequence[Panel]]) -> bool:
    """Return whether there are, over all steps, more objects or references than can be looked at."""
    panels = [panel for each in runs for panel in each]
    objects = {key for panel in panels for key in panel.looks}
    return len(objects) > MOST_OBJECTS or len({each for panel in panels for each in panel.arrows}) > MOST_REFERENCES


def guilty_step(trace: Trace, explanation: Explanation | None) -> int | None:
    """Return the first step after which the claim is false, if anybody said."""
    if explanation is not None and explanation.guilty is not None:
        return explanation.guilty.step
    return trace.guilty


def is_named(each: Object, state: State) -> bool:
    """Return whether a name was given by the run: what it never mentioned is called as it is reached."""
    return "." not in each.name and each is not state.heap[0] and each.name not in {name for name, _ in state.roots}


def _panel(state: State, is_guilty: bool, explanation: Explanation | None) -> Panel:  # noqa: FBT001 - read at one place
    known = {each.name: Key(each.number, each.kind) for each in state.heap}
    if not known:
        message = "the trace has a state without a heap"
        raise ModelError(message)
    looks = {known[each.name]: Look(each.name if is_named(each, state) else "", each.shallow) for each in state.heap}
    root, *others = state.heap
    references = [(root, name, target) for name, target in state.roots]
    references += [(each, name, target) for each in others for name, target in each.references]
    for each, field, target in references:
        if target not in known:
            message = f"{each.name}.{field} refers to {target!r}, which is no object of that state of the trace"
            raise ModelError(message)
    arrows = frozenset(Arrow(known[each.name], field, known[target]) for each, field, target in references)
    if explanation is None or not is_guilty:
        return Panel(looks, arrows)
    return _lit(Panel(looks, arrows), known[root.name], explanation)


def _refreshed(panel: Panel, before: Panel) -> Panel:
    nodes: set[Key | Arrow] = set(panel.looks.keys() - before.looks.keys())
    return replace(panel, fresh=frozenset(nodes | (panel.arrows - before.arrows)))


def _lit(panel: Panel, root: Key, explanation: Explanation) -> Panel:
    """Light every path that is still there as a whole, and what it leads to."""
    numbers = {each.number: each for each in panel.looks} | {ROOT: root}

    def arrow(edge: Edge) -> Arrow | None:
        holder, target = numbers.get(edge.holder), numbers.get(edge.target)
        found = None if holder is None or target is None else Arrow(holder, edge.field, target)
        return found if found in panel.arrows else None

    paths = [[arrow(edge) for edge in path.edges] for path in explanation.paths]
    lit = frozenset(each for path in paths if None not in path for each in path if each is not None)
    free = frozenset(numbers[number] for number in explanation.counted_free if number in numbers)
    cut = [arrow(edge) for edge in explanation.cut.edges] if explanation.cut is not None else []
    return replace(panel, lit=lit, free=free, cut=frozenset(each for each in cut if each is not None))


def _union(panels: list[Panel]) -> Scene:
    nodes = tuple(dict.fromkeys(node for panel in panels for node in panel.looks))
    order = {node: place for place, node in enumerate(nodes)}
    arrows = sorted(
        {each for panel in panels for each in panel.arrows},
        key=lambda each: (order[each.holder], order[each.target], each.field),
    )
    _refuse_crowds(len(nodes), len(arrows))
    lit = frozenset().union(*(panel.lit | panel.cut for panel in panels))
    depth, circle = _depths(panels), _circles(arrows)
    back = frozenset(
        each
        for each in arrows
        if circle[each.target] == circle[each.holder] and depth[each.target] <= depth[each.holder] and each not in lit
    )
    tall = frozenset(node for panel in panels for node, look in panel.looks.items() if any(look))
    return Scene(nodes, tuple(arrows), back, tall, tuple(panels))


def _refuse_crowds(objects: int, references: int) -> None:
    for count, most, what in ((objects, MOST_OBJECTS, "objects"), (references, MOST_REFERENCES, "references")):
        if count > most:
            message = f"this run has {count:,} {what}, and a picture shows at most {most}: export it as itf"
            raise ModelError(message)


def _circles(arrows: Iterable[Arrow]) -> dict[Key, int]:
    """Return for each object which circle of references it is in."""
    graph = networkx.DiGraph((each.holder, each.target) for each in arrows)
    return {node: at for at, nodes in enumerate(networkx.strongly_connected_components(graph)) for node in nodes}


def _depths(panels: list[Panel]) -> dict[Key, int]:
    """Return how far from the roots each object is where it first appears."""
    found: dict[Key, int] = {}
    for panel in panels:
        for node, depth in _depths_of(panel).items():
            found.setdefault(node, depth)
    return found


def _depths_of(panel: Panel) -> dict[Key, int]:
    refers: dict[Key, list[Key]] = {}
    for arrow in panel.arrows:
        refers.setdefault(arrow.holder, []).append(arrow.target)
    waiting = list(panel.looks)[:1]
    found = dict.fromkeys(waiting, 0)
    for node in waiting:
        for target in refers.get(node, ()):
            if target not in found:
                found[target] = found[node] + 1
                waiting.append(target)
    return {node: found.get(node, 0) for node in panel.looks}
