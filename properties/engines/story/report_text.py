"""What an engine found, told in plain text for a person: at most 80 columns, without colour, the verdict last."""

from __future__ import annotations

import re
from collections.abc import Iterator

from spillproof.model import system
from spillproof.model.names import counted
from spillproof.properties.claims import Mode
from spillproof.properties.engines.run import Run
from spillproof.properties.engines.story.counterexample_text import counterexample, stories
from spillproof.properties.engines.story.phrases import steps, wrapped
from spillproof.properties.engines.verdict import (
    Disputed,
    Holds,
    Never,
    NotFound,
    Proved,
    Refused,
    Report,
    Result,
    Unknown,
    Violated,
    Word,
)

MARKS: dict[Word, str] = {
    "violated": "✗",
    "proved": "✓",
    "holds": "✓",
    "not-found": "?",
    "unknown": "?",
    "refused": "!",
    "disputed": "!",
}
NOT_ASKED = "·"
REFUSED = "Refused:"
"""Begins the reason of a claim that could not be asked; it names the claim by itself."""

LATER = 50
"""Where the later lines of a row begin at the latest, whatever the claim is called."""

NOTHING_VIOLATED = 3
"""The exit status of a check that found no violation and left something open."""


def tell(report: Report, name: str = "", model: str = "", seconds: float | None = None) -> str:
    """Return all that a person wants to know of a report.

    `name` says what the model is called, `model` how it is made, as Python text; `seconds` how long it took in all.
    """
    told = stories(report)
    parts = [[headline(report, name)], table(report), *provisos(report), *reasons(report)]
    parts += [[wrapped(f"Smaller: {hint}.", "    ", "")] for hint in report.hints]
    parts += [*certificates(report), *disputes(report)]
    parts += [left_out(report)]
    parts += [counterexample(story, number, len(told), model) for number, story in enumerate(told, 1)]
    return "\n\n".join("\n".join(part) for part in [*parts, [summary(report, name, seconds)]] if part)


def left_out(report: Report) -> list[str]:
    """Return, in a line, what was not compared with the model on integers; nothing where all was."""
    validated = report.validated
    if validated is None or validated.once:
        return []
    return [wrapped(f"? {validated.sentence()}: for the rest the time was too short.", "    ", "")]


# The verdicts


def headline(report: Report, name: str) -> str:
    """Return the model and its scope in one line."""
    text, counted_by = system.headline(report.model, name), report.any_number_of
    if counted_by:
        text = re.sub(rf"\b{counted_by}=\d+", f"any number of {counted_by}", text, count=1)
    return wrapped(text, "    ", "")


def table(report: Report) -> list[str]:
    """Return a line for each claim; the witnesses are one line if all of them were seen."""
    claims = _asked(report)
    witnesses = [result for result in report.results if result.claim.mode is Mode.SOMETIMES]
    seen = [result for result in witnesses if result.verdict.word == "proved"]
    rest = [result for result in witnesses if result.verdict.word != "proved"]
    names = [*(result.claim.name for result in [*claims, *rest]), *(each.name for each in report.unasked)]
    width = max(map(len, names), default=0)
    lines = [
        _row(MARKS[result.verdict.word], word(result), result.claim.name.ljust(width), detail(result))
        for result in [*claims, *rest]
    ]
    lines += [_seen(seen, len(witnesses))] if seen else []
    return lines + [_row(NOT_ASKED, "not asked", each.name.ljust(width), each.reason) for each in report.unasked]


def word(result: Result) -> str:
    """Return the verdict in a word."""
    return "never" if isinstance(result.verdict, Never) else result.verdict.word


def _row(mark: str, word: str, name: str, detail: str) -> str:
    start = f"{mark} {word:<9} {name}"
    return wrapped(f"{start}  {detail}".rstrip(), " " * min(len(start) + 2, LATER), "")


