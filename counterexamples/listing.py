"""What there is to check: the models of the catalogue, the claims, the fixes, in plain text of at most 80 columns."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from itertools import groupby

from spillproof.model.bearing import BEARINGS
from spillproof.model.bearing.line import Bearing
from spillproof.model.catalogue import CATALOGUE
from spillproof.model.catalogue.library import CARRIED, REPAIRS
from spillproof.model.spark.fixes import FIXES, HALVES
from spillproof.model.spark.releases import RELEASES
from spillproof.properties.catalogue import CLAIMS, WITNESSES

WIDTH = 80


def everything() -> str:
    """Return all that `spillproof check` can be asked for."""
    parts = [("Models", models()), ("Claims", claims()), ("Fixes (--with, --without)", fixes())]
    return "\n\n".join("\n".join([title, "", *lines]) for title, lines in parts)


def models() -> list[str]:
    """Return a row for each model; those that differ only in the release share one."""
    rows: dict[tuple[str, str], list[str]] = {}
    for entry in CATALOGUE.values():
        family, _, version = entry.name.partition("@")
        release, plus, change = version.partition("+")
        name = f"{family}@VERSION{plus}{change}" if release else family
        rows.setdefault((name, entry.summary.replace(release, "VERSION") if release else entry.summary), []).append(
            release
        )
    return [
        *(line for (name, summary), versions in rows.items() for line in _model(name, summary, versions)),
        *_row("path/to/file.py:Class", "A model of your own."),
    ]


def _model(name: str, summary: str, versions: list[str]) -> Iterator[str]:
    if len(versions) > 1:
        return _row(name, summary, spans(versions))
    return _row(name.replace("VERSION", versions[0]), summary.replace("VERSION", versions[0]))


def spans(versions: list[str]) -> str:
    """Return releases with those that follow each other drawn together: `2.0.0 … 2.4.0`."""
    runs = [list(group) for _, group in groupby(enumerate(versions), lambda pair: RELEASES.index(pair[1]) - pair[0])]
    return ", ".join(run[0][1] if len(run) == 1 else f"{run[0][1]} … {run[-1][1]}" for run in runs)


def claims() -> list[str]:
    """Return a row for each claim, and the witnesses that keep it from being vacuous below it."""
    lines: list[str] = []
    for claim in CLAIMS:
        lines += _row(claim.name, claim.sentence)
        for witness in WITNESSES:
            if witness.beside == claim.name:
                lines += _row(f"  {witness.name}", witness.sentence)
    return lines


def fixes() -> list[str]:
    """Return a row for each fix, with the release that had it first."""
    lines: list[str] = []
    for name, parts in HALVES.items():
        lines += _row(name, " and ".join(sorted(parts)))
    for fix in (*FIXES.values(), *REPAIRS.values()):
        lines += _row(fix.name, f"{f'{fix.since[0]}: ' if fix.since else ''}{fix.sentence}")
    return lines


IDLE = "In no line: no claim is known to fall without it and to be proved with it"


def bearings() -> str:
    """Return what each fix carries: the claim that is violated without it, and where it is proved with it."""
    carried = [line for bearing in (*BEARINGS, *CARRIED) for line in _bearing(bearing)]
    idle = [name for name in FIXES if name not in {bearing.fix for bearing in BEARINGS}]
    return "\n".join(["Fixes, and what each carries", "", *carried, IDLE, *(f"  {name}" for name in idle)])


def _bearing(bearing: Bearing) -> Iterator[str]:
    fix = FIXES.get(bearing.fix) or REPAIRS[bearing.fix]
    since = f"since {', '.join(fix.since)}" if fix.since else "in no release"
    yield f"  {fix.name}  {since}"
    yield f"      violated without, {_steps(bearing.steps)}  {bearing.claim}"
    yield f"      proved with                {bearing.model}"
    if bearing.beside:
        yield f"      both without               {', '.join(bearing.beside)}"
    if bearing.scope:
        yield f"      at the scope               {_scope(bearing)}"
    for each in bearing.breaks:
        beside = f" (beside {each.beside})" if each.beside else ""
        yield f"      violated with, {_steps(each.steps)}     {each.claim}{beside}"
    yield from textwrap.wrap(bearing.run, WIDTH, initial_indent=" " * 6, subsequent_indent=" " * 6)
    yield ""


def _steps(number: int) -> str:
    return f"{number} step{'s' if number > 1 else ' '}"


def _scope(bearing: Bearing) -> str:
    return ", ".join(f"{name}={value}" for name, value in bearing.scope.items())


def _row(name: str, *texts: str) -> Iterator[str]:
    """Yield a name, and what it says below it."""
    yield f"  {name}"
    for text in texts:
        yield from textwrap.wrap(text, WIDTH, initial_indent=" " * 6, subsequent_indent=" " * 6)
