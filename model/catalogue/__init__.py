"""The models that this project comes with, by name: what each is, which fixes it knows, what is expected of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib import import_module

from spillproof.model.catalogue.entry import Entry, followed
from spillproof.model.errors import ModelError
from spillproof.model.names import unknown
from spillproof.model.system import Model

SECTIONS = (
    ("maps", "maps"),
    ("spillers", "spillers"),
    ("growth", "growth"),
    ("pools", "pools"),
    ("sorters", "sorters"),
    ("sorters", "raw_sorters"),
    ("pages", "raw_maps"),
    ("pages", "aggregates"),
    ("pages", "shuffles"),
    ("pages", "page_tables"),
    ("locks", "locks"),
    ("python", "of_python"),
    ("library", "library"),
    ("lessons", "lessons"),
)
"""Which function of which module here makes entries, in the order in which to list these."""


@cache
def section(module: str, function: str) -> Mapping[str, Entry]:
    """Return the entries that a function makes, by name; its models are imported when it is first asked."""
    made: Iterable[Entry] = getattr(import_module(f"{__name__}.{module}"), function)()
    return {entry.name: entry for entry in made}


class Catalogue(Mapping[str, Entry]):
    """Every entry by name, in the order in which to list them; no more models are imported than a look needs."""

    def __getitem__(self, name: str) -> Entry:
        for each in SECTIONS:
            if name in section(*each):
                return section(*each)[name]
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        for each in SECTIONS:
            yield from section(*each)

    def __len__(self) -> int:
        return sum(len(section(*each)) for each in SECTIONS)


CATALOGUE = Catalogue()
"""The one catalogue that there is."""


def find(name: str) -> Entry:
    """Return the entry of that name. Raises `ModelError` that says what there is for one that does not exist."""
    if name not in CATALOGUE:
        instead = followed(name, CATALOGUE)
        words = unknown("model", name, CATALOGUE, "spillproof list models")
        raise ModelError(f"{words}; {instead}" if instead else words)
    return CATALOGUE[name]


def entry_of(model: Model) -> Entry | None:
    """Return the first entry of which a model is, at the same scope, if there is one."""
    if not type(model).__module__.startswith("spillproof."):
        return None  # the models of others need no catalogue
    same = (entry for entry in CATALOGUE.values() if entry.model is type(model))
    return next((entry for entry in same if {**entry.build().scope} == {**model.scope}), None)
