"""A question about a text, as JSON, and its answer: the run so far, what may happen next, and what is claimed.

A step is written as the page writes it: the action, its arguments in words, and what the environment chose within it.
Objects are called by how the model reaches them, so that a run can be taken again after the text was changed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from contextlib import chdir
from typing import Any, TypeAlias

from spillproof.counterexamples.course.grader import named
from spillproof.counterexamples.trace import constant
from spillproof.counterexamples.workbench.draft import Draft, draft, line_in
from spillproof.counterexamples.workbench.offers import Offer, offers
from spillproof.counterexamples.workbench.portrait import paths_of, portrait, words_of
from spillproof.counterexamples.workbench.trial import tried
from spillproof.model.errors import ModelError
from spillproof.model.system import Action, Kind, Model, Parameter, actions_of, open_parameters
from spillproof.properties.catalogue import NEVER_NEGATIVE, claims_about
from spillproof.properties.claims import Claim, ClaimError, Mode
from spillproof.properties.engines.run import Moment, Playing, Run, Step, false_at

Json: TypeAlias = Any

MOST_REFUSED = 6
"""So many arguments with which an action is refused are told."""

OPEN = 4
"""Bytes for each size that the scope leaves open, where nobody says another number."""


def answer(asked: str) -> str:
    """Return the answer to a question of the page. A fault of the text is part of the answer, and nothing is raised."""
    question = json.loads(asked)
    name, text = question["name"], question["text"]
    try:
        found = draft(name, text)
        with chdir(found.folder):
            told = _looked(found, question) if question["what"] == "look" else _run(found, question)
    except ModelError as error:
        told = {"error": fault(str(error), name)}
    return json.dumps(told)


def fault(message: str, name: str) -> dict[str, Json]:
    """Return what is wrong with a text, and at which line, if it says one."""
    return {"message": message, "line": line_in(message, name)}


# A run


def _run(found: Draft, question: dict[str, Json]) -> dict[str, Json]:
    kind = found.model(question.get("model", ""))
    model = kind()
    claims = [claim for each in claims_about(kind) for claim in each if claim.mode is not Mode.RECOVERABLE]
    asked = [each for each in claims if each.mode is Mode.ALWAYS]
    opening = _opening(model, question.get("opening") or {})
    steps = question.get("steps", [])
    moments, stopped = _taken(model, opening, steps)
    at = min(question.get("at", len(steps)), len(moments) - 1)
    name = question["name"]
    ends = moments[at].raised or false_at(NEVER_NEGATIVE, moments[: at + 1]) is not None
    possible, faults = ([], []) if ends else offers(moments[at], model, asked)
    return {
        "models": [each.__name__ for each in found.models],
        "model": kind.__name__,
        "begin": [_parameter(each, value) for each, value in zip(open_parameters(model), opening, strict=True)],
        "moments": [portrait(moments, place) for place in range(len(moments))],
        "steps": steps[: len(moments) - 1],
        "at": at,
        "stopped": stopped,
        "ended": bool(ends),
        "offers": [_offer(each, moments[at]) for each in possible],
        "refuses": [fault(each, name) for each in faults],
        "claims": [_claim(each, moments) for each in claims],
    }


def _taken(model: Model, opening: tuple[Any, ...], steps: Sequence[Json]) -> tuple[list[Moment], str]:
    """Return the moments of a run as far as it can be taken, and why it cannot be taken further."""
    playing = Playing(model)
    moments = [playing.begin(opening)]
    for step in steps:
        try:
            moments.append(_after(playing, moments[-1], step))
        except _StepError as error:
            return moments, str(error)
        if moments[-1].raised:
            return moments, ""
    return moments, ""


class _StepError(Exception):
    """A step of the run cannot be taken on this text."""


def _opening(model: Model, given: dict[str, str]) -> tuple[Any, ...]:
    return tuple(_value(each, given.get(each.name, ""), OPEN) for each in open_parameters(model))


def _value(parameter: Parameter, words: str, otherwise: int) -> Any:
    """Return the value of an argument that a person wrote; the first there is where it is none."""
    if parameter.kind is Kind.SIZE:
        return int(words) if re.fullmatch(r"[1-9][0-9]{0,12}", words) else otherwise
    return next((each for each in parameter.values if str(constant(each)) == words), parameter.values[0])


def _after(playing: Playing, before: Moment, written: Sequence[Json]) -> Moment:
    """Take a step that is written in words. Raises `_StepError` where it cannot be taken."""
    name, words, picks = written
    said = f"{name}({', '.join(words)})"
    action = next((each for each in actions_of(type(playing.model)) if each.name == name), None)
    if action is None or len(action.parameters) != len(words):
        raise _StepError(f"{said} is no step of this model any more")
    step = Step(name, tuple(_arguments(action, words, before, said)), tuple(picks))
    moment = playing.take(step)
    if moment.refused:
        raise _StepError(f"{said} cannot be taken here any more: {moment.guard} is false")
    return moment


def _arguments(action: Action, words: Sequence[str], before: Moment, said: str) -> Iterator[Any]:
    names = paths_of(before)
    places = {names[id(each)]: place for place, each in enumerate(before.objects) if id(each) in names}
    for parameter, word in zip(action.parameters, words, strict=True):
        if parameter.kind is not Kind.OBJECT:
            yield _value(parameter, word, 1)
        elif isinstance(before.objects[places.get(word, 0)], parameter.type):
            yield places[word]
        else:
            raise _StepError(f"{said}: there is no {parameter.type.__name__} called {word} any more")


# What it is told as


def _parameter(parameter: Parameter, value: Any) -> Json:
    values = [str(constant(each)) for each in parameter.values]
    return {"name": parameter.name, "values": values, "value": str(constant(value))}


def _offer(offer: Offer, now: Moment) -> Json:
    method = getattr(type(now.state), offer.action.name)
    return {
        "action": offer.action.name,
        "words": " ".join((method.__doc__ or "").split()),
        "line": method.__code__.co_firstlineno + 1,
        "guards": [[each.words, each.line] for each in offer.guards],
        "refused": [
            [words_of(Step(offer.action.name, given), now), guard] for given, guard in offer.refused[:MOST_REFUSED]
        ],
        "missing": offer.missing,
        "sizes": [each.name for each in offer.action.parameters if each.kind is Kind.SIZE],
        "places": [at for at, each in enumerate(offer.action.parameters) if each.kind is Kind.SIZE],
        "steps": [
            {
                "written": [step.step.action, words_of(step.step, now), list(step.step.picks)],
                "breaks": list(broken),
                "raises": step.raised,
            }
            for step, broken in offer.steps
        ],
    }


def _claim(claim: Claim, moments: list[Moment]) -> Json:
    """Return a claim, and the first step at which it is false; of a witness, at which it is seen. Or why neither."""
    at, why = None, ""
    try:
        at = false_at(claim, moments)
    except ClaimError as error:
        why = str(error)
    return {
        "name": claim.name,
        "sentence": claim.sentence,
        "witness": claim.mode is Mode.SOMETIMES,
        "at": at,
        "why": why,
    }


# Looking for a violation


def _looked(found: Draft, question: dict[str, Json]) -> dict[str, Json]:
    """Return what the smallest sizes show, with the claims of an exercise if the text answers one."""
    kind = found.model(question.get("model", ""))
    exercise = named(question["exercise"]) if question.get("exercise") else None
    told = tried(found.module, kind, exercise, question["text"])
    run = {"steps": [], "opening": {}} if told.run is None else _written(told.run)
    return {"found": told.words, "lines": list(told.lines), "takes": told.takes, **run}


def _written(run: Run) -> dict[str, Json]:
    """Return a run as the page writes it."""
    steps = [
        [step.action, words_of(step, before), list(step.picks)]
        for step, before in zip(run.steps, run.moments, strict=False)
    ]
    given = zip(open_parameters(run.model), run.opening, strict=True)
    return {"steps": steps, "opening": {each.name: str(constant(value)) for each, value in given}}
