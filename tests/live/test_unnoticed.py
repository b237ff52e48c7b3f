"""What is raised where nobody gets it is of the step that brought it about, and what stays open is a residue."""

import asyncio
import os
import threading
from pathlib import Path
from typing import Any

import pytest

from spillproof.properties.catalogue import NO_EXCEPTION
from spillproof.properties.live import Adapter
from spillproof.properties.live.move import Move
from spillproof.properties.live.residue import left, residue
from spillproof.properties.live.session import played

PUT, DELETE = Move("put", "a", 1), Move("delete", "a")


class Plain(Adapter):
    """A dictionary, which does something besides for each value."""

    def begin(self, folder: Path) -> None:
        self.values: dict[str, Any] = {}

    def put(self, key: str, value: Any) -> Any:
        self.values[key] = value
        return self.besides()

    def delete(self, key: str) -> None:
        del self.values[key]

    def accounted(self) -> int:
        return sum(map(len, self.values.values()))

    def besides(self) -> Any:
        """Do nothing."""


class Opening(Plain):
    """It opens a file for each value, and never closes it."""

    def besides(self) -> None:
        os.open(os.devnull, os.O_RDONLY)


class Circling(Plain):
    """It opens a file that is garbage at once, and is closed when that is collected."""

    def besides(self) -> None:
        circle: list[Any] = [open(os.devnull)]  # noqa: SIM115, PTH123 - it is the point
        circle.append(circle)


class Waiting(Plain):
    """It has a thread for each value, which waits until the manager goes."""

    def begin(self, folder: Path) -> None:
        super().begin(folder)
        self.end = threading.Event()

    def besides(self) -> None:
        threading.Thread(target=self.end.wait, daemon=True).start()

    def close(self) -> None:
        self.end.set()


@pytest.mark.parametrize("kind", [Opening, Waiting])
def test_what_stays_open_is_a_residue(kind: type[Adapter]) -> None:
    """One more each time, until the process has no more of them."""
    assert residue(kind, (PUT, DELETE)) > 0
    assert [str(chain.value) for chain in left(kind, (PUT, DELETE))[-1:]] == ["1 open file or thread more each time"]


@pytest.mark.parametrize("kind", [Plain, Circling])
def test_what_is_closed_with_its_garbage_is_none(kind: type[Adapter]) -> None:
    """It is closed when it is looked at."""
    assert residue(kind, (PUT, DELETE)) == 0


class CalledBack(Plain):
    """A callback of its loop fails."""

    async def besides(self) -> None:
        asyncio.get_running_loop().call_soon(int, "callback")
        await asyncio.sleep(0)


class NeverAsked(Plain):
    """A task of it fails, and nobody asks it."""

    async def besides(self) -> None:
        asyncio.ensure_future(asyncio.wait_for(self.failing(), 1))  # noqa: RUF006 - it is the point
        await asyncio.sleep(0)

    async def failing(self) -> None:
        """Fail."""
        raise ValueError


class InAThread(Plain):
    """A thread of it fails, and is gone."""

    def besides(self) -> None:
        working = threading.Thread(target=int, args=("thread",))
        working.start()
        working.join()


@pytest.mark.parametrize(
    ("kind", "raised"), [(CalledBack, "'callback'"), (InAThread, "'thread'"), (NeverAsked, ""), (Plain, "")]
)
def test_what_nobody_gets_is_of_its_step(kind: type[Adapter], raised: str) -> None:
    """It ends a callback or a thread; a task may yet be asked."""
    steps = played(kind, (PUT,), [NO_EXCEPTION])

    assert steps is not None
    assert steps[-1].raised.startswith("ValueError") is bool(raised)
    assert steps[-1].raised.endswith(raised)


def test_who_listens_already_goes_on_listening() -> None:
    """A hook for threads is put back, whatever happened."""
    before = threading.excepthook
    played(InAThread, (PUT,), [NO_EXCEPTION])

    assert threading.excepthook is before
