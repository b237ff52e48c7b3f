"""A search that the workers of pytest-xdist share: whoever comes first takes it, and the others read what it has shown.

Each worker has tests of the same adapter, and each of them needs the whole search. It is kept in the folder of the
session, which belongs to who runs the tests; a lock of the system, which ends with the process, says who is at it.
"""

from __future__ import annotations

import hashlib
import io
import pickle
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from spillproof.properties.claims import Claim
from spillproof.properties.live.adapter import Adapter
from spillproof.properties.live.search import Search

CAN_LOCK = find_spec("fcntl") is not None
"""On other systems every worker searches for itself."""


def folder_of(request: pytest.FixtureRequest) -> Path | None:
    """Return the folder that the workers of a session have in common; None where there is one process only."""
    if not CAN_LOCK or not hasattr(request.config, "workerinput"):
        return None
    factory: pytest.TempPathFactory = request.getfixturevalue("tmp_path_factory")
    return factory.getbasetemp().parent


def shared(folder: Path, adapter: type[Adapter], claims: list[Claim], asked: str, take: Callable[[], Search]) -> Search:
    """Return the search of whoever came first, or take it.

    `asked` says what else it depends on, such as its settings: only what is asked alike is shared.
    """
    words = f"{adapter.__module__} {adapter.__qualname__} {asked}"
    file = folder / f"spillproof-{hashlib.blake2b(words.encode(), digest_size=12).hexdigest()}"
    with _alone(file.with_suffix(".lock")):
        if file.exists():
            return _read(file.read_bytes(), adapter, claims)
        search = take()
        with suppress(pickle.PicklingError, AttributeError, TypeError):  # then the others search for themselves
            written = _written(search, adapter)
            new = file.with_suffix(".new")
            new.write_bytes(written)
            new.replace(file)
        return search


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """Wait until no other process is in here."""
    import fcntl

    with lock.open("wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _written(search: Search, adapter: type[Adapter]) -> bytes:
    """Return what a search has shown. Claims and the adapter are written as what they are called."""

    class SearchWriter(pickle.Pickler):
        def persistent_id(self, each: Any) -> str | None:
            if each is adapter:
                return ""
            return each.name if isinstance(each, Claim) else None

    data = io.BytesIO()
    SearchWriter(data).dump(search)
    return data.getvalue()


def _read(data: bytes, adapter: type[Adapter], claims: list[Claim]) -> Search:
    named: dict[str, Any] = {"": adapter, **{claim.name: claim for claim in claims}}

    class SearchReader(pickle.Unpickler):
        def persistent_load(self, name: str) -> Any:
            return named[name]

    search: Search = SearchReader(io.BytesIO(data)).load()
    return search
