"""What there is to check: the models of the catalogue, the claims, the fixes; all, or those of a kind or of a word."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from spillproof.counterexamples.trace import constant
from spillproof.model.catalogue import CATALOGUE
from spillproof.model.catalogue.entry import Entry
from spillproof.model.catalogue.library import CARRIED, REPAIRS
from spillproof.model.errors import ModelError
from spillproof.model.names import unknown
from spillproof.model.spark.fixes import BEARINGS, FIXES, HALVES
from spillproof.model.spark.fixes.fix import Bearing
from spillproof.model.spark.releases import spans
from spillproof.properties.catalogue import CLAIMS, WITNESSES
from spillproof.properties.claims import Claim
from spillproof.properties.engines.story.phrases import paragraph

KINDS = ("models", "claims", "fixes")

EVERY = {**FIXES, **REPAIRS}
"""Each fix by name: Spark's, and the repairs of other managers."""

CARRIES = (*BEARINGS, *CARRIED)
"""What each of them carries."""

Json = dict[str, Any]


@dataclass(frozen=True)
class Listing:
    """Models, claims, and the names of fixes, in the order in which to list them."""

    models: Sequence[Entry] = ()
    claims: Sequence[Claim] = ()
    fixes: Sequence[str] = ()
    whole: bool = False
    """Whether it is all that there is of a kind."""


def listing(what: str = "") -> Listing:
    """Return all there is, of a kind (`claims`), or of those whose name has a word in it (`spark`).

    Raises `ModelError`, in one line, where there is nothing of that name.
    """
    models, claims, fixes = [*CATALOGUE.values()], [*_claims()], [*HALVES, *EVERY]
    if not what or what in KINDS:
        wanted = KINDS if not what else (what,)
        return Listing(
            models if "models" in wanted else (),
            claims if "claims" in wanted else (),
            fixes if "fixes" in wanted else (),
            whole=True,
        )
    word = what.lower()
    found = Listing(
        [entry for entry in models if word in entry.name.lower()],
        [claim for claim in claims if word in claim.name.lower()],
        [name for name in fixes if word in name.lower()],
    )
    if not (found.models or found.claims or found.fixes):
        names = [*KINDS, *CATALOGUE, *(claim.name for claim in claims), *fixes]
        raise ModelError(unknown("model, claim or fix", what, names, "spillproof list"))
    return found


def fixes_of(word: str) -> Listing:
    """Return all fixes, or those with a word in their name. Raises `ModelError`, in one line, where there is none."""
    names = [*HALVES, *EVERY]
    found = [name for name in names if word in KINDS or word.lower() in name.lower()]
    if not found:
        raise ModelError(unknown("fix", word, names, "spillproof list fixes"))
    return Listing(fixes=found)


def _claims() -> Iterator[Claim]:
    """Yield every claim, and after each the witnesses that keep it from being vacuous."""
    for claim in CLAIMS:
        yield claim
        yield from (witness for witness in WITNESSES if witness.beside == claim.name)


# As text


def tell(found: Listing) -> str:
    """Return a listing as text of at most 80 columns."""
    own = _row("path/to/file.py:Class", "A model of your own.") if found.whole and found.models else ()
    parts = [
        ("Models", [*models(found.models), *own] if found.models else []),
        ("Claims", [*claims(found.claims)]),
        ("Fixes (--with, --without)", [*fixes(found.fixes)]),
    ]
    return "\n\n".join("\n".join([title, "", *lines]) for title, lines in parts if lines)


def models(entries: Iterable[Entry]) -> Iterator[str]:
    """Yield a row for each model; those that differ only in the release share one."""
    rows: dict[tuple[str, str], list[str]] = {}
    for entry in entries:
        family, _, version = entry.name.partition("@")
        release, plus, change = version.partition("+")
        name = f"{family}@VERSION{plus}{change}" if release else family
        summary = entry.summary.replace(release, "VERSION") if release else entry.summary
        rows.setdefault((name, summary), []).append(release)
    for (name, summary), versions in rows.items():
        yield from _model(name, summary, versions)


