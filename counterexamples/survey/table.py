"""The table of a survey, as data: a row for each model and scope of which the same is to be said."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import groupby

from spillproof.counterexamples.survey.case import Case
from spillproof.counterexamples.survey.job import Job, Json, Reply
from spillproof.model.spark.releases import RELEASES, spans
from spillproof.model.title import is_path

VIOLATED, OPEN, HOLDS = 1, 3, 0
CANNOT, DEFECT = 2, 70

OPEN_WORDS = ("unknown", "not-found", "refused", "disputed")


@dataclass(frozen=True)
class Verdicts:
    """What is said of one question, in the words of a table. Two of them are equal where the same is to be said."""

    violated: tuple[str, ...] = ()
    """Claims, each with its steps: `free_is_unreachable 3`."""
    left_open: tuple[str, ...] = ()
    """Claims of which nothing is known for certain, each with its verdict."""
    proved: int = 0
    """How many claims hold for all sizes and any number of steps, and how many witnesses are seen."""
    bounded: int = 0
    """How many claims hold within bounds, beyond which nothing is said."""
    error: str = ""
    results: tuple[tuple[tuple[str, object], ...], ...] = ()
    """What the process said of each claim, as pairs of names and values."""
    status: int = HOLDS
    """As `spillproof check` ends: 0, 1, 2, 3 or 70."""


@dataclass(frozen=True)
class Answers:
    """A row: models of which the same is to be said, at the same scope, asked in the same way."""

    models: tuple[str, ...]
    scope: str
    asked: str
    seeds: tuple[int, ...]
    verdicts: Verdicts
    seconds: float

    def with_all_of(self, other: Answers) -> Answers:
        """Return a row for the models and the seeds of both."""
        models = tuple(dict.fromkeys((*self.models, *other.models)))
        seeds = tuple(dict.fromkeys((*self.seeds, *other.seeds)))
        return replace(self, models=models, seeds=seeds, seconds=self.seconds + other.seconds)

    @property
    def called(self) -> str:
        """Return the models in words; releases that follow each other are drawn together."""
        return ", ".join(_called(self.models))


def answers(jobs: Mapping[Case, Job], replies: Mapping[Job, Reply]) -> list[Answers]:
    """Return the rows, in the order in which the models were asked for."""
    counted: set[Job] = set()
    rows = []
    for case, job in jobs.items():
        rows.append(_row(case, replies.get(job), counts=job not in counted))
        counted.add(job)
    return _joined(_joined(rows, lambda row: row.models), lambda row: (_family(row.models[0]), row.seeds))


def _row(case: Case, reply: Reply | None, *, counts: bool) -> Answers:
    """Return the row of one question. The time of a job that several questions share counts once."""
    scope = reply.said["scope"] if reply is not None and reply.said is not None else ", ".join(case.scope)
    seconds = reply.seconds if reply is not None and counts else 0.0
    return Answers((case.model,), scope, case.asked(), (case.seed,), verdicts(case, reply), seconds)


def _joined(rows: Iterable[Answers], alike: Callable[[Answers], object]) -> list[Answers]:
    """Return rows of which those that are alike, and say the same, are one."""
    found: dict[object, Answers] = {}
    for row in rows:
        key = alike(row), row.scope, row.asked, row.verdicts
        there = found.get(key)
        found[key] = row if there is None else there.with_all_of(row)
    return list(found.values())


def verdicts(case: Case, reply: Reply | None) -> Verdicts:
    """Return what is said of a question."""
    if reply is None:
        return Verdicts(error="not asked yet", status=OPEN)
    if reply.said is None:
        return Verdicts(error=_from_here(reply.error, case), status=DEFECT if reply.defect else CANNOT)
    said = reply.said
    broken = [_steps(each) for each in said["results"] if each["verdict"] == "violated"]
    unsure = [_unsure(each) for each in said["results"] if each["verdict"] in OPEN_WORDS]
    unsure += [f"{name} (not asked)" for name in said["unasked"]]
    proved, bounded = (sum(each["verdict"] == word for each in said["results"]) for word in ("proved", "holds"))
    results = tuple(tuple({**each, "reason": _from_here(each["reason"], case)}.items()) for each in said["results"])
    return Verdicts(tuple(broken), tuple(unsure), proved, bounded, "", results, said["status"])


def _from_here(words: str, case: Case) -> str:
    """Return words with the model's file as the plan names it: a table does not say in which folder it was made."""
    return (
        words.replace(case.place().rpartition(":")[0], case.model.rpartition(":")[0]) if is_path(case.model) else words
    )


def _steps(result: Json) -> str:
    if result["steps"] is None:
        return f"{result['claim']} (never)"
    return f"{result['claim']} {result['steps']}{'' if result['shortest'] else ' known'}"


def _unsure(result: Json) -> str:
    return f"{result['claim']} ({result['verdict']})"


def exit_status(rows: Iterable[Answers]) -> int:
    """Return what a script is told: as `check` does, of the worst question; an error of one question leaves it open."""
    statuses = [row.verdicts.status for row in rows]
    for worst in (DEFECT, VIOLATED):
        if worst in statuses:
            return worst
    if statuses and set(statuses) == {CANNOT}:
        return CANNOT
    return HOLDS if set(statuses) == {HOLDS} else OPEN


def _called(models: Iterable[str]) -> Iterator[str]:
    """Yield names; those of one family whose releases follow each other as one: `spark@2.0.0 … 2.1.1`."""
    for (family, change), names in groupby(models, _family):
        releases = [_release(name) for name in names]
        if not change and not releases[0]:
            yield family
        else:
            yield f"{family}@{spans(releases, dash=' … ')}{change}"


def _family(model: str) -> tuple[str, str]:
    """Return the family and the change of a model at a release; of another its name, and nothing."""
    family, _, rest = model.partition("@")
    release = _release(model)
    return (family, rest.removeprefix(release)) if release else (model, "")


def _release(model: str) -> str:
    rest = model.partition("@")[2]
    release = rest.partition(" ")[0].partition("+")[0]
    return release if release in RELEASES else ""
