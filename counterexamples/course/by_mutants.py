"""An answer that is a set of claims: true of the model, and broken by each of its mutants."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from spillproof.counterexamples.course.by_claims import SECONDS, hint_of, judged
from spillproof.counterexamples.course.exercise import Judged
from spillproof.model.quantity import Bytes
from spillproof.model.system import Model, action, require
from spillproof.properties import registry
from spillproof.properties.claims import Claim, always, sometimes
from spillproof.properties.engines.verdict import Report
from spillproof.properties.unasked import unasked_about

NOT_ASKED = "`spillproof check` does not ask it of the model either; a claim that nobody asks notices nothing."


@dataclass(frozen=True)
class Mutant:
    """A model with one step changed."""

    says: str
    """What it does, for a student whose claims do not notice."""
    step: str
    """The name of the step that is another one."""
    does: Callable[..., None]
    broken: Claim
    """A claim of ours that it breaks, for the hint."""

    def of(self, model: type[Model]) -> type[Model]:
        """Return the mutant of a model."""
        return type(model.__name__, (model,), {self.step: self.does, "__module__": __name__})


@dataclass(frozen=True)
class ByMutants:
    """Judges claims: they are proved and seen of the model, and every mutant breaks one."""

    model: str
    mutants: tuple[Mutant, ...]

    def __call__(self, answer: ModuleType) -> Judged:
        """Return what came of the claims in a file. Raises `ModelError` where they cannot be asked."""
        model: type[Model] = getattr(answer, self.model)
        claims = registry.made_in(vars(answer))
        if not claims:
            return Judged(False, ("✗ there is no claim yet",), "Write one: a function below @always.")
        if slips := [each.reason for each in unasked_about(model) if each.name in {claim.name for claim in claims}]:
            return Judged(False, tuple(f"✗ not asked: {each}" for each in slips), NOT_ASKED)
        right = judged(_asked(model, claims))
        if not right.accepted:
            return right
        alive = [each for each in self.mutants if not _is_noticed(each.of(model), claims)]
        found = [f"✗ not noticed: {each.says}" for each in alive]
        found.append(
            f"{'–' if alive else '✓'} {len(self.mutants) - len(alive)} of {len(self.mutants)} mutants break a claim"
        )
        return Judged(not alive, (*found, *right.found), _hint(alive[0], model) if alive else "")


def _asked(model: type[Model], claims: list[Claim]) -> Report:
    """Return a report on the student's claims alone: that each step is taken is for them to ask."""
    from spillproof.properties.engines.check import check  # as in `ByClaims`

    report = check(model(), claims, time_limit=SECONDS)
    report.results = [each for each in report.results if each.claim in claims]
    report.unasked = []
    return report


def _is_noticed(mutant: type[Model], claims: list[Claim]) -> bool:
    return bool(_asked(mutant, claims).violated())


def _hint(mutant: Mutant, model: type[Model]) -> str:
    """Return the shortest run in which a mutant does what the model never does, without the claim that says so."""
    report = _asked(mutant.of(model), [mutant.broken])
    told = [line for line in _lines(report) if line]
    if not told:
        return f"{mutant.says} None of your claims notices it: all that it does the model does as well."
    return f"{mutant.says} None of your claims notices it in this run:\n\n" + "\n".join(told)


def _lines(report: Report) -> list[str]:
    """Return the lines of a counterexample that are its run: from what begins, to the step that is marked."""
    lines = hint_of(report, report.results).splitlines()
    begins = next((at for at, line in enumerate(lines) if line.lstrip().startswith("begin(")), None)
    ends = next((at for at, line in enumerate(lines) if line.startswith("  ▶")), None)
    if begins is None or ends is None:
        return []
    while begins > 0 and lines[begins - 1].strip():  # the names of the columns
        begins -= 1
    return lines[begins : ends + 1]


# The mutants of the log buffer, and what each breaks


@always
def what_is_reachable_is_accounted(now: Any) -> bool:
    """What is reachable is accounted."""
    return now.reachable() <= now.accounted()


@always
def what_is_accounted_is_reachable(now: Any) -> bool:
    """What is accounted is reachable."""
    return now.accounted() <= now.reachable()


@always
def what_is_received_is_there(now: Any) -> bool:
    """What was received is on disk, or waits for it."""
    return now.received == now.on_disk + now.batch.size + sum(each.size for each in now.queue)


@always
def the_limit_is_not_exceeded(now: Any) -> bool:
    """No more is accounted than the limit."""
    return now.accounted() <= now.limit


@sometimes(beside=what_is_received_is_there)
def lines_come_to_the_disk(now: Any) -> bool:
    """Something is written to the disk."""
    return now.on_disk > 0


@sometimes(beside=the_limit_is_not_exceeded)
def all_can_be_used(now: Any) -> bool:
    """Every byte of the limit is used."""
    return now.accounted() == now.limit


@action
def _keeps_the_account(self: Any) -> None:
    require(len(self.queue) > 0)
    self.on_disk += self.queue.pop(0).size


@action
def _releases_too_early(self: Any) -> None:
    require(self.batch.size > 0 and len(self.queue) < self.places)
    self.queue.append(self.batch)
    self.used -= self.batch.size
    self.batch = type(self.batch)()


@action
def _drops_the_batch(self: Any) -> None:
    require(self.batch.size > 0 and len(self.queue) < self.places)
    self.used -= self.batch.size
    self.batch = type(self.batch)()


@action
def _never_writes(self: Any) -> None:
    require(len(self.queue) > self.places)
    size = self.queue.pop(0).size
    self.used -= size
    self.on_disk += size


@action
def _asks_nobody(self: Any, size: Bytes) -> None:
    self.used += size
    self.batch.size += size
    self.received += size


@action
def _leaves_a_byte(self: Any, size: Bytes) -> None:
    require(self.used + size < self.limit)
    self.used += size
    self.batch.size += size
    self.received += size


LOG_BUFFER = (
    Mutant(
        "A batch is released when it is handed over.", "hand_over", _releases_too_early, what_is_reachable_is_accounted
    ),
    Mutant("What was written is never released.", "written", _keeps_the_account, what_is_accounted_is_reachable),
    Mutant("The batch is dropped instead of handed over.", "hand_over", _drops_the_batch, what_is_received_is_there),
    Mutant("The other thread never writes.", "written", _never_writes, lines_come_to_the_disk),
    Mutant("The limit is not looked at.", "append", _asks_nobody, the_limit_is_not_exceeded),
    Mutant("The last byte of the limit is never used.", "append", _leaves_a_byte, all_can_be_used),
)
