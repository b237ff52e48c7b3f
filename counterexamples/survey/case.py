"""One question of a survey: a model at a scope, and how to check it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from spillproof.counterexamples.question import Question
from spillproof.counterexamples.survey.job import Job
from spillproof.model.catalogue.alike import what
from spillproof.model.errors import ModelError
from spillproof.model.names import counted
from spillproof.model.title import is_path

CHECK = "spillproof.counterexamples.survey.check:checked"


@dataclass(frozen=True)
class Case:
    """A model by its title (`spark@2.3.4 with SPARK-22713`, `path/to/file.py:Class`), and what is asked of it."""

    model: str
    scope: tuple[str, ...] = ()
    """In words: `consumers=3`."""
    claims: tuple[str, ...] = ()
    """By name; none for all that are about the model."""
    engine: str | None = None
    seed: int = 0
    max_steps: int | None = None
    witnesses: bool = True
    """Whether to ask, where all claims are asked, that none of them is vacuous."""
    certify: bool = False
    folder: str = ""
    """Where a path begins: empty for the working folder."""

    def place(self) -> str:
        """Return the model's title, with a path that is the same in every working folder."""
        return str(Path(self.folder, self.model).absolute()) if is_path(self.model) else self.model

    def question(self) -> Question:
        """Return the model as it is asked for. Raises `ModelError` where there is none."""
        return Question.of(self.place()).at(self.scope)

    def job(self) -> Job:
        """Return what a process is to do."""
        given = asdict(self) | {"model": self.place()}
        del given["folder"]
        return Job.of(CHECK, given)

    def asked(self) -> str:
        """Return in words what is not as usual about how it is checked."""
        words = [f"engine {self.engine}"] if self.engine else []
        words += [f"at most {counted(self.max_steps, 'step')}"] if self.max_steps is not None else []
        words += ["certified by cvc5"] if self.certify else []
        return ", ".join(words)


def jobs_of(cases: Iterable[Case]) -> dict[Case, Job]:
    """Return the job of each case: releases that a model cannot tell apart are one model, and share a job."""
    first: dict[object, Job] = {}
    return {case: first.setdefault(_alike(case), case.job()) for case in cases}


def _alike(case: Case) -> object:
    """Return the same value for two cases of which the same is to be said."""
    if is_path(case.model):
        return case
    try:
        asked = case.question()
        entry = asked.entry()
    except ModelError:  # whoever is asked says so
        return case
    scoped = replace(entry, scope={**entry.scope, **asked.scope})
    return what(scoped), replace(case, model="", scope=())
