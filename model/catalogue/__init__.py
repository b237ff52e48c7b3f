"""The models that this project comes with, by name: what each is, which fixes it knows, what is expected of it."""

from __future__ import annotations

from itertools import chain

from spillproof.model.catalogue.entry import Entry, followed
from spillproof.model.catalogue.growth import growth
from spillproof.model.catalogue.lessons import lessons
from spillproof.model.catalogue.library import library
from spillproof.model.catalogue.locks import locks
from spillproof.model.catalogue.maps import maps
from spillproof.model.catalogue.pages import page_tables, raw_maps, shuffles
from spillproof.model.catalogue.pools import pools
from spillproof.model.catalogue.python import of_python
from spillproof.model.catalogue.sorters import raw_sorters, sorters
from spillproof.model.catalogue.spillers import spillers
from spillproof.model.errors import ModelError
from spillproof.model.names import unknown

CATALOGUE: dict[str, Entry] = {
    entry.name: entry
    for entry in chain(
        maps(),
        spillers(),
        growth(),
        pools(),
        sorters(),
        raw_sorters(),
        raw_maps(),
        shuffles(),
        page_tables(),
        locks(),
        of_python(),
        library(),
        lessons(),
    )
}
"""Every entry by name, in the order in which to list them."""


def find(name: str) -> Entry:
    """Return the entry of that name. Raises `ModelError` that says what there is for one that does not exist."""
    if name not in CATALOGUE:
        instead = followed(name, CATALOGUE)
        words = unknown("model", name, CATALOGUE, "spillproof list models")
        raise ModelError(f"{words}; {instead}" if instead else words)
    return CATALOGUE[name]
