"""From a report and the names of the files that were kept of it to the page over all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from spillproof.counterexamples.export.index import ClaimRow, Counterexample, File, Found
from spillproof.counterexamples.trace import Trace
from spillproof.model.names import counted
from spillproof.properties.claims import Mode
from spillproof.properties.engines.run import Run
from spillproof.properties.engines.story.counterexample_text import stories
from spillproof.properties.engines.story.report_text import MARKS, detail, headline, summary, word
from spillproof.properties.engines.verdict import Report, Result

KINDS = (
    ("{}.html", "step through it"),
    ("{}.md", "for an issue"),
    ("{}.svg", "picture"),
    ("test_{}.py", "test"),
    ("{}.itf.json", "trace"),
)
"""The files about a claim, and what each is."""


def found(
    report: Report,
    name: str,
    trace: Callable[[Result], Trace],
    *,
    files: Iterable[str],
    proofs: Mapping[int, str],
    left_out: Mapping[str, list[str]],
) -> Found:
    """Return what the page says of a report.

    `files` are the names of those that are there, `proofs` those of certificates by their identity, and `left_out` says
    what could not be kept, by why.
    """
    there = frozenset(files)
    rows = {id(each): _row(each, there, proofs) for each in report.results}
    told = [
        Counterexample(trace(story.results[0]), tuple(rows[id(each)] for each in story.results))
        for story in stories(report)
    ]
    return Found(
        title=" ".join(summary(report, name).split()),
        scope=" ".join(headline(report, name).split()),
        nothing="No run that violates a claim was found. How far that goes, the table says.",
        counterexamples=tuple(told),
        claims=tuple(rows.values()),
        unasked=tuple(report.unasked),
        left_out=dict(left_out),
    )


def _row(result: Result, there: frozenset[str], proofs: Mapping[int, str]) -> ClaimRow:
    certificate = getattr(result.verdict, "certificate", None)
    shown = certificate if result.claim.mode is Mode.SOMETIMES and isinstance(certificate, Run) else None
    proof = proofs.get(id(certificate), "")
    return ClaimRow(
        name=result.claim.name,
        sentence=result.claim.sentence,
        mark=MARKS[result.verdict.word],
        word=word(result) if shown is None else "seen",
        reach=detail(result) if shown is None else f"a run of {counted(len(shown), 'step')} shows it",
        files=(*_files(result.claim.name, there), *([("certificate", proof)] if proof in there else [])),
    )


def _files(claim: str, there: frozenset[str]) -> Iterator[File]:
    for pattern, what in KINDS:
        name = pattern.format(claim)
        if name in there:
            yield what, name
