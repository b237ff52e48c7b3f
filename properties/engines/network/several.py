"""A given number of consumers, where that is large: what is proved of any number is proved of it.

Shapes grow threefold with each consumer, and a proof for any number costs as much as one for three. So from four on the
claims are proved of any number first, and of the number that was asked about only what is left over. What is seen among
two is taken by more, on plain integers. A claim is handed over only if the model was held, at its own number, against
one consumer and the rest; and every verdict is challenged at that number, as always.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import reduce
from operator import add

from spillproof.model.errors import ModelError
from spillproof.model.system import Model, actions_of
from spillproof.properties.engines.alarm import heard
from spillproof.properties.engines.limits import Limits, OutOfTime
from spillproof.properties.engines.network.any_number import AnyNumber, is_proof, prove, proviso, rests_of
from spillproof.properties.engines.network.taken_by_more import taken_by_more
from spillproof.properties.engines.provers import scope_of
from spillproof.properties.engines.question import Question
from spillproof.properties.engines.run import Run
from spillproof.properties.engines.validation.result import Validated
from spillproof.properties.engines.verdict import Proved, Report, Result
from spillproof.properties.engines.witnesses import action_taken

FEW = 2
"""So many show what there is to be seen."""

Answer = Callable[[Question, Limits], Report]
"""Answers a question at the number of consumers that its model has."""


def several_of(model: Model, least: int) -> str | None:
    """Return the scope that counts a model's consumers, if they are at least so many and somebody has written a rest."""
    try:
        counted_by = rests_of(model)[0].counted_by
    except ModelError:
        return None
    number = model.scope.get(counted_by)
    return counted_by if type(number) is int and number >= least else None


def of_several(question: Question, counted_by: str, limits: Limits, answer: Answer) -> Report:
    """Return the verdicts on several consumers: from a proof for any number as far as that goes, then as on few.

    Half of the time is for the former.
    """
    try:
        known = _known(question, counted_by, limits.within(limits.left() / 2), answer)
    except OutOfTime:
        heard()
        known = Report(question.model)
    if known.interrupted:
        return known
    left = _left(question, known)
    return known if left is None else _together(known, answer(left, limits))


def _known(question: Question, counted_by: str, limits: Limits, answer: Answer) -> Report:
    """Return what is proved of any number, and what more consumers do as few: nothing where nothing is proved so."""
    try:
        few = type(question.model)(**{**question.model.scope, counted_by: FEW})
    except Exception:  # noqa: BLE001 - a model may refuse the number in whatever way it likes
        return Report(question.model)
    first = answer(replace(question, model=few, certify=False), limits)
    proved = [each.claim for each in first.results if is_proof(each)]
    if first.interrupted or not proved:
        return Report(question.model, interrupted=first.interrupted)
    found = prove(question.model, proved, limits, certify=question.certify, number=question.model.scope[counted_by])
    if not found.claims:
        return Report(question.model)
    of_all = _verdict(question.model, counted_by, found)
    results = [replace(each, verdict=of_all) for each in first.results if each.claim.name in found.claims]
    more = question.model.scope[counted_by] - FEW
    results += filter(None, (_shown(question.model, each, more, limits) for each in first.results))
    return Report(question.model, results, validated=_both(first.validated, found.validated))


def _verdict(model: Model, counted_by: str, found: AnyNumber) -> Proved:
    covers = f"{scope_of(model)}, as it is for any number of {counted_by}"
    return Proved(covers, found.certificate, found.confirmed_by, found.remark, provided=proviso(counted_by, found))


def _shown(model: Model, result: Result, more: int, limits: Limits) -> Result | None:
    """Return what shows a witness at a model's own number, if that is what shows it among few."""
    seen = result.verdict.certificate if isinstance(result.verdict, Proved) else None
    if not isinstance(seen, Run):
        return None
    limits.check()
    run = taken_by_more(model, seen, result.claim, more)
    return None if run is None else replace(result, verdict=Proved(scope_of(model), run))


def _left(question: Question, known: Report) -> Question | None:
    """Return what is left to be asked; None where nothing is."""
    names = {each.claim.name for each in known.results}
    taken = {action_taken(each.name).name for each in actions_of(type(question.model))} if question.each_action else set()
    left = replace(
        question,
        asked=[each for each in question.asked if each.name not in names],
        witnesses=[each for each in question.witnesses if each.name not in names],
        each_action=not taken <= names,
    )
    return left if left.claims or left.each_action else None


def _together(known: Report, more: Report) -> Report:
    """Return what is known, and what it was not known before."""
    names = {each.claim.name for each in known.results}
    results = [*known.results, *(each for each in more.results if each.claim.name not in names)]
    return replace(more, results=results, validated=_both(known.validated, more.validated))


def _both(one: Validated | None, other: Validated | None) -> Validated | None:
    """Return how much was compared with the model in two automata."""
    known = [each for each in (one, other) if each is not None]
    return reduce(add, known) if known else None
