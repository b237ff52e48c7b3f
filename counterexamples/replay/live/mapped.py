"""What else can be done with a cache that is like a dictionary: each step says what ought to come of it.

Classes to stand beside an adapter, each for a kind of step. They are the first bases of an adapter; one has few of
them, as with more steps random runs reach less deep.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterable
from threading import Thread
from typing import Any

from spillproof.properties.live.measure import Ledger
from spillproof.properties.live.own import step

NOBODY = "nobody"
"""A key under which nothing ever is."""


class Stranger:
    """A value that no run follows, as large as a small one."""

    def __len__(self) -> int:
        return Ledger.unit


class WeighingError(Exception):
    """What a value raises that cannot be weighed."""


class Unweighable(Stranger):
    """A value that cannot be weighed."""

    def __len__(self) -> int:
        raise WeighingError


GLANCE = 0.05
"""Seconds between two looks whether what is done at once has ended; where the machine is busy, more for both."""

GLANCES = 20
"""So often it is looked."""

FEW = 4
"""So often it is looked where the same has waited for ever before."""

HUNG: set[str] = set()
"""What has waited for ever in this process."""


def ends(call: Callable[[], Any], renew: Callable[[], Any], name: str) -> str:
    """Call something in a thread of its own; return the name of what it raises, which is empty where it does not.

    Where it waits for ever, which is an error, whoever asks next would wait as well: `renew` lets go of the cache.
    """
    found: list[str] = []

    def called() -> None:
        try:
            call()
        except Exception as error:  # noqa: BLE001 - whoever asked says what is right
            found.append(type(error).__name__)
        else:
            found.append("")

    asking = Thread(target=called, daemon=True)
    asking.start()
    for _ in range(FEW if name in HUNG else GLANCES):
        asking.join(GLANCE)
    if not found:
        HUNG.add(name)
        renew()
        raise AssertionError("whoever asks waits for ever")
    return found[0]


def number_of(value: Any) -> Any:
    """Return what tells a value from another, also where it was read back from disk."""
    return value if isinstance(value, bytes) else getattr(value, "number", id(value))


def ought(truth: object, words: str) -> None:
    """Raise an error, which is told of, where something is not so. A plain `assert` may be left out."""
    if not truth:
        raise AssertionError(words)


class Mapped:
    """Values come in other ways, defaults are asked for, and the views of a dictionary are looked at."""

    cache: Any
    keys: Callable[[], Iterable[str]]
    put: Any
    get: Any

    @step
    def put_many(self, key: str, value: Any) -> None:
        """Put a value with `update`."""
        self.cache.update({key: value})
        self.note(key)

    @step
    def put_by_default(self, key: str, value: Any) -> None:
        """Put a value with `setdefault`, where nothing is under its key."""
        if key in self.cache:
            self.put(key, value)
        else:
            self.cache.setdefault(key, value)
            self.note(key)

    def note(self, key: str) -> None:
        """Hear that a new value is under a key."""

    @step
    def keep_by_default(self, key: str) -> None:
        """Give a value with `setdefault` where one is already, which stays."""
        other = Stranger()
        if key in self.cache:
            found = self.cache.setdefault(key, other)
            ought(not isinstance(found, Stranger), f"{key} is there, and another is taken")

    @step
    def ask_with_default(self) -> None:
        """Ask for what is not there: the default is given."""
        ought(self.cache.get(NOBODY, 7) == 7, "get: another than the default is given")  # noqa: PLR2004
        if hasattr(self.cache, "pop"):
            ought(self.cache.pop(NOBODY, 7) == 7, "pop: another than the default is given")  # noqa: PLR2004
        ought(NOBODY not in self.cache, "what is not there is said to be there")

    @step
    def pop(self) -> None:
        """Have the cache choose what goes: it is what was there, and is gone; of an empty cache it is a KeyError."""
        there = {key: number_of(value) for key, value in self.cache.items()}
        try:
            key, value = self.cache.popitem()
        except KeyError:
            ought(not there, "something is there, and nothing goes")
            return
        ought(there.get(key) == number_of(value), f"{key} goes, and was not there")
        ought(key not in self.cache, f"{key} goes, and is there")

    @step
    def look(self) -> None:
        """Look at the keys, the values and the items: they are of one state, and as many as are said to be there."""
        keys, values, items = list(self.cache.keys()), list(self.cache.values()), list(self.cache.items())
        ought([key for key, _ in items] == keys, "items have other keys than there are")
        ought(
            [number_of(value) for _, value in items] == list(map(number_of, values)),
            "items have other values than there are",
        )
        ought(len(keys) == len(self.cache), f"{len(self.cache)} are said to be there, and {len(keys)} are")
        ought(all(key in self.cache for key in keys), "a key is there, and is said not to be")
        repr(self.cache)


class Restored:
    """A cache that can be pickled."""

    cache: Any

    @step
    def restore(self) -> None:
        """Pickle the cache: what is read back has the same keys, and goes its own ways."""
        other = pickle.loads(pickle.dumps(self.cache))  # noqa: S301 - our own
        ought({*other.keys()} == {*self.cache.keys()}, "what is read back has other keys")
        ought(len(other) == len(self.cache), "what is read back has another number of values")
        for key in list(other.keys()):
            del other[key]
        ought(len(other) == 0, "what is read back cannot be emptied")


class Weighed:
    """A cache that asks what a value weighs, where that may raise."""

    cache: Any

    @step
    def put_unweighable(self, key: str) -> None:
        """Put a value that cannot be weighed in the place of another, which stays, and where nothing is."""
        for each in (key, NOBODY):
            try:
                self.cache[each] = Unweighable()
            except WeighingError:
                continue
            raise AssertionError("what cannot be weighed is taken")
        ought(NOBODY not in self.cache, "what cannot be weighed is there")


class Circled:
    """A cache of values that refer to it. It is let go of at the end, and not emptied."""

    cache: Any
    put: Any

    @step
    def put_circle(self, key: str, value: Any) -> None:
        """Put a value that refers to the cache: only the collector of garbage can free both."""
        value.circle = self.cache
        self.put(key, value)

    def close(self) -> None:
        """Let go of the cache."""
        self.cache = None
