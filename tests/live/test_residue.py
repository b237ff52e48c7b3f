"""What is left each time that a run is repeated: entries and files are counted apart, and a folder is a file."""

import gc
from pathlib import Path
from typing import Any
from weakref import WeakSet

from spillproof.properties.live import Adapter
from spillproof.properties.live.live_check import check_live
from spillproof.properties.live.move import Move
from spillproof.properties.live.residue import left, residue
from spillproof.properties.live.slots import in_slots
from spillproof.properties.live.verdicts import Falsified

RUN = (Move("put", "a", 1), Move("delete", "a"))


class InFolders(Adapter):
    """Each value has a folder, which stays; a log of ten entries for each is emptied now and then."""

    def begin(self, folder: Path) -> None:
        self.folder = folder
        self.values: dict[str, Any] = {}
        self.log: list[object] = []

    def put(self, key: str, value: Any) -> None:
        (self.folder / key).mkdir()
        self.values[key] = value
        self.log += [object() for _ in range(10)]

    def delete(self, key: str) -> None:
        del self.values[key]
        if len(self.log) > 1500:
            self.log.clear()

    def accounted(self) -> int:
        return sum(len(value) for value in self.values.values())


class InNoFolders(InFolders):
    """The same, where it goes with its value."""

    def delete(self, key: str) -> None:
        super().delete(key)
        (self.folder / key).rmdir()


def test_a_folder_that_stays_is_a_residue_whatever_goes_meanwhile() -> None:
    """One more each time, beside a log that has less in the end."""
    assert residue(InFolders, RUN) == 1
    assert [chain.value for chain in left(InFolders, RUN)[-1:]] == ["1 file or folder more each time"]


def test_what_goes_with_its_folder_leaves_nothing() -> None:
    """The log is emptied, and does not grow for ever."""
    assert residue(InNoFolders, RUN) == 0


class Node:
    """Something that refers to itself, or is kept by a list."""

    def __init__(self) -> None:
        self.me = self


class InCircles(InNoFolders):
    """Each value has a node, of which a weak set knows: it is garbage at once."""

    def begin(self, folder: Path) -> None:
        super().begin(folder)
        self.noted: WeakSet[Node] = WeakSet()
        self.nodes: list[Node] = []

    def put(self, key: str, value: Any) -> None:
        super().put(key, value)
        self.note(Node())

    def delete(self, key: str) -> None:
        super().delete(key)
        self.log.clear()

    def note(self, node: Node) -> None:
        self.noted.add(node)


class InAList(InCircles):
    """The same, where a list keeps it."""

    def note(self, node: Node) -> None:
        super().note(node)
        self.nodes.append(node)


def test_garbage_is_not_left() -> None:
    """It is in a weak set until it is collected; what a list keeps stays in both."""
    gc.disable()
    try:
        assert residue(InCircles, RUN) == 0
        assert residue(InAList, RUN) > 0
    finally:
        gc.enable()


class Asked:
    """An object whose own `__getattr__` fails, with one slot that is filled and one that is not."""

    __slots__ = ("filled", "free")

    def __init__(self) -> None:
        self.filled = 7

    def __getattr__(self, name: str) -> Any:
        raise TypeError(name)


def test_what_is_in_slots_is_read_without_asking_the_object() -> None:
    """What it would answer for a slot that is empty is its own business."""
    assert in_slots(Asked()) == {"filled": 7}


class Overflows(InFolders):
    """What is counted in memory is never given back: where it is full, all goes to files, and these stay."""

    def put(self, key: str, value: Any) -> None:
        self.values[key] = None
        if len(self.log) < 8:
            self.log.append(object())
        else:
            (self.folder / key).touch()

    def accounted(self) -> int:
        return 0


def test_what_grows_need_not_be_the_same_all_the_time() -> None:
    """A table at first, and files as soon as it is full."""
    assert residue(Overflows, RUN) == 1


class AmongOthers(InNoFolders):
    """An entry stays for a key that was put again while there were two others."""

    histories = ("log",)

    def begin(self, folder: Path) -> None:
        super().begin(folder)
        self.again: set[str] = set()

    def put(self, key: str, value: Any) -> None:
        if key in self.log and len(self.values) > 2:
            self.again.add(key)
        self.values[key] = value
        self.log.append(key)

    def delete(self, key: str) -> None:
        del self.values[key]

    def accounted(self) -> int:
        return sum(len(value) for value in self.values.values())


def test_a_random_run_is_emptied_and_looked_at_as_well() -> None:
    """Seven steps (three are put, one again, and all deleted) are more than the smallest runs have."""
    verdict = check_live(AmongOthers, ["tables_are_emptied"], examples=20).of("tables_are_emptied")

    assert isinstance(verdict, Falsified)
    assert len(verdict.script) == 7
    assert verdict.script[-1].action == "delete"
