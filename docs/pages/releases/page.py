"""The page docs/reference/releases.md: what the jars say of every release, of every fix, and of every method."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator
from pathlib import Path

from docs.pages.releases.executed import WAYS, dates, executed
from docs.pages.releases.notes import NOTES
from spillproof.counterexamples.replay.real.fingerprints.fingerprint_text import listed
from spillproof.counterexamples.replay.real.fingerprints.modelled import PLACES
from spillproof.counterexamples.replay.real.fingerprints.record import Record
from spillproof.counterexamples.replay.real.fingerprints.signs import ELSEWHERE, SIGNS, SOURCE
from spillproof.model.spark.fixes import FIXES
from spillproof.model.spark.releases import RELEASES, spans

FILE = Path(__file__).resolve().parents[2] / "reference" / "releases.md"

HEAD = """\
# Releases, by their jars

<!-- Written by `python -m docs.pages.releases`. Do not edit. -->

Which release of Spark has which fix is not taken from its issue tracker: fixes are merged into older lines and not
marked so, or marked and not merged. It is read in the jars of PyPI's `pyspark`. For each method that a model follows
there is a *fingerprint* of its instructions, with every name in full, and without what depends on how a class file was
written: numbers in the constant pool, lines, frames. Releases whose fingerprints are all the same are one release, to
the models. For each fix there is a *sign*: a question about what methods call, catch and are called, which another
compiler does not answer otherwise. A test compares the signs with what the models say, for every fix and every release.
How it is done, and what it costs: [decision 0022](../decisions/0022-dates-from-jars.md).

`python -m docs.pages.releases` looks at what is new on the package index, and writes
this page.
"""


def page(record: Record) -> str:
    """Return the page."""
    parts = [HEAD, *releases(record), *fixes(record), *ran(), *changes(record), *methods(record)]
    return "\n".join(parts) + "\n"


def told(record: Record, release: str) -> str:
    """Return a sentence on a release: which one it is, or what it changes."""
    modelled = "" if release in RELEASES else "; it is not modelled"
    if alike := record.alike(release):
        return f"{release}: its modelled methods are those of {spans(alike, [*record.seen])}"
    return f"{release}: {changed(record, release)}{modelled}"


def changed(record: Record, release: str) -> str:
    """Return how many methods are others than in the release before, and what fixes that brings."""
    before = record.before(release)
    if before is None:
        return "the first of which there are jars"
    places = record.seen[release].differs(record.seen[before])
    brought = sorted(record.seen[release].fixes - record.seen[before].fixes)
    return f"{len(places)} methods differ from {before}" + (f", which brings {', '.join(brought)}" if brought else "")


# The parts of the page


def releases(record: Record) -> Iterator[str]:
    """Yield the table of releases that are one."""
    yield from ("## Releases that are one", "", "| releases | brings | lacks again |", "|---|---|---|")
    kinds: dict[tuple[str, ...], list[str]] = {}
    for name, seen in record.seen.items():
        kinds.setdefault(tuple(seen.fingerprints.values()), []).append(name)
    before: frozenset[str] = frozenset()
    for names in kinds.values():
        fixes = record.seen[names[0]].fixes
        first = not before
        brings = "what came before there were jars" if first else words(fixes - before)
        yield f"| {spans(names, [*record.seen])} | {brings} | {words(before - fixes)} |"
        before = fixes
    missing = [name for name in record.seen if name not in RELEASES]
    yield from ("", f"Not modelled: {', '.join(missing) or 'none of them'}.", "")


def words(fixes: Iterable[str]) -> str:
    """Return fixes as a list, or a dash."""
    return ", ".join(f"`{fix}`" for fix in FIXES if fix in set(fixes)) or "–"


def fixes(record: Record) -> Iterator[str]:
    """Yield the table of fixes."""
    yield from ("## Fixes", "", "| fix | the models say since | its sign is in | looked for in |", "|---|---|---|---|")
    for fix, sign in SIGNS.items():
        having = spans([name for name, seen in record.seen.items() if fix in seen.fixes], [*record.seen])
        places = ", ".join(f"`{place}`" for place in sign.places)
        yield f"| `{fix}` | {', '.join(FIXES[fix].since) or '–'} | {having or 'none'} | {places} |"
    old = ", ".join(f"`{fix}` ({', '.join(FIXES[fix].since)})" for fix in SOURCE)
    yield from ("", f"Before 2.1.2 there are no jars, and the source decides, as it does for {old}.", "")
    other = ", ".join(f"`{fix}` ({', '.join(FIXES[fix].since)})" for fix in ELSEWHERE)
    yield from (f"It does so for what is in Spark SQL, whose jar is not looked at: {other}.", "")


def ran() -> Iterator[str]:
    """Yield the table of dates that were executed."""
    seen = executed()
    yield from ("## Dates that were executed", "")
    yield textwrap.fill(
        "Both releases were run, on Java 17: the last without a fix, and the first with it, by what the fix changes. "
        "Written by `python -m docs.pages.releases.executed`.",
        120,
        break_on_hyphens=False,
    )
    yield from ("", "| fix | what was done | before | since |", "|---|---|---|---|")
    for date in dates():
        cells = [f"{each}: {_seen(seen, each, date.fix)}" for each in (date.before, date.since)]
        yield f"| `{date.fix}` | {WAYS[date.fix]} | {' | '.join(cells)} |"
    yield ""


def _seen(seen: dict[str, dict[str, str]], release: str, fix: str) -> str:
    found = seen.get(release, {}).get(fix, "not run")
    return found if found in {"with", "without", "not run"} else "cannot be run on Java 17"


def changes(record: Record) -> Iterator[str]:
    """Yield what changes from each release to the next."""
    yield "## What changes"
    yield ""
    yield "From each release to the next number, where any modelled method is another one."
    yield ""
    for name, seen in record.seen.items():
        before = record.before(name)
        if before is None or not (places := seen.differs(record.seen[before])):
            continue
        text = f"**{name}**, against {before}: {listed(places)}. {NOTES.get(name, 'Not read.')}"
        yield textwrap.fill(text, 120, break_on_hyphens=False, break_long_words=False)
        yield ""


def methods(record: Record) -> Iterator[str]:
    """Yield the table of fingerprints."""
    yield "## Fingerprints"
    yield ""
    yield "Each method, with every fingerprint that it has had, and where. A dash: it is not there."
    yield ""
    yield "| method | fingerprints |"
    yield "|---|---|"
    for place in PLACES:
        kinds: dict[str, list[str]] = {}
        for name, seen in record.seen.items():
            kinds.setdefault(seen.fingerprints[place], []).append(name)
        cells = [f"{spans(names, [*record.seen])} {f'`{kind}`' if kind else '–'}" for kind, names in kinds.items()]
        yield f"| `{place}` | {'; '.join(cells)} |"
