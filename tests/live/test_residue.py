"""What is left each time that a run is repeated: entries and files are counted apart, and a folder is a file."""

from pathlib import Path
from typing import Any

from spillproof.properties.live import Adapter
from spillproof.properties.live.move import Move
from spillproof.properties.live.residue import left, residue

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
