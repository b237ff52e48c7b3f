"""What a manager has in its classes and modules, and not in its objects, is looked at all the same."""

from pathlib import Path
from typing import Any, ClassVar

import pytest

from spillproof.properties.accounting import free_is_unreachable
from spillproof.properties.live import Adapter
from spillproof.properties.live.findings import witnessed
from spillproof.properties.live.fingerprint import fingerprint
from spillproof.properties.live.move import Move, Script
from spillproof.properties.live.residue import left, residue
from spillproof.properties.live.search import measuring
from spillproof.properties.live.session import Session
from spillproof.properties.live.statics import statics
from tests.live.visitors.turns import OfAClassAndKept, ParsingByTheClass, WithNames, WithNamesForEver

PUT, GET, DELETE = Move("put", "a", 1), Move("get", "a"), Move("delete", "a")

PUTS: list[str] = []
"""What was put, by a function of this module."""


def note(key: str) -> None:
    """Note what is put."""
    PUTS.append(key)


class Counting:
    """Counts in the class, and notes in the module."""

    puts = 0

    def __init__(self) -> None:
        self.values: dict[str, Any] = {}

    def put(self, key: str, value: Any) -> None:
        self.values[key] = value
        self.count(key)

    def count(self, key: str) -> None:
        del key


class InTheClass(Counting):
    def count(self, key: str) -> None:
        type(self).puts += 1


class InTheModule(Counting):
    def count(self, key: str) -> None:
        note(key)


class Plainly(Adapter):
    """Hands on."""

    manager: ClassVar[type[Counting]] = Counting

    def begin(self, folder: Path) -> None:
        del folder
        PUTS.clear()
        self.manager.puts = 0
        self.store = self.manager()

    def put(self, key: str, value: Any) -> None:
        self.store.put(key, value)

    def delete(self, key: str) -> None:
        del self.store.values[key]

    def accounted(self) -> int:
        return sum(map(len, self.store.values.values()))


class CountingInTheClass(Plainly):
    manager = InTheClass


class CountingInTheModule(Plainly):
    manager = InTheModule


def word(kind: type[Adapter], script: Script) -> bytes | None:
    """What a run has led to."""
    with measuring(kind), Session(kind, alone=True) as playing:
        for move in script:
            playing.take(move)
        return fingerprint(playing)


@pytest.mark.parametrize(
    ("kind", "is_same"), [(Plainly, True), (CountingInTheClass, False), (CountingInTheModule, False)]
)
def test_what_is_counted_elsewhere_is_another_state(kind: type[Adapter], is_same: bool) -> None:  # noqa: FBT001
    """After a value was put and deleted all is as before, unless a class or a module has counted it."""
    assert (word(kind, (PUT, DELETE)) == word(kind, ())) is is_same


def test_a_table_of_a_class_is_to_be_emptied_too() -> None:
    """An entry stays each time, and the class is named; asked again, the answer is the same."""
    with measuring(WithNamesForEver):
        counts = [residue(WithNamesForEver, (PUT, DELETE)) for _ in range(2)]
        chains = [str(each) for each in left(WithNamesForEver, (PUT, DELETE))]

    assert all(count >= 1 for count in counts)
    assert any("NamedForEver ▸ names" in chain for chain in chains)
    with measuring(WithNames):
        assert residue(WithNames, (PUT, DELETE)) == 0


@pytest.mark.parametrize(
    ("kind", "script", "holder"),
    [
        (OfAClassAndKept, (PUT, DELETE), "SharedAndKept ▸ keep ▸ [0]"),
        (ParsingByTheClass, (PUT, GET, DELETE), "ParsedByTheClass ▸ parse ▸"),
    ],
)
def test_a_class_that_holds_a_value_is_named(kind: type[Adapter], script: Script, holder: str) -> None:
    """The table, or the method whose cache it is, and not only the module."""
    with measuring(kind):
        _, chains = witnessed(kind, script, free_is_unreachable)

    assert any(str(chain).startswith(holder) for chain in chains), [str(each) for each in chains]


def test_the_places_of_a_manager_are_those_of_its_own_classes() -> None:
    """What the class has, and what its functions read of their module; nothing of what Python or this project has."""
    with measuring(CountingInTheModule), Session(CountingInTheModule) as playing:
        names = [str(place) for place in statics(playing.adapter)]

    assert "Counting ▸ puts" in names
    assert "test_statics ▸ PUTS" in names
    assert not [name for name in names if "Ledger" in name or "Session" in name]
