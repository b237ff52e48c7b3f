"""What a model announces, in words: as it was when it was announced, objects by their names wherever they stand."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from enum import Enum
from typing import Any

from spillproof.model.heap import Bag, HeapObject

Called = Callable[[HeapObject], str]

SEVERAL = (list, tuple, set, frozenset, Bag)


def as_it_is(details: Mapping[str, object]) -> dict[str, object]:
    """Return what is announced with containers of its own, which nothing that follows changes."""
    return {key: _kept(value) for key, value in details.items()}


def _kept(value: Any) -> object:
    if isinstance(value, dict):
        return {key: _kept(each) for key, each in value.items()}
    return [*map(_kept, value)] if isinstance(value, (list, tuple)) else Bag(value) if type(value) is Bag else value


def worded(value: object) -> str:
    """Return an argument that is no object as a step has it: an enum's member by its name."""
    return str(getattr(value, "name", value))


def in_words(value: Any, called: Called) -> str:
    """Return what was announced as text, which is the same in every process: an address is no part of it."""
    if isinstance(value, HeapObject):
        return called(value)
    if isinstance(value, dict):
        return f"{{{', '.join(f'{_inner(key, called)}: {_inner(each, called)}' for key, each in value.items())}}}"
    if isinstance(value, SEVERAL):
        return _several(value, called)
    return re.sub(r" at 0x[0-9a-fA-F]+", "", worded(value))


def _several(value: Iterable[Any], called: Called) -> str:
    words = [_inner(each, called) for each in value]
    return f"[{', '.join(words)}]" if isinstance(value, (list, tuple)) else f"{{{', '.join(sorted(words))}}}"


def _inner(value: Any, called: Called) -> str:
    return in_words(value, called) if not isinstance(value, str) or isinstance(value, Enum) else repr(value)
