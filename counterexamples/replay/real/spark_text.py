"""What a run on real Spark shows, for a person: model and reality side by side, and last what becomes of the claim."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from spillproof.counterexamples.replay.real.build import Build
from spillproof.counterexamples.replay.real.driver import Seen
from spillproof.counterexamples.replay.real.expectation import After
from spillproof.counterexamples.replay.real.session import Taken
from spillproof.properties.claims import Mode
from spillproof.properties.engines.story.phrases import paragraph

NAMES = 24
"""The width of the column of names; then used and kept by the model, then used, alive and kept on Spark."""


def tell(taken: Taken) -> str:
    """Return what a person wants to know."""
    wanted = taken.wanted
    title = wanted.spark.title[:1].upper() + wanted.spark.title[1:]
    head = f"{title}, real, on Java {taken.java}: the run of {taken.trace.model}"
    parts = [
        [head],
        list(_changes_of(wanted.spark)),
        list(_scale(taken)),
        list(_table(taken)),
        list(_evidence(taken)),
        list(_parting(taken)),
        _verdict(taken),
    ]
    return "\n\n".join("\n".join(part) for part in parts if part)


def _changes_of(spark: Build) -> Iterator[str]:
    """Yield what one's own jars change in the methods that are modelled."""
    for words in () if spark.changes is None else spark.changes.told():
        yield from paragraph(words)


def _scale(taken: Taken) -> Iterator[str]:
    units = taken.compared.units
    yield from paragraph(
        f"A byte of the model is {units.of(1):,} here, and the pool of {units.capacity:,} has {units.pool:,}. "
        + (
            f"Each consumer allocates what it is granted, in a heap of {taken.wanted.heap}."
            if taken.wanted.allocate
            else "Alive: collections that a consumer counts. Kept: what was released and is reachable; all after a "
            "full garbage collection, in bytes."
        ),
        "  ",
    )


def _table(taken: Taken) -> Iterator[str]:
    looked = not taken.wanted.allocate
    yield f"  {'':{NAMES}}{'by the model':>14}   on {taken.wanted.spark.title}".rstrip()
    yield f"  {'':{NAMES}}{'used':>7}{'kept':>7}{'used':>14}" + (f"{'alive':>14}{'kept':>12}" if looked else "")
    before: Seen | None = None
    for index, (expected, seen) in enumerate(zip(taken.compared.model, taken.compared.real, strict=False)):
        mark = "▶" if index == (taken.at if taken.compared.parted is None else taken.compared.parted) else " "
        yield f"{mark} {index or '':>2} {expected.spelled}".rstrip()
        if index:
            yield from _changes(before, seen)
        yield from _rows(expected, seen, looked=looked)
        before = seen


def _changes(before: Seen | None, seen: Seen) -> Iterator[str]:
    """Yield who was granted how much and who released how much, as the accounting has it."""
    then = {} if before is None else before.used
    words = [
        f"{name} {'is granted' if now > then.get(name, 0) else 'releases'} {abs(now - then.get(name, 0)):,}"
        for name, now in seen.used.items()
        if now != then.get(name, 0)
    ]
    yield from paragraph(
        "; ".join([*sorted(words, key=lambda each: "granted" in each), f"pool: {seen.pool:,} in use"]), " " * 7, " " * 7
    )
    if seen.raised:
        where = "" if "spillproof" in seen.at else f", at {seen.at}"
        yield from paragraph(f"Spark raises {seen.raised}{where}", " " * 7, " " * 7)


def _rows(expected: After, seen: Seen, *, looked: bool) -> Iterator[str]:
    if seen.raised or expected.deed is None or expected.deed.action == "end_task":
        return
    for name in sorted(seen.used):
        each = expected.consumers.get(name)
        model = f"{each.used:>7,}{each.held:>7,}" if each is not None else f"{'–':>7}{'–':>7}"
        real = f"{seen.used[name]:>14,}"
        heap = f"{seen.counted(name):>14,}{seen.held(name):>12,}" if looked else ""
        yield f"       {name:{NAMES - 5}}{model}{real}{heap}"


def _evidence(taken: Taken) -> Iterator[str]:
    """Yield by which references what is kept is kept, at the first step at which something is."""
    kept = next(((index, seen) for index, seen in enumerate(taken.compared.real) if seen.chains), None)
    if kept is None:
        return
    yield f"  What keeps it after step {kept[0]}, found by following references in the Java heap:"
    for name, links in kept[1].chains:
        yield ""
        yield f"    {name}: from {links[0]}"
        yield from (f"      ▸ {short(link)}" for link in links[1:])
    if kept[1].dump:
        yield ""
        yield from paragraph(
            f"The heap of that moment is in {Path(kept[1].dump).name}, for `spillproof heap` and for Eclipse MAT."
        )


