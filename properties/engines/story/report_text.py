"""What an engine found, told in plain text for a person: at most 80 columns, without colour, the verdict last.

A counterexample is told as a run, a step a line, with what is accounted and what is reachable after each; the step
after which the claim is false is marked; and the bytes that are counted free though they are reachable are shown with
the references that keep them, as a heap-dump tool would print them.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from spillproof.model import system
from spillproof.model.heap import HeapObject
from spillproof.properties.accounting import gap
from spillproof.properties.claims import Claim, Mode
from spillproof.properties.engines.evidence.evidence import Evidence
from spillproof.properties.engines.evidence.gather import evidence_of
from spillproof.properties.engines.run import Moment, Run, false_at, replay
from spillproof.properties.engines.story.alike import Alike, alike
from spillproof.properties.engines.story.evidence_text import Column, columns, told_evidence
from spillproof.properties.engines.story.holders import Held, held, measured
from spillproof.properties.engines.story.snippet import pasted
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

WIDTH = 80
"""Every line fits into so many columns, on every terminal: the same text everywhere."""

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
GUILTY = "▶"

NOTHING_VIOLATED = 3
"""The exit status of a check that found no violation and left something open."""

MEGABYTE = 1024 * 1024

MANY = 3
"""So many objects that are reached alike are told as one."""


@dataclass
class Story:
    """A run, and the results that it settles: one run may violate several claims."""

    run: Run
    results: list[Result] = field(default_factory=list)


def tell(report: Report, name: str = "", model: str = "", seconds: float | None = None) -> str:
    """Return all that a person wants to know of a report.

    `name` says what the model is called, `model` how it is made, as Python text; `seconds` how long it took in all.
    """
    told = stories(report)
    parts = [[headline(report, name)], table(report), *provisos(report), *reasons(report)]
    parts += [[_wrapped(f"Smaller: {hint}.", "    ", "")] for hint in report.hints]
    parts += [*certificates(report), *disputes(report)]
    parts += [left_out(report)]
    parts += [counterexample(story, number, len(told), model) for number, story in enumerate(told, 1)]
    return "\n\n".join("\n".join(part) for part in [*parts, [summary(report, name, seconds)]] if part)


def left_out(report: Report) -> list[str]:
    """Return, in a line, what was not compared with the model on integers; nothing where all was."""
    validated = report.validated
    if validated is None or validated.once:
        return []
    return [_wrapped(f"? {validated.sentence()}: for the rest the time was too short.", "    ", "")]


def stories(report: Report) -> list[Story]:
    """Return each run that violates a claim, once, with all the claims that it is reported for."""
    found: dict[object, Story] = {}
    for result in report.violated():
        if isinstance(result.verdict, Violated):
            run = result.verdict.run
            found.setdefault((run.opening, run.opening_picks, run.steps), Story(run)).results.append(result)
    return list(found.values())


# The verdicts


def headline(report: Report, name: str) -> str:
    """Return the model and its scope in one line."""
    text, counted_by = system.headline(report.model, name), report.any_number_of
    if counted_by:
        text = re.sub(rf"\b{counted_by}=\d+", f"any number of {counted_by}", text, count=1)
    return _wrapped(text, "    ", "")


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
    return _wrapped(f"{start}  {detail}".rstrip(), " " * min(len(start) + 2, WIDTH // 2), "")


def detail(result: Result) -> str:
    """Return how far a verdict goes, in the few words of a table."""
    match result.verdict:
        case Violated(run=run, minimal=minimal, within=within):
            short = f"the shortest{f' for {within}' if within else ''}" if minimal else "perhaps not the shortest"
            return f"{_steps(len(run))}, {short}"
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
            return f"no run of up to {_steps(depth)}" if depth >= 0 else ""
        case _:
            return ""


def _seen(seen: list[Result], all_of: int) -> str:
    number = f"{len(seen)} of {all_of} witnesses"
    if len(seen) == all_of:
        number = f"all {all_of} witnesses" if all_of > 1 else "the witness"
    so = ": no claim is vacuous" if len(seen) == all_of else ""
    return _wrapped(f"{MARKS['proved']} {'seen':<9} {number}{so}", "    ", "")


def provisos(report: Report) -> Iterator[list[str]]:
    """Yield what proofs rest on that no machine has proved: right below them, as they say no more than that."""
    found = dict.fromkeys(each.verdict.provided for each in report.results if isinstance(each.verdict, Proved))
    for provided in filter(None, found):
        yield [_wrapped(f"Proved, provided that {provided}.", "    ", "")]


def reasons(report: Report) -> Iterator[list[str]]:
    """Yield for each verdict that is neither a proof nor a violation how far it goes, and which claims it is on."""
    found: dict[str, list[str]] = {}
    for result in report.results:
        if reason := _reason(result):
            found.setdefault(reason, []).append(result.claim.name)
    for reason, names in found.items():
        whose = "" if reason.startswith(REFUSED) else f": {', '.join(names)}"
        yield [_wrapped(f"{reason}{whose}.", "    ", "")]


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
    conjuncts = _many(sum(map(len, invariants)), "conjunct")
    names = ", ".join(result.claim.name for result in results)
    who = " and ".join(verdict.confirmed_by) + (f" ({verdict.remark})" if verdict.remark else "")
    return _wrapped(
        f"Certificate: {conjuncts} over {_many(len(invariants), 'shape')}, inductive, confirmed by {who}; "
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
        yield [_wrapped(HOW_TO_REPORT, "    ", "")]


def _sides(name: str, engine: str, verdict: Disputed) -> Iterator[str]:
    yield _wrapped(f"The engines disagree on {name}. Withdrawn ({engine}): {verdict.withdrawn.sentence()}.", "    ", "")
    yield _wrapped(f"Against it: {verdict.why}{':' if verdict.run else '.'}", "    ", "  ")
    for number, step in enumerate(verdict.run):
        yield _wrapped(f"{number or '':>2}  {step}", "          ", "    ")


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
    return _wrapped(text, "  ", "")


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
    return f"{_many(len(report.results), 'witness', 'es')} seen"


# A counterexample


def counterexample(story: Story, number: int = 1, of: int = 1, model: str = "") -> list[str]:
    """Return the run, what it violates, where, why, that nothing shorter does, and how to take it again."""
    moments = replay(story.run)
    guilty = min(
        (at for each in story.results if (at := false_at(each.claim, moments)) is not None), default=len(moments) - 1
    )
    count = f" {number} of {of}" if of > 1 else ""
    lines = [f"Counterexample{count}: {_steps(len(story.run))}", ""]
    for result in story.results:
        lines.append(f"  violates {result.claim.name}")
        lines.append(_wrapped(result.claim.sentence, "    ", "    "))
    evidence = _evidence(story, moments)
    beside = columns(evidence, _room(moments), _titles(moments))
    lines += ["", *told_run(moments, guilty, beside)]
    shown = [*_titles(moments), *(each.reading.words for each in beside)]
    lines += told_evidence(evidence, shown, WIDTH, [each.spelled for each in moments])
    if found := held(moments, guilty):
        lines += ["", *told_held(found, int(gap(moments[guilty].state)))]
    lines += [*trapped(story, moments, guilty), "", *_minimality(story), "", "  To take it again:", ""]
    return lines + [f"    {line}".rstrip() for line in pasted(story.run, model, moments).splitlines()]


def trapped(story: Story, moments: list[Moment], guilty: int) -> Iterator[str]:
    """Yield what is in the way of a run back, for a claim that must always be recoverable."""
    for result in story.results:
        if result.claim.mode is Mode.RECOVERABLE:
            yield from told_trap(result.claim, moments[guilty])


def told_trap(claim: Claim, moment: Moment) -> Iterator[str]:
    """Yield which guards are in the way of a run back from where a run is trapped."""
    from spillproof.properties.engines.recovery.obstacles import obstacles  # it takes steps

    found = obstacles(claim, moment)
    in_the_way = [each for each in found if each.is_in_the_way]
    yield ""
    if in_the_way:
        yield "  From here no run leads back. Each of these guards alone is in the way:"
    elif found:
        yield "  From here no run leads back, and no guard alone is in the way. Refused are:"
    else:
        yield "  From here no run leads back, and no guard refuses a step: no object is left to take one with,"
        yield "  or whatever can happen leads to such a state again."
    for each in in_the_way or found:
        yield ""
        yield _wrapped(f"{each.step}  is refused by {each.guard}  ({each.place})", "      ", "    ")


def _evidence(story: Story, moments: list[Moment]) -> list[Evidence]:
    """Return what each claim read where it is false."""
    found = [evidence_of(each.claim, moments, false_at(each.claim, moments)) for each in story.results]
    return [each for each in found if each is not None]


def _titles(moments: list[Moment]) -> list[str]:
    """Return the titles of the columns of bytes, as far as the model can say."""
    measures = [measured(moment) for moment in moments]
    return [title for title in ("accounted", "reachable", "free") if any(title in each for each in measures)]


def _room(moments: list[Moment]) -> int:
    """Return how many characters of a line are free beside the steps and the columns of bytes."""
    longest = max(len(each.spelled) for each in moments) + len(str(len(moments))) + 7
    return WIDTH - 1 - max(WIDTH // 3, longest) - sum(width + 2 for width in _widths(moments))


def _widths(moments: list[Moment]) -> list[int]:
    measures = [measured(moment) for moment in moments]
    return [max(len(title), *(len(_number(each.get(title))) for each in measures)) for title in _titles(moments)]


def told_run(moments: list[Moment], guilty: int, beside: Sequence[Column] = ()) -> list[str]:
    """Return a run, a step a line, with bytes in columns and what each step announced below it.

    `beside` are further columns, of what a claim reads.
    """
    measures = [measured(moment) for moment in moments]
    known = _titles(moments)
    titles = [*known, *(each.title for each in beside)]
    widths = [*_widths(moments), *(each.width for each in beside)]
    left = max(WIDTH // 3, WIDTH - 1 - sum(widths) - 2 * len(widths))
    rows = [
        [*(_number(each.get(title)) for title in known), *(column.cells[at] for column in beside)]
        for at, each in enumerate(measures)
    ]
    cells = ["".join(f"  {cell:>{width}}" for cell, width in zip(row, widths, strict=True)) for row in rows]
    lines = [" " * left + "".join(f"  {title:>{width}}" for title, width in zip(titles, widths, strict=True))]
    digits = len(str(len(moments) - 1))
    for index, moment in enumerate(moments):
        mark = GUILTY if index == guilty else " "
        start = f"  {mark} {str(index) if index else '':>{digits}}  "
        step = textwrap.wrap(moment.spelled, left - len(start)) or [""]
        lines.append(f"{start}{step[0]}".ljust(left) + cells[index])
        lines += [" " * len(start) + "  " + more for more in step[1:]]
        if said := _announced(moment):
            lines.append(_wrapped(said, " " * (len(start) + 4), " " * (len(start) + 2)))
    return [line.rstrip() for line in lines]


def in_a_line(moment: Moment) -> str:
    """Return a step, the bytes after it, and what became of it if it was not taken."""
    found = measured(moment)
    said = [f"{title} {_number(found[title])}" for title in ("accounted", "reachable", "free") if title in found]
    return ": ".join([moment.spelled, *filter(None, [", ".join([*said, *_ended(moment)])])])


def _ended(moment: Moment) -> list[str]:
    """Return why a step was not taken to its end; nothing where it was."""
    said = [f"raises {moment.raised}"] if moment.raised else []
    return said + ([f"refused: {moment.guard} is false"] if moment.refused else [])


def _announced(moment: Moment) -> str:
    events = [(_event(moment, event, details), details.get("size")) for event, details in moment.events]
    said = [
        _with_size(words, [size for _, size in group if isinstance(size, int)])
        for words, group in groupby(events, key=lambda each: each[0])
    ]
    return "; ".join([*said, *_ended(moment)])


def _event(moment: Moment, event: str, details: dict[str, object]) -> str:
    words = [event]
    for key, value in details.items():
        if isinstance(value, HeapObject):
            words.append(moment.names[id(value)])
        elif value is True:
            words.insert(0, key)
        elif value is not False and key != "size":
            words.append(f"{key}={value}" if key else str(value))
    return " ".join(words)


def _with_size(words: str, sizes: list[int]) -> str:
    """Add the sizes of equal events in a row: a map that grows asks again and again."""
    times = f" in {len(sizes)} parts" if len(sizes) > 1 else ""
    return f"{words} {exactly(sum(sizes))}{times}" if sizes else words


def told_held(found: list[Held], missing: int) -> list[str]:
    """Return the references that keep those objects reachable among whose bytes the missing ones are."""
    lines = [f"  Counted free, and still reachable: {exactly(missing)}"]
    groups = alike([([hop.reference for hop in each.hops], _class_of(each)) for each in found])
    many = {group.places[0]: group for group in groups if len(group.places) >= MANY}
    told = {place for group in many.values() for place in group.places[1:]}
    for place, each in enumerate(found):
        if place in many:
            lines += ["", _many_alike(many[place], [found[other] for other in many[place].places])]
        if place not in told:
            lines += ["", _path(each), "", *_retained(each)]
    return lines


def _many_alike(group: Alike, members: list[Held]) -> str:
    """Return what many objects of one signature are, of which one is to follow."""
    bytes_ = exactly(sum(each.shallow for each in members))
    return _wrapped(f"{len(members)} × {group.kind} by {group.words}  ({bytes_}), such as", "      ", "    ")


def _class_of(each: Held) -> str:
    return each.hops[-1].kind if each.hops else ""


def _retained(each: Held) -> list[str]:
    """Return the objects of a path, with what each retains."""
    shallow = max(len("shallow"), *(len(_number(hop.shallow)) for hop in each.hops))
    retained = max(len("retained"), *(len(_number(hop.retained)) for hop in each.hops))
    lines = [f"    {'shallow':>{shallow}}  {'retained':>{retained}}"]
    return lines + [
        f"    {_number(hop.shallow):>{shallow}}  {_number(hop.retained):>{retained}}  "
        f"{'  ' * (depth - 1) + '└ ' if depth else ''}{hop.reference}  {hop.what}"
        for depth, hop in enumerate(each.hops)
    ]


def _path(each: Held) -> str:
    words = [word for hop in each.hops for word in (hop.reference, hop.name) if word]
    return _wrapped(
        f"{' ▸ '.join(words)}  ({roughly(each.shallow)})".replace(" ▸", "\N{NO-BREAK SPACE}▸"), "      ", "    "
    ).replace("\N{NO-BREAK SPACE}", " ")


def _minimality(story: Story) -> Iterator[str]:
    said: dict[str, list[str]] = {}
    for result in story.results:
        assert isinstance(result.verdict, Violated)
        minimal = re.sub(r" \(\d+ chains[^)]*\)", "", result.verdict.minimal)
        why = f"Shortest{{}}: {minimal}." if minimal else f"T{result.verdict.uncertified()[1:]}{{}}."
        said.setdefault(why, []).append(result.claim.name)
    for why, names in said.items():
        yield _wrapped(why.format(f" ({', '.join(names)})" if len(said) > 1 else ""), "    ", "  ")


# Words


def exactly(size: int) -> str:
    """Return a size with all its digits, and its order of magnitude if it is large."""
    return f"{size:,} B" if abs(size) < MEGABYTE else f"{size:,} B ({roughly(size)})"


def roughly(size: int) -> str:
    """Return a size as a heap-dump tool prints it: `1 B`, `3.3 GB`."""
    for unit, name in ((1024 * MEGABYTE, "GB"), (MEGABYTE, "MB")):
        if abs(size) >= unit:
            return f"{size / unit:.1f} {name}"
    return f"{size:,} B"


def _number(size: int | None) -> str:
    return "–" if size is None else f"{size:,}"


def _steps(count: int) -> str:
    return _many(count, "step")


def _many(count: int, what: str, plural: str = "s") -> str:
    return f"{count} {what}{'' if count == 1 else plural}"


def _wrapped(text: str, later: str, first: str) -> str:
    return "\n".join(
        textwrap.wrap(
            text, WIDTH, initial_indent=first, subsequent_indent=later, break_long_words=False, break_on_hyphens=False
        )
    )
