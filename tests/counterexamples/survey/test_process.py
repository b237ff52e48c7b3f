"""A job costs itself and no other: whatever its process does, the next job has its reply."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from spillproof.counterexamples.files import is_running
from spillproof.counterexamples.survey import process, worker
from spillproof.counterexamples.survey.job import Job
from spillproof.counterexamples.survey.process import Processes
from spillproof.counterexamples.survey.worker import OTHER_CODE

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX's")


def job(name: str, **given: Any) -> Job:
    """A job of `errands`."""
    return Job.of(f"errands:{name}", given)


@pytest.fixture
def processes() -> Iterator[Processes]:
    """Processes that are ended after the test."""
    made = Processes()
    yield made
    made.end()
    made.close()


ADD = job("add", numbers=[1, 2])


def test_one_process_does_one_job_after_the_other(processes: Processes) -> None:
    """Replies are of the jobs that they are replies to."""
    sums = [processes.perform(job("add", numbers=[1, number]), 10.0) for number in range(3)]

    assert [reply.said for reply in sums] == [{"sum": 1}, {"sum": 2}, {"sum": 3}]


def test_who_dies_once_is_asked_again(processes: Processes, tmp_path: Path) -> None:
    """A process that is killed, as for want of memory, costs time only."""
    assert processes.perform(job("die", times=1, folder=str(tmp_path)), 10.0).said == {"died": 1}


def test_who_dies_twice_is_said_to_have_died(processes: Processes, tmp_path: Path) -> None:
    """The second time it is told by which signal, and the next job is done."""
    died = processes.perform(job("die", times=9, folder=str(tmp_path)), 10.0)

    assert (died.said, died.error) == (None, "its process was killed by SIGKILL; is there enough memory?")
    assert len(list(tmp_path.iterdir())) == 2
    assert processes.perform(ADD, 10.0).said == {"sum": 3}


@pytest.mark.parametrize(
    ("refused", "error"), [(True, "no model is called so"), (False, "spillproof failed: ZeroDivisionError: by nothing")]
)
def test_what_is_raised_is_the_reply(processes: Processes, *, refused: bool, error: str) -> None:
    """An error is said in one line; one that is a defect of this project is known as such."""
    reply = processes.perform(job("fail", refused=refused), 10.0)

    assert (reply.said, reply.error, reply.defect) == (None, error, not refused)


def test_what_a_model_prints_is_no_reply(processes: Processes, capfd: pytest.CaptureFixture[str]) -> None:
    """What is printed by any way goes to stderr, and nothing of the jobs is read."""
    assert processes.perform(job("chat"), 10.0).said == {"read": ""}
    assert capfd.readouterr() == ("", "to you\n" * 3)


def test_last_words_are_heard(processes: Processes) -> None:
    """A job that does not come to its end is ended at its limit, and said at which line; another process goes on."""
    reply = processes.perform(job("spin"), 0.1)

    assert reply.error.endswith("errands.py:44, in spin: the limit has passed in the midst of this; nothing is known")
    assert processes.perform(ADD, 10.0).said == {"sum": 3}


def test_who_does_not_end_is_killed(processes: Processes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that is still busy a while after its limit is killed, and its job is not asked again."""
    monkeypatch.setattr(process, "PATIENCE", 0.5)

    reply = processes.perform(job("sleep", file=str(tmp_path / "pid")), 0.1)

    assert reply.error == "it did not end when its time was up, and was killed"


@pytest.mark.parametrize("limit", [1e12, float("inf")])
def test_a_limit_may_be_far_away(processes: Processes, capfd: pytest.CaptureFixture[str], limit: float) -> None:
    """Further than a clock can be set, no thread fails of it."""
    assert processes.perform(ADD, limit).said == {"sum": 3}
    assert capfd.readouterr().err == ""


def test_other_code_does_not_answer() -> None:
    """Where whoever answers has other code than whoever asks, the job is refused."""
    reply = worker.done({"call": ADD.call, "given": ADD.given, "code": "another", "limit": None})

    assert reply.error == OTHER_CODE


def test_a_process_ends_with_whoever_started_it(tmp_path: Path) -> None:
    """After `kill -9` of the one that asks, the one that is busy answering ends too."""
    file = tmp_path / "pid"
    program = (
        "from spillproof.counterexamples.survey.process import Processes\n"
        "from spillproof.counterexamples.survey.job import Job\n"
        f"Processes().perform(Job.of('errands:sleep', {{'file': {str(file)!r}}}), None)"
    )
    path = os.pathsep.join(sys.path)
    asking = subprocess.Popen([sys.executable, "-c", program], env={**os.environ, "PYTHONPATH": path})
    busy = waited(lambda: file.exists() and file.read_text())
    asking.kill()
    asking.wait()

    assert waited(lambda: not is_running(busy))


def waited(true: Any, seconds: float = 20.0) -> Any:
    """What becomes true, or is not within some seconds."""
    until = time.monotonic() + seconds
    while not (found := true()) and time.monotonic() < until:
        time.sleep(0.02)
    return found
