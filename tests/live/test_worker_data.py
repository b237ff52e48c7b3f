"""The conformance suite for any container of Dask's `ManualEvictProto`: each way to break the protocol is found."""

import pickle
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from spillproof.counterexamples.replay.live.worker_data import WorkerData
from spillproof.properties.live.live_check import check_live
from spillproof.properties.live.verdicts import Falsified

pytestmark = pytest.mark.skipif(find_spec("distributed") is None, reason="distributed is not installed")


class Container(dict[str, Any]):
    """A mapping with a fast part, and files for what is evicted from it."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder
        self.last: Any = None

    @property
    def fast(self) -> list[str]:
        return [key for key, value in self.items() if not isinstance(value, Path)]

    def __getitem__(self, key: str) -> Any:
        value = super().__getitem__(key)
        if isinstance(value, Path):
            self[key] = value = pickle.loads(value.read_bytes())  # noqa: S301 - it is our own file
        return value

    def __setitem__(self, key: str, value: Any) -> None:
        old = self.get(key)
        if isinstance(old, Path) and old is not value:
            old.unlink()
        super().__setitem__(key, value)

    def __delitem__(self, key: str) -> None:
        value = self.pop(key)
        if isinstance(value, Path):
            value.unlink()

    def evict(self) -> int:
        key = self.fast[0]
        value = self[key]
        file = self.folder / key
        try:
            file.write_bytes(pickle.dumps(value))
        except TypeError:
            return -1
        self[key] = file
        return len(value)


class Remembers(Container):
    """Keeps what it evicted last."""

    def evict(self) -> int:
        self.last = self[self.fast[0]]
        return super().evict()


class SaysNothing(Container):
    def evict(self) -> Any:
        super().evict()


class SaysTooMuch(Container):
    def evict(self) -> int:
        return super().evict() * 2


class Raises(Container):
    def evict(self) -> int:
        value = self[self.fast[0]]
        pickle.dumps(value)
        return super().evict()


class Loses(Container):
    """Forgets what it could not evict."""

    def evict(self) -> int:
        key = self.fast[0]
        freed = super().evict()
        if freed < 0:
            self[key] = b""
        return freed


def data(container: type[Container]) -> type[WorkerData]:
    """The adapter of a container."""

    class Data(WorkerData):
        faults = frozenset({"unpicklable"})

        def make(self, folder: Path) -> Any:
            return container(folder)

    return Data


def violated(container: type[Container]) -> dict[str, list[str]]:
    """The claims that a container violates, with the runs."""
    found = {}
    for result in check_live(data(container), examples=20).results:
        if isinstance(result.verdict, Falsified):
            found[result.claim.name] = [step.spelled for step in result.verdict.steps[1:]]
    return found


def test_a_container_that_keeps_to_the_protocol_conforms() -> None:
    """No claim is falsified, and none is vacuous."""
    check_live(data(Container), examples=20).assert_not_falsified()


@pytest.mark.parametrize(
    ("container", "claim", "run"),
    [
        pytest.param(Remembers, "free_is_unreachable", ["put(a, 1024)", "spill()"], marks=pytest.mark.slow),
        pytest.param(SaysNothing, "no_exception", ["put(a, 1024)", "spill()"], marks=pytest.mark.thorough),
        (SaysTooMuch, "spill_frees_what_it_claims", ["put(a, 1024)", "spill()"]),
        (Raises, "no_exception", ["put_unpicklable(a, 1024)", "spill()"]),
        (Loses, "no_record_lost_or_repeated", ["put_unpicklable(a, 1024)", "spill()", "get(a)"]),
    ],
)
def test_each_way_to_break_the_protocol_is_found(container: type[Container], claim: str, run: list[str]) -> None:
    """With its shortest run."""
    assert violated(container)[claim] == run