def short(link: str) -> str:
    """Return a link without the package of its class: `ExternalAppendOnlyMap.readingIterator`."""
    kind, dot, field = link.rpartition(".") if not link.endswith("]") else link.partition(";")
    if field and not dot:
        return link
    if dot == ";":
        return f"{kind.rpartition('.')[2]}{field}"
    if field[:1].isupper():
        return field
    return f"{kind.rpartition('.')[2]}.{field.rpartition('$$')[2] if '$$' in field else field}"


def _parting(taken: Taken) -> Iterator[str]:
    parted = taken.compared.parted
    if parted is not None:
        yield f"  The two part at step {parted}:"
        for words in taken.compared.words:
            yield from paragraph(words, "    ", "    ")
    elif taken.allocated is not None:
        yield from _overflow(taken)
    else:
        steps = len(taken.compared.real) - 1
        yield f"  Step for step as the model of Spark {taken.wanted.spark.release} says, {steps} of {steps}."


def _overflow(taken: Taken) -> Iterator[str]:
    assert taken.allocated is not None
    raised, says = taken.allocated.raised, taken.allocated.plan.overflows
    seen = f"overflows at step {raised}" if raised is not None else "does not overflow"
    model = f"says that it does at step {says}" if says is not None else "says that it does not"
    yield from paragraph(f"The heap {seen}; the model {model}.")


def _verdict(taken: Taken) -> list[str]:
    claim, spark = taken.claim.name, taken.wanted.spark.title
    if not taken.agree:
        whose = (
            "what you have changed, or a defect of the model" if taken.wanted.spark.own else "a defect of one of them"
        )
        words = f"? {spark} does not do what the model says, so that nothing is said of {claim}: {whose}"
    elif taken.violated:
        words = f"✗ {spark} violates {claim} in this run, at step {taken.at}{_how(taken)}"
    elif taken.stopped:
        words = f"? {spark}: {claim} holds as far as the run could be taken: {taken.stopped}"
    elif taken.claim.mode is Mode.SOMETIMES:
        words = f"✓ {spark} shows {claim}" if taken.at is not None else f"✓ {spark} does not show {claim} in this run"
    else:
        words = f"✓ {spark}: {claim} holds in this run, which proves nothing of others{_how(taken)}"
    return paragraph(words, "")


def _how(taken: Taken) -> str:
    """Return what was measured that bears the verdict out."""
    if taken.allocated is not None:
        return ": java.lang.OutOfMemoryError" if taken.allocated.raised is not None else ", and the heap is enough"
    if taken.at is None or taken.at >= len(taken.compared.real):
        most = max(sum(map(seen.held, seen.used)) for seen in taken.compared.real)
        return "; no released byte is reachable" if not taken.compared.units.counts(most) else ""
    seen = taken.compared.real[taken.at]
    if seen.raised:
        return f": {seen.raised}"
    kept = {name: seen.held(name) for name in sorted(seen.used) if taken.compared.units.counts(seen.held(name))}
    told = ", ".join(f"{size:,} bytes of {name}" for name, size in kept.items())
    return f": {told} are counted free and still reachable" if told else ""


def as_json(taken: Taken) -> dict[str, Any]:
    """Return what came of it as an object that `json.dumps` takes."""
    compared = taken.compared
    return {
        "release": taken.wanted.spark.release,
        "spark": taken.wanted.spark.title,
        "java": taken.java,
        "claim": taken.claim.name,
        "agree": taken.agree,
        "violated": taken.violated,
        "step": taken.at,
        "stopped": taken.stopped,
        "byte": compared.units.of(1),
        "pool": compared.units.pool,
        "parted": None if compared.parted is None else {"step": compared.parted, "words": list(compared.words)},
        "overflow": None
        if taken.allocated is None
        else {"model": taken.allocated.plan.overflows, "spark": taken.allocated.raised},
        "steps": [
            {
                "step": expected.spelled,
                "model": {key: asdict(each) for key, each in expected.consumers.items()},
                "spark": asdict(seen),
            }
            for expected, seen in zip(compared.model, compared.real, strict=False)
        ],
    }
