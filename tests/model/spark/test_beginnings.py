"""How objects begin: with nothing acquired, granted, read or spilled, and no switch thrown."""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest

from spillproof.model import spark
from spillproof.model.heap import HeapObject
from spillproof.model.spark.memory.memory_allocator import PageNumber
from spillproof.model.spark.scenario.executor import Request

OTHERWISE: dict[str, object] = {
    "BytesToBytesMap.can_grow_array": True,  # nothing was refused yet
    "ExternalSorter.is_shuffle_sort": True,  # until it is read
    "Page.number": PageNumber.NONE,  # its manager gives it one
    "Put.records": 1,  # it begins with its first
}
"""What begins with something, and why."""


def classes() -> Iterator[type[HeapObject]]:
    """The classes of objects in Spark's models."""
    for found in pkgutil.walk_packages(spark.__path__, "spillproof.model.spark."):
        for each in vars(import_module(found.name)).values():
            if isinstance(each, type) and issubclass(each, HeapObject) and each.__module__ == found.name:
                yield each


def beginnings() -> dict[str, Any]:
    """What each field begins with that has a default, but for those that are made anew for each object."""
    return {
        f"{each.__name__}.{name}": vars(each)[name]
        for each in classes()
        for name in vars(each).get("__annotations__", {})
        if name in vars(each) and name not in ("short_name", "beside_off_heap")
    }


def test_objects_begin_with_nothing() -> None:
    """Numbers with 0, what is true or false with false, and references to nobody."""
    found = beginnings()

    assert len(found) > 60
    assert {name: value for name, value in found.items() if value not in (0, False, None)} == OTHERWISE


@pytest.mark.parametrize("size", [1, 9])
def test_a_request_before_it_is_answered(size: int) -> None:
    """It was granted nothing, and of a block's it is not said what tasks have."""
    found = Request(size, satisfiable=True)

    assert (found.granted, found.whole, found.holds, found.largest, found.pool_size, found.active, found.failed) == (
        0, False, 0, 0, 0, 0, False,
    )  # fmt: skip
