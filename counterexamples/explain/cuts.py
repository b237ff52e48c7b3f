"""Which references keep the bytes that are counted free, and which of them to cut.

Some objects are meant to stay: what the roots referred to from the beginning, consumers, and what holds bytes that are
rightly accounted. How those are reached is no part of the fault, so each of them is taken as a source, like a root.
Between the sources and the bytes that are counted free, every chain of references is a path; and a cheapest set of
references that cuts them all is a minimum cut (Ford and Fulkerson). `costs` says what is cheap: what a repair could
clear. Of several the one nearest to the bytes is shown, which is the narrowest repair.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeAlias, cast

import networkx

from spillproof.counterexamples.explain.counterfactual import Judge
from spillproof.counterexamples.explain.explanation import Cut, Edge, Path, WithoutReference
from spillproof.counterexamples.trace import State

MOST_PATHS = 12
"""So many are listed; a heap can have exponentially many."""

SOURCE, SINK = "source", "sink"

Node: TypeAlias = "int | str"
Graph: TypeAlias = "networkx.MultiDiGraph[Any]"


@dataclass(frozen=True)
class Keeping:
    """A state, the objects in it whose bytes are counted free, and those that are meant to stay."""

    state: State
    counted_free: tuple[int, ...]
    staying: frozenset[int]
    cost: Callable[[Edge], int] = lambda _: 1
    """What it costs to cut a reference."""

    def edges(self) -> list[Edge]:
        """Return every reference that may be to blame: those to what stays are left out, and those of garbage."""
        heap, model = {each.name: each for each in self.state.heap}, self.state.heap[0].kind
        roots = [Edge(-1, name, heap[target].number, f"{model}.{name}") for name, target in self.state.roots]
        found = [
            Edge(each.number, name, heap[target].number, f"{each.title}.{name}")
            for each in self.state.heap[1:]
            for name, target in each.references
        ]
        return [edge for edge in (*roots, *found) if edge.target not in self.staying]

    def graph(self) -> Graph:
        """Return what lies between the sources and the bytes that are counted free; each arc carries its `Edge`."""
        whole: Graph = networkx.MultiDiGraph()
        whole.add_nodes_from((SOURCE, SINK))
        for edge in self.edges():
            whole.add_edge(SOURCE if edge.holder in (-1, *self.staying) else edge.holder, edge.target, edge=edge)
        for number in self.counted_free:
            whole.add_edge(number, SINK)
        between = (networkx.descendants(whole, SOURCE) & networkx.ancestors(whole, SINK)) | {SOURCE, SINK}
        return networkx.MultiDiGraph(whole.subgraph([node for node in whole if node in between]))


def paths(keeping: Keeping, prefixes: dict[int, str]) -> tuple[tuple[Path, ...], bool]:
    """Return the paths to the bytes that are counted free, shortest first, and whether there are more than are listed.

    `prefixes` says of each object that stays how it is reached.
    """
    graph = keeping.graph()
    found = list(islice(_edge_paths(graph), MOST_PATHS + 1))
    names = {each.number: each.name for each in keeping.state.heap}
    listed = sorted((_path(edges, prefixes, names) for edges in found[:MOST_PATHS]), key=lambda path: len(path.words))
    return tuple(listed), len(found) > MOST_PATHS


def _edge_paths(graph: Graph) -> Iterator[list[Edge]]:
    for path in networkx.all_simple_edge_paths(graph, SOURCE, SINK):
        yield [cast("Edge", graph.get_edge_data(*arc)["edge"]) for arc in path if arc[1] != SINK]


def _arcs(graph: Graph) -> Iterator[tuple[Node, Node, Edge | None]]:
    """Yield the arcs of a graph with the reference that each stands for; those to the sink stand for none."""
    yield from graph.edges(data="edge")


def _path(edges: list[Edge], prefixes: dict[int, str], names: dict[int, str]) -> Path:
    words = [prefixes.get(edges[0].holder, "")]
    for edge in edges:
        words += [edge.field, *([names[edge.target]] if _is_given(names[edge.target], edge.field) else [])]
    return Path(tuple(edges), " ▸ ".join(filter(None, words)))


def _is_given(name: str, field: str) -> bool:
    """Return whether a name was given by the run, and is not just how the object is reached."""
    return "." not in name and name != field


def cut(keeping: Keeping, listed: tuple[Path, ...], judge: Judge) -> Cut | None:
    """Return a smallest set of references whose removal makes the claim true; None where no removal does."""
    graph = keeping.graph()
    edges, fewest = nearest_to_the_bytes(graph, keeping.cost), nearest_to_the_bytes(graph)
    if not edges or not judge.holds(keeping.state, without=edges):
        return None
    alone = tuple(_alone(edge, keeping, listed, judge) for edge in _on_paths(listed))
    return Cut(edges, judge.reachable(keeping.state, without=edges), alone, len(fewest))


def nearest_to_the_bytes(graph: Graph, cost: Callable[[Edge], int] = lambda _: 1) -> tuple[Edge, ...]:
    """Return the minimum cut whose side of the bytes is the smallest.

    networkx gives the one whose side of the sink is the smallest. Each reference is a node of its own, since two
    objects may be joined by several.
    """
    flow: networkx.DiGraph[Any] = networkx.DiGraph()
    flow.add_nodes_from((SOURCE, SINK))
    for start, end, edge in _arcs(graph):
        if edge is None:
            flow.add_edge(start, end)  # no capacity: cannot be cut
        else:
            flow.add_edge(start, ("from", edge))
            flow.add_edge(("from", edge), ("to", edge), capacity=cost(edge))
            flow.add_edge(("to", edge), end)
    _, (_, side_of_sink) = networkx.minimum_cut(flow, SOURCE, SINK)
    return tuple(
        edge
        for _, _, edge in _arcs(graph)
        if edge is not None and ("to", edge) in side_of_sink and ("from", edge) not in side_of_sink
    )


def _on_paths(listed: tuple[Path, ...]) -> list[Edge]:
    """Return each reference that is on a path, once, in the order of the paths from the bytes' end."""
    return list(dict.fromkeys(edge for path in listed for edge in reversed(path.edges)))


def _alone(edge: Edge, keeping: Keeping, listed: tuple[Path, ...], judge: Judge) -> WithoutReference:
    holds = judge.holds(keeping.state, without=(edge,))
    other = next((path.words for path in listed if edge not in path.edges), "")
    return WithoutReference(edge, judge.reachable(keeping.state, without=(edge,)), holds, "" if holds else other)