def detail(result: Result) -> str:
    """Return how far a verdict goes, in the few words of a table."""
    match result.verdict:
        case Violated(run=run, minimal=minimal, within=within):
            short = f"the shortest{f' for {within}' if within else ''}" if minimal else "perhaps not the shortest"
            return f"{steps(len(run))}, {short}"
        case Never():
            beside = result.claim.beside
            return f"so that {beside} says nothing here" if beside else "in no run"
        case Proved(extent=extent):
            return extent
        case Disputed():
            return "the engines disagree"
        case Holds(bounds=bounds):
            return re.sub(r" \(\d+ states?\)", "", bounds)
        case Unknown(depth=depth):
            return f"no run of up to {steps(depth)}" if depth >= 0 else ""
        case _:
            return ""


def _seen(seen: list[Result], all_of: int) -> str:
    number = f"{len(seen)} of {all_of} witnesses"
    if len(seen) == all_of:
        number = f"all {all_of} witnesses" if all_of > 1 else "the witness"
    so = ": no claim is vacuous" if len(seen) == all_of else ""
    return wrapped(f"{MARKS['proved']} {'seen':<9} {number}{so}", "    ", "")


def provisos(report: Report) -> Iterator[list[str]]:
    """Yield what proofs rest on that no machine has proved: right below them, as they say no more than that."""
    found = dict.fromkeys(each.verdict.provided for each in report.results if isinstance(each.verdict, Proved))
    for provided in filter(None, found):
        yield [wrapped(f"Proved, provided that {provided}.", "    ", "")]


def reasons(report: Report) -> Iterator[list[str]]:
    """Yield for each verdict that is neither a proof nor a violation how far it goes, and which claims it is on."""
    found: dict[str, list[str]] = {}
    for result in report.results:
        if reason := _reason(result):
            found.setdefault(reason, []).append(result.claim.name)
    for reason, names in found.items():
        whose = "" if reason.startswith(REFUSED) else f": {', '.join(names)}"
        yield [wrapped(f"{reason}{whose}.", "    ", "")]


def _reason(result: Result) -> str:
    match result.verdict:
        case Unknown(why=why):
            return f"Unknown, because {why}"
        case Holds(bounds=bounds):
            return f"Holds for {bounds}, and nothing is said beyond"
        case NotFound(tried=tried):
            return f"Not found in {tried}, which proves nothing"
        case Refused(why=why):
            return f"{REFUSED} {why}"
        case _:
            return ""


def certificates(report: Report) -> Iterator[list[str]]:
    """Yield for each certificate what it proves, and how large it is."""
    proved: dict[int, list[Result]] = {}
    for result in report.results:
        if isinstance(result.verdict, Proved) and not isinstance(result.verdict.certificate, (Run, type(None))):
            proved.setdefault(id(result.verdict.certificate), []).append(result)
    for results in proved.values():
        yield [_certificate(results)]


def _certificate(results: list[Result]) -> str:
    verdict = results[0].verdict
    assert isinstance(verdict, Proved)
    invariants = getattr(verdict.certificate, "invariants", ())
    conjuncts = counted(sum(map(len, invariants)), "conjunct")
    names = ", ".join(result.claim.name for result in results)
    who = " and ".join(verdict.confirmed_by) + (f" ({verdict.remark})" if verdict.remark else "")
    return wrapped(
        f"Certificate: {conjuncts} over {counted(len(invariants), 'shape')}, inductive, confirmed by {who}; "
        f"proves {names} for {verdict.covers}.",
        "    ",
        "",
    )


HOW_TO_REPORT = (
    "Do not rely on either side. There is a defect in spillproof, or the model keeps state that no engine sees (a "
    "global, a cache, a clock, a file). Please report it with the model's file, this text, the versions of spillproof "
    "and Python, and how the check was called."
)


