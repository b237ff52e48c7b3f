"""What else is done with a cache, or with a function whose results are kept: what ought to come of it is told."""

from collections.abc import Callable, Iterable
from threading import Event
from typing import Any

import pytest

from spillproof.counterexamples.replay.live import mapped
from spillproof.counterexamples.replay.live.mapped import Mapped, Restored, Weighed
from spillproof.counterexamples.replay.live.mapping_cache import MappingCache
from spillproof.counterexamples.replay.live.memoized import Memoized
from spillproof.properties.live.move import Move, Script
from spillproof.properties.live.search import measuring
from spillproof.properties.live.session import played

PUT = Move("put", "a", 1)


class Weighing(dict[str, Any]):
    """A cache that weighs before it takes."""

    def __setitem__(self, key: str, value: Any) -> None:
        len(value)
        super().__setitem__(key, value)


class Right(Mapped, Restored, Weighed, MappingCache):
    """A cache that is a dictionary."""

    kind: type = Weighing

    def make(self) -> Any:
        return self.kind()

    def accounted(self) -> int:
        return sum(len(each) for each in self.cache.values() if not isinstance(each, mapped.Unweighable))


class Replacing(Weighing):
    def setdefault(self, key: str, value: Any = None) -> Any:
        self[key] = value
        return value


class Strict(Weighing):
    def pop(self, key: str, *_default: Any) -> Any:
        return super().pop(key)


class Looking(Weighing):
    def popitem(self) -> tuple[str, Any]:
        return next(iter(self.items()))


class Older(Weighing):
    def values(self) -> Any:
        return list(super().values())[:-1]


class Shorter(Weighing):
    def __reduce__(self) -> Any:
        return Weighing, ()


class Hasty(Weighing):
    def __setitem__(self, key: str, value: Any) -> None:
        dict.__setitem__(self, key, value)
        len(value)


def adapter_of(kind: type) -> type[Right]:
    """An adapter of a kind of dictionary."""
    return type(f"Of{kind.__name__}", (Right,), {"kind": kind})


def raised(adapter: Any, script: Script) -> str:
    """What the last step of a run raises."""
    with measuring(adapter):
        steps = played(adapter, script, ())
    assert steps is not None
    return steps[-1].raised


@pytest.mark.parametrize(
    ("kind", "move", "words"),
    [
        (Replacing, Move("keep_by_default", "a"), "AssertionError: a is there, and another is taken"),
        (Strict, Move("ask_with_default"), "KeyError: 'nobody'"),
        (Looking, Move("pop"), "AssertionError: a goes, and is there"),
        (Older, Move("look"), "AssertionError: items have other values than there are"),
        (Shorter, Move("restore"), "AssertionError: what is read back has other keys"),
        (Hasty, Move("put_unweighable", "a"), "AssertionError: what cannot be weighed is there"),
    ],
)
def test_each_way_is_told_of_where_it_is_wrong(kind: type, move: Move, words: str) -> None:
    """A cache that does it wrongly raises what says so; one that does it rightly raises nothing."""
    assert raised(adapter_of(kind), (PUT, move)) == words
    assert raised(Right, (PUT, move)) == ""


class Remembered(Memoized):
    """A function whose results are in a dictionary."""

    def decorated(self, function: Callable[[str], Any]) -> Callable[[str], Any]:
        self.results: dict[str, Any] = {}

        def call(key: str) -> Any:
            if key not in self.results:
                self.results[key] = function(key)
            return self.results[key]

        return call

    def forget(self, key: str) -> None:
        del self.results[key]

    def keys(self) -> Iterable[str]:
        return list(self.results)


class Forgiving(Remembered):
    """What fails gives nothing."""

    def decorated(self, function: Callable[[str], Any]) -> Callable[[str], Any]:
        call = super().decorated(function)

        def forgiving(key: str) -> Any:
            try:
                return call(key)
            except mapped.WeighingError:
                return None

        return forgiving


class Waiting(Remembered):
    """Who asks waits for whoever asks already, also where that one has failed."""

    def decorated(self, function: Callable[[str], Any]) -> Callable[[str], Any]:
        self.results = {}
        asked: dict[str, Event] = {}

        def call(key: str) -> Any:
            if key in asked:
                asked[key].wait()
            asked[key] = Event()
            result = function(key)
            asked.pop(key).set()
            return result

        return call


class Grudging(Remembered):
    """What a key has failed with once it fails with for ever."""

    def decorated(self, function: Callable[[str], Any]) -> Callable[[str], Any]:
        call, failed = super().decorated(function), dict[str, Exception]()

        def grudging(key: str) -> Any:
            if key in failed:
                raise failed[key]
            try:
                return call(key)
            except mapped.WeighingError as error:
                failed[key] = error
                raise

        return grudging


@pytest.mark.parametrize(
    ("adapter", "words"),
    [
        (Remembered, ""),
        (Grudging, "AssertionError: the function works again, and WeighingError is given"),
        (Forgiving, "AssertionError: the function fails, and something is given"),
        (Waiting, "AssertionError: whoever asks waits for ever"),
    ],
)
def test_a_function_that_fails_fails_again(
    adapter: type[Memoized], words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It gives nothing, and nobody waits for it for ever."""
    monkeypatch.setattr(mapped, "GLANCES", 4)

    assert raised(adapter, (Move("fail"),)) == words
