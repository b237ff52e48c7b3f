"""From a claim and a run that breaks it to the evidence: what it read in every state, and which comparison is false."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress

from spillproof.model import identity
from spillproof.properties.catalogue import NEVER_NEGATIVE, NO_EXCEPTION
from spillproof.properties.claims import Claim
from spillproof.properties.engines.evidence.evidence import Evidence, Reading
from spillproof.properties.engines.evidence.reading_text import Names, in_words
from spillproof.properties.engines.evidence.reason import Reason, reason
from spillproof.properties.engines.evidence.recorder import CALLED, STATE, Key, Recorder, value_of
from spillproof.properties.engines.run import Moment, identity_between, sizes_in
from spillproof.properties.engines.story.names import names_of as names_in

MOST = 40
"""Readings of one claim that are kept."""


def evidence_of(claim: Claim, moments: Sequence[Moment], at: int | None) -> Evidence | None:
    """Return what a claim read at a moment of a run; None where nobody knows at which.

    For a witness that is what shows it. Nothing is raised: evidence that cannot be had is empty.
    """
    if at is None or at >= len(moments):
        return None
    spoken = _spoken(moments)
    names = _names(moments[at], spoken)
    if claim is NO_EXCEPTION:
        return Evidence(claim.name, at, *_raised(moments, at, names))
    if claim is NEVER_NEGATIVE:
        keys = list(_below_zero(moments[at]))
        readings = _readings([(key, False) for key in keys], moments, spoken, claim)
        return Evidence(claim.name, at, *_below(readings, at), readings)
    before = moments[at - 1 : at] if claim.over_steps else []
    keys_read = _read(claim, [*before, moments[at]])
    readings = _readings(keys_read[:MOST], moments, spoken, claim)
    there = {each: name for moment in before for each, name in _names(moment, spoken).items()}
    why = _reason(claim, [*before, moments[at]], {**there, **names})
    return Evidence(claim.name, at, why.compared, why.values, readings)


def _spoken(moments: Sequence[Moment]) -> dict[int, str]:
    """Return what the run calls objects that it mentions in any step, by number."""
    return {
        number: moment.names[id(each)]
        for moment in moments
        for each, number in zip(moment.objects, moment.numbers, strict=True)
        if id(each) in moment.names
    }


def _names(moment: Moment, spoken: Mapping[int, str]) -> dict[int, str]:
    """Return a name for each object of a moment, by id, even where the run mentions it only later."""
    known = {
        id(each): spoken[number]
        for each, number in zip(moment.objects, moment.numbers, strict=True)
        if number in spoken
    }
    return {**names_in(moment), **known}


# What was read


def _read(claim: Claim, moments: Sequence[Moment]) -> list[tuple[Key, bool]]:
    """Return what a claim reads when it is asked of some moments, each once, and whether the model reads it."""
    recorder = Recorder(moments)
    with suppress(Exception), recorder.listening():  # evidence is a courtesy: the verdict stands without it
        _asked(claim, moments)
    found: dict[Key, bool] = {}
    for each in recorder.reads:
        found[each.key] = found.get(each.key, True) and each.inner
    return list(found.items())


def _asked(claim: Claim, moments: Sequence[Moment]) -> None:
    known = identity_between(*moments) if len(moments) > 1 else None
    claim(*(each.state for each in moments), identity=known)


def _reason(claim: Claim, moments: Sequence[Moment], names: Names) -> Reason:
    states = tuple(each.state for each in moments)
    if len(moments) == 1:
        return reason(claim.function, states, names)
    with identity.known(identity_between(*moments)):
        return reason(claim.function, states, names)


def _readings(
    keys: Sequence[tuple[Key, bool]], moments: Sequence[Moment], spoken: Mapping[int, str], claim: Claim
) -> tuple[Reading, ...]:
    names = [_names(each, spoken) for each in moments]
    found = (
        Reading(_named(key, moments, names), _meaning(key, claim), tuple(_values(key, moments, names)), inner)
        for key, inner in keys
    )
    return tuple(
        each for each in found if not (each.inner and each.values[-1] == each.words)
    )  # it is called after how it is reached


def _values(key: Key, moments: Sequence[Moment], names: Sequence[Names]) -> Iterator[str | None]:
    for moment, known in zip(moments, names, strict=True):
        try:
            yield None if moment.raised else in_words(value_of(key, moment), known)
        except Exception:  # noqa: BLE001 - an object that is not there yet, a list that is shorter: nothing to read
            yield None


def _named(key: Key, moments: Sequence[Moment], names: Sequence[Names]) -> str:
    """Return what is read as a person writes it: `E1.used`, `requests()[0].whole`."""
    chain = "".join(f"[{link}]" if isinstance(link, int) else link for link in key.chain)
    holder = next(
        (
            known[id(moment.objects[moment.numbers.index(key.number)])]
            for moment, known in zip(reversed(moments), reversed(names), strict=True)
            if key.number != STATE and key.number in moment.numbers
        ),
        "",
    )
    return f"{holder}{chain}" if holder else chain.removeprefix(".")


def _meaning(key: Key, claim: Claim) -> str:
    """Return what a method of the state is said to return, where the claim's protocol says so."""
    if key.number != STATE or key.chain[1:] != (CALLED,):
        return ""
    method = getattr(claim.about, str(key.chain[0])[1:], None)
    first = " ".join((getattr(method, "__doc__", None) or "").split("\n\n")[0].split())
    said = re.sub(r"^Returns? ", "", first).split(". ")[0].rstrip(".")
    return said.split("; ")[0]


# The claims that the engines check by themselves


def _raised(moments: Sequence[Moment], at: int, names: Names) -> tuple[str, str, tuple[Reading, ...]]:
    """Return where the step raised and what, and what that line looked at."""
    said, opened, place = moments[at].raised.rpartition(" (")
    empty = (None,) * at
    after = (None,) * (len(moments) - at - 1)
    looked = moments[at].looked_at.items()
    readings = (Reading(name, "", (*empty, in_words(value, names), *after)) for name, value in looked)
    return place.removesuffix(")") if opened else "raised", said if opened else place, tuple(readings)


def _below_zero(moment: Moment) -> Iterator[Key]:
    """Yield the fields that hold a size below 0; of running code, whose fields nobody sees, what is accounted."""
    if not moment.objects:
        yield from (Key(STATE, (f".{name}", CALLED)) for name in ("accounted", "accounts"))
    for each, number in zip(moment.objects, moment.numbers, strict=True):
        for field, sizes in sizes_in(each):
            if any(size < 0 for size in sizes):
                yield Key(number, (f".{field}",))


def _below(readings: Sequence[Reading], at: int) -> tuple[str, str]:
    compared = "; ".join(f"{each.words} >= 0" for each in readings)
    return compared, "; ".join(f"{each.after(at)} >= 0" for each in readings)
