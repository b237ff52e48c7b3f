"""The address that the page gives a run: `#model=spark@2.3.4&run=begin:1,insert:E1:1,iterator:E1,insert:E2:1`.

A step is its action, its arguments as the page spells them, and behind `~` what the environment chose within it. The
link is all that is needed to take the run again, in the page or with `spillproof replay`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any
from urllib.parse import unquote

from spillproof.counterexamples.explorer.announced import announced
from spillproof.counterexamples.explorer.names import Names, prefixes
from spillproof.counterexamples.export.escapes import one_line
from spillproof.counterexamples.question import Question
from spillproof.counterexamples.trace import Trace, constant, trace
from spillproof.model.errors import ModelError
from spillproof.model.system import Action, Kind, actions_of, open_parameters
from spillproof.model.title import is_path
from spillproof.properties.catalogue import always_about
from spillproof.properties.claims import Claim
from spillproof.properties.engines.automaton.concrete import concrete
from spillproof.properties.engines.automaton.frontier import extract
from spillproof.properties.engines.automaton.linear import evaluate, holds
from spillproof.properties.engines.automaton.shapes import BEGIN, Automaton, Edge
from spillproof.properties.engines.bounded import Found
from spillproof.properties.engines.proof.solver import Feasibility
from spillproof.properties.engines.run import Run, false_at, replay

SIZE = re.compile(r"[1-9][0-9]{0,12}")
MOST_STEPS = 10_000
"""A link may come from anybody."""


@dataclass(frozen=True)
class LinkedStep:
    """A step as a link spells it."""

    action: str
    arguments: tuple[str, ...]
    picks: tuple[int, ...]
    text: str


@dataclass(frozen=True)
class Link:
    """A run of a model, as the page's address says it."""

    model: str
    scope: dict[str, int]
    steps: tuple[LinkedStep, ...]
    """The first is the beginning."""


def is_link(text: str) -> bool:
    """Return whether a text is the address of a run, or the end of one from `#` on."""
    return bool(re.search(r"#(.*&)?run=", text))


def read(text: str) -> Link:
    """Return what a link says. Raises `ModelError` where it is none that the page makes."""
    pairs = [each.partition("=") for each in text.partition("#")[2].split("&")]
    found = {unquote(name): value for name, _, value in pairs}
    if not found.get("model"):
        raise ModelError("the link says no model: it should be `#model=…&run=…`, as the page's Share gives it")
    scope = {name: value for name, value in found.items() if name not in ("model", "run", "challenge")}
    for name, value in scope.items():
        if not SIZE.fullmatch(value):
            raise ModelError(f"the link says {one_line(name)}={one_line(value)}; that should be a whole number from 1")
    words = [each for each in found["run"].split(",") if each]
    if not words or len(words) > MOST_STEPS:
        raise ModelError(f"the link has {len(words):,} steps; a run has from 1, its beginning, to {MOST_STEPS:,}")
    return Link(unquote(found["model"]), {name: int(value) for name, value in scope.items()}, tuple(map(_step, words)))


def _step(text: str) -> LinkedStep:
    words, _, chosen = text.partition("~")
    action, *arguments = map(unquote, words.split(":"))
    picks = chosen.split(".") if chosen else []
    if not all(re.fullmatch(r"[0-9]{1,6}", each) for each in picks):
        raise ModelError(f"the link's step {one_line(text)} ends in ~{one_line(chosen)}; choices are numbers: ~0.1")
    return LinkedStep(action, tuple(arguments), tuple(map(int, picks)), text)


def question(link: Link, on: str = "") -> Question:
    """Return the model that a link asks for. Raises `ModelError` for a file, unless `on` says it as well."""
    if is_path(link.model) and on != link.model:
        message = (
            f"the link says {one_line(link.model)}, and a file is not run because a link says so: "
            f"add --on {one_line(link.model)}"
        )
        raise ModelError(message)
    return Question.of(link.model, link.scope)


def traced(text: str, on: str = "") -> Trace:
    """Return the run of a link as a trace, with the first claims that it violates, if it violates any.

    Raises `ModelError` where there is no such model, or a step cannot be taken on it.
    """
    link = read(text)
    asked = question(link, on)
    run = _run(link, extract(asked.model(), (), Feasibility()))
    claims = always_about(type(run.model))
    guilty, violated = first_violated(run, claims)
    named = violated or [each.name for each in claims][:1]
    return trace(run, asked.title(), tuple(named), violation=True, guilty=guilty)