def _model(name: str, summary: str, versions: list[str]) -> Iterator[str]:
    if len(versions) > 1:
        return _row(name, summary, spans(versions, dash=" … "))
    return _row(name.replace("VERSION", versions[0]), summary.replace("VERSION", versions[0]))


def claims(found: Iterable[Claim]) -> Iterator[str]:
    """Yield a row for each claim; a witness is indented."""
    for claim in found:
        yield from _row(f"  {claim.name}" if claim.beside else claim.name, claim.sentence)


def fixes(names: Iterable[str]) -> Iterator[str]:
    """Yield a row for each fix, with the release that had it first."""
    for name in names:
        if name in HALVES:
            yield from _row(name, " and ".join(sorted(HALVES[name])))
        else:
            since = EVERY[name].since
            yield from _row(name, f"{f'{since[0]}: ' if since else ''}{EVERY[name].sentence}")


# As data


def as_json(found: Listing) -> Json:
    """Return a listing as an object that `json.dumps` takes."""
    return {
        "models": [model_as_json(entry) for entry in found.models],
        "claims": [claim_as_json(claim) for claim in found.claims],
        "fixes": [fix_as_json(name) for name in found.fixes],
    }


def model_as_json(entry: Entry) -> Json:
    """Return what is known of a model without checking it."""
    return {
        "name": entry.name,
        "summary": entry.summary,
        "scope": {name: value for name, value in plain(entry.scope).items() if name != "fixes"},
        "knows_fixes": entry.knows_fixes,
        "violated": sorted(entry.violated or ()),
    }


def plain(scope: Mapping[str, object]) -> Json:
    """Return a scope as JSON has it: a member of an enum as its name, a set as a sorted list."""
    values = {name: constant(value) for name, value in scope.items()}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}


def claim_as_json(claim: Claim) -> Json:
    """Return what a claim is."""
    return {"name": claim.name, "mode": claim.mode.value, "beside": claim.beside, "sentence": claim.sentence}


def fix_as_json(name: str) -> Json:
    """Return what a fix is, or which halves it has."""
    if name in HALVES:
        return {"name": name, "halves": sorted(HALVES[name]), "since": [], "sentence": ""}
    return {"name": name, "halves": [], "since": list(EVERY[name].since), "sentence": EVERY[name].sentence}


# What each fix carries


IDLE = "In no line: no claim is known to fall without it and to be proved with it"


def bearings(names: Sequence[str]) -> str:
    """Return what each of these fixes carries: the claim that is violated without it, and where it is proved."""
    carried = [line for bearing in CARRIES if bearing.fix in names for line in _bearing(bearing)]
    idle = [name for name in FIXES if name in names and name not in {bearing.fix for bearing in BEARINGS}]
    tail = [IDLE, *(f"  {name}" for name in idle)] if idle else []
    return "\n".join(["Fixes, and what each carries", "", *carried, *tail]).rstrip()


def bearings_as_json(names: Sequence[str]) -> Json:
    """Return the same as an object that `json.dumps` takes."""
    return {
        "bearings": [asdict(bearing) | {"scope": plain(bearing.scope)} for bearing in CARRIES if bearing.fix in names]
    }


def _bearing(bearing: Bearing) -> Iterator[str]:
    fix = EVERY[bearing.fix]
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
    yield from paragraph(bearing.run, " " * 6, " " * 6)
    yield ""


def _steps(number: int) -> str:
    return f"{number} step{'s' if number > 1 else ' '}"


def _scope(bearing: Bearing) -> str:
    return ", ".join(f"{name}={value}" for name, value in bearing.scope.items())


def _row(name: str, *texts: str) -> Iterator[str]:
    """Yield a name, and what it says below it."""
    yield f"  {name}"
    for text in texts:
        yield from paragraph(text, " " * 6, " " * 6)
