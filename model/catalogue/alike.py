"""Which names stand for the same model: releases that differ in nothing that it can ask about."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from functools import cache

from spillproof.model.catalogue.entry import Entry
from spillproof.model.spark.fixes import FIXES

MODELS = re.compile(r"spillproof\.model\.spark\.(?!fixes|releases)")
"""The modules of models. `fixes` and `releases` name every fix, and ask about none."""


def fixes_mentioned(model: type) -> frozenset[str]:
    """Return the fixes that a model can ask about: those whose names its modules import."""
    return _mentioned_in(model.__module__)


@cache
def _mentioned_in(module: str) -> frozenset[str]:
    seen: set[str] = set()
    waiting = [module]
    while waiting:
        name = waiting.pop()
        if name not in seen and MODELS.match(name):
            seen.add(name)
            waiting += [each.__module__ for each in vars(sys.modules[name]).values() if hasattr(each, "__module__")]
    values = (value for name in seen for value in vars(sys.modules[name]).values())
    return frozenset(value for value in values if isinstance(value, str)) & FIXES.keys()


def what(entry: Entry) -> object:
    """Return what is checked under a name: the same value for two names of one model at one scope."""
    scope = dict(entry.scope)
    fixes = scope.pop("fixes", None)
    if isinstance(fixes, frozenset) and entry.own is None:
        fixes &= fixes_mentioned(entry.model)
    return entry.model, frozenset(scope.items()), fixes


def distinct(entries: Iterable[Entry]) -> dict[str, Entry]:
    """Return the first entry of each model at each scope, by name."""
    found: dict[object, Entry] = {}
    for entry in entries:
        found.setdefault(what(entry), entry)
    return {entry.name: entry for entry in found.values()}