def disputes(report: Report) -> Iterator[list[str]]:
    """Yield for each withdrawn verdict both sides; then, once, what to do about it."""
    disputed = [result for result in report.results if isinstance(result.verdict, Disputed)]
    for result in disputed:
        assert isinstance(result.verdict, Disputed)
        yield [*_sides(result.claim.name, result.engine, result.verdict)]
    if disputed:
        yield [wrapped(HOW_TO_REPORT, "    ", "")]


def _sides(name: str, engine: str, verdict: Disputed) -> Iterator[str]:
    yield wrapped(f"The engines disagree on {name}. Withdrawn ({engine}): {verdict.withdrawn.sentence()}.", "    ", "")
    yield wrapped(f"Against it: {verdict.why}{':' if verdict.run else '.'}", "    ", "  ")
    for number, step in enumerate(verdict.run):
        yield wrapped(f"{number or '':>2}  {step}", "          ", "    ")


def summary(report: Report, name: str = "", seconds: float | None = None) -> str:
    """Return the verdict on the model, in a line or two."""
    name = name or type(report.model).__name__
    note = (" (interrupted)" if report.interrupted else "") + ("" if seconds is None else f" ({seconds:.1f} s)")
    words = [result.verdict.word for result in report.results]
    match report.exit_status():
        case 70:
            text = f"! {name}: the engines disagree on {words.count('disputed')} of {len(words)} claims{note}"
        case 1:
            text = f"✗ {'; '.join([f'{name} {_broken(report)}', *_open(report)])}{note}"
        case 2:
            text = f"! {name}: nothing could be asked, {', '.join(_open(report))}{note}"
        case 3:
            text = (
                f"? {name}: {', '.join(['nothing violated' if words else 'nothing was asked', *_open(report)])}{note}"
            )
        case _:
            text = f"✓ {name}: {_of_claims(_asked(report)) or _of_witnesses(report)}{_with(report)}{note}"
    return wrapped(text, "  ", "")


def _open(report: Report) -> list[str]:
    """Return what is left open, each in a few words; what is not known counts against all that was asked."""
    words = [result.verdict.word for result in report.results]
    counted = [
        (words.count("unknown"), "unknown"),
        (words.count("not-found"), "not seen to be violated"),
        (words.count("refused"), "refused"),
        (len(report.slips()), "not asked"),
    ]
    asked = "claims" if len(_asked(report)) == len(words) else "claims and witnesses"
    of = f" of {len(words)} {asked}" if report.exit_status() == NOTHING_VIOLATED else ""
    return [f"{count}{of if text == 'unknown' else ''} {text}" for count, text in counted if count]


def _asked(report: Report) -> list[Result]:
    return [result for result in report.results if result.claim.mode is not Mode.SOMETIMES]


def _broken(report: Report) -> str:
    broken = [result.claim.name for result in report.violated() if result.claim.mode is not Mode.SOMETIMES]
    never = [result.claim.name for result in report.violated() if result.claim.mode is Mode.SOMETIMES]
    said = [f"violates {len(broken)} of {len(_asked(report))} claims: {', '.join(broken)}"] if broken else []
    said += [f"is never seen to do what shows that its claims are not vacuous: {', '.join(never)}"] if never else []
    return "; ".join(said)


def _of_claims(asked: list[Result]) -> str:
    counted = {word: sum(1 for result in asked if result.verdict.word == word) for word in MARKS}
    said = {"proved": "proved", "holds": "hold within bounds", "not-found": "not seen to be violated"}
    parts = [f"{counted[word]} {text}" for word, text in said.items() if counted[word]]  # type: ignore[index] # keys are words
    return f"of {len(asked)} claims, {' and '.join(parts)}" if parts else ""


def _with(report: Report) -> str:
    """Return that proofs have a proviso, if they do."""
    return ", with the proviso above" if any(provisos(report)) else ""


def _of_witnesses(report: Report) -> str:
    return f"{counted(len(report.results), 'witness', 'es')} seen"
