"""What the environment inflicts: a second thread inside pickling, a limit on spilled data; a planted fault for each."""

import itertools
import pickle
import re
import time
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from threading import Lock, Thread
from typing import Any

import numpy as np
import pytest
from hypothesis import settings

from spillproof.model.errors import ModelError
from spillproof.properties.catalogue import NEVER_NEGATIVE
from spillproof.properties.live import findings, helpers, meanwhile
from spillproof.properties.live import search as search_module
from spillproof.properties.live.adapter import Adapter
from spillproof.properties.live.findings import report_on
from spillproof.properties.live.frontier import Frontier
from spillproof.properties.live.live_check import check_live
from spillproof.properties.live.meanwhile import meet
from spillproof.properties.live.measure import Ledger, Traced, folder_size
from spillproof.properties.live.move import Move
from spillproof.properties.live.offers import operations_of, spelled
from spillproof.properties.live.search import Search, measuring, searched
from spillproof.properties.live.session import Session
from spillproof.properties.live.verdicts import Falsified


class Locked(Adapter):
    """Memory before files, with one lock for all: a second thread waits."""

    faults = frozenset({"second_thread", "spill_limit"})

    def begin(self, folder: Path) -> None:
        self.folder = folder
        self.lock: Any = Lock()
        self.memory: dict[str, Any] = {}
        self.files: dict[str, int] = {}
        self.limit: int | None = None

    def put(self, key: str, value: Any) -> None:
        self.delete(key)
        with self.lock:
            self.memory[key] = value

    def get(self, key: str) -> Any:
        with self.lock:
            if key in self.memory:
                return self.memory[key]
            return pickle.loads((self.folder / key).read_bytes())  # noqa: S301 - it is our own file

    def delete(self, key: str) -> None:
        with self.lock:
            self.memory.pop(key, None)
            if self.files.pop(key, None) is not None:
                (self.folder / key).unlink()

    def keys(self) -> list[str]:
        return [*self.memory, *self.files]

    def spill(self) -> int:
        with self.lock:
            return self.move()

    def move(self) -> int:
        if not self.memory:
            return 0
        key = next(iter(self.memory))
        data = pickle.dumps(self.memory[key])
        if not self.may_write(len(data)):
            return 0
        (self.folder / key).write_bytes(data)
        self.files[key] = len(data)
        return len(self.memory.pop(key))

    def may_write(self, size: int) -> bool:
        return self.limit is None or self.disk_accounted() + size <= self.limit

    def limit_spilled(self, most: int | None) -> None:
        self.limit = most

    def accounted(self) -> int:
        return sum(map(len, self.memory.values()))

    def disk_accounted(self) -> int:
        return sum(self.files.values())

    def disk_used(self) -> int:
        return folder_size(self.folder)


class Unlocked(Locked):
    """Spills without the lock, so that what is put meanwhile is thrown away with what was spilled."""

    def spill(self) -> int:
        return self.move()


class OverTheLimit(Locked):
    def may_write(self, size: int) -> bool:
        return self.limit is None or self.disk_accounted() <= self.limit


def runs(adapter: type[Adapter]) -> dict[str, list[str]]:
    """The claims that are violated, with the shortest runs."""
    found = {}
    for result in check_live(adapter, examples=40).results:
        if isinstance(result.verdict, Falsified):
            found[result.claim.name] = [step.spelled for step in result.verdict.steps[1:]]
    return found


@pytest.mark.slow
def test_a_manager_with_a_lock_holds() -> None:
    """A second thread that has to wait is no deadlock; no claim is falsified, and none is vacuous."""
    check_live(Locked, examples=60).assert_not_falsified()


@pytest.mark.thorough
def test_a_race_is_found_every_time() -> None:
    """The second thread works exactly while the first is at some point, so that the run repeats.

    What is read is spilled before it is given out; as short, and later in the order of steps, is a delete in a spill.
    """
    found = runs(Unlocked)

    assert found["no_exception"] == ["put(a, 1024)", "get(a) ‖ spill()"]
    assert found["no_record_lost_or_repeated"] == ["put(a, 1024)", "spill() ‖ put(a, 1024)", "get(a)"]


@pytest.mark.slow
def test_what_is_spilled_over_its_limit_is_found() -> None:
    """A limit of what is on disk now, and one more value is written."""
    assert runs(OverTheLimit) == {"spilled_stays_within_limit": ["put(a, 1024)", "limit_spill()", "spill()"]}


