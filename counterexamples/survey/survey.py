"""Many jobs, and what came of them: those that were done before are known, the others are given out and waited for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future, as_completed
from dataclasses import dataclass, field

from spillproof.counterexamples.survey.crew import Crew
from spillproof.counterexamples.survey.job import Job, Reply
from spillproof.counterexamples.survey.journal import Journal


@dataclass
class Survey:
    """What is known of each job so far."""

    jobs: tuple[Job, ...]
    replies: dict[Job, Reply] = field(default_factory=dict)
    known: int = 0
    """How many of the replies had been kept before."""
    interrupted: bool = False

    def said(self) -> str:
        """Return in a few words how far it is."""
        failed = sum(reply.said is None for reply in self.replies.values())
        return f"{len(self.replies)} of {len(self.jobs)}{f', {failed} with an error' if failed else ''}"


def surveyed(
    jobs: Iterable[Job],
    journal: Journal,
    crew: Crew,
    limit: float | None = None,
    tell: Callable[[Survey, Job], None] = lambda _survey, _job: None,
) -> Survey:
    """Return what came of jobs, each of which has at most `limit` seconds and is done once.

    `tell` is called after each. A `KeyboardInterrupt` ends it with what is known. Raises `ModelError` where an answer
    cannot be kept, and where nobody is there to do the jobs.
    """
    survey = Survey(tuple(dict.fromkeys(jobs)))
    for job in survey.jobs:
        if (reply := journal.known(job, limit)) is not None:
            survey.replies[job] = reply
    survey.known = len(survey.replies)
    left = [job for job in survey.jobs if job not in survey.replies]
    try:
        if left:
            with crew as submit:
                _wait({submit(job, limit): job for job in left}, survey, journal, tell)
    except KeyboardInterrupt:
        survey.interrupted = True
    return survey


def _wait(
    running: Mapping[Future[Reply], Job], survey: Survey, journal: Journal, tell: Callable[[Survey, Job], None]
) -> None:
    for done in as_completed(running):
        job, reply = running[done], _reply(done)
        journal.keep(job, reply)
        survey.replies[job] = reply
        tell(survey, job)


def _reply(done: Future[Reply]) -> Reply:
    """Return what a job led to; where whoever had it is gone, that it was lost."""
    try:
        return done.result()
    except Exception as error:  # noqa: BLE001 - whatever a cluster raises, it costs this job and no other
        return Reply(error=f"whoever was to answer is gone: {type(error).__name__}: {' '.join(str(error).split())}")
