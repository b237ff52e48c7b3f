"""`moka_py.Moka`, a control written in Rust: values below a sum of weights, which is kept by work in the background."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import Any

from spillproof.counterexamples.replay.live.mapped import NOBODY, WeighingError, ends, ought
from spillproof.properties.live.adapter import Adapter
from spillproof.properties.live.measure import Ledger
from spillproof.properties.live.own import step


class MokaCache(Adapter):
    """A cache that is as it says once `run_pending_tasks` was called, as is documented: each step ends with that."""

    packages = ("moka-py",)
    faults = frozenset({"kept", "missing"})
    drops = True

    def begin(self, folder: Path) -> None:
        from moka_py import Moka

        self.cache: Any = Moka(self.capacity_of_pool(), policy="lru", weigher=lambda _key, value: len(value))

    def put(self, key: str, value: Any) -> None:
        self.cache.set(key, value)
        self.settle()

    def get(self, key: str) -> Any:
        return self.cache.get(key)

    def delete(self, key: str) -> None:
        self.cache.remove(key)
        self.settle()

    def keys(self) -> Iterable[str]:
        return [key for key in self.keys_used if self.cache.get(key) is not None]

    def close(self) -> None:
        self.cache.clear()
        self.settle()

    def settle(self) -> None:
        """Have it do what is pending; what it drops then goes when it is next called."""
        for _ in range(3):
            self.cache.run_pending_tasks()

    def accounted(self) -> int:
        return int(self.cache.weighted_size())

    def capacity_of_pool(self) -> int:
        return 6 * Ledger.unit


class MokaMapped(MokaCache):
    """The same, where values come in other ways, and each that goes is told of."""

    def begin(self, folder: Path) -> None:
        from moka_py import Moka

        self.failed = 0
        self.gone: list[str] = []
        listener, weigher = partial(tell, self.gone), weight
        self.cache: Any = Moka(self.capacity_of_pool(), policy="lru", eviction_listener=listener, weigher=weigher)

    @step
    def put_with(self, key: str, value: Any) -> None:
        """Put a value with `get_with`, where nothing is under its key."""
        if self.cache.get(key) is None:
            ought(self.cache.get_with(key, [value].pop) is value, f"{key} is not there, and another is given")
            self.settle()
        else:
            self.put(key, value)

    @step
    def keep_with(self, key: str) -> None:
        """Read a value with `get_with`: nothing is made."""
        if self.cache.get(key) is not None:
            self.cache.get_with(key, fail)

    @step
    def fail_with(self) -> None:
        """Ask for what cannot be made: nothing is there then, and it can be asked for again."""
        self.failed += 1
        key = f"{NOBODY} {self.failed}"
        for _ in range(2):
            told = ends(lambda: self.cache.get_with(key, fail), lambda: self.begin(Path()), "moka")
            ought(told == WeighingError.__name__, "what cannot be made is given")
        ought(self.cache.get(key) is None, "what cannot be made is there")

    @step
    def ask_with_default(self) -> None:
        """Ask for what is not there: the default is given."""
        ought(self.cache.get(NOBODY, 7) == 7, "get: another than the default is given")  # noqa: PLR2004
        ought(self.cache.remove(NOBODY, 7) == 7, "remove: another than the default is given")  # noqa: PLR2004

    @step(deletes=True)
    def take_out(self, key: str) -> None:
        """Take a value out, which is told of once."""
        there, before = self.cache.get(key) is not None, len(self.gone)
        ought((self.cache.remove(key) is not None) == there, f"{key} is there, and nothing is taken out")
        self.settle()
        ought(self.gone[before:] == [key] * there, f"{self.gone[before:]} are told of, where {key} goes")

    @step(loses=True)
    def empty(self) -> None:
        """Empty the cache, which goes on. Each that goes is told of once."""
        there, before = sorted(self.keys()), len(self.gone)
        self.cache.clear()
        self.settle()
        ought(sorted(self.gone[before:]) == there, f"{self.gone[before:]} are told of, where {there} go")
        ought(self.cache.count() == 0, "there is something where it was emptied")

    histories = ("gone",)


def weight(_key: str, value: Any) -> int:
    """Return what a value weighs."""
    return len(value)


def tell(gone: list[str], key: str, _value: Any, _cause: str) -> None:
    """Keep the key of what goes."""
    gone.append(key)


def fail() -> Any:
    """Make nothing."""
    raise WeighingError