def test_a_fault_that_lies_in_objects_is_refused_for_bytes() -> None:
    """Bytes cannot be told not to be pickled."""

    class OfBytes(Locked):
        measured_by = Traced
        faults = frozenset({"unpicklable"})

    with pytest.raises(ModelError, match="'unpicklable', which lies in a value that is an object"):
        operations_of(OfBytes)


class Steps(Adapter):
    """Does three things, one after the other, and pickles with the second."""

    def begin(self, folder: Path) -> None:
        self.order: list[str] = []

    def put(self, key: str, value: Any) -> None:
        self.order.append("first")
        pickle.dumps(value)
        self.order.append("last")

    def accounted(self) -> int:
        return 0


@pytest.mark.parametrize(
    ("at", "point", "order"),
    [
        (1, r"test_faults.py:\d+", ["second", "first", "last"]),
        (2, r"test_faults.py:\d+", ["first", "second", "last"]),
        (3, "pickling", ["first", "second", "last"]),
        (4, r"test_faults.py:\d+", ["first", "second", "last"]),
        (5, "", ["first", "last", "second"]),
    ],
)
def test_a_second_thread_works_at_each_point(at: int, point: str, order: list[str]) -> None:
    """Before each line, and while a value is pickled; where the first does not come that far, after it."""
    steps = Steps()
    steps.begin(Path())
    steps.measure = ledger = Ledger()
    put = partial(steps.put, "a", ledger.value(1, 1024))  # a lambda would be a line of its own
    meeting = meet(put, lambda: steps.order.append("second"), at, steps)

    assert re.fullmatch(point, meeting.at)
    assert steps.order == order


@pytest.mark.parametrize(("spent", "is_hung"), [(0.0, True), (0.01, False)])
def test_a_thread_is_hung_where_the_process_does_nothing(
    monkeypatch: pytest.MonkeyPatch,
    spent: float,
    is_hung: bool,  # noqa: FBT001
) -> None:
    """As long as it spends processor time, however little there is, no thread is held to wait for ever."""
    clock = itertools.count()
    monkeypatch.setattr(meanwhile, "HUNG", 0.05)
    monkeypatch.setattr(time, "process_time", lambda: next(clock) * spent)
    steps = Steps()
    steps.measure = Ledger()

    with pytest.raises(meanwhile.WaitsForEver, match="has not ended") if is_hung else nullcontext():
        meet(lambda: time.sleep(0.3), lambda: None, 1, steps)


