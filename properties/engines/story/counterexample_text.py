"""A counterexample in plain text: the run, what it violates, and the bytes that are counted free and still held.

A run is told a step a line, with what is accounted and what is reachable after each; the step after which the claim is
false is marked; and the bytes that are counted free though they are reachable are shown with the references that keep
them, as a heap-dump tool would print them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from spillproof.properties.accounting import gap
from spillproof.properties.claims import Claim, Mode
from spillproof.properties.engines.evidence.evidence import Evidence
from spillproof.properties.engines.evidence.gather import evidence_of
from spillproof.properties.engines.run import Moment, Run, false_at, replay
from spillproof.properties.engines.story.alike import Alike, alike
from spillproof.properties.engines.story.evidence_text import columns, told_evidence
from spillproof.properties.engines.story.holders import Held, held
from spillproof.properties.engines.story.phrases import WIDTH, exactly, number, roughly, steps, wrapped
from spillproof.properties.engines.story.run_text import room, titles_of, told_run
from spillproof.properties.engines.story.snippet import pasted
from spillproof.properties.engines.verdict import Report, Result, Violated

MANY = 3
"""So many objects that are reached alike are told as one."""


@dataclass
class Story:
    """A run, and the results that it settles: one run may violate several claims."""

    run: Run
    results: list[Result] = field(default_factory=list)


def stories(report: Report) -> list[Story]:
    """Return each run that violates a claim, once, with all the claims that it is reported for."""
    found: dict[object, Story] = {}
    for result in report.violated():
        if isinstance(result.verdict, Violated):
            run = result.verdict.run
            found.setdefault((run.opening, run.opening_picks, run.steps), Story(run)).results.append(result)
    return list(found.values())


def counterexample(story: Story, number: int = 1, of: int = 1, model: str = "") -> list[str]:
    """Return the run, what it violates, where, why, that nothing shorter does, and how to take it again."""
    moments = replay(story.run)
    guilty = min(
        (at for each in story.results if (at := false_at(each.claim, moments)) is not None), default=len(moments) - 1
    )
    count = f" {number} of {of}" if of > 1 else ""
    lines = [f"Counterexample{count}: {steps(len(story.run))}", ""]
    for result in story.results:
        lines.append(f"  violates {result.claim.name}")
        lines.append(wrapped(result.claim.sentence, "    ", "    "))
    evidence = _evidence(story, moments)
    beside = columns(evidence, room(moments), titles_of(moments))
    lines += ["", *told_run(moments, guilty, beside)]
    shown = [*titles_of(moments), *(each.reading.words for each in beside)]
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
        yield wrapped(f"{each.step}  is refused by {each.guard}  ({each.place})", "      ", "    ")


def _evidence(story: Story, moments: list[Moment]) -> list[Evidence]:
    """Return what each claim read where it is false."""
    found = [evidence_of(each.claim, moments, false_at(each.claim, moments)) for each in story.results]
    return [each for each in found if each is not None]


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
    return wrapped(f"{len(members)} × {group.kind} by {group.words}  ({bytes_}), such as", "      ", "    ")


def _class_of(each: Held) -> str:
    return each.hops[-1].kind if each.hops else ""


def _retained(each: Held) -> list[str]:
    """Return the objects of a path, with what each retains."""
    shallow = max(len("shallow"), *(len(number(hop.shallow)) for hop in each.hops))
    retained = max(len("retained"), *(len(number(hop.retained)) for hop in each.hops))
    lines = [f"    {'shallow':>{shallow}}  {'retained':>{retained}}"]
    return lines + [
        f"    {number(hop.shallow):>{shallow}}  {number(hop.retained):>{retained}}  "
        f"{'  ' * (depth - 1) + '└ ' if depth else ''}{hop.reference}  {hop.what}"
        for depth, hop in enumerate(each.hops)
    ]


def _path(each: Held) -> str:
    words = [word for hop in each.hops for word in (hop.reference, hop.name) if word]
    return wrapped(
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
        yield wrapped(why.format(f" ({', '.join(names)})" if len(said) > 1 else ""), "    ", "  ")
