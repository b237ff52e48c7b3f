"""What `spillproof survey` does once its words are read: it asks, keeps, and writes the table."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from spillproof.counterexamples import interrupts, output, screen
from spillproof.counterexamples.survey import plan, table, table_text
from spillproof.counterexamples.survey.case import Case, jobs_of
from spillproof.counterexamples.survey.crew import Crew, dask, local, processors
from spillproof.counterexamples.survey.job import Job
from spillproof.counterexamples.survey.journal import Journal, beside
from spillproof.counterexamples.survey.survey import Survey, surveyed
from spillproof.model.errors import ModelError
from spillproof.model.names import counted

SECONDS = 60.0
"""For each question, unless something else is said."""

EVERY = 60.0
"""Seconds between two lines of progress where there is no terminal."""


@dataclass(frozen=True)
class Wanted:
    """Where the table goes, what is in it, and who asks."""

    out: Path
    format: str | None = None
    times: bool = False
    force: bool = False
    seconds: float | None = None
    """For each question; None for what the plan says."""
    workers: int | None = None
    dask: str = ""

    def crew(self, jobs: int) -> Crew:
        """Return who does so many jobs."""
        if self.dask:
            return dask(self.dask)
        return local(max(1, min(self.workers or processors(), jobs)))


def asked(names: Sequence[str], options: dict[str, Any]) -> tuple[list[Case], float | None]:
    """Return the questions of a file of TOML, or of models with options, and the time limit of the file.

    Raises `ModelError` for both at once, and for whatever is wrong with either.
    """
    files = [name for name in names if name.endswith(".toml")]
    if not files:
        return plan.cases([{"models": list(names), **options}]), None
    if len(names) > 1:
        raise ModelError(f"{files[0]} says all questions: give it alone, or models by name without it")
    if options:
        raise ModelError(f"--{next(iter(options))} is for models by name: say it in {files[0]}")
    return plan.read(Path(files[0]))


def run(names: Sequence[str], options: dict[str, Any], wanted: Wanted) -> int:
    """Ask, write the table, say where it is, and return the exit status."""
    write = table_text.chosen(wanted.format, wanted.out)
    cases, limit = asked(names, options)
    seconds = wanted.seconds or limit or SECONDS
    force = wanted.force or beside(wanted.out).exists()
    if wanted.out.exists() and not force:
        raise ModelError(f"--out {wanted.out}: it is there already, and not of a survey; say --force to overwrite it")
    jobs = jobs_of(cases)
    todo = set(jobs.values())
    with screen.Progress() as progress, Journal(beside(wanted.out)) as journal:
        found = surveyed(jobs.values(), journal, wanted.crew(len(todo)), seconds, Told(progress))
        interrupts.hold()
    if found.interrupted and not found.replies:
        raise KeyboardInterrupt
    rows = table.answers(jobs, found.replies)
    output.save(write(rows, len(todo), times=wanted.times), wanted.out, force=force)
    screen.show(said(found, rows, wanted.out))
    return table.exit_status(rows)


class Told:
    """Says how far it is: on a terminal all the time, elsewhere in a line now and then."""

    def __init__(self, progress: screen.Progress) -> None:
        self.progress = progress
        self.last = time.monotonic()

    def __call__(self, survey: Survey, _job: Job) -> None:
        """Take note of an answer."""
        self.progress(survey.said())
        now = time.monotonic()
        if not self.progress.wanted and now - self.last >= EVERY and len(survey.replies) < len(survey.jobs):
            self.last = now
            screen.complain(survey.said())


def said(found: Survey, rows: Sequence[table.Answers], out: Path) -> str:
    """Return what a person is told at the end."""
    mark = {0: "✓", 1: "✗"}.get(table.exit_status(rows), "?")
    before = f"; {counted(found.known, 'answer')} known from before" if found.known else ""
    left = len(found.jobs) - len(found.replies)
    stopped = f"\n(interrupted: {counted(left, 'question')} left; the same command goes on from here)" if left else ""
    return f"{mark} {table_text.summary(rows, len(found.jobs))}{before}\nWrote {out}{stopped}"