def first_violated(run: Run, claims: list[Claim]) -> tuple[int | None, list[str]]:
    """Return the first moment of a run at which a claim is false, and the claims that are false then."""
    moments = replay(run)
    found = {claim.name: at for claim in claims if (at := false_at(claim, moments)) is not None}
    first = min(found.values(), default=None)
    return first, [name for name, at in found.items() if at == first]


def renamed(text: str, taken: Trace) -> dict[str, str]:
    """Return what objects are called in the trace of a link that the page calls otherwise, by their names on the page.

    The page names an object when it is made, a trace when a step first mentions it. Nothing for what is no link.
    """
    if not is_link(text):
        return {}
    found: dict[str, str] = {}
    for step, (before, state) in zip(read(text).steps[1:], pairwise(taken.states), strict=False):
        names = {each.number: each.name for each in state.heap}
        for argument, spelled in zip(state.arguments, step.arguments, strict=True):
            if argument.kind is Kind.OBJECT:
                here = before.heap[int(str(argument.value))]  # an object is its index
                found[spelled] = names.get(here.number, here.name)
    return {page: here for page, here in found.items() if page != here}


# A chain of edges


def _run(link: Link, automaton: Automaton) -> Run:
    """Return the run on integers that a link means."""
    events = {edge.index: announced(automaton, edge) for edge in automaton.edges}
    return concrete(automaton, chain(link, Names(automaton, prefixes(automaton, events))))


def chain(link: Link, names: Names) -> Found:
    """Return the edges that a link means, with a value for each of their unknowns. `names` follow them.

    Raises `ModelError` where the model has no such step there.
    """
    automaton = names.automaton
    edges: list[Edge] = []
    inputs: list[int] = []
    shape = -1
    sizes: list[int] = []
    for number, step in enumerate(link.steps):
        taken = next(_fitting(automaton, shape, sizes, names.now, step), None)
        if taken is None:
            message = (
                f"step {number} of the link, {one_line(step.text)}, cannot be taken by {one_line(link.model)}: the "
                "link was changed, or made by a page of another version of the model"
            )
            raise ModelError(message)
        edge, values = taken
        edges.append(edge)
        inputs += values[edge.width :]
        names.follow(edge)
        shape, sizes = edge.target, [evaluate(size, values) for size in edge.update]
    return Found(tuple(edges), tuple(inputs), 0, 0)


def _fitting(
    automaton: Automaton, shape: int, sizes: list[int], names: list[str], step: LinkedStep
) -> Iterator[tuple[Edge, list[int]]]:
    """Yield the edge that a step means, with the values of its unknowns."""
    model = automaton.model
    actions = {each.name: each for each in (Action(BEGIN, open_parameters(model)), *actions_of(type(model)))}
    for edge in automaton.leaving.get(shape, ()) if step.action in actions else ():
        if edge.move.action != step.action or edge.move.picks != step.picks:
            continue
        given = _sizes(actions[step.action], edge, names, step.arguments)
        if given is not None and min(sizes, default=0) >= 0:
            values = [*sizes, *(size - 1 for size in given)]
            for _, dividend, divisor in edge.quotients:
                values.append(evaluate(dividend, values) // divisor)
            if all(holds(condition, values) for condition in edge.guard):
                yield edge, values


def _sizes(action: Action, edge: Edge, names: list[str], arguments: tuple[str, ...]) -> list[int] | None:
    """Return the sizes among the arguments of a step, if the others are those of an edge."""
    if len(arguments) != len(action.parameters):
        return None
    found = []
    for parameter, value, said in zip(action.parameters, edge.move.arguments, arguments, strict=True):
        if parameter.kind is Kind.SIZE:
            if not SIZE.fullmatch(said):
                return None
            found.append(int(said))
        elif said != _word(parameter.kind, value, names):
            return None
    return found


def _word(kind: Kind, value: Any, names: list[str]) -> str:
    """Return an argument as the page spells it: an object, which is an index, by its name."""
    return names[value] if kind is Kind.OBJECT else str(constant(value))
