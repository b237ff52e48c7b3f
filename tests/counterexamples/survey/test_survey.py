"""However often a survey is ended, no finished answer is lost, and the table is the same bytes in the end."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from spillproof.counterexamples import command
from spillproof.counterexamples.survey.crew import Submit, local
from spillproof.counterexamples.survey.job import Job, Reply
from spillproof.counterexamples.survey.journal import Journal
from spillproof.counterexamples.survey.survey import Survey, surveyed
from tests.interrupted import words

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX's")

JOBS = [Job.of("errands:add", {"numbers": [number]}) for number in range(6)]

MODELS = ("lesson:*", "yardstick:*", "kv-blocks*", "rocksdb*")
"""Small ones: fourteen questions."""


class Ended:
    """A crew that does some jobs, and is then interrupted."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.asked: list[Job] = []

    @contextmanager
    def crew(self) -> Iterator[Submit]:
        """Do jobs until it is interrupted."""

        def submit(job: Job, limit: float | None) -> Future[Reply]:
            self.asked.append(job)
            done: Future[Reply] = Future()
            done.set_result(Reply({"asked": len(self.asked), "open": False}, limit=limit))
            return done

        yield submit

    def tell(self, survey: Survey, _job: Job) -> None:
        """Interrupt once enough is done."""
        if len(survey.replies) - survey.known >= self.most:
            raise KeyboardInterrupt


def test_what_was_done_is_not_asked_again(tmp_path: Path) -> None:
    """A survey that is interrupted after every second answer asks each question once, but for those in flight."""
    known = []
    for _ in range(3):
        ended = Ended(2)
        with Journal(tmp_path / "answers") as journal:
            survey = surveyed(JOBS, journal, ended.crew(), 1.0, ended.tell)
        known.append((survey.known, len(ended.asked), survey.interrupted))

    assert known == [(0, 6, True), (2, 4, True), (4, 2, True)]
    with Journal(tmp_path / "answers") as journal:
        survey = surveyed(JOBS, journal, Ended(2).crew(), 1.0)
    assert (survey.known, len(survey.replies), survey.interrupted) == (6, 6, False)


def test_a_job_that_stands_twice_is_asked_once(tmp_path: Path) -> None:
    """Those that ask may say the same several times."""
    with Journal(tmp_path / "answers") as journal:
        assert len(surveyed([*JOBS, *JOBS], journal, Ended(99).crew()).jobs) == len(JOBS)


def test_whoever_is_gone_costs_a_job(tmp_path: Path) -> None:
    """What a cluster raises is the reply to the job that was lost."""

    @contextmanager
    def crew() -> Iterator[Submit]:
        def submit(_job: Job, _limit: float | None) -> Future[Reply]:
            lost: Future[Reply] = Future()
            lost.set_exception(OSError("the worker is gone"))
            return lost

        yield submit

    with Journal(tmp_path / "answers") as journal:
        survey = surveyed(JOBS[:1], journal, crew())

    assert [each.error for each in survey.replies.values()] == [
        "whoever was to answer is gone: OSError: the worker is gone"
    ]


def test_processes_here_do_them_all(tmp_path: Path) -> None:
    """Two processes share the jobs, and none is left when they are done."""
    with Journal(tmp_path / "answers") as journal:
        survey = surveyed(JOBS, journal, local(2), 10.0)

    assert [survey.replies[job].said for job in JOBS] == [{"sum": number} for number in range(6)]


# The command


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """The status of a survey, and what it says."""
    status = command.run(["survey", *arguments])
    said = capsys.readouterr()
    return status, said.out, said.err


def test_a_name_that_no_model_has_is_said_before_anything_is_asked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """In one line, and no table is written."""
    out = tmp_path / "table.md"
    status, _, said = run(capsys, "lesson:release", "lesson:relase", "--out", str(out))

    assert (status, said.count("\n")) == (2, 1)
    assert "'lesson:relase'; did you mean lesson:release, " in said
    assert not out.exists()


