"""Every verdict is challenged: a hunt for runs that contradict it, and a second look at the runs that it rests on.

What is challenged: that a claim is proved, or holds within bounds; that a violation is the shortest; that the run which
is reported violates the claim, and the run of a witness shows it; that a witness never comes true. A verdict that is
contradicted is withdrawn: the engines disagree, and which of them is wrong is for a person to find out.

The explorer shares no code with the engines but for the kit that models are written with. It stops where they stop: a
run ends with a step that raises, or that makes a counter negative.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from math import inf

from spillproof.model.system import Kind, Model
from spillproof.properties.claims import ClaimError, Mode
from spillproof.properties.engines.challenge import traps
from spillproof.properties.engines.challenge.hunt import Hunt, Stake
from spillproof.properties.engines.challenge.scratch import (
    Allowance,
    History,
    Scratch,
    ScratchRun,
    Spent,
    Unrepeatable,
)
from spillproof.properties.engines.challenge.turns import Turns
from spillproof.properties.engines.challenge.words import Spelling, is_negative
from spillproof.properties.engines.run import Run
from spillproof.properties.engines.story.phrases import steps
from spillproof.properties.engines.verdict import (
    Disputed,
    Holds,
    Never,
    Proved,
    Report,
    Result,
    Unknown,
    Verdict,
    Violated,
)

WORK = 1500
"""Steps and claims that every check spends on being challenged."""

LEAST_SECONDS, SHARE = 0.1, 0.1
"""A challenge takes at most so many seconds, or this share of the processor time that the verdicts took, if more."""

IN_TURN, IN_TURN_SECONDS = 6_000, 0.12
"""Steps and claims that are spent on alike objects that take turns, and at most so many seconds of the processor."""

LARGEST = 3
"""Sizes up to this are looked at breadth first."""

HIDES = "taken again from the beginning, a run did not go as before: the model keeps state that no engine sees"


def challenge(
    report: Report,
    seconds: float,
    *,
    deadline: float = inf,
    sizes: int = LARGEST,
    most_steps: float = inf,
    in_turn: int = 0,
) -> None:
    """Withdraw each verdict of a report that a run on plain integers contradicts.

    `seconds` is the processor time that the verdicts took, and `deadline` when to end at the latest. `sizes` is the
    largest that they speak of, if they speak of small ones only; `most_steps` is how long the runs are that a verdict
    `Holds` speaks of. So many alike objects do the same `in_turn` besides, with as much work again.
    """
    share = max(LEAST_SECONDS, seconds * SHARE)
    allowance = Allowance(int(WORK * share / LEAST_SECONDS), time.process_time() + share, deadline)
    Challenge(report, allowance, sizes, most_steps, in_turn).run()


class Challenge:
    """One challenge to all verdicts of a report. Use it once."""

    def __init__(
        self,
        report: Report,
        allowance: Allowance,
        largest: int = LARGEST,
        most_steps: float = inf,
        in_turn: int = 0,
    ) -> None:
        self.report = report
        self.allowance = allowance
        self.largest = largest
        self.most_steps = most_steps
        self.in_turn = in_turn
        self.scratch = Scratch(report.model, allowance)
        self.hunt = Hunt(self.scratch, self.stakes())

    def run(self, deepest: float = inf) -> None:
        """Look for runs that contradict, then again at those that were reported, until the work allowed is done."""
        try:
            with suppress(Spent):
                self.look_again()
                self.look_for_traps()
                self.look_for_others(deepest)
            self.look_in_turn()
        except Unrepeatable as found:
            self.withdraw_all(found.history)
        for stake in self.hunt.stakes:
            if stake.found is not None:
                self.withdraw(stake, stake.found)

    def stakes(self) -> Iterator[Stake]:
        """Yield what each verdict says cannot be."""
        for result in self.report.results:
            most = self.most(result.verdict)
            if most >= 0 and result.claim.mode is not Mode.RECOVERABLE:
                yield Stake(result.claim, most, _action_of(result, self.report.model), self.weight(result.verdict))

    def most(self, verdict: Verdict) -> float:
        """Return how many steps a run may have that contradicts a verdict, -1 for none."""
        match verdict:
            case Proved(certificate=Run()):
                return -1
            case Proved() | Never():
                return inf
            case Holds():
                return self.most_steps
            case Violated(run=run, minimal=minimal):
                return len(run) - (self.weight(verdict) is None) if minimal else verdict.ruled_out
            case Unknown(depth=depth):
                return depth
            case _:
                return -1

    def weight(self, verdict: Verdict) -> tuple[int, int] | None:
        """Return than what no run of as many steps may be lighter. None where only the steps were counted."""
        if isinstance(verdict, Violated) and verdict.least and self.largest >= LARGEST:
            return (verdict.objects, verdict.bytes)
        return None

    # Others

    def look_for_others(self, deepest: float = inf) -> None:
        """Breadth first over ever larger sizes, each with a share of the work; then at random, with another."""
        for largest in range(1, self.largest + 1):
            with suppress(Spent), self.a_share(3):
                self.hunt.breadth(range(1, largest + 1), deepest)
            if not self.has_sizes() or self.hunt.deepest() < 0:
                return
        if self.largest >= LARGEST:
            with suppress(Spent), self.a_share(4):
                self.hunt.random_runs()

    def look_in_turn(self) -> None:
        """Have alike objects do the same one after the other, with an allowance of its own."""
        if self.in_turn:
            until = time.process_time() + IN_TURN_SECONDS
            self.scratch.allowance = Allowance(IN_TURN, until, self.scratch.allowance.deadline)
            with suppress(Spent):
                Turns(self.hunt, self.in_turn).go()

    @contextmanager
    def a_share(self, of: int) -> Iterator[None]:
        """Allow one part in so many of the work that is left."""
        everything = self.scratch.allowance
        part = self.scratch.allowance = replace(everything, work=everything.work // of)
        try:
            yield
        finally:
            everything.work -= everything.work // of - max(0, part.work)
            self.scratch.allowance = everything

    def has_sizes(self) -> bool:
        parameters = [*self.scratch.opening, *(each for action in self.scratch.actions for each in action.parameters)]
        return any(each.kind is Kind.SIZE for each in parameters)

    # The runs that verdicts rest on

    def look_again(self) -> None:
        """Take each reported run from the beginning; withdraw the verdict if it does not show what it is said to."""
        for place, result in enumerate(self.report.results):
            run = _run_of(result.verdict)
            if result.claim.mode is not Mode.RECOVERABLE and run is not None and not self.can_show(result, run):
                shows = "violate" if result.claim.mode is Mode.ALWAYS else "show"
                why = f"its own run, taken from the beginning with whatever objects, does not {shows} the claim"
                self.report.results[place] = _disputed(result, why)

    def can_show(self, result: Result, run: Run) -> bool:
        """Return whether a run with these actions, sizes and values ends with what is said of it.

        Which number an engine gives to an object, and to a choice, is its own affair: all are tried.
        """
        stake = Stake(result.claim, action=_action_of(result, self.report.model))
        return any(self.is_shown(stake, taken) for taken in self.ends(run))

    def ends(self, run: Run) -> list[ScratchRun]:
        """Return the states to which a run with these actions, sizes and values may lead."""
        reached = [*self.scratch.ways_to_begin(run.opening)]
        before: list[ScratchRun] = []
        for step in run.steps:
            before, reached = reached, []
            seen: set[object] = set()
            for taken in before:
                for after in self.followed(taken, step.action, step.arguments):
                    known = len(seen)
                    seen.add((after.raised, after.spelling.words))
                    if len(seen) > known or step is run.steps[-1]:
                        reached.append(after)
        return reached

    def is_shown(self, stake: Stake, taken: ScratchRun) -> bool:
        """Return whether a run ends with what is said of it. A run may be said to end with a counter below 0."""
        negative = not taken.raised and is_negative(taken.spelling)
        before = self.before(taken)
        try:
            return stake.shows(before, taken, negative=negative) or (negative and stake.is_so(before, taken))
        except ClaimError:
            return False

    def before(self, taken: ScratchRun) -> Spelling | None:
        history = taken.history
        if not history.deeds:
            return None
        return self.scratch.spell(self.scratch.at(replace(history, deeds=history.deeds[:-1])))

    def followed(self, taken: ScratchRun, name: str, arguments: Sequence[object]) -> Iterator[ScratchRun]:
        if taken.raised:
            return
        action = next(each for each in self.scratch.actions if each.name == name)
        values = [
            self.scratch.values(each, (), taken.spelling.objects) if each.kind is Kind.OBJECT else (value,)
            for each, value in zip(action.parameters, arguments, strict=True)
        ]
        yield from self.scratch.all_ways(taken.history, action, values)

    # Ways back

    def look_for_traps(self) -> None:
        """Look for a trap that contradicts, and for a way out of one that was reported, with a share of the work."""
        asked = [each for each in self.report.results if each.claim.mode is Mode.RECOVERABLE]
        for result in asked:
            with self.a_share(3), suppress(ClaimError, Spent):
                if (why := self.against(result)) is not None:
                    place = self.report.results.index(result)
                    self.report.results[place] = _disputed(result, *why)

    def against(self, result: Result) -> tuple[str, tuple[str, ...]] | None:
        """Return what contradicts a verdict on a claim that must always be recoverable, and the run that shows it."""
        claim, verdict = result.claim, result.verdict
        if isinstance(verdict, Violated):
            ends = [each for each in self.ends(verdict.run) if not each.raised]
            if not ends:
                return "its own run cannot be taken from the beginning", ()
            goes_on = traps.way_out(self.scratch, claim, ends)
            if goes_on is not None:
                words = f"a run of {steps(len(goes_on.history))} on integers goes on from there to where it is true"
                return words, self.spelled(goes_on.history)
        found = traps.trap(self.scratch, claim, verdict)
        if found is None:
            return None
        run = f"a run of {steps(len(found.history))} on integers"
        return f"{run} leads to where no run with any size that was tried is back", self.spelled(found.history)

    # Withdrawals

    def withdraw(self, stake: Stake, history: History) -> None:
        for place, result in enumerate(self.report.results):
            if result.claim is stake.claim and not isinstance(result.verdict, Disputed):
                why = stake.trouble and f"a run of {steps(len(history))} on integers ends where {stake.trouble}"
                self.report.results[place] = _disputed(
                    result, why or _contradiction(result, history), self.spelled(history)
                )

    def withdraw_all(self, history: History) -> None:
        for place, result in enumerate(self.report.results):
            if not isinstance(result.verdict, Disputed):
                self.report.results[place] = _disputed(result, HIDES, self.spelled(history))

    def spelled(self, history: History) -> tuple[str, ...]:
        self.scratch.allowance = Allowance(len(history) + 2)
        return self.scratch.spelled(history)


def _run_of(verdict: Verdict) -> Run | None:
    match verdict:
        case Violated(run=run) | Proved(certificate=Run() as run):
            return run
        case _:
            return None


def _action_of(result: Result, model: Model) -> str:
    """Return the action of which a claim says that it is taken in some run, or nothing."""
    name = result.claim.name.removesuffix("_is_taken")
    about_action = result.claim.mode is Mode.SOMETIMES and not result.claim.beside and name != result.claim.name
    return name if about_action and hasattr(type(model), name) else ""


def _contradiction(result: Result, history: History) -> str:
    shows = "violates the claim" if result.claim.mode is Mode.ALWAYS else "shows it"
    if isinstance(result.verdict, Violated) and len(result.verdict.run) == len(history):
        shows += " with fewer objects, or as many and fewer bytes"
    return f"a run of {steps(len(history))} on integers {shows}"


def _disputed(result: Result, why: str, run: tuple[str, ...] = ()) -> Result:
    return Result(result.claim, Disputed(result.verdict, why, run), result.engine, result.seconds)
