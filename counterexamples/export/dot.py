"""The heap after a step as a graph for Graphviz: who refers to whom, what is garbage, and what keeps released bytes."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from spillproof.counterexamples.explain.explanation import Explanation
from spillproof.counterexamples.export.escapes import dot as quoted
from spillproof.counterexamples.export.escapes import one_line
from spillproof.counterexamples.trace import Object, State, Trace

ROOTS = "roots"

NODE = 'shape="box", style="filled,rounded", fillcolor="#f5f5f5", color="#616161", fontname="sans-serif", fontsize=11'
OFFENDING = 'color="#c62828", fontcolor="#c62828", penwidth=2.5'
COUNTED_FREE = 'color="#c62828", fillcolor="#ffcdd2", penwidth=2'
GARBAGE = 'style="filled,dashed", color="#9e9e9e", fontcolor="#757575", fillcolor="#ffffff"'


def dot(trace: Trace, explanation: Explanation | None = None, step: int | None = None) -> str:
    """Return the heap after a step; without one, after the guilty step, or else the last.

    With an explanation, the references on its paths are marked wherever they are there, and after the guilty step the
    objects that are counted free as well.
    """
    step = shown_step(trace) if step is None else step
    state = trace.states[step]
    alive = reachable(state)
    return "\n".join(
        [
            "digraph heap {",
            f"  label={quoted(_title(trace, step), 200)};",
            '  labelloc="t"; fontname="sans-serif"; rankdir="LR"; bgcolor="white"; nodesep=0.25; ranksep=0.5;',
            f"  node [{NODE}];",
            '  edge [color="#616161", fontname="sans-serif", fontsize=10];',
            f'  "{ROOTS}" [shape="circle", width=0.3, style="filled", fillcolor="#424242", label="", xlabel="roots"];',
            *_nodes(state, alive, _counted_free(explanation, step)),
            *_edges(state, alive, _offending(explanation, state)),
            "}",
            "",
        ]
    )


def shown_step(trace: Trace) -> int:
    """Return the step that is shown when nobody says which."""
    return len(trace.states) - 1 if trace.guilty is None else trace.guilty


def _title(trace: Trace, step: int) -> str:
    state = trace.states[step]
    bytes_ = [f"{name} {size:,}" for name in ("accounted", "reachable", "free")
              if (size := getattr(state, name)) is not None]  # fmt: skip
    missing = f"; {missing:,} counted free, and still reachable" if (missing := state.gap) else ""
    return (
        f"{one_line(trace.model, 60)}, after step {step}: {one_line(state.spelled, 60)}: {', '.join(bytes_)}{missing}"
    )


def reachable(state: State) -> set[str]:
    """Return the names of the objects that the roots lead to."""
    heap = {each.name: each for each in state.heap}
    waiting = [target for _, target in state.roots]
    found: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += [target for _, target in heap[name].references]
    return found


def _shown(state: State, alive: set[str]) -> Iterator[Object]:
    """Yield the objects that are drawn: all but the model itself, whose references are the roots."""
    yield from (each for each in state.heap if each is not state.heap[0] or each.name in alive)


def _nodes(state: State, alive: set[str], counted_free: frozenset[int]) -> Iterator[str]:
    for each in _shown(state, alive):
        look = COUNTED_FREE if each.number in counted_free else "" if each.name in alive else GARBAGE
        words = [f"label={_label(each, state)}", *([look] if look else [])]
        yield f'  "{each.number}" [{", ".join(words)}];'


def _label(each: Object, state: State) -> str:
    """Return what stands in a box: the class, what the run calls it (rather than how it is reached), its sizes."""
    reached = "." in each.name or each.name in (each.kind, *(name for name, _ in state.roots))
    title = one_line(each.kind if reached else f"{each.kind} {each.name}", 60)
    sizes = [f"{name} {size:,}" for name, size in each.sizes if size]
    shown = [title, *([f"{each.shallow:,} B"] if each.shallow else []), *sizes[:4]]
    return '"' + "\\n".join(quoted(line)[1:-1] for line in shown) + '"'


def _edges(state: State, alive: set[str], offending: frozenset[tuple[int, str, int]]) -> Iterator[str]:
    numbers = {each.name: each.number for each in state.heap}
    for field, target in state.roots:
        yield _edge(ROOTS, field, numbers[target], marked=(-1, field, numbers[target]) in offending)
    for each in _shown(state, alive):
        for field, target in each.references:
            to = numbers[target]
            yield _edge(each.number, field, to, marked=(each.number, field, to) in offending)


def _edge(holder: int | str, field: str, target: int, *, marked: bool) -> str:
    return f'  "{holder}" -> "{target}" [label={quoted(field)}{f", {OFFENDING}" if marked else ""}];'


def _offending(explanation: Explanation | None, state: State) -> frozenset[tuple[int, str, int]]:
    """Return the references on the paths, and on the way from a root to where a path begins."""
    found: set[tuple[int, str, int]] = set()
    for path in explanation.paths if explanation else ():
        found |= {(edge.holder, edge.field, edge.target) for edge in path.edges}
        for first in path.edges[:1]:
            found |= _way_to(first.holder, state)
    return frozenset(found)


def _way_to(number: int, state: State) -> set[tuple[int, str, int]]:
    """Return the references of a shortest way from a root to an object."""
    heap = {each.name: each for each in state.heap}
    came: dict[int, tuple[int, str]] = {}
    waiting = deque((-1, field, target) for field, target in state.roots)
    while waiting and number not in came:
        holder, field, target = waiting.popleft()
        each = heap[target]
        if each.number not in came:
            came[each.number] = (holder, field)
            waiting.extend((each.number, *reference) for reference in each.references)
    way: set[tuple[int, str, int]] = set()
    while number in came:
        holder, field = came[number]
        way.add((holder, field, number))
        number = holder
    return way


def _counted_free(explanation: Explanation | None, step: int) -> frozenset[int]:
    if explanation is None or explanation.guilty is None or explanation.guilty.step != step:
        return frozenset()
    return frozenset(explanation.counted_free)
