"""Which claims a Spark keeps, for a person, and as an object."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from spillproof.counterexamples.replay.real.conformance import Conformance, Row, Taken
from spillproof.properties.engines.story.phrases import paragraph, wrapped


def tell(found: Conformance) -> str:
    """Return what a person wants to know."""
    spark = found.spark
    steps = sum(len(each.compared.real) - 1 for each in found.taken)
    head = (
        f"{spark.title[:1].upper()}{spark.title[1:]}, on Java {found.java}, beside the models of Spark "
        f"{spark.release}: {len(found.taken)} runs, {steps} steps"
    )
    changes = [] if spark.changes is None else [wrapped(words, "  ", "  ") for words in spark.changes.told()]
    parts = [wrapped(head, ""), *changes, "\n".join(_table(found)), *_partings(found), _end(found)]
    return "\n\n".join(part for part in parts if part)


def _table(found: Conformance) -> Iterator[str]:
    family = ""
    for row in found.rows():
        if row.family != family:
            family = row.family
            yield f"  {family}"
        words = f"{row.runs} run{'s' if row.runs > 1 else ''}{_told(row, found)}"
        yield f"  {'✗' if row.parted else '✓'} {row.claim:<42} {words}"


def _told(row: Row, found: Conformance) -> str:
    if row.parted:
        return f", {row.parted} not as the model says"
    return f", {row.violated} violate it, as in Spark {found.spark.release}" if row.violated else ""


def _partings(found: Conformance) -> Iterator[str]:
    parted = found.parted()
    if not parted:
        return
    first = parted[0]
    lines = [f"  The shortest of the {len(parted)} runs in which the two part:" if len(parted) > 1 else "  The run:"]
    yield "\n".join([*lines, *_run(first)])
    how = f"spillproof check {first.known.model} --claim {first.known.claims[0]} --out found"
    words = f"It is a run of {first.known.model}, about {first.known.claims[0]}. To look at it: `{how}`, and "
    more = "  `spillproof replay` with --evidence and the same --on, which also dumps the heap."
    yield f"{wrapped(words, '  ', '  ')}\n{more}"


def _run(taken: Taken) -> Iterator[str]:
    at = taken.compared.parted
    assert at is not None
    for index, each in enumerate(taken.compared.model[: at + 1]):
        yield f"  {'▶' if index == at else ' '} {index or '':>2} {each.spelled}"
    for words in taken.compared.words:
        yield from paragraph(words, " " * 7, " " * 7)


def _end(found: Conformance) -> str:
    title, parted = found.spark.title, len(found.parted())
    if not parted:
        words = f"✓ {title} does in every run what the models of Spark {found.spark.release} say"
    else:
        count = f"{parted} of {len(found.taken)} runs"
        words = f"✗ {title} does not do what the models of Spark {found.spark.release} say, in {count}"
    return wrapped(words, "  ")


def as_json(found: Conformance) -> dict[str, Any]:
    """Return what came of it as an object that `json.dumps` takes."""
    changes = found.spark.changes
    return {
        "spark": found.spark.title,
        "release": found.spark.release,
        "java": found.java,
        "changes": None
        if changes is None
        else {
            "alike": changes.alike,
            "methods": list(changes.places),
            "gained": sorted(changes.gained),
            "lost": sorted(changes.lost),
        },
        "claims": [vars(row) for row in found.rows()],
        "parted": [
            {
                "model": each.known.model,
                "claims": list(each.known.claims),
                "steps": [after.spelled for after in each.compared.model[: (each.compared.parted or 0) + 1]],
                "words": list(each.compared.words),
            }
            for each in found.parted()
        ],
    }
