"""However a check is ended, nothing that it said or kept is wrong, and nothing is half."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from functools import cache
from pathlib import Path

import pytest

from spillproof.counterexamples.interrupts import Signals
from tests.interrupted import Undisturbed, drawn, ended, faults, undisturbed, words

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX's")

HERE = Path(__file__).parent / "counterexamples"
LEAKY, SLOW = (f"{HERE / 'leaky.py'}:{name}" for name in ("Leaky", "Slow"))
STUBBORN = f"{HERE / 'stubborn.py'}:Stubborn"

CHECKS = ((LEAKY,), ("spark@2.3.4",), ("spark@2.4.0", "--consumers", "3"), (STUBBORN, "--max-steps", "4"))

UNHURRIED = ("--time-limit", "900")
"""So that what ends a check is the signal, and not a busy machine."""

INT, TERM, KILL = signal.SIGINT, signal.SIGTERM, signal.SIGKILL


@cache
def whole(arguments: tuple[str, ...]) -> Undisturbed:
    """A check that nobody interrupts: once for all tests."""
    return undisturbed(*arguments)


def wrong(tmp_path: Path, number: signal.Signals, arguments: tuple[str, ...], count: int) -> list[str]:
    """What is wrong after checks that are ended at random moments."""
    check, found = whole((*UNHURRIED, *arguments)), []
    for place, moment in enumerate(drawn(1, check, count)):
        left = ended(check, number, moment, tmp_path / f"{place}")
        found += [f"{number.name} after {moment:.3f} s: {each}" for each in faults(left, check)]
    return found


@pytest.mark.parametrize(("number", "count"), [(INT, 1), (TERM, 1), (KILL, 1)])
def test_whatever_ends_a_check(tmp_path: Path, number: signal.Signals, count: int) -> None:
    """At random moments of a check: no wrong verdict, no traceback, no half file, and a status that is documented."""
    assert wrong(tmp_path, number, ("lesson:release",), count) == []


@pytest.mark.slow
@pytest.mark.parametrize("arguments", CHECKS, ids=" ".join)
@pytest.mark.parametrize("number", [INT, TERM, KILL])
def test_whatever_ends_a_check_at_many_moments(
    tmp_path: Path, number: signal.Signals, arguments: tuple[str, ...]
) -> None:
    """At 25 moments of each of four checks the same."""
    assert wrong(tmp_path, number, arguments, 25) == []


# The second


def begun(model: str, *arguments: str) -> subprocess.Popen[str]:
    """A check of a model that says on stderr when it is begun, and then takes its time."""
    heeded = signal.signal(INT, signal.default_int_handler)
    pipe = subprocess.PIPE
    process = subprocess.Popen(words("check", model, *arguments), stdout=pipe, stderr=pipe, text=True, encoding="utf-8")
    signal.signal(INT, heeded)
    assert process.stderr is not None
    assert process.stderr.readline() == "begun\n"
    return process


WORKS = """
with Signals():
    hold()
    print("ready", flush=True)
    time.sleep(30)
