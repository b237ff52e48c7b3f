"""What is left each time that a run is repeated: entries and files are counted apart, and a folder is a file."""

import gc
from pathlib import Path
from typing import Any
from weakref import WeakSet

from spillproof.properties.live import Adapter
from spillproof.properties.live.move import Move
from spillproof.properties.live.residue import left, residue
from spillproof.properties.live.slots import in_slots

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
