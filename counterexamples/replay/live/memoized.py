"""Functions whose results are kept: decorators of the packages that have caches, in front of the caches."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from inspect import signature
from pathlib import Path
from typing import Any

from spillproof.counterexamples.replay.live.mapped import NOBODY, Stranger, WeighingError, ends, ought
from spillproof.counterexamples.replay.live.theine_cache import cache_of
from spillproof.properties.live.adapter import Adapter
from spillproof.properties.live.measure import Ledger
from spillproof.properties.live.own import step


def result_of(fresh: dict[str, Any], key: str) -> Any:
    """Return what was handed over, once; fail for a key under which nothing is."""
    if key.startswith(NOBODY) and key not in fresh:
        raise WeighingError
    return fresh.pop(key)


class Memoized(Adapter):
    """A function of a key. What it returns was handed over, and is its cache's from then on."""

    faults = frozenset({"kept"})
    drops = True
    most = 1
    oversized = False
    values = 100

    def begin(self, folder: Path) -> None:
        self.failed = 0
        self.fresh: dict[str, Any] = {}
        self.call: Callable[[str], Any] = self.decorated(partial(result_of, self.fresh))

    def decorated(self, function: Callable[[str], Any]) -> Callable[[str], Any]:
        """Return the function, decorated."""
        raise NotImplementedError

    def forget(self, key: str) -> None:
        """Have the cache forget a result."""
        raise NotImplementedError

    def put(self, key: str, value: Any) -> None:
        if key in self.keys():
            self.forget(key)
        self.fresh[key] = value
        del value
        self.call(key)
        ought(not self.fresh, f"nothing is known for {key}, and the function is not asked")

    def get(self, key: str) -> Any:
        return self.call(key)

    def delete(self, key: str) -> None:
        self.forget(key)

    def keys(self) -> Iterable[str]:
        raise NotImplementedError

    @step
    def fail(self) -> None:
        """Ask twice for what the function fails for: each time it fails, and nobody waits for ever. Then it works."""
        self.failed += 1
        key = f"{NOBODY} {self.failed}"  # what is left of it is then one more each time
        for _ in range(2):
            told = ends(partial(self.call, key), lambda: self.begin(Path()), type(self).__name__)
            ought(told == WeighingError.__name__, f"the function fails, and {told or 'something'} is given")
        self.fresh[key] = Stranger()
        told = ends(partial(self.call, key), lambda: self.begin(Path()), type(self).__name__)
        ought(not told and key not in self.fresh, f"the function works again, and {told or 'something else'} is given")
        self.forget(key)
        ends(partial(self.call, f"{key} once"), lambda: self.begin(Path()), type(self).__name__)

    def close(self) -> None:
        for key in list(self.keys()):
            self.forget(key)

    def accounted(self) -> int:
        return len(list(self.keys())) * Ledger.unit

    def capacity_of_pool(self) -> int:
        return self.values * Ledger.unit


def first(given: Any, _named: Any = None) -> Any:
    """Return what a function was given: older releases give all that it was given, and what it was given by name."""
    return given[0] if isinstance(given, tuple) else given


def last(*given: Any) -> Any:
    """Return what a function was given: older releases do not give the function as well."""
    return given[-1]


def given_to_memoize(size: int) -> tuple[Any, ...]:
    """Return what `Memoize` asks for: releases before 2.0 ask for a cache."""
    from theine import Memoize

    first_one = next(iter(signature(Memoize).parameters))
    return (size, None) if first_one == "size" else (cache_of(size), None)