"""


@pytest.mark.parametrize(("first", "second", "status"), [(INT, INT, 130), (INT, TERM, 143), (TERM, INT, 130)])
def test_the_second_ends_at_once(first: signal.Signals, second: signal.Signals, status: int) -> None:
    """Whoever asks twice waits for nothing, not even for what must not be interrupted, and is told so in one line."""
    asked = time.monotonic()
    ended = told(WORKS, first, second)

    assert ended == (status, "", "spillproof: interrupted a second time, and ended at once\n")
    assert time.monotonic() - asked < 20


def test_two_at_the_same_time_are_one() -> None:
    """`timeout` sends its signal to the process and to its group: that is not somebody who asks twice."""
    process = begun(SLOW)
    process.send_signal(TERM)
    process.send_signal(TERM)
    out, _ = process.communicate(timeout=60)

    assert process.returncode == 3
    assert "(interrupted)" in " ".join(out.split())


def test_what_comes_while_the_signals_are_set_up_is_heard_afterwards() -> None:
    """Starting the thread that waits for them is no place to be interrupted at: there nobody catches it."""
    signals = Signals()
    signals.first = TERM
    signals._knocked(0, None)
    signals.listens = True

    with pytest.raises(KeyboardInterrupt):
        signals._knocked(0, None)


# Where an interrupt could be lost


def told(program: str, *numbers: signal.Signals) -> tuple[int, str, str]:
    """Run a program under our signals, send it some when it says that it is ready, and return how it ended."""
    heeded = signal.signal(INT, signal.default_int_handler)
    pipe = subprocess.PIPE
    begin = "from spillproof.counterexamples.interrupts import *\nimport time\n"
    process = subprocess.Popen([sys.executable, "-c", begin + program], stdout=pipe, stderr=pipe, text=True)
    signal.signal(INT, heeded)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    for number in numbers:
        time.sleep(0.3)
        process.send_signal(number)
    out, err = process.communicate(timeout=60)
    return process.returncode, out, err


SOLVER = """
import z3
from spillproof.properties.engines.proof.solver import ask, new_solver
holes = 11
pigeons = [[z3.Int(f"x{i}_{j}") for j in range(holes - 1)] for i in range(holes)]
solver = new_solver()
for row in pigeons:
    solver.add(z3.Sum(row) >= 1, *[x >= 0 for x in row], *[x <= 1 for x in row])
for i in range(holes):
    solver.add(*[pigeons[i][j] + pigeons[k][j] <= 1 for k in range(i) for j in range(holes - 1)])
with Signals():
    print("ready", flush=True)
    try:
        print("the solver took it:", ask(solver, effort=None))
    except KeyboardInterrupt:
        print("heard", ask(new_solver()).value)
"""


def test_a_solver_does_not_take_it_for_itself() -> None:
    """Z3 is stopped at its work, the interrupt is raised when it comes back, and it can be asked again."""
    assert told(SOLVER, INT) == (0, "heard sat\n", "")


DELETED = """
class Mortal:
    def __del__(self):
        until = time.monotonic() + 0.05
        while time.monotonic() < until:
            pass
with Signals():
    print("ready", flush=True)
    try:
        while True:
            Mortal()
            time.sleep(0.02)
    except KeyboardInterrupt:
        print("heard")
"""


def test_it_is_not_raised_where_python_forgets_it() -> None:
    """What is raised in a `__del__` is printed and forgotten: it waits until that is left."""
    assert told(DELETED, INT) == (0, "heard\n", "")


def test_a_model_cannot_swallow_it() -> None:
    """A model that catches whatever is raised in it is interrupted between two of its steps."""
    process = begun(f"{HERE / 'stubborn.py'}:Announced")
    asked = time.monotonic()
    process.send_signal(INT)
    out, err = process.communicate(timeout=60)

    assert time.monotonic() - asked < 10
    assert process.returncode == 3
    assert "(interrupted)" in " ".join(out.split())
    assert err.replace("begun\n", "") == ""


IGNORED = """
signal.signal(signal.SIGINT, signal.SIG_IGN)
with Signals():
    print("ready", flush=True)
    time.sleep(0.5)
    print("done")
"""


def test_what_is_ignored_stays_so() -> None:
    """A shell has what it runs in the background ignore Ctrl-C: so it does."""
    assert told(IGNORED, INT) == (0, "done\n", "")


HELD = """
with Signals():
    hold()
    print("ready", flush=True)
    time.sleep(1)
    try:
        with heard():
            print(came())
            heed()
    except KeyboardInterrupt:
        print("heard")
    heed()
"""


def test_what_is_held_back_is_not_forgotten() -> None:
    """Code that holds an interrupt back can ask for it afterwards, and where it is heard it is raised."""
    assert told(HELD, INT) == (0, "True\nheard\n", "")
