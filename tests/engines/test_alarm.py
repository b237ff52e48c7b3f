"""The bell by itself: when it rings, what it says, how often a model may catch it, and what it leaves behind."""

from __future__ import annotations

import ctypes
import mmap
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from spillproof.model import oracle
from spillproof.properties.engines import alarm
from spillproof.properties.engines.alarm import AGAIN, GRACE, QUIET, SOON, TICK, _Watch, as_it_rang, heard, watching
from spillproof.properties.engines.limits import Limits, OutOfMemory, OutOfTime

pytestmark = pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="there are no such signals here")

NOW = 1000.0


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """A clock that stands still, and a process that has ten bytes in memory."""
    found = SimpleNamespace(now=NOW, memory=10)
    monkeypatch.setattr(alarm, "time", SimpleNamespace(monotonic=lambda: found.now))
    monkeypatch.setattr(alarm, "memory_in_use", lambda: found.memory)
    return found


@pytest.fixture
def timers(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[tuple[Any, ...]]]:
    """What timers are set to; none is set. What was there before has 5 seconds left, and rings every 9."""
    found: list[tuple[Any, ...]] = []

    def set_to(*arguments: Any) -> tuple[float, float]:
        found.append(arguments[1:])
        return 5.0, 9.0

    monkeypatch.setattr(signal, "setitimer", set_to)
    before = signal.getsignal(signal.SIGALRM)
    yield found
    signal.signal(signal.SIGALRM, before)


def watch(**limits: Any) -> _Watch:
    """A watch that has not begun."""
    return _Watch(Limits(**limits))


def rings(watched: _Watch) -> str:
    """What is raised when the watch looks, by name; nothing where it stays quiet."""
    try:
        watched.look(0, None)
    except (KeyboardInterrupt, OutOfTime) as error:
        return type(error).__name__
    return ""


def test_when_it_rings(clock: SimpleNamespace) -> None:
    """After the deadline and the grace; beyond the memory; after an interrupt, before all else; and else not."""
    late, full = NOW - GRACE - 0.1, 9
    assert [rings(watch(deadline=each)) for each in (late, NOW - GRACE, NOW + 5, None)] == ["OutOfTime", "", "", ""]
    assert [rings(watch(memory=each)) for each in (full, 10, 11)] == ["OutOfMemory", "", ""]
    assert rings(watch(memory=full, deadline=late)) == "OutOfMemory"
    interrupted = watch(memory=full, deadline=late)
    interrupted.interrupted = True
    assert rings(interrupted) == "KeyboardInterrupt"


def test_it_is_quiet_for_a_while(clock: SimpleNamespace) -> None:
    """What was raised has some time to end the check; then it is raised again, and kept as what ended the step."""
    watched = watch(deadline=NOW - 1)
    with oracle.consulting(oracle.Oracle()):
        assert rings(watched) == "OutOfTime"
        assert isinstance(oracle.running().ended_by, OutOfTime)
    clock.now = NOW + AGAIN - 0.01
    assert rings(watched) == ""
    clock.now = NOW + AGAIN
    assert (rings(watched), watched.caught) == ("OutOfTime", 2)


def test_an_interrupt_is_remembered(clock: SimpleNamespace) -> None:
    """It is raised at once, and again as long as nobody says that it was heard."""
    watched = watch()
    with pytest.raises(KeyboardInterrupt):
        watched.interrupt(0, None)
    clock.now = NOW + AGAIN
    assert rings(watched) == "KeyboardInterrupt"


