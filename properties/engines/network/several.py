"""A given number of consumers, by the engine `network`: what is proved of any number is proved of it, with a proviso.

Shapes grow threefold with each consumer, and a proof for any number costs as much as one for three. So the claims are
proved of any number first, and of the number that was asked about only what is left over. What is seen among
two is taken by more, on plain integers; where it violates a claim, the shortest such run is looked for, in as many
steps. A claim is handed over only if random steps with as many consumers as were asked about are those of one and the
rest, and if the explorer that challenges every verdict finds no run of them that makes it false.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import reduce
from operator import add

from spillproof.model.system import Model, actions_of
from spillproof.properties.claims import Claim, Mode
from spillproof.properties.engines.alarm import heard
from spillproof.properties.engines.limits import Limits, OutOfTime
from spillproof.properties.engines.network.any_number import AnyNumber, is_proof, prove
from spillproof.properties.engines.network.larger import contradicted
from spillproof.properties.engines.network.network_text import proviso
from spillproof.properties.engines.network.rests import rests_of
from spillproof.properties.engines.network.taken_by_more import taken_by_more
from spillproof.properties.engines.provers import scope_of
from spillproof.properties.engines.question import Question
from spillproof.properties.engines.run import Run
from spillproof.properties.engines.validation.result import Validated
from spillproof.properties.engines.verdict import Proved, Report, Result, Unknown, Violated
from spillproof.properties.engines.witnesses import action_taken

FEW = 2
"""So many show what there is to be seen."""


def several_of(model: Model, least: int) -> str | None:
    """Return the scope that counts a model's consumers, if they are at least so many.

    Raises `ModelError` where nobody has written a rest that stands for them.
    """
    counted_by = rests_of(model)[0].counted_by
    number = model.scope.get(counted_by)
    return counted_by if type(number) is int and number >= least else None


@dataclass(frozen=True)
class Several:
    """A question about several consumers, and how questions are answered otherwise."""

    question: Question
    counted_by: str
    limits: Limits
    answer: Callable[[Question, Limits], Report]
    """Answers a question at the number of consumers that its model has."""
    shorten: Callable[[Model, dict[Claim, Run], Limits], dict[str, Violated]]
    """Returns for each claim the shortest run that violates it, given some run that does."""

    @property
    def model(self) -> Model:
        return self.question.model

    @property
    def number(self) -> int:
        """Return how many consumers there are."""
        number = self.model.scope[self.counted_by]
        assert isinstance(number, int)
        return number

    def answered(self) -> Report:
        """Return the verdicts: from a proof for any number as far as that goes, in half of the time; then as on few."""
        half = replace(self, limits=self.limits.half())
        try:
            known = half.known()
        except OutOfTime:
            heard()
            known = Report(self.model)
        left = None if known.interrupted else self.left(known)
        return known if left is None else _together(known, self.answer(left, self.limits))

    def known(self) -> Report:
        """Return what is proved of any number, and what more consumers do as few."""
        few = self.few()
        first = Report(self.model) if few is None else self.answer(few, self.limits)
        if first.interrupted:
            unknown = [Result(each, Unknown("interrupted"), "none", 0.0) for each in self.question.claims]
            return Report(self.model, unknown, interrupted=True)
        found = self.proved(first)
        of_all = self.verdict(found)
        results = [replace(each, verdict=of_all) for each in first.results if each.claim.name in found.claims]
        results += self.seen(first)
        return Report(self.model, results, validated=_both(first.validated, found.validated))

    def few(self) -> Question | None:
        """Return what is asked, of few consumers. None where the model does not begin with so few."""
        try:
            model = type(self.model)(**{**self.model.scope, self.counted_by: FEW})
        except Exception:  # noqa: BLE001 - it may refuse the number in whatever way it likes
            return None
        return replace(self.question, model=model, certify=False)

    def proved(self, few: Report) -> AnyNumber:
        """Return what is proved of any number, of what is proved of few."""
        claims = [each.claim for each in few.results if is_proof(each)]
        if not claims:
            return AnyNumber()
        worked = time.process_time()
        found = prove(few.model, claims, self.limits, certify=self.question.certify, number=self.number)
        sure = [each for each in claims if each.name in found.claims]
        seconds, own = time.process_time() - worked, {self.number: 1}
        found.claims -= contradicted(self.model, self.counted_by, sure, self.limits, seconds, numbers=own).keys()
        return found

    def verdict(self, found: AnyNumber) -> Proved:
        """Return the verdict on what is proved of any number; of so many alone where these were looked at whole."""
        covers = scope_of(self.model)
        if found.as_they_are.get(self.number, 0) is None:
            return Proved(covers, found.certificate, found.confirmed_by, found.remark)
        covers = f"{covers}, as it is for any number of {self.counted_by}"
        provided = proviso(self.counted_by, found.as_they_are, found.tried)
        return Proved(covers, found.certificate, found.confirmed_by, found.remark, provided=provided)

    def seen(self, few: Report) -> Iterator[Result]:
        """Yield what more consumers do as few: witnesses that are seen, and claims that are violated."""
        taken = [(each, run) for each in few.results if (run := self.taken(each)) is not None]
        violating = {each.claim: run for each, run in taken if each.claim.mode is Mode.ALWAYS}
        violated = self.shorten(self.model, violating, self.limits)
        for each, run in taken:
            yield replace(each, verdict=violated.get(each.claim.name, Proved(scope_of(self.model), run)))

    def taken(self, result: Result) -> Run | None:
        """Return the run that shows a result among few, as more take it; None where there is none."""
        match result.verdict:
            case Proved(certificate=Run() as run) | Violated(run=run):
                self.limits.check()
                return taken_by_more(self.model, run, result.claim, self.number - FEW)
            case _:
                return None

    def left(self, known: Report) -> Question | None:
        """Return what is left to be asked; None where nothing is."""
        names = {each.claim.name for each in known.results}
        actions = {action_taken(each.name).name for each in actions_of(type(self.model))}
        left = replace(
            self.question,
            asked=[each for each in self.question.asked if each.name not in names],
            witnesses=[each for each in self.question.witnesses if each.name not in names],
            each_action=self.question.each_action and not actions <= names,
        )
        return left if left.claims or left.each_action else None


def _together(known: Report, more: Report) -> Report:
    """Return what is known, and of more what was not known before."""
    names = {each.claim.name for each in known.results}
    results = [*known.results, *(each for each in more.results if each.claim.name not in names)]
    return replace(more, results=results, validated=_both(known.validated, more.validated))


def _both(one: Validated | None, other: Validated | None) -> Validated | None:
    """Return how much of two automata was compared with the model."""
    known = [each for each in (one, other) if each is not None]
    return reduce(add, known) if known else None
