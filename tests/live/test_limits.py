"""Keys and calls that read alike, crowds, and caches without a limit: what is wrong is told of, and nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import pytest

from spillproof.counterexamples.replay.live.files_lost import damages
from spillproof.counterexamples.replay.live.memoized_calls import Called
from spillproof.counterexamples.replay.live.memoized_crowded import Crowded
from spillproof.counterexamples.replay.live.told_apart import ToldApart, meant, name_of
from spillproof.counterexamples.replay.live.unlimited import Unlimited
from spillproof.properties.catalogue import NO_EXCEPTION
from spillproof.properties.live.adapter import Adapter
from spillproof.properties.live.claims import ASKED
from spillproof.properties.live.move import Move
from spillproof.properties.live.session import false_at, played
from spillproof.properties.live.unheard import unheard

LOST = next(each for each in ASKED if each.name == "no_record_lost_or_repeated")

PUTS = (Move("put", "a", 1), Move("put", "b", 1), Move("get", "a"))


def fails_at(kind: type[Adapter], *run: Move) -> int | None:
    """The step of a run that raises; None where none does."""
    steps = played(kind, run, [NO_EXCEPTION])
    assert steps is not None
    return false_at(NO_EXCEPTION, steps)


class Right(ToldApart):
    """A dictionary."""

    def make(self, folder: Path) -> Any:
        return {}


class Written(dict[Any, Any]):
    """A dictionary that writes its keys down."""

    def __setitem__(self, key: Any, value: Any) -> None:
        super().__setitem__(str(key), value)

    def __getitem__(self, key: Any) -> Any:
        return super().__getitem__(str(key))


class Wrong(ToldApart):
    """A dictionary whose keys are written down."""

    def make(self, folder: Path) -> Any:
        return Written()

    def keys(self) -> Iterable[str]:
        return ["a", "b"] if self.cache else []


@pytest.mark.parametrize(("kind", "at"), [(Right, None), (Wrong, 3)])
def test_keys_that_read_alike_are_told_apart(kind: type[ToldApart], at: int | None) -> None:
    """What is under 1 is not what is under "1"."""
    steps = played(kind, PUTS, [LOST])

    assert steps is not None
    assert false_at(LOST, steps) == at


@pytest.mark.parametrize("key", ["a", "b", "c", "a27", "c3"])
def test_what_stands_for_a_key_is_found_again(key: str) -> None:
    """Those of a repetition are numbered."""
    assert name_of(meant(key)) == key


def by_words(function: Callable[..., Any]) -> Callable[..., Any]:
    """Decorate a function, by the words of what it is given."""
    kept: dict[str, Any] = {}

    def call(*given: Any, **more: Any) -> Any:
        words = ", ".join(map(str, (*given, *more.items())))
        return kept[words] if words in kept else kept.setdefault(words, function(*given, **more))

    return call


@pytest.mark.parametrize(("decorate", "at"), [(cache, None), (lru_cache(None), None), (by_words, 1), (lru_cache(2), 1)])
def test_calls_that_read_alike_are_told_apart(decorate: Any, at: int | None) -> None:
    """Each is given its own, and is not asked for again."""

    class Decorated(Called):
        def decorated(self, function: Callable[..., Any]) -> Callable[..., Any]:
            return decorate(function)  # type: ignore[no-any-return]

    assert fails_at(Decorated, Move("tell_apart")) == at


class One(Crowded):
    """A coroutine of which the last result is kept."""

    is_right = True

    def decorated(self, function: Callable[[str], Any]) -> Callable[[str], Any]:
        self.last: dict[str, Any] = {}

        async def call(key: str) -> Any:
            self.last = {key: await function(key)}
            if not self.is_right:
                await asyncio.sleep(0)
            return self.last[key]

        return call

    def forget(self, key: str) -> None:
        self.last.pop(key, None)

    def keys(self) -> Iterable[str]:
        return [key for key in self.keys_used if key in self.last]


class Another(One):
    """A coroutine that looks for its own result when others have had their turn."""

    is_right = False


@pytest.mark.parametrize(("kind", "at"), [(One, None), (Another, 1)])
def test_each_of_many_that_ask_at_once_gets_its_own(kind: type[One], at: int | None) -> None:
    """There is room for fewer than ask."""
    assert fails_at(kind, Move("crowd")) == at


class Endless(Unlimited):
    """A dictionary that says it is full."""

    is_full = True

    def make(self) -> Any:
        made = type("Full", (dict,), {"full": lambda _: self.is_full})
        return made()


class Roomy(Endless):
    """A dictionary that is not."""

    is_full = False


@pytest.mark.parametrize(("kind", "at"), [(Roomy, None), (Endless, 1)])
def test_what_has_no_limit_is_not_full(kind: type[Endless], at: int | None) -> None:
    """It is asked about itself."""
    assert fails_at(kind, Move("ask")) == at


def test_a_file_is_cut_short_in_several_ways_and_removed(tmp_path: Path) -> None:
    """To half, to some bytes, to none."""
    file = tmp_path / "file"
    file.write_bytes(b"0123456789")
    seen = [file.read_bytes() if file.exists() else None for _ in damages(file)]

    assert seen == [b"01234", b"012", b"", None]


def test_a_step_that_is_taken_away_is_not_misspelt() -> None:
    """A subclass says None of it."""
    assert "leave" not in unheard(One)
