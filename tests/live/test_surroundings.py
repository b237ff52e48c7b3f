"""What a run changes outside of its manager is put back when it ends, however it ends."""

import gc
import os
import sys
from asyncio import AbstractEventLoop
from pathlib import Path
from types import ModuleType, NoneType
from typing import Any

import pytest

from spillproof.model.errors import ModelError
from spillproof.properties.live import Adapter
from spillproof.properties.live.calibration import warm_up
from spillproof.properties.live.move import Move
from spillproof.properties.live.own import step
from spillproof.properties.live.residue import entries_of
from spillproof.properties.live.session import Session
from spillproof.properties.live.statics import is_table
from spillproof.properties.live.surroundings import RUNS, instead, until_end
from tests.live.judged.judgements import TARGETS
from tests.live.judged.target import Target
from tests.live.test_targets import skip_without


class Clocks:
    """What is outside."""

    time = "real"
    other = "real"


class Borrowing(Adapter):
    """Has another time than the others."""

    def begin(self, folder: Path) -> None:
        self.store: dict[str, Any] = {}
        instead(Clocks, "time", self)

    def put(self, key: str, value: Any) -> None:
        self.store[key] = value

    @step
    def later(self) -> None:
        """Change something else, once the run goes on."""
        instead(Clocks, "other", "fake")

    def accounted(self) -> int:
        return sum(map(len, self.store.values()))


class BeginsInVain(Borrowing):
    def begin(self, folder: Path) -> None:
        super().begin(folder)
        raise OSError


class IsStopped(Borrowing):
    def close(self) -> None:
        raise KeyboardInterrupt


def is_real() -> bool:
    """Whether nothing is in the place of anything, and no run goes on."""
    return (Clocks.time, Clocks.other, RUNS) == ("real", "real", [])


def test_it_is_put_back_when_a_run_ends() -> None:
    """Also what a step has changed; it lasts until then."""
    with Session(Borrowing) as playing:
        playing.take(Move("later"))
        seen = (Clocks.time is playing.adapter, Clocks.other)

    assert seen == (True, "fake")
    assert is_real()


def test_it_is_put_back_where_a_run_ends_within_another() -> None:
    """The outer run has its own again."""
    with Session(Borrowing) as outer:
        with Session(Borrowing) as inner:
            assert Clocks.time is inner.adapter
        assert Clocks.time is outer.adapter

    assert is_real()


def test_it_is_put_back_where_no_run_can_begin() -> None:
    """An adapter has changed something, and raises."""
    with pytest.raises(ModelError, match="OSError"), Session(BeginsInVain):
        pass

    assert is_real()


def test_it_is_put_back_where_a_run_is_broken_off() -> None:
    """By an error in a step that is not the manager's, and by one as it is closed."""
    with pytest.raises(ZeroDivisionError), Session(Borrowing):
        raise ZeroDivisionError
    with pytest.raises(KeyboardInterrupt), Session(IsStopped):
        pass

    assert is_real()


def test_nothing_can_be_changed_while_no_run_goes_on() -> None:
    """Nobody would put it back."""
    with pytest.raises(ModelError, match="no run goes on"):
        until_end()


# The adapters that are shipped

BESIDE = ("dask",)
"""Packages in which an adapter of another one registers something."""


def outside(target: Target) -> dict[str, object]:
    """What the modules of a target have, and their classes and objects, by name; and the environment."""
    gc.collect()
    names = tuple(f"{name}." for name in (*target.needs, *BESIDE))
    modules = {name: each for name, each in sys.modules.items() if f"{name}.".startswith(names)}
    inner = [(f"{name} ▸ {word}", each) for name, each in modules.items() for word, each in vars(each).items()]
    deep = [(name, each) for name, each in inner if not isinstance(each, ModuleType)]
    seen: dict[str, object] = {f"{name} ▸ {word}": each for name, value in deep for word, each in fields(value)}
    glances = {name: glance(each) for name, each in (*inner, *seen.items()) if "__" not in name}
    return {**glances, **os.environ}


def fields(value: Any) -> list[tuple[str, Any]]:
    """What a class or an object has; no numbers and words, which it may change by itself, as it counts.

    Nothing of a loop, which has a thread of its own.
    """
    found = {} if isinstance(value, AbstractEventLoop) else getattr(value, "__dict__", {})
    return [(name, each) for name, each in found.items() if not isinstance(each, (int, float, str, bytes, NoneType))]


def glance(value: Any) -> object:
    """What can be seen of a value at a glance; of a table, how many entries it has."""
    return entries_of(value) if is_table(value) else id(value)


@pytest.mark.parametrize("target", TARGETS, ids=[target.name for target in TARGETS])
def test_a_run_leaves_the_modules_of_its_package_as_they_were(target: Target) -> None:
    """Each step was taken once before, so that what is imported and cached on first use is there."""
    skip_without(target)
    kind = target.load()
    with kind.measured_by.at_work():
        warm_up(kind)
        before = outside(target)
        warm_up(kind)
        after = outside(target)

    assert [name for name in after if before.get(name) != after[name]] == []
