"""Runs in other forms: as they are spelled, and as Hypothesis's database keeps those that broke a claim."""

from __future__ import annotations

import json
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict

from hypothesis import settings

from spillproof.model.errors import ModelError
from spillproof.properties.claims import Claim, Mode
from spillproof.properties.live.adapter import Adapter
from spillproof.properties.live.move import Move, Script
from spillproof.properties.live.offers import spelled
from spillproof.properties.live.search import Search
from spillproof.properties.live.session import Session
from spillproof.properties.live.sizes import sizes_of


def script_of(adapter: type[Adapter], words: Iterable[object]) -> Script:
    """Return a run that is given as its steps are spelled: `put(a, 1024)`, `spill()`.

    Raises `ModelError` for a step that cannot be taken there, with those that can.
    """
    script: list[Move] = []
    with adapter.measured_by.at_work(), Session(adapter) as playing:
        for word in words:
            can = {spelled(adapter, move): move for move in playing.possible(sizes_of(adapter))}
            can |= {"close()": Move("close")} if playing.can(Move("close")) else {}
            if word not in can:
                message = f"{word!r} cannot be taken there through {adapter.__name__}; there are {', '.join(can)}"
                raise ModelError(message)
            script.append(can[str(word)])
            if playing.take(script[-1]).raised:
                break
    return tuple(script)


def kept(adapter: type[Adapter], profile: settings) -> list[Script]:
    """Return the runs that broke a claim the last time."""
    if profile.database is None:
        return []
    found = []
    for data in sorted(profile.database.fetch(_key(adapter))):
        with suppress(ValueError, TypeError):  # written by another version
            found.append(tuple(Move(**each) for each in json.loads(data)))
    return found


def keep(search: Search, claims: Iterable[Claim], profile: settings) -> None:
    """Keep a run for each claim that is broken, and forget those that break nothing any more."""
    if profile.database is None:
        return
    key, broken = _key(search.adapter), [claim for claim in claims if claim.mode is Mode.ALWAYS]
    scripts = {min(found, key=len) for claim in broken if (found := search.every(claim))}
    data = {json.dumps([asdict(move) for move in script]).encode() for script in scripts}
    for old in {*profile.database.fetch(key)} - data:
        profile.database.delete(key, old)
    for new in data:
        profile.database.save(key, new)


def _key(adapter: type[Adapter]) -> bytes:
    return f"spillproof {adapter.__module__}.{adapter.__qualname__}".encode()
