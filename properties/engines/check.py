"""One verdict for each claim about a model: from the whole portfolio, or from one engine alone."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from math import inf
from typing import TYPE_CHECKING

from spillproof.model.errors import ModelError
from spillproof.model.names import counted
from spillproof.model.rest import WithRest
from spillproof.model.system import Model
from spillproof.properties.arranged import arrange
from spillproof.properties.catalogue import NEVER_NEGATIVE
from spillproof.properties.claims import Claim, ClaimError
from spillproof.properties.engines.alarm import as_it_rang, heard, watching
from spillproof.properties.engines.automaton.growth import EndlessError
from spillproof.properties.engines.automaton.shapes import Automaton
from spillproof.properties.engines.desk import NOT_EXTRACTED
from spillproof.properties.engines.garbage import looked_for_seldom
from spillproof.properties.engines.last_resort import LAST_RESORT, last_verdicts
from spillproof.properties.engines.limits import Limits, OutOfTime, Progress
from spillproof.properties.engines.lookout import ENDLESS
from spillproof.properties.engines.portfolio import Portfolio
from spillproof.properties.engines.proof.certificate import has_cvc5
from spillproof.properties.engines.question import ENGINES, Engine, Question, claims_asked, refuse_no_model
from spillproof.properties.engines.run import Run, weight
from spillproof.properties.engines.validation.validation import Validation
from spillproof.properties.engines.verdict import (
    NATURAL,
    Holds,
    NotFound,
    Refused,
    Report,
    Result,
    Unknown,
    Verdict,
    Violated,
)

if TYPE_CHECKING:
    from spillproof.properties.engines.exploration.layers import Exploration

SMALL = 2
"""The engine `explore` alone looks at sizes up to this."""

KEPT_BACK = 0.3
"""At most so many seconds of a time limit are kept for challenging the verdicts."""

AMONG_ENDLESS = 2_000
"""So many states the engine `explore` alone looks at where shapes have no end."""

SEVERAL = 3
"""So many alike consumers and more the engine `network` asks about as any number of them first."""

SAFETY = 2 / 3
"""Of the time that is left, how much the `always` claims get where others ask for ways back."""


def check(
    model: Model,
    claims: Iterable[Claim | str] | None = None,
    *,
    engine: Engine | None = None,
    time_limit: float | None = 60.0,
    max_steps: int | None = None,
    seed: int = 0,
    witnesses: bool = True,
    certify: bool = False,
    progress: Progress | None = None,
    any_number: bool = False,
) -> Report:
    """Return one verdict for each claim about a model at its scope, all sizes and any number of steps.

    Without `claims`, which are given by themselves or by name, all that are about such a model are checked, those in
    its own module included; with `witnesses`, that none of them is vacuous.
    Without `engine`, whichever engine can gives the verdict: the same one for every `seed` and on every machine.
    `network` proves claims of any number of alike consumers, and of as many as there are with a proviso, in less time.
    `time_limit` is in seconds, for the whole check. `max_steps` bounds the runs that are searched: of a model that is
    not small no more is extracted than they need, and what is proved is then proved for no longer runs.
    With `certify`, cvc5 confirms each certificate besides Z3, within the same time; the extra of that name brings it.
    With `any_number`, what is proved is proved of every number of the model's alike consumers, or it is unknown;
    violations are looked for at the number that the model has. Raises `ModelError` where nobody has written a rest.
    An interrupt (Ctrl-C) ends the check with what is known so far. Raises `ModelError` where the model asks for
    something that no engine can honour.
    """
    if certify and not has_cvc5():
        message = "cvc5 is not installed, and is needed to certify: pip install 'spillproof[certify]'"
        raise ModelError(message)
    refuse_no_model(model)
    asked, shown, unasked = claims_asked(type(model), claims, witnesses=witnesses)
    arrange(type(model), (each.function for each in asked))
    question = Question(model, asked, shown, unasked, engine, seed, certify, each_action=witnesses)
    many = any_number and bool(_rests_of(model))
    deadline = None if time_limit is None else time.monotonic() + time_limit
    limits = Limits(deadline, max_steps, progress or (lambda _words: None))
    report = _answered(question, limits, _kept_back(time_limit), many=many)
    order = {claim.name: place for place, claim in enumerate(question.claims)}
    report.results.sort(key=lambda result: order.get(result.claim.name, len(order)))
    report.unasked = [*question.left_out()]
    return report


def _answered(question: Question, limits: Limits, kept_back: float, *, many: bool) -> Report:
    """Return the verdicts, challenged within the limits: for that, so many seconds are kept back."""
    started = time.process_time()
    sooner = limits if limits.deadline is None else replace(limits, deadline=limits.deadline - kept_back)
    report = nothing = _nothing_known(question, "the time was up")
    with looked_for_seldom(), watching(limits):
        try:
            with as_it_rang():
                report = _in_time(question, sooner)
                if not report.interrupted:
                    _challenge(report, question.engine, limits, time.process_time() - started)
                if many and not report.interrupted:
                    report = _of_any_number(report, limits, certify=question.certify)
        except OutOfTime:  # between the two, or as the first was given up
            heard()
        except KeyboardInterrupt:
            if report is nothing:
                raise
            heard()
            report.interrupted = True
    return report


def _in_time(question: Question, limits: Limits) -> Report:
    """Return the verdicts; nothing is known where the time was up before any."""
    try:
        with as_it_rang():
            return _judged(question, limits)
    except OutOfTime as up:
        heard()
        return _nothing_known(question, str(up) or "the time was up")


def _nothing_known(question: Question, why: str) -> Report:
    return Report(question.model, [Result(claim, Unknown(why), "none", 0.0) for claim in question.claims])


def _judged(question: Question, limits: Limits, validation: Validation | None = None) -> Report:
    """Return the verdicts of the portfolio, or of one engine alone; it is validated in parts where one is given."""
    model, engine, safety = question.model, question.engine, question.safety()
    if engine == "simulate":
        return _but_for_refused(model, safety.asked, lambda claims: _simulate(model, claims, limits, question.seed))
    if question.recoverable:
        share = limits.within(limits.left() * SAFETY) if safety.claims else limits
        first = Validation(model, share, has_more=True)
        return _recovered(question, _judged(safety, share, first), limits, first)
    if engine == "explore":
        return _but_for_refused(model, question.asked, lambda claims: _explore(model, claims, limits))
    if engine not in (None, "bounded", "network", "prove"):
        message = f"no engine is called {engine!r}; available: {', '.join(ENGINES)}"
        raise ModelError(message)
    several = _several_of(model) if engine == "network" else None
    if several is not None:
        return _of_several(question, several, limits)
    return _of_portfolio(question, limits, validation)


def _of_portfolio(question: Question, limits: Limits, validation: Validation | None = None) -> Report:
    """Return the verdicts of the portfolio, and of its last resort where the shapes are too many."""
    resorts = limits.left() > LAST_RESORT
    report = Portfolio(
        question.model,
        question.asked,
        question.witnesses,
        limits,
        search=question.engine != "prove",
        prove=question.engine != "bounded",
        each_action=question.each_action,
        certify=question.certify,
        reserve=LAST_RESORT if resorts else 0.0,
        validation=validation,
    ).run()
    if resorts and NOT_EXTRACTED in (getattr(result.verdict, "why", "") for result in report.results):
        return last_verdicts(question.model, report, limits, question.seed)
    return report


def _recovered(question: Question, report: Report, limits: Limits, earlier: Validation) -> Report:
    """Return a report with the verdicts on claims that must always be recoverable."""
    from spillproof.properties.engines.recovery.recovered import recovered, recovered_at

    claims, engine = question.recoverable, question.engine
    if report.interrupted:
        report.results += [Result(claim, Unknown("interrupted"), "none", 0.0) for claim in claims]
        return report
    if engine == "explore":
        more = recovered_at(report.model, claims, SMALL, limits)
    else:
        search, prove = engine != "prove", engine != "bounded"
        certify = question.certify
        more = recovered(report.model, claims, limits, search=search, prove=prove, certify=certify, earlier=earlier)
    again = {result.claim for result in more.results}
    report.results = [*(each for each in report.results if each.claim not in again), *more.results]
    report.interrupted = more.interrupted
    report.validated = more.validated or report.validated
    return report


def _but_for_refused(model: Model, claims: list[Claim], run: Callable[[list[Claim]], Report]) -> Report:
    """Have an engine judge the claims, without those that turn out to be such as cannot be asked."""
    refused: dict[Claim, ClaimError] = {}
    while True:
        left = [claim for claim in claims if claim not in refused]
        try:
            report = run(left) if left else Report(model)
        except ClaimError as error:
            refused[error.claim] = error
            continue
        report.results += [Result(claim, Refused(str(error)), "none", 0.0) for claim, error in refused.items()]
        return report


def _kept_back(time_limit: float | None) -> float:
    """Return the seconds of a time limit that are kept for challenging what the others of them bring."""
    return min(KEPT_BACK, (time_limit or 0.0) / 20)


def _rests_of(model: Model) -> list[type[WithRest]]:
    from spillproof.properties.engines.network.rests import rests_of

    return rests_of(model)


def _several_of(model: Model) -> str | None:
    """Return the scope that counts alike consumers, if there are several. Raises `ModelError` without a rest."""
    from spillproof.properties.engines.network.several import several_of

    return several_of(model, SEVERAL)


def _of_several(question: Question, counted_by: str, limits: Limits) -> Report:
    """Return the verdicts on several alike consumers."""
    from spillproof.properties.engines.network.several import Several

    return Several(question, counted_by, limits, _of_portfolio, shortened).answered()


def _of_any_number(report: Report, limits: Limits, *, certify: bool) -> Report:
    """Return a report whose proofs are of any number of consumers."""
    from spillproof.properties.engines.network.any_number import generalised

    return generalised(report, limits, certify=certify)


def _challenge(report: Report, engine: Engine | None, limits: Limits, seconds: float) -> None:
    """Have every verdict challenged by an explorer that shares no code with the engines."""
    try:
        from spillproof.properties.engines.challenge.challenge import LARGEST, challenge

        limits.progress("challenging the verdicts")
        limits.check()
        challenge(
            report,
            seconds,
            deadline=inf if limits.deadline is None else limits.deadline,
            sizes=SMALL if engine == "explore" else LARGEST,
            most_steps=inf if limits.max_steps is None else limits.max_steps,
        )
    except KeyboardInterrupt:
        heard()
        report.interrupted = True
    except OutOfTime:
        heard()


def _simulate(model: Model, claims: list[Claim], limits: Limits, seed: int) -> Report:
    """Find by random runs, for half of the time; have what is found shortened and certified in the other half."""
    from spillproof.properties.engines.simulate import simulate

    limits.progress("random runs")
    half = None if limits.deadline is None else (limits.deadline - time.monotonic()) / 2
    found = simulate(model, claims, seed=seed, deadline=half)
    shortest = shortened(model, {claim: run for claim in claims if (run := found.found[claim.name])}, limits)
    verdicts = [shortest.get(claim.name, NotFound(found.tried)) for claim in claims]
    return Report(
        model,
        [Result(claim, verdict, "simulate", found.seconds) for claim, verdict in zip(claims, verdicts, strict=True)],
    )


def shortened(model: Model, runs: dict[Claim, Run], limits: Limits) -> dict[str, Violated]:
    """Return for each claim the shortest violation, given some run that violates it.

    Where that cannot be certified within the limits, the run that was given.
    """
    if not runs:
        return {}
    within = Limits(limits.deadline, max(map(len, runs.values())), limits.progress)
    report = Portfolio(model, list(runs), [], within, prove=False).run()
    found = {claim.name: Violated(run, *weight(run)) for claim, run in runs.items()}
    return found | {
        result.claim.name: result.verdict for result in report.results if isinstance(result.verdict, Violated)
    }


def _explore(model: Model, claims: list[Claim], limits: Limits) -> Report:
    """Look at every state at small sizes."""
    limits.progress("every state at small sizes")
    started = time.monotonic()
    seen, why = _explored(model, claims, limits)
    seconds = time.monotonic() - started
    words = f"sizes up to {SMALL}"
    natural = NATURAL if NEVER_NEGATIVE.name in seen.violations else ""
    report = Report(model, interrupted=seen.stopped == "interrupt")
    for claim in claims:
        run = seen.violations.get(claim.name)
        if run is not None:
            minimal = f"for {words}: every shorter run was looked at"
            verdict: Verdict = Violated(run, *weight(run), minimal, least=False, within=words)
        elif not seen.states and not seen.stopped:
            verdict = Unknown(f"there is no beginning with {words}")
        elif seen.complete:
            verdict = Holds(f"{words}, any number of steps{natural} ({seen.states} states)")
        elif limits.max_steps is not None and seen.depth >= limits.max_steps:
            verdict = Holds(f"{words}, runs of at most {counted(seen.depth, 'step')}{natural} ({seen.states} states)")
        else:
            verdict = Unknown(f"{why or seen.stopped} after {seen.states} states with {words}{natural}", seen.depth)
        report.results.append(Result(claim, verdict, "explore", seconds))
    return report


def _explored(model: Model, claims: list[Claim], limits: Limits) -> tuple[Exploration, str]:
    """Return what was seen at small sizes, and why that is not all, if nothing can be.

    It is seen, too, whether a counter becomes negative: no run goes on from there. Raises `EndlessError` where shapes
    have no end, and nothing is violated among the first of them, and what a validation raises.
    """
    from spillproof.properties.engines.exploration.explore import explore
    from spillproof.properties.engines.exploration.kernel import explore_fast
    from spillproof.properties.engines.exploration.layers import Bounds
    from spillproof.properties.engines.small import Few

    validation = Validation(model, limits)

    def compare(automaton: Automaton | None = None) -> None:
        if automaton is not None:
            validation.add(automaton)
        for error in validation.go_on(only_once=automaton is not None):
            raise error

    beside = [] if NEVER_NEGATIVE in claims else [NEVER_NEGATIVE]
    names = frozenset(each.name for each in beside)
    bounds = Bounds(SMALL, depth=limits.max_steps, deadline=limits.deadline, until_decided=True, beside=names)
    claims = [*claims, *beside]
    try:
        seen, why = explore_fast(model, claims, bounds, made=compare), ""
    except EndlessError:
        seen, why = explore(model, claims, Few(**{**vars(bounds), "most": AMONG_ENDLESS})), ENDLESS
        if seen.violations.keys() <= names:
            raise
    compare()
    return seen, why