def test_a_thread_that_cannot_be_started_is_no_fault_of_the_manager(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the system has none to give, that is said in one line, and nobody is accused."""

    class Refused(Thread):
        def start(self) -> None:
            message = "can't start new thread"
            raise RuntimeError(message)

    monkeypatch.setattr(helpers, "Thread", Refused)
    monkeypatch.setattr(helpers, "HELPERS", [])
    steps = Steps()
    steps.measure = Ledger()

    with pytest.raises(ModelError, match="no second thread can be started: can't start new thread; the system limits"):
        meet(lambda: None, lambda: None, 1, steps)


@pytest.mark.slow
def test_a_spill_that_claims_nothing_is_not_asked() -> None:
    """Annotated to return None, it has no claim about what it frees, and no witness that fails."""

    class Quiet(Locked):
        def spill(self) -> None:  # type: ignore[override] # pyright: ignore[reportIncompatibleMethodOverride]
            super().spill()

    names = {result.claim.name for result in check_live(Quiet, examples=5).results}

    assert not {"spill_frees_what_it_claims", "a_spill_claims_something"} & names


def test_a_step_of_two_threads_is_spelled_as_both() -> None:
    """Beside each other, as they are taken."""
    assert spelled(Locked, Move("spill_and_put", "a", 2)) == "spill() ‖ put(a, 2048)"


def test_what_a_second_thread_raises_is_the_steps() -> None:
    """An exception in the second thread is not lost."""

    class RaisesInSecond(Locked):
        def delete(self, key: str) -> None:
            if key in self.memory:
                raise RuntimeError("busy")

    with measuring(RaisesInSecond), Session(RaisesInSecond, alone=True) as playing:
        playing.take(Move("put", "a", 1))
        step = playing.take(Move("spill_and_delete", "a", at=1))

    assert step.raised == "RuntimeError: busy"


class Forgetting(Adapter):
    """Puts back, after it has unpickled a value, the table as it was before: what was put meanwhile is lost."""

    faults = frozenset({"second_thread"})

    def begin(self, folder: Path) -> None:
        self.folder = folder
        self.values: dict[str, bytes] = {}

    def put(self, key: str, value: Any) -> None:
        self.values[key] = pickle.dumps(value)

    def get(self, key: str) -> Any:
        values = dict(self.values)
        value = pickle.loads(values[key])  # noqa: S301 - our own
        self.values = values
        return value

    def keys(self) -> list[str]:
        return list(self.values)

    def accounted(self) -> int:
        return 0


def test_what_two_threads_have_lost_is_missed_when_the_run_is_ended() -> None:
    """A run of two steps, one of them two at once, shows its loss in the third, that reads."""
    verdict = check_live(Forgetting, ["no_exception"], examples=1).of("no_exception")

    assert isinstance(verdict, Falsified)
    assert len(verdict.script) == 3
    assert verdict.script[-1].action == "get"


class Saving(Forgetting):
    """Has another library write its file."""

    def put(self, key: str, value: Any) -> None:
        np.save(self.folder / key, np.frombuffer(value.bytes, dtype=np.uint8))


def test_a_point_in_a_library_is_told_with_the_line_of_the_manager() -> None:
    """Where the first thread is in a library, the line of the manager that led there is named before it."""
    with measuring(Saving), Session(Saving, alone=True) as playing:
        measure = playing.adapter.measure
        first = partial(playing.adapter.put, "a", measure.value(1, 1024))
        meeting = meet(first, lambda: None, 3, playing.adapter)

    assert re.fullmatch(r"test_faults\.py:\d+, in \w+\.py:\d+", meeting.at)


class Overtaken(Adapter):
    """Counts below 0 where a second put comes between, and, alone, after three puts."""

    faults = frozenset({"second_thread"})

    def begin(self, folder: Path) -> None:
        del folder
        self.puts, self.used = 0, 0

    def put(self, key: str, value: Any) -> None:
        del key, value
        before = self.puts
        self.used = 0
        if self.puts > before:
            self.used = -1
        self.puts = before + 1
        if self.puts > 2:
            self.used = -1

    def spill(self) -> None:
        before = self.puts
        self.used = 0
        if self.puts > before:
            self.used = -1

    def keys(self) -> list[str]:
        return []

    def accounted(self) -> int:
        return self.used


def test_a_shorter_run_of_two_threads_is_told_instead(monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs of two steps at once that are taken to see whether a run is the shortest count as well when one is."""
    monkeypatch.setattr(findings, "AT_ONCE", 60)
    claim = NEVER_NEGATIVE
    with measuring(Overtaken):
        narrow = Frontier(Overtaken, [claim], (1,), at_once=True)
        wide, full = Frontier(Overtaken, [claim], (1,)), Frontier(Overtaken, [claim], ())
        search = Search(narrow, wide, full, Frontier(Overtaken, [claim], (1,)))
        search.note(claim, (Move("put", "a", 1), Move("put", "a", 1), Move("put", "a", 1)))

        verdict = report_on(search, [claim]).of(claim)

    assert isinstance(verdict, Falsified)
    assert [move.action for move in verdict.script] == ["spill_and_put"]


def test_one_frontier_takes_two_steps_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever sizes the others have: with values of one unit at most, another has the same."""
    monkeypatch.setattr(search_module, "AT_ONCE", 1)

    class Single(Overtaken):
        most = 1

    with measuring(Single):
        found = searched(Single, [NEVER_NEGATIVE], settings(max_examples=1))

    assert [each.at_once for each in found.frontiers] == [True, False, False, False]


def test_a_file_that_a_failed_step_leaves_open_is_not_heard_of() -> None:
    """It is closed with the frames of the step; a warning of it would fail the test that has no part in it."""

    class Leaving(Locked):
        def put(self, key: str, value: Any) -> None:
            del value
            file = (self.folder / key).open("w")
            raise RuntimeError(file.name)

    with measuring(Leaving), Session(Leaving, alone=True) as playing:
        step = playing.take(Move("put", "a", 1))

    assert step.raised.startswith("RuntimeError")


def test_a_file_that_is_left_open_keeps_no_value() -> None:
    """Where warnings are errors, as here, that of the file would be kept with the frame that has the value."""

    class Leaving(Locked):
        def put(self, key: str, value: Any) -> None:
            super().put(key, value)
            (self.folder / f"{key}.log").open("w")

    with measuring(Leaving), Session(Leaving, alone=True) as playing:
        for move in (Move("put", "a", 1), Move("delete", "a")):
            playing.take(move)

        assert playing.steps[-1].now.seen["reachable"] == 0
