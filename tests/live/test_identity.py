"""Managers that tell threads apart: two steps at once are taken by threads that are new, and end."""

import threading
from pathlib import Path
from typing import Any

import pytest

from spillproof.properties.live import Adapter
from spillproof.properties.live.identity import tells_threads_apart
from spillproof.properties.live.meanwhile import meet
from spillproof.properties.live.measure import Ledger
from spillproof.properties.live.move import Move
from spillproof.properties.live.residue import residue
from spillproof.properties.live.session import Session
from tests.live.planted import clients


class Shelf(Adapter):
    """Keeps values in a dictionary under a lock, and does something for the thread that comes."""

    faults = frozenset({"second_thread"})

    def begin(self, folder: Path) -> None:
        del folder
        self.lock = threading.Lock()
        self.values: dict[str, Any] = {}

    def put(self, key: str, value: Any) -> None:
        with self.lock:
            self.comes(value)
            self.values[key] = value

    def delete(self, key: str) -> None:
        with self.lock:
            self.values.pop(key)

    def accounted(self) -> int:
        return sum(map(len, self.values.values()))

    def comes(self, value: Any) -> None:
        """Hear which thread puts a value."""


class ByThread(Shelf):
    """Counts what each thread has put, and never forgets a thread."""

    def begin(self, folder: Path) -> None:
        super().begin(folder)
        self.users: dict[threading.Thread, int] = {}

    def comes(self, value: Any) -> None:
        thread = threading.current_thread()
        self.users[thread] = self.users.get(thread, 0) + len(value)


OWN = threading.local()


class OfEachThread(Shelf):
    """Keeps for each thread the value that it has put last: when the thread ends, that goes too."""

    def comes(self, value: Any) -> None:
        OWN.last = value


@pytest.fixture
def shelf() -> ByThread:
    """One that counts by threads."""
    found = ByThread()
    found.measure = Ledger()
    found.begin(Path())
    return found


def test_each_of_two_steps_at_once_has_a_new_thread(shelf: ByThread) -> None:
    """Which has ended before anything is looked at."""
    for _ in range(3):
        meet(lambda: shelf.put("a", b"1"), lambda: shelf.put("b", b"2"), 1, shelf)

    assert len(shelf.users) == 6
    assert not any(each.is_alive() for each in shelf.users)


BOTH = Move("put_and_put", "b", 1, other="a", at=1)
DELETED = (Move("delete", "a"), Move("delete", "b"))


def test_a_table_of_threads_that_grows_is_a_residue() -> None:
    """It has two entries more each time that two threads put something, though all is deleted."""
    assert residue(ByThread, (BOTH, *DELETED)) >= 2


def test_what_is_a_threads_own_goes_with_it() -> None:
    """A value that only an ended thread had is no value that stays reachable."""
    with Session(OfEachThread, alone=True) as playing:
        for move in (BOTH, *DELETED):
            playing.take(move)

    assert playing.steps[-1].now.seen["reachable"] == 0


def test_a_manager_that_names_no_thread_does_not_tell_them_apart() -> None:
    """So that its threads are kept; what cannot be read may tell them apart."""
    at_home = frozenset({Path(clients.__file__).parent})

    assert tells_threads_apart(frozenset({__name__}), frozenset())
    assert tells_threads_apart(frozenset({"_json"}), frozenset())
    assert not tells_threads_apart(frozenset({clients.__name__}), at_home)
