"""What nothing inside a process can end is ended from outside: in time, in one line, with the right status."""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from spillproof.counterexamples.files import is_running
from spillproof.counterexamples.supervisor import PATIENCE

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there is no fork")

STUCK = Path(__file__).parent / "engines" / "stuck.py"
AT_ITS_CLASS = Path(__file__).parent / "engines" / "stuck_at_its_class.py"

BEGIN = """
import os, signal, sys, time
from spillproof.counterexamples import supervisor
supervisor.GRACE = supervisor.WORKED = supervisor.ENDING = 0.1
supervisor.begin(lambda words: print(words, flush=True), killed='it was killed')
"""

STUCK_FOR_LONG = "sum(range(10**12))"

pipe = subprocess.PIPE


def program(body: str) -> "subprocess.Popen[str]":
    """A process with a parent that waits for it."""
    heeded = signal.signal(signal.SIGINT, signal.default_int_handler)
    found = subprocess.Popen([sys.executable, "-c", BEGIN + body], stdout=pipe, stderr=pipe, text=True)
    signal.signal(signal.SIGINT, heeded)
    return found


def ended(body: str) -> tuple[int, str, str]:
    """How a process with a parent ends: its status, and what it says."""
    process = program(body)
    out, err = process.communicate(timeout=60)
    return process.returncode, out, err


def test_it_ends_as_its_child_does() -> None:
    """What the child prints is printed, and its status is the status."""
    assert ended("print('said'); sys.exit(7)") == (7, "said\n", "")


def test_what_does_not_come_back_is_ended() -> None:
    """A call that hears nothing is ended after the limit, with the status of what is not known."""
    assert ended(f"supervisor.limit(time.monotonic(), 1e12)\n{STUCK_FOR_LONG}") == (
        3,
        "the limit has passed; nothing is known\n",
        "",
    )


@pytest.mark.skipif(not Path("/proc/self/schedstat").exists(), reason="the system does not say who waits for it")
def test_what_sleeps_is_ended() -> None:
    """What uses no processor has had its time all the same: it was waited for as what is kept from working."""
    began = time.monotonic()
    assert ended("supervisor.limit(time.monotonic(), 1e12)\ntime.sleep(60)")[0] == 3
    assert time.monotonic() - began < PATIENCE


def test_what_does_not_end_after_its_last_word_is_ended() -> None:
    """What a model does at the very end (`atexit`) keeps nobody waiting: the status is the one that was told."""
    assert ended("import atexit\natexit.register(time.sleep, 60)\nsupervisor.ends_with(1)\nsys.exit(1)") == (1, "", "")


def test_without_a_limit_it_waits() -> None:
    """Once the limit is lifted, as when an answer is being said, nothing is ended."""
    assert ended(
        "supervisor.limit(time.monotonic())\nsupervisor.limit(None)\nsum(range(10**7 * 2))\nprint('said')"
    ) == (
        0,
        "said\n",
        "",
    )


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="the system does not say how much memory is used")
def test_what_takes_too_much_memory_is_ended() -> None:
    """One allocation that is larger than the memory that there may be is ended, and said."""
    status, out, _ = ended("supervisor.limit(None, 40 << 20)\nkept = b'x' * (100 << 20)\ntime.sleep(60)")

    assert (status, out) == (3, "the memory is up: more than 40 MB; nothing is known\n")


def test_what_the_system_kills_is_told() -> None:
    """A child that is killed before it has answered, as for want of memory, leaves a line; else it ends its parent."""
    body = "{}os.kill(os.getpid(), signal.{})"
    limited = "supervisor.limit(None, 1e12); "
    assert ended(body.format(limited, "SIGKILL")) == (3, "it was killed\n", "")
    assert ended(body.format("", "SIGKILL")) == (-signal.SIGKILL, "", "")
    crashed = "the process was ended by SIGSEGV; nothing is known\n"
    assert ended(body.format(limited, "SIGSEGV")) == (-signal.SIGSEGV, crashed, "")


def test_who_leaves_without_an_answer_is_told_of() -> None:
    """A model's `os._exit(0)` is no success: before the answer nothing is known, and at the end the status stands."""
    limited = "supervisor.limit(None, 1e12); "
    assert ended(limited + "os._exit(0)") == (3, "the process was ended by os._exit(0); nothing is known\n", "")
    assert ended(limited + "supervisor.ends_with(1); os._exit(0)") == (1, "", "")
    assert ended(limited + "supervisor.ends_with(2); sys.exit(2)") == (2, "", "")


def test_who_asks_twice_waits_for_no_call() -> None:
    """The second Ctrl-C ends what hears nothing."""
    process = program(f"print('ready', flush=True)\n{STUCK_FOR_LONG}")
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    for number in (signal.SIGTERM, signal.SIGINT):
        process.send_signal(number)
        time.sleep(0.2)
    out, err = process.communicate(timeout=60)

    assert (process.returncode, out, err) == (130, "interrupted a second time, and ended at once\n", "")


@pytest.mark.skipif(sys.platform != "linux", reason="other systems cannot be told so")
def test_a_child_ends_with_its_parent() -> None:
    """After `kill -9` of the parent the child does not go on, whatever it is at."""
    process = program(f"print(os.getpid(), flush=True)\n{STUCK_FOR_LONG}")
    assert process.stdout is not None
    child = int(process.stdout.readline())
    process.kill()
    process.communicate(timeout=60)  # the child has the other end of the pipe

    until = time.monotonic() + 20
    while is_running(str(child)) and time.monotonic() < until:
        time.sleep(0.01)

    assert time.monotonic() < until


MODELS = [
    (f"{STUCK}:Steps", "18, in spin"),
    (f"{AT_ITS_CLASS}:Pool", r"1\d, in Pool"),
    pytest.param(f"{STUCK}:Begins", "29, in begin", marks=pytest.mark.thorough),
    pytest.param(f"{STUCK}:Claimed", "48, in is_asked", marks=pytest.mark.thorough),
    pytest.param(f"{STUCK}:Clings", r"[56]\d, in spin", marks=pytest.mark.thorough),
]
ENGINES = [("--engine", each) for each in ("explore", "simulate", "bounded", "prove")]


@pytest.mark.parametrize(("model", "place"), MODELS)
@pytest.mark.parametrize("words", [(), *(pytest.param(each, marks=pytest.mark.slow) for each in ENGINES)])
def test_a_check_is_ended_at_the_line(model: str, place: str, words: tuple[str, ...], tmp_path: Path) -> None:
    """Where the model's own code does not come to its end, the line is said, and no file is left."""
    command = "from spillproof.counterexamples.entry import main; main()"
    out = tmp_path / "found"
    options = (*words, "--time-limit", "3" if words else "0.2", "--out", str(out))
    process = subprocess.run(
        [sys.executable, "-c", command, "check", model, *options],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert (process.returncode, process.stdout) == (3, "")
    file = re.escape(model.rpartition(":")[0])
    said = rf"spillproof: {file}:{place}: the limit has passed in the midst of this; nothing is known\n"
    assert re.fullmatch(said, process.stderr), process.stderr
    assert not out.exists() or os.listdir(out) == []  # noqa: PTH208 - names alone