def test_who_has_heard_is_left_alone(clock: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    """For a moment nothing rings, an interrupt is over, and the count begins anew; before anything rang, nothing is."""
    watched = watch(deadline=NOW - 1)
    monkeypatch.setattr(alarm, "_watch", watched)
    heard()
    assert watched.quiet_until == 0.0
    watched.interrupted = True
    rings(watched)
    heard()
    assert (watched.caught, watched.interrupted, watched.quiet_until) == (0, False, NOW + QUIET)
    monkeypatch.setattr(alarm, "_watch", None)
    heard()


def test_what_python_could_only_print(clock: SimpleNamespace, timers: list[tuple[Any, ...]]) -> None:
    """It is raised again a moment later, and does not count as caught; whatever else it is, is printed as before."""
    printed: list[Any] = []
    watched = watch()
    watched.unraisable = printed.append
    by_ctypes = ctypes.ArgumentError("argument 2: OutOfTime: ")
    for error in (OutOfTime(), OutOfMemory(1), KeyboardInterrupt(), by_ctypes):
        watched.caught, watched.quiet_until = 1, NOW + 9
        watched.not_raised(SimpleNamespace(exc_value=error))
        assert (watched.caught, watched.quiet_until, timers.pop()) == (0, 0.0, (SOON, TICK))
    other = SimpleNamespace(exc_value=ValueError())
    watched.not_raised(other)
    assert (printed, timers) == ([other], [])


def test_what_was_there_before_is_put_back(clock: SimpleNamespace, timers: list[tuple[Any, ...]]) -> None:
    """Handlers, the hook, and a timer less the time that has passed; a second time nothing is done to them."""
    hook, handler = sys.unraisablehook, signal.getsignal(signal.SIGALRM)
    watched = watch()
    watched.begin()
    assert timers == [(TICK, TICK)]
    assert signal.getsignal(signal.SIGALRM) == watched.look
    assert sys.unraisablehook == watched.not_raised
    clock.now = NOW + 2
    watched.end()
    assert timers[1:] == [(0.0,), (3.0, 9.0)]
    assert (sys.unraisablehook, signal.getsignal(signal.SIGALRM)) == (hook, handler)
    watched.end()
    assert timers[3:] == [(0.0,)]
    assert rings(watch(deadline=NOW - 9)) == "OutOfTime"
    watched.limits = Limits(NOW - 9)
    assert rings(watched) == ""


def test_a_timer_that_is_overdue_rings_soon(clock: SimpleNamespace, timers: list[tuple[Any, ...]]) -> None:
    """Where more time has passed than was left, it rings at once; a timer that was not set is not set."""
    overdue, unset = watch(), watch()
    overdue.timer, overdue.began = (5.0, 0.0), NOW - 9
    overdue.end()
    unset.end()

    assert timers == [(0.0,), (SOON, 0.0), (0.0,)]


def test_an_interrupt_of_others_is_theirs(timers: list[tuple[Any, ...]]) -> None:
    """Only where Ctrl-C would raise `KeyboardInterrupt` it is watched."""
    before = signal.getsignal(signal.SIGINT)
    try:
        for handler, watched in ((signal.default_int_handler, True), (signal.SIG_IGN, False)):
            signal.signal(signal.SIGINT, handler)
            with watching(Limits()):
                assert (signal.getsignal(signal.SIGINT) is not handler) is watched
            assert signal.getsignal(signal.SIGINT) is handler
    finally:
        signal.signal(signal.SIGINT, before)


def test_one_watch_within_another(timers: list[tuple[Any, ...]]) -> None:
    """The inner one counts until it ends, whatever is raised in it; then the outer one does."""
    with watching(Limits()):
        outer = alarm._watch
        with suppress(ValueError), watching(Limits()):
            assert alarm._watch not in (outer, None)
            raise ValueError("planted")
        assert alarm._watch is outer
    assert alarm._watch is None


def test_other_threads_are_not_watched(timers: list[tuple[Any, ...]]) -> None:
    """There a check is ended by those who ask for the time."""
    seen: list[Any] = []

    def check() -> None:
        with watching(Limits()):
            seen.append(alarm._watch)

    thread = threading.Thread(target=check)
    thread.start()
    thread.join()

    assert (seen, timers) == ([None], [])


def test_the_memory_in_use(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second number of pages that the system says; 0 where it says nothing."""
    monkeypatch.setattr(alarm, "STATM", tmp_path / "statm")
    assert alarm.memory_in_use() == 0
    (tmp_path / "statm").write_text("900 7 3", encoding="ascii")
    assert alarm.memory_in_use() == 7 * mmap.PAGESIZE


def test_where_there_are_no_such_signals(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is watched."""
    monkeypatch.delattr(signal, "setitimer")
    with watching(Limits()):
        assert alarm._watch is None


@pytest.mark.parametrize(
    ("error", "raised"),
    [
        (ctypes.ArgumentError("argument 2: OutOfTime: "), OutOfTime),
        (ctypes.ArgumentError("argument 2: KeyboardInterrupt: "), KeyboardInterrupt),
        (ctypes.ArgumentError("argument 2: TypeError: wrong type"), ctypes.ArgumentError),
        (OutOfMemory(1), OutOfMemory),
    ],
)
def test_what_rang_in_a_solver(error: BaseException, raised: type[BaseException]) -> None:
    """It is raised as what it is; an error of ctypes' own stays one."""
    with pytest.raises(raised) as found, as_it_rang():
        raise error
    assert type(found.value) is raised