def test_a_survey_says_what_came_of_each(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A violation, a model that keeps every claim, and one that is not there: each has its row."""
    out = tmp_path / "table.json"
    missing = tmp_path / "missing.py"
    arguments = ("lesson:release", "lesson:release+repaired", f"{missing}:Model", "--out", str(out))

    assert run(capsys, *arguments, "--workers", "1") == (
        1,
        f"✗ 3 questions: 1 with a violation, 1 in which all holds, 1 without an answer\nWrote {out}\n",
        "",
    )
    rows = json.loads(out.read_text(encoding="utf-8"))["rows"]
    assert [row["status"] for row in rows] == [1, 0, 2]
    assert "missing.py" in rows[2]["error"]
    assert {each["claim"]: each["steps"] for each in rows[0]["results"] if each["verdict"] == "violated"} == {
        "free_is_unreachable": 3,
        "release_frees_what_it_says": 3,
    }


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["velox"], "Missing option '--out'"),
        (["velox", "--out", "t.csv"], "its suffix says no format"),
        (["velox", "plan.toml", "--out", "t.md"], "plan.toml says all questions: give it alone"),
        (["plan.toml", "--seeds", "2", "--out", "t.md"], "--seeds is for models by name: say it in plan.toml"),
        (["velox", "--out", "there.md"], "there.md: it is there already, and not of a survey; say --force"),
        (["velox", "--workers", "0", "--out", "t.md"], "'--workers': must be a whole number of at least 1, not 0"),
        (["velox", "--out", "nowhere/t.md"], "nowhere/t.md.answers: No such file or directory"),
    ],
)
def test_what_cannot_be_is_told_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    """In one line, before anything is asked."""
    monkeypatch.chdir(tmp_path)
    Path("there.md").touch()
    status, out, error = run(capsys, *arguments)

    assert (status, out, error.count("\n")) == (2, "", 1)
    assert said in error


def test_a_path_is_told_as_it_was_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The table does not say in which folder the survey was made; a mistake in a file names its line."""
    (tmp_path / "broken.py").write_text("import nothing_of_the_kind\n")
    (tmp_path / "plan.toml").write_text('models = ["broken.py:Pool"]\n')
    monkeypatch.chdir(tmp_path.parent)
    out = tmp_path / "table.md"

    assert run(capsys, str(tmp_path / "plan.toml"), "--out", str(out))[0] == 2
    text = out.read_text(encoding="utf-8")
    assert "| broken.py:Pool | – | – | broken.py:1: does not import: ModuleNotFoundError" in text
    assert str(tmp_path) not in text


def started(*arguments: str) -> subprocess.Popen[str]:
    """A survey in a process of its own, which heeds interrupts."""
    heeded = signal.signal(signal.SIGINT, signal.default_int_handler)
    path = os.pathsep.join(sys.path)
    made = subprocess.Popen(
        words("survey", *arguments),
        env={**os.environ, "PYTHONPATH": path},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    signal.signal(signal.SIGINT, heeded)
    return made


def status_of(*arguments: str) -> int:
    """The status of a survey that nobody ends."""
    process = started(*arguments)
    process.communicate(timeout=300)
    return process.returncode


def answered(out: Path) -> int:
    """How many answers are kept."""
    file = out.with_name(f"{out.name}.answers")
    return file.read_text(encoding="utf-8").count("\n") if file.exists() else 0


def wait_for(process: subprocess.Popen[str], out: Path, count: int) -> None:
    """Wait until so many answers are kept, or the survey is done."""
    while process.poll() is None and answered(out) < count:
        time.sleep(0.01)


@pytest.mark.slow
def test_killed_five_times_the_table_is_the_same(tmp_path: Path) -> None:
    """After `kill -9` at five random moments no answer is lost, and the table is that of a survey nobody ended."""
    whole, out = tmp_path / "whole.md", tmp_path / "killed.md"
    assert status_of(*MODELS, "--out", str(whole)) == 1
    chance, before = random.Random(5), 0
    for _ in range(5):
        process = started(*MODELS, "--out", str(out))
        wait_for(process, out, before + chance.randrange(4))
        time.sleep(chance.random() * 0.2)
        process.kill()
        process.communicate()
        assert answered(out) >= before
        before = answered(out)
    last = started(*MODELS, "--out", str(out))

    assert f"; {before} answer" in last.communicate(timeout=300)[0]
    assert out.read_bytes() == whole.read_bytes()


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_leaves_a_table_of_what_is_known(tmp_path: Path, number: signal.Signals) -> None:
    """The first signal ends a survey with a table, in which the rest is not asked yet; the same command goes on."""
    out = tmp_path / "table.md"
    process = started(*MODELS, "--out", str(out), "--workers", "1")
    wait_for(process, out, 2)
    process.send_signal(number)
    said, errors = process.communicate(timeout=60)

    assert (process.returncode in (1, 3), errors) == (True, "")
    assert "questions left; the same command goes on from here)" in said
    assert "not asked yet" in out.read_text(encoding="utf-8")
    assert status_of(*MODELS, "--out", str(out)) == 1
    assert "not asked yet" not in out.read_text(encoding="utf-8")


# On Dask


@pytest.mark.skipif(find_spec("distributed") is None, reason="distributed is not installed")
def test_a_scheduler_that_is_not_there_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """In one line, after a while."""
    monkeypatch.setattr("spillproof.counterexamples.survey.crew.CONNECT", 0.2)

    status, out, error = run(capsys, "velox", "--dask", "tcp://127.0.0.1:9", "--out", str(tmp_path / "t.md"))
    assert (status, out) == (2, "")
    assert "--dask tcp://127.0.0.1:9: no scheduler answers there" in error


@pytest.mark.slow
@pytest.mark.skipif(find_spec("distributed") is None, reason="distributed is not installed")
@pytest.mark.filterwarnings("ignore")
def test_a_worker_of_dask_that_dies_costs_nothing(tmp_path: Path) -> None:
    """On a real cluster of two workers, one of which is killed, the table is that of processes here."""
    distributed: Any = __import__("distributed")
    here, there = tmp_path / "here.md", tmp_path / "there.md"
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
        process = started(*MODELS, "--dask", cluster.scheduler_address, "--out", str(there))
        wait_for(process, there, 1)
        os.kill(next(iter(cluster.workers.values())).pid, signal.SIGKILL)
        process.communicate(timeout=300)
        assert process.returncode == 1
    assert status_of(*MODELS, "--out", str(here)) == 1

    assert there.read_bytes() == here.read_bytes()
