"""Which questions a survey asks: from a file of TOML, or from names and options of the command line.

A plan is a set of questions: each model at each release, with each scope and each seed. What is wrong with the plan
itself, or a name that no model has, is said at once, in one line; what else is wrong with a model costs its question.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from itertools import product
from pathlib import Path
from typing import Any

from spillproof.counterexamples.survey.case import Case
from spillproof.model.catalogue import CATALOGUE, find
from spillproof.model.errors import ModelError
from spillproof.model.names import unknown
from spillproof.model.title import is_path
from spillproof.properties.engines.question import ENGINES

Table = Mapping[str, Any]
Check = Callable[[Any], bool]

SETS = "ask"
"""The name of the tables, each of which is a set of questions."""

MOST = 100_000
"""Questions in a survey: a slip in a range must not fill the memory."""


def _are(kind: type) -> Check:
    return lambda value: isinstance(value, list) and all(type(each) is kind for each in value)


def _is(kind: type) -> Check:
    return lambda value: type(value) is kind


def _is_engine(value: Any) -> bool:
    return value in ENGINES


def _is_count(value: Any) -> bool:
    return type(value) is int and value > 0


def _are_seeds(value: Any) -> bool:
    return _is_count(value) or (_are(int)(value) and min(value, default=-1) >= 0)


def _is_scope(value: Any) -> bool:
    return isinstance(value, dict) and all(
        some != [] and all(isinstance(each, (int, str, float)) for each in _listed(some)) for some in value.values()
    )


KEYS: dict[str, tuple[Check, str]] = {
    "models": (_are(str), 'a list of names, such as ["spark@*", "pool.py:Pool"]'),
    "releases": (_are(str), 'a list of releases, such as ["2.3.4", "2.4.0"]'),
    "scope": (_is_scope, "a table of values, such as { consumers = [2, 3] }"),
    "claims": (_are(str), "a list of names of claims"),
    "engine": (_is_engine, f"one of {', '.join(ENGINES)}"),
    "seeds": (_are_seeds, "how many, or a list of whole numbers, none below 0"),
    "max-steps": (_is_count, "a whole number of at least 1"),
    "witnesses": (_is(bool), "true or false"),
    "certify": (_is(bool), "true or false"),
}
"""What a set of questions may say, how that is told from a slip, and what it is in words."""

LIMIT = "time-limit"


def read(file: Path) -> tuple[list[Case], float | None]:
    """Return the questions in a file of TOML, and its time limit in seconds, if it has one.

    A path of a model begins at the file's folder. Raises `ModelError`, in one line, for whatever is wrong.
    """
    table = _parsed(file)
    sets, limit = table.pop(SETS, [{}]), table.pop(LIMIT, None)
    if not isinstance(sets, list) or not sets or not all(isinstance(each, dict) for each in sets):
        raise ModelError(f"{file}: {SETS} must be tables, each below a line [[{SETS}]]")
    if limit is not None and not (type(limit) in (int, float) and limit > 0):
        raise ModelError(f"{file}: {LIMIT} must be a number of seconds, more than 0, not {limit!r}")
    try:
        return cases(({**table, **each} for each in sets), str(file.parent)), limit
    except ModelError as error:
        raise ModelError(f"{file}: {error}") from None


def _parsed(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise ModelError(f"{file}: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ModelError(f"{file} is not TOML: {error}") from None


def cases(sets: Iterable[Table], folder: str = "") -> list[Case]:
    """Return the questions of some sets, each once, in the order in which they are asked for."""
    found: dict[Case, None] = {}
    for each in sets:
        _check(each)
        for case in _cases(each, folder):
            found[case] = None
            if len(found) > MOST:
                raise ModelError(f"more than {MOST:,} questions; make it several surveys")
    return list(found)


def _check(table: Table) -> None:
    for key, value in table.items():
        if key not in KEYS:
            raise ModelError(unknown("setting", key, [*KEYS, SETS, LIMIT]))
        fits, wanted = KEYS[key]
        if not fits(value):
            raise ModelError(f"{key} must be {wanted}, not {value!r}")
    if not table.get("models"):
        raise ModelError(f"models is missing: it must be {KEYS['models'][1]}")


def _cases(table: Table, folder: str) -> Iterator[Case]:
    seeds = table.get("seeds", [0])
    numbers = range(seeds) if isinstance(seeds, int) else seeds
    for model, scope, seed in (
        (model, scope, seed)  # one after the other: `product` would first hold all seeds
        for model in _models(table["models"], table.get("releases", []))
        for scope in _scopes(table.get("scope", {}))
        for seed in numbers
    ):
        yield Case(
            model,
            scope,
            tuple(table.get("claims", ())),
            table.get("engine"),
            seed,
            table.get("max-steps"),
            table.get("witnesses", True),
            table.get("certify", False),
            folder if is_path(model) else "",
        )


def _models(names: Iterable[str], releases: list[str]) -> Iterator[str]:
    for name in names:
        family, blank, changes = (name, "", "") if is_path(name) else name.partition(" ")
        titles = [f"{family}@{each}" for each in releases] if releases and "@" not in family else [family]
        if titles == [family] and not is_path(family) and not _is_pattern(family):
            find(family)  # a slip is said before an hour of questions; of releases, each model has its own
        for title in titles:
            yield from (f"{each}{blank}{changes}" for each in _meant(title))


def _meant(name: str) -> list[str]:
    """Return the names that a pattern is about; a name that is no pattern is itself."""
    if is_path(name) or not _is_pattern(name):
        return [name]
    found = [each for each in CATALOGUE if fnmatchcase(each, name)]
    if not found:
        raise ModelError(f"no model is called {name}; `spillproof list models` lists all {len(CATALOGUE)}")
    return found


def _is_pattern(name: str) -> bool:
    return any(sign in name for sign in "*?[")


def _scopes(table: Table) -> Iterator[tuple[str, ...]]:
    """Yield each scope in words: one value of each name."""
    for values in product(*(_listed(each) for each in table.values())):
        yield tuple(f"{name}={_spelled(value)}" for name, value in zip(table, values, strict=True))


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _spelled(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def of_words(words: Iterable[str]) -> dict[str, list[str]]:
    """Return a scope as a plan has it, from words such as `consumers=2`, of which each may be given several times."""
    found: dict[str, list[str]] = {}
    for each in words:
        name, equals, value = each.partition("=")
        if not equals or not name:
            raise ModelError(f"{each!r} is not a part of a scope; write NAME=VALUE, such as consumers=3")
        found.setdefault(name, []).append(value)
    return found
