"""An automaton as plain data: what the page's script computes with, and all that it knows of the model.

Everything is a list or a number, and what occurs often stands in a list of its own, so that the page is small. The
script (`page/core.js`) reads what is written here; a change to one is a change to both.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from typing import Any, TypeAlias

from spillproof.counterexamples.explorer.announced import Before, Detail, EdgeEvent, MadeObject, announced
from spillproof.counterexamples.explorer.names import prefixes
from spillproof.counterexamples.trace import constant, leaves
from spillproof.model.errors import ModelError
from spillproof.model.fields import fields_of
from spillproof.model.heap import HeapObject, shallow_size_of
from spillproof.model.quantity import Condition, Linear
from spillproof.model.state import Size
from spillproof.model.system import Action, Model, Parameter, actions_of, open_parameters
from spillproof.properties.accounting import acquired_can_be_allocated, free_is_unreachable
from spillproof.properties.catalogue import NEVER_NEGATIVE, NO_EXCEPTION
from spillproof.properties.claims import Claim, Mode
from spillproof.properties.engines.automaton.path import paths
from spillproof.properties.engines.automaton.shapes import BEGIN, Automaton, Conjunction, Edge, Shape

Json: TypeAlias = Any
Broken: TypeAlias = dict[str, list[Conjunction]]
Quotients: TypeAlias = Iterable[tuple[int, Linear, int]]

CONSTANT, VARIES = 0, 1
"""Before a measure: one expression, or a list of cases."""


def table(automaton: Automaton) -> dict[str, Json]:
    """Return an automaton as an object that `json.dumps` takes."""
    return _Table(automaton).written()


class _Interned:
    """Rows that occur often, each once."""

    def __init__(self) -> None:
        self.rows: list[Json] = []
        self.known: dict[str, int] = {}

    def of(self, row: Json) -> int:
        """Return the index of a row."""
        index = self.known.setdefault(repr(row), len(self.rows))
        if index == len(self.rows):
            self.rows.append(row)
        return index


class _Table:
    """An automaton while it is being written."""

    def __init__(self, automaton: Automaton) -> None:
        self.automaton = automaton
        self.model = automaton.model
        self.actions = [Action(BEGIN, open_parameters(self.model)), *actions_of(type(self.model))]
        self.claims = [claim for claim in automaton.claims if claim.mode is Mode.ALWAYS]
        self.places = {claim.name: index for index, claim in enumerate(self.claims)}
        self.expressions, self.conditions, self.objects, self.words = (_Interned() for _ in range(4))
        self.events = {edge.index: announced(automaton, edge) for edge in automaton.edges}

    def written(self) -> dict[str, Json]:
        shapes = [self.shape(each) for each in self.automaton.shapes]
        edges = [self.edge(each) for each in self.automaton.edges]
        return {
            "actions": [self.action(each) for each in self.actions],
            "claims": [[each.name, each.sentence] for each in self.claims],
            "refused": [[claim.name, str(why)] for claim, why in self.automaton.refused.items() if _is_asked(claim)],
            "exception": self.places[NO_EXCEPTION.name],
            "negative": self.places[NEVER_NEGATIVE.name],
            "chief": self.places.get(free_is_unreachable.name, -1),
            "named": prefixes(self.automaton, self.events),
            "words": self.words.rows,
            "expressions": self.expressions.rows,
            "conditions": self.conditions.rows,
            "objects": self.objects.rows,
            "shapes": shapes,
            "edges": edges,
        }

    def action(self, action: Action) -> Json:
        method = getattr(type(self.model), action.name)
        said = inspect.getdoc(method) if action.name != BEGIN else ""
        return [action.name, " ".join((said or "").split()), [_parameter(each) for each in action.parameters]]

    # Sizes

    def size(self, size: Size) -> int:
        if not isinstance(size, Linear):
            return self.expressions.of([int(size)])
        return self.expressions.of([size.constant, *(part for term in sorted(size.terms.items()) for part in term)])

    def conjunction(self, conditions: Conjunction) -> list[int]:
        return [self.condition(each) for each in conditions]

    def condition(self, condition: Condition) -> int:
        return self.conditions.of([self.size(condition.left), condition.holds.value])

    def quotients(self, quotients: Quotients) -> list[Json]:
        return [[symbol, self.size(dividend), divisor] for symbol, dividend, divisor in quotients]

    def measure(self, ask: Callable[[], Any], width: int) -> Json:
        """Return what is measured: an expression, or cases of conditions, quotients and an expression; or None."""
        try:
            cases = [(path, answer) for path, answer in paths(lambda _: ask(), width, "measuring")]
        except ModelError:
            return None
        if len(cases) == 1 and not cases[0][0].defined:
            return [CONSTANT, self.size(cases[0][1])]
        told = [
            [self.conjunction(tuple(path.guard)), self.quotients(path.defined), self.size(answer)]
            for path, answer in cases
        ]
        return [VARIES, told]

    # Shapes

    def shape(self, shape: Shape) -> Json:
        index = {id(each): at for at, each in enumerate(shape.objects)}
        width = len(shape.slots)
        return [
            width,
            [self.object(each, index, width) for each in shape.objects],
            [[self.words.of(root.name), index[id(root.target)]] for root in shape.state.roots()],
            [self.measure(ask, width) for ask in _measures(shape.state)],
            self.broken(shape.broken),
        ]

    def object(self, each: Any, index: dict[int, int], width: int) -> int:
        sizes: list[Json] = []
        refers: list[Json] = []
        constants: list[Json] = []
        for field, is_size in fields_of(type(each)).of(vars(each)):
            for name, value in leaves(field, vars(each)[field]):
                if isinstance(value, HeapObject):
                    refers.append([self.words.of(name), index[id(value)]])
                elif is_size and value is not None:
                    sizes.append([self.words.of(name), self.size(value)])
                else:
                    constants.append([self.words.of(name), self.words.of(str(constant(value)))])
        shallow = self.measure(lambda: shallow_size_of(each), width) if isinstance(each, HeapObject) else None
        return self.objects.of([self.words.of(type(each).__name__), shallow, sizes, refers, constants])

    def broken(self, broken: Broken) -> Json:
        return [
            [self.places[name], [self.conjunction(way) for way in ways]]
            for name, ways in broken.items()
            if name in self.places
        ]

    # Edges

    def edge(self, edge: Edge) -> Json:
        action = next(at for at, each in enumerate(self.actions) if each.name == edge.move.action)
        return [
            edge.source,
            action,
            [each if each is None else constant(each) for each in edge.move.arguments],
            list(edge.move.picks),
            self.conjunction(edge.guard),
            edge.target,
            [self.size(each) for each in edge.update],
            edge.symbols,
            self.quotients(edge.quotients),
            list(edge.origins),
            self.broken(edge.broken),
            [self.conjunction(way) for way in edge.negative],
            edge.raised,
            [self.event(each) for each in self.events[edge.index]],
        ]

    def event(self, event: EdgeEvent) -> Json:
        return [self.words.of(event.name), [[self.words.of(key), *self.detail(of)] for key, of in event.details]]

    def detail(self, detail: Detail) -> list[Json]:
        if isinstance(detail, (Before, MadeObject)):
            return ["before" if isinstance(detail, Before) else "after", detail.index]
        return ["word", self.words.of(detail)] if isinstance(detail, str) else ["size", self.size(detail)]


def _is_asked(claim: Claim) -> bool:
    return claim.mode is Mode.ALWAYS


def _parameter(parameter: Parameter) -> Json:
    return [parameter.name, parameter.kind.name.lower(), [constant(value) for value in parameter.values]]


def _measures(state: Model) -> list[Callable[[], Any]]:
    """Return what is measured of a state: accounted, reachable, unclaimed; and what there is in all, if limited."""
    if not free_is_unreachable.applies_to(type(state)):
        return []
    asked: Any = state
    limit = [asked.capacity_of_pool] if acquired_can_be_allocated.applies_to(type(state)) else []
    return [asked.accounted, asked.reachable, asked.unclaimed, *limit]
