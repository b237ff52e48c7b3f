"""One verdict for each claim about a model: from the whole portfolio, or from one engine alone."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from functools import reduce
from math import inf
from operator import add
from typing import Literal, get_args

from spillproof.model.errors import ModelError
from spillproof.model.names import counted, unknown
from spillproof.model.rest import WithRest
from spillproof.model.system import Model
from spillproof.properties.catalogue import BUILT_IN, claims_about
from spillproof.properties.claims import Claim, ClaimError, Mode, named_apart
from spillproof.properties.engines.alarm import LastResort, heard, watching
from spillproof.properties.engines.desk import NOT_EXTRACTED
from spillproof.properties.engines.limits import Limits, OutOfTime, Progress
from spillproof.properties.engines.portfolio import Portfolio
from spillproof.properties.engines.proof.certificate import has_cvc5
from spillproof.properties.engines.run import Run, weight
from spillproof.properties.engines.smallest import uncertified
from spillproof.properties.engines.verdict import Holds, NotFound, Refused, Report, Result, Unknown, Verdict, Violated
from spillproof.properties.unasked import Unasked, unasked_about

Engine = Literal["bounded", "explore", "prove", "simulate"]

ENGINES: tuple[Engine, ...] = get_args(Engine)

SMALL = 2
"""The engine `explore` alone looks at sizes up to this."""

KEPT_BACK = 0.3
"""At most so many seconds of a time limit are kept for challenging the verdicts."""

SAFETY = 2 / 3
"""Of the time that is left, how much the `always` claims get where others ask for ways back."""

LAST_RESORT = 5.0
"""Seconds for random runs of a model that has too many shapes."""


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
    last_resort: LastResort | None = None,
    any_number: bool = False,
) -> Report:
    """Return one verdict for each claim about a model at its scope, all sizes and any number of steps.

    Without `claims`, which are given by themselves or by name, all that are about such a model are checked, those in
    its own module included; with `witnesses`, that none of them is vacuous.
    Without `engine`, whichever engine can gives the verdict: the same one for every `seed` and on every machine.
    `time_limit` is in seconds, for the whole check. `max_steps` bounds the runs that are searched: of a model that is
    not small no more is extracted than they need, and what is proved is then proved for no longer runs.
    With `certify`, cvc5 confirms each certificate besides Z3, within the same time; the extra of that name brings it.
    With `any_number`, what is proved is proved of every number of the model's alike consumers, or it is unknown;
    violations are looked for at the number that the model has. Raises `ModelError` where nobody has written a rest.
    `last_resort` is called where the model catches, again and again, what ends the check; it may end the process.
    An interrupt (Ctrl-C) ends the check with what is known so far. Raises `ModelError` where the model asks for
    something that no engine can honour.
    """
    if certify and not has_cvc5():
        message = "cvc5 is not installed, and is needed to certify: pip install 'spillproof[certify]'"
        raise ModelError(message)
    asked, beside = claims_about(type(model)) if claims is None else _split(claims, type(model))
    unasked = unasked_about(type(model)) if claims is None else []
    if not asked and not beside:
        message = "no claim was given; leave `claims` out for all that are about the model"
        raise ModelError(message)
    shown = beside if witnesses else []
    many = any_number and bool(_rests_of(model))
    started = time.process_time()
    deadline = None if time_limit is None else time.monotonic() + time_limit
    kept = None if deadline is None else deadline - _kept_back(time_limit)
    limits = Limits(kept, max_steps, progress or (lambda _words: None))
    whole = replace(limits, deadline=deadline)
    report = nothing = _nothing_known(model, (*asked, *shown), "the time was up")
    with watching(whole, last_resort):
        try:
            try:
                report = _judged(
                    model, asked, shown, limits, engine=engine, seed=seed, certify=certify, each_action=witnesses
                )
            except OutOfTime as up:
                heard()
                report = _nothing_known(model, (*asked, *shown), str(up) or "the time was up")
            if not report.interrupted:
                _challenge(report, engine, whole, time.process_time() - started)
            if many and not report.interrupted:
                report = _of_any_number(report, whole, certify=certify)
        except OutOfTime:  # between the two, or as the first was given up
            heard()
        except KeyboardInterrupt:
            if report is nothing:
                raise
            heard()
            report.interrupted = True
    order = {claim.name: place for place, claim in enumerate((*asked, *shown))}
    report.results.sort(key=lambda result: order.get(result.claim.name, len(order)))
    report.unasked = [*unasked, *_not_asked_by(engine, asked, shown)]
    return report


def _nothing_known(model: Model, claims: Iterable[Claim], why: str) -> Report:
    return Report(model, [Result(claim, Unknown(why), "none", 0.0) for claim in claims])


def _judged(
    model: Model,
    asked: list[Claim],
    shown: list[Claim],
    limits: Limits,
    *,
    engine: Engine | None,
    seed: int,
    certify: bool,
    each_action: bool,
) -> Report:
    """Return the verdicts of the portfolio, or of one engine alone."""
    recoverable = [claim for claim in asked if claim.mode is Mode.RECOVERABLE]
    if recoverable and engine != "simulate":
        asked = [claim for claim in asked if claim not in recoverable]
        share = limits.within(limits.left() * SAFETY) if asked or shown else limits
        report = _judged(model, asked, shown, share, engine=engine, seed=seed, certify=certify, each_action=each_action)
        return _recovered(report, recoverable, limits, engine=engine, certify=certify)
    if engine == "simulate":
        asked = [claim for claim in asked if claim not in recoverable]
        return _but_for_refused(model, asked, lambda claims: _simulate(model, claims, limits, seed))
    if engine == "explore":
        return _but_for_refused(model, asked, lambda claims: _explore(model, claims, limits))
    if engine not in (None, "bounded", "prove"):
        message = f"no engine is called {engine!r}; available: {', '.join(ENGINES)}"
        raise ModelError(message)
    resorts = limits.left() > LAST_RESORT
    report = Portfolio(
        model,
        asked,
        shown,
        limits,
        search=engine != "prove",
        prove=engine != "bounded",
        each_action=each_action,
        certify=certify,
        reserve=LAST_RESORT if resorts else 0.0,
    ).run()
    if resorts and NOT_EXTRACTED in (getattr(result.verdict, "why", "") for result in report.results):
        return _last_resort(model, report, limits, seed)
    return report


def _recovered(report: Report, claims: list[Claim], limits: Limits, *, engine: Engine | None, certify: bool) -> Report:
    """Return a report with the verdicts on claims that must always be recoverable."""
    from spillproof.properties.engines.recovery.recovered import recovered, recovered_at

    if report.interrupted:
        report.results += [Result(claim, Unknown("interrupted"), "none", 0.0) for claim in claims]
        return report
    if engine == "explore":
        more = recovered_at(report.model, claims, SMALL, limits)
    else:
        more = recovered(
            report.model, claims, limits, search=engine != "prove", prove=engine != "bounded", certify=certify
        )
    report.results += more.results
    report.interrupted = more.interrupted
    both = [each for each in (report.validated, more.validated) if each is not None]
    report.validated = reduce(add, both) if both else None
    return report


def _not_asked_by(engine: Engine | None, asked: list[Claim], witnesses: list[Claim]) -> Iterator[Unasked]:
    """Yield the claims and the witnesses that an engine alone leaves out."""
    for claim in asked if engine == "simulate" else ():
        if claim.mode is Mode.RECOVERABLE:
            yield Unasked(claim.name, "the engine simulate alone does not look for ways back", is_slip=False)
    if witnesses and engine in ("simulate", "explore"):
        name = witnesses[0].name if len(witnesses) == 1 else f"{len(witnesses)} witnesses"
        yield Unasked(name, f"the engine {engine} alone does not ask whether a claim is vacuous", is_slip=False)


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


def _split(given: Iterable[Claim | str], model: type[Model]) -> tuple[list[Claim], list[Claim]]:
    """Return the claims, and the witnesses (`sometimes`) with those that stand beside the former."""
    claims = named_apart(by_name(each, model) if isinstance(each, str) else each for each in given)
    _refuse_names_taken(claims)
    asked = [claim for claim in claims if claim.mode is not Mode.SOMETIMES]
    names = {claim.name for claim in asked}
    shown = [claim for claim in claims if claim.mode is Mode.SOMETIMES]
    known = {claim.name for claim in claims}
    beside = [claim for claim in claims_about(model)[1] if claim.beside in names and claim.name not in known]
    return asked, [*shown, *beside]


def by_name(name: str, model: type[Model]) -> Claim:
    """Return the claim about a model that has a name. Raises `ModelError` that says what there is where none has."""
    known = {claim.name: claim for some in claims_about(model) for claim in some}
    if name not in known:
        raise ModelError(unknown(f"claim about {model.__name__}", name, known))
    return known[name]


def _refuse_names_taken(claims: Iterable[Claim]) -> None:
    """Raise `ModelError` for a claim that has the name of one that every engine knows."""
    for claim in claims:
        if any(claim.name == each.name and claim is not each for each in BUILT_IN):
            message = f"{claim.place}: {claim.name} is the name of a claim that is asked of every model; rename it"
            raise ModelError(message)


def _kept_back(time_limit: float | None) -> float:
    """Return the seconds of a time limit that are kept for challenging what the others of them bring."""
    return min(KEPT_BACK, (time_limit or 0.0) / 20)


def _rests_of(model: Model) -> list[type[WithRest]]:
    from spillproof.properties.engines.network.any_number import rests_of

    return rests_of(model)


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
    from spillproof.properties.engines.exploration.kernel import explore_fast
    from spillproof.properties.engines.exploration.layers import Bounds

    limits.progress("every state at small sizes")
    started = time.monotonic()
    bounds = Bounds(SMALL, depth=limits.max_steps, deadline=limits.deadline, until_decided=True)
    seen = explore_fast(model, claims, bounds)
    seconds = time.monotonic() - started
    words = f"sizes up to {SMALL}"
    report = Report(model, interrupted=seen.stopped == "interrupt")
    for claim in claims:
        run = seen.violations.get(claim.name)
        if run is not None:
            minimal = f"for {words}: every shorter run was looked at"
            verdict: Verdict = Violated(run, *weight(run), minimal, least=False, within=words)
        elif seen.complete:
            verdict = Holds(f"{words}, any number of steps ({seen.states} states)")
        elif limits.max_steps is not None and seen.depth >= limits.max_steps:
            verdict = Holds(f"{words}, runs of at most {counted(seen.depth, 'step')} ({seen.states} states)")
        else:
            verdict = Unknown(f"{seen.stopped} after {seen.states} states with {words}", seen.depth)
        report.results.append(Result(claim, verdict, "explore", seconds))
    return report


def _last_resort(model: Model, report: Report, limits: Limits, seed: int) -> Report:
    """Try the smallest sizes and random runs where the shapes were too many; what is still open stays unknown."""
    claims = [
        each.claim
        for each in report.results
        if each.claim.mode is Mode.ALWAYS and not isinstance(each.verdict, Refused)
    ]
    try:
        found = _some_runs(model, claims, limits, seed)
    except KeyboardInterrupt:
        heard()
        report.interrupted = True
        return report
    except ClaimError as error:
        return _refused_too(report, error)
    for place, result in enumerate(report.results):
        if result.claim.name in found and isinstance(result.verdict, Unknown):
            run, engine, seconds = found[result.claim.name]
            verdict = uncertified(Violated(run, *weight(run)), result.verdict.depth)
            report.results[place] = Result(result.claim, verdict, engine, seconds)
    return report


def _some_runs(model: Model, claims: list[Claim], limits: Limits, seed: int) -> dict[str, tuple[Run, str, float]]:
    """Return for each claim a run that violates it, where one is found; which engine found it; in how many seconds."""
    from spillproof.properties.engines.simulate import simulate
    from spillproof.properties.engines.small import small_runs, trimmed

    started = time.monotonic()
    limits.progress("too many shapes: small sizes")
    small: dict[str, Run] = {}
    with suppress(OutOfTime):
        small = small_runs(model, claims, limits.within(min(LAST_RESORT, limits.left()) / 3))
    found = {name: (run, "explore", time.monotonic() - started) for name, run in small.items()}
    limits.progress("too many shapes: random runs")
    left = [claim for claim in claims if claim.name not in found]
    random = simulate(model, left, seed=seed, deadline=min(LAST_RESORT, limits.left()))
    for claim in left:
        if (run := random.found.get(claim.name)) is not None:
            found[claim.name] = trimmed(run, claim), "simulate", random.seconds
    return found


def _refused_too(report: Report, error: ClaimError) -> Report:
    """Return a report with one claim more that cannot be asked."""
    report.results = [
        Result(each.claim, Refused(str(error)), "none", each.seconds) if each.claim is error.claim else each
        for each in report.results
    ]
    return report
