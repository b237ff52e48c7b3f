"""What is told of a running manager: the table of claims; for each that is false its run, and who holds the bytes."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import replace

from spillproof.properties.claims import Claim, Mode
from spillproof.properties.engines.evidence.evidence import Evidence
from spillproof.properties.engines.evidence.gather import evidence_of
from spillproof.properties.engines.run import Moment
from spillproof.properties.engines.story.evidence_text import told_evidence
from spillproof.properties.engines.story.phrases import WIDTH, exactly
from spillproof.properties.engines.story.report_text import MARKS, NOT_ASKED
from spillproof.properties.engines.story.run_text import told_run
from spillproof.properties.engines.verdict import Unknown, Verdict
from spillproof.properties.live.adapter import Adapter
from spillproof.properties.live.holders import Chain
from spillproof.properties.live.session import Seen
from spillproof.properties.live.verdicts import Falsified, LiveReport, LiveResult, NotAsked, Shown


def tell(report: LiveReport) -> str:
    """Return all that a person wants to know of a report."""
    words = ", ".join(f"{name} {number}" for name, number in report.versions.items())
    lines = [_wrapped(f"{report.adapter.__name__}  ({words})", "    "), "", *table(report), ""]
    lines += [_wrapped(measured(report.adapter), "  "), ""]
    for falsified, claims in _runs(report):
        lines += [*counterexample(falsified, claims), ""]
    return "\n".join([*lines, summary(report)])


def measured(adapter: type[Adapter]) -> str:
    """Return how reachable bytes are measured, and to what that is blind."""
    measure = adapter.measured_by
    return f"Measured by {measure.__name__}: sound for {measure.sound_for}; blind to {measure.blind_to}."


def table(report: LiveReport) -> Iterator[str]:
    """Yield a line for each claim."""
    width = max((len(result.claim.name) for result in report.results), default=0)
    for result in report.results:
        mark, word, detail = _row(result)
        yield _wrapped(f"{mark} {word:<13} {result.claim.name:<{width}}  {detail}".rstrip(), " " * 18)


def _row(result: LiveResult) -> tuple[str, str, str]:
    match result.verdict:
        case Falsified(script=script, minimal=minimal):
            return MARKS["violated"], "violated", f"{_steps(script)}{', the shortest' if minimal else ''}"
        case Shown(runs=runs):
            return MARKS["holds"], "seen", f"in {runs} runs"
        case NotAsked(reason=reason):
            return NOT_ASKED, "not asked", reason
        case Unknown():
            return MARKS["unknown"], "unknown", "did not repeat"
        case _ if result.claim.mode is Mode.SOMETIMES:
            return MARKS["violated"], "never seen", f"so that {result.claim.beside} says nothing here"
        case _:
            return MARKS["holds"], "not falsified", ""


def counterexample(falsified: Falsified, claims: Iterable[Claim] = ()) -> list[str]:
    """Return a run, the claims that it violates, what they read, and who holds what is counted free."""
    violated, at = list(claims), len(falsified.steps) - 1
    moments = list(map(moment, falsified.steps))
    evidence = [_briefly(each) for claim in violated if (each := evidence_of(claim, moments, at)) is not None]
    lines = [f"Counterexample: {_steps(falsified.script)}", ""]
    for claim in violated:
        lines += [f"  violates {claim.name}", textwrap.indent(_wrapped(claim.sentence, "", WIDTH - 4), "    ")]
    lines += ["", *told_run(moments, at)]
    lines += told_evidence(evidence, ("accounted", "reachable"), WIDTH, [each.spelled for each in moments])
    lines += [] if evidence else told_disk(falsified.steps)
    lines += told_paths(falsified.paths)
    lines += told_others(falsified)
    why = f"Shortest: {falsified.minimal}." if falsified.minimal else "That no shorter run exists was not certified."
    return [*lines, "", textwrap.indent(_wrapped(why, "  ", WIDTH - 2), "  ")]


def _briefly(evidence: Evidence) -> Evidence:
    """Return evidence without the table of all that is seen of a manager: what matters of it was read by name."""
    return replace(evidence, readings=tuple(each for each in evidence.readings if each.words != "seen"))


def told_paths(paths: Iterable[Chain]) -> Iterator[str]:
    """Yield the chains of references to what is counted free."""
    found = list(paths)
    if found:
        yield from ("", "  Held, of what is counted free:" if found[0].size else "  Left, with every repetition:", "")
    for path in found:
        size = f"  ({exactly(path.size)})" if path.size else ""
        line = f", stored by {path.stored}" if path.stored else ""
        yield _wrapped(f"    {path}{size}{line}", "      ")


def told_others(falsified: Falsified) -> Iterator[str]:
    """Yield the runs in which a step of another kind violates the claim: perhaps for another reason."""
    if falsified.also:
        yield from ("", "  Another step violates it as well, perhaps for another reason:", "")
    for other in falsified.also:
        raised = f" raises {other.steps[-1].raised}" if other.steps[-1].raised else ""
        yield _wrapped(f"    {'; '.join(step.spelled for step in other.steps[1:])}{raised}", "      ")
        yield from (f"      held: {path}" for path in other.paths[:1])


def told_disk(steps: tuple[Seen, ...]) -> Iterator[str]:
    """Yield what the disk holds at the end, where it is not what is accounted; and what was read that was not put."""
    seen = steps[-1].now.seen
    if seen.get("disk_used", 0) != seen.get("disk_accounted", 0):
        yield from ("", f"  On disk: {exactly(seen['disk_used'])}; accounted there: {exactly(seen['disk_accounted'])}")
    if not steps[-1].raised and seen["records_owed"] != seen["records_readable"]:
        yield from ("", f"  Put, by key: {seen['records_owed']} B; read: {seen['records_readable']} B")


def moment(step: Seen) -> Moment:
    """Return a step in the form that is told of models, too."""
    return Moment(step.now, None, step.spelled, {}, [], [], step.events, [], step.raised)


def summary(report: LiveReport) -> str:
    """Return the verdict on the manager, in a line or two, with what it does not cover."""
    name, violated, vacuous = report.adapter.__name__, report.violated(), report.vacuous()
    unasked = report.unasked()
    asked = [each for each in report.results if each.claim.mode is Mode.ALWAYS and each not in unasked]
    tried = report.tried
    if violated:
        names = ", ".join(result.claim.name for result in violated)
        text = f"✗ {name} violates {len(violated)} of {len(asked)} claims: {names} ({tried})"
    elif vacuous:
        text = f"✗ {name}: never seen in {tried}: {', '.join(result.claim.name for result in vacuous)}"
    elif report.unknown():
        text = f"? {name}: nothing violated, {len(report.unknown())} unknown ({tried})"
    else:
        text = f"✓ {name}: none of {len(asked)} claims falsified in {tried}, which proves nothing of others"
    return _wrapped(f"{text}; of memory nothing was asked ({len(unasked)} claims)" if unasked else text, "  ")


def _runs(report: LiveReport) -> list[tuple[Falsified, list[Claim]]]:
    """Return each run once, with the claims that it violates."""
    found: dict[object, tuple[Falsified, list[Claim]]] = {}
    for result in report.results:
        verdict: Verdict = result.verdict
        if isinstance(verdict, Falsified):
            found.setdefault(verdict.script, (verdict, []))[1].append(result.claim)
    return list(found.values())


def _steps(script: tuple[object, ...]) -> str:
    return f"{len(script)} step{'' if len(script) == 1 else 's'}"


def _wrapped(text: str, later: str, width: int = WIDTH) -> str:
    return "\n".join(
        textwrap.wrap(text, width, subsequent_indent=later, break_long_words=False, break_on_hyphens=False)
    )
