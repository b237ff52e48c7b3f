"""What there is to know of one model before it is checked: its scope, the claims about it, the fixes that it has."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from spillproof.counterexamples import listing
from spillproof.counterexamples.trace import constant
from spillproof.model.catalogue import CATALOGUE
from spillproof.model.catalogue.entry import Entry
from spillproof.model.scope import OPEN, Setting, settings
from spillproof.model.system import Action, actions_of
from spillproof.properties.catalogue import claims_about
from spillproof.properties.claims import Claim
from spillproof.properties.engines.story.phrases import paragraph
from spillproof.properties.loader import class_in_file

Json = dict[str, Any]


@dataclass(frozen=True)
class About:
    """One model."""

    name: str
    summary: str
    settings: tuple[Setting, ...]
    """What `--set` takes, with what each is unless it is given."""
    actions: tuple[Action, ...]
    claims: tuple[Claim, ...]
    fixes: tuple[str, ...]
    """Those that it has."""


def about(name: str) -> About:
    """Return what there is to know of a model: a name of the catalogue, or `path/to/file.py:Class`.

    Raises `ModelError`, in one line, where there is no such model.
    """
    if name in CATALOGUE:
        return _about(CATALOGUE[name])
    model = class_in_file(name)
    summary = inspect.getdoc(model) if model.__doc__ else ""
    return _about(Entry(name, " ".join((summary or "").split("\n\n")[0].split()), model))


def _about(entry: Entry) -> About:
    found = [
        Setting(each.name, each.hint, entry.scope.get(each.name, each.default))
        for each in settings(entry.model).values()
        if each.name != "fixes"
    ]
    always, sometimes = claims_about(entry.model)
    present = entry.scope.get("fixes", frozenset())
    fixes = tuple(name for name in entry.fixes if isinstance(present, frozenset) and name in present)
    return About(entry.name, entry.summary, tuple(found), actions_of(entry.model), _in_pairs(always, sometimes), fixes)


def _in_pairs(always: list[Claim], sometimes: list[Claim]) -> tuple[Claim, ...]:
    """Return each claim, and after it the witnesses beside it."""
    paired = [each for claim in always for each in (claim, *(one for one in sometimes if one.beside == claim.name))]
    return (*paired, *(each for each in sometimes if each not in paired))


def tell(found: About) -> str:
    """Return it as text of at most 80 columns."""
    parts = [
        ("", [found.name, *paragraph(found.summary, "    ", "    ")]),
        ("Scope (--set NAME=VALUE)", [*_settings(found.settings)]),
        ("Steps", [*paragraph(", ".join(each.name for each in found.actions))]),
        ("Claims", [*listing.claims(found.claims)]),
        ("Fixes that it has (--without)", [*paragraph(", ".join(found.fixes))]),
    ]
    return "\n\n".join("\n".join([*([title, ""] if title else []), *lines]) for title, lines in parts if lines)


def _settings(found: tuple[Setting, ...]) -> Iterator[str]:
    words = {each.name: f"{each.name}={_value(each.default)}" for each in found}
    width = max(map(len, words.values()), default=0)
    for each in found:
        start = f"  {words[each.name]:<{width}}  "
        yield from paragraph(each.words(), start, " " * len(start))


def _value(default: object) -> object:
    return "any" if default is OPEN else constant(default)


def as_json(found: About) -> Json:
    """Return it as an object that `json.dumps` takes; what the scope leaves open is null."""
    return {
        "model": found.name,
        "summary": found.summary,
        "scope": {
            each.name: {"default": None if each.default is OPEN else constant(each.default), "takes": each.words()}
            for each in found.settings
        },
        "steps": [each.name for each in found.actions],
        "claims": [listing.claim_as_json(claim) for claim in found.claims],
        "fixes": list(found.fixes),
    }


def is_model(name: str) -> bool:
    """Return whether a name is one of the catalogue, or says a class in a file."""
    return name in CATALOGUE or ".py:" in name
