"""Limits are kept, whatever the model: what runs away is ended in time, with what is known."""

import os
import subprocess
import sys
import time
from contextlib import suppress
from typing import Any

import pytest

from spillproof.model.errors import ModelError
from spillproof.model.quantity import Bytes
from spillproof.model.system import Model, action
from spillproof.properties.engines.alarm import memory_in_use, watching
from spillproof.properties.engines.check import check
from spillproof.properties.engines.limits import Limits, OutOfMemory, OutOfTime
from spillproof.properties.engines.question import Engine
from tests.engines import runaway

LIMIT = 1.0
ENDED = [model for model in runaway.RUNAWAY if model is not runaway.Clings]


SLOW = pytest.mark.slow

COMMAND = "from spillproof.counterexamples.entry import main; main()"


LENIENT = 3
"""In `make test`, where other tests run beside: the slow tests hold each limit to the second, on an idle machine."""


def in_time(limit: float) -> float:
    """The seconds in which a check with a limit has to end, on a machine that is as busy as this one is now."""
    busy = max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))
    return (1.05 * limit + 1) * busy


@pytest.mark.parametrize(
    "model",
    [*ENDED[::2], *(pytest.param(each, marks=pytest.mark.thorough) for each in ENDED[1::2])],
    ids=lambda each: each.__name__,
)
@pytest.mark.parametrize("engine", [None, *(pytest.param(each, marks=SLOW) for each in ("simulate", "explore"))])
def test_what_runs_away_is_ended(model: type[Any], engine: Engine | None) -> None:
    """A check ends soon after its limit, and says of each claim what is known, or why its shapes have no end."""
    started = time.monotonic()
    try:
        report = check(model(), time_limit=LIMIT, engine=engine)
    except ModelError as error:
        refusal = str(error)
    else:
        refusal = ""
        assert report.results
        assert report.exit_status() in (0, 1, 3)
    assert not refusal or "shapes without end" in refusal
    assert time.monotonic() - started < LENIENT * in_time(LIMIT)


@pytest.mark.slow
@pytest.mark.parametrize("model", ENDED, ids=lambda each: each.__name__)
@pytest.mark.parametrize("limit", [2.0, 5.0])
def test_longer_limits_are_kept(model: type[Any], limit: float) -> None:
    """The limit may be any. What has shapes without end may be refused before it is reached."""
    started = time.monotonic()
    with suppress(ModelError):
        check(model(), time_limit=limit)

    assert time.monotonic() - started < in_time(limit)


def test_who_catches_everything_is_ended_by_the_command() -> None:
    """A step that catches whatever would end it ends the process: one line, and the status of what is not known."""
    started = time.monotonic()
    ended = subprocess.run(
        [sys.executable, "-c", COMMAND, "check", f"{runaway.__file__}:Clings", "--time-limit", "1"],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert time.monotonic() - started < in_time(LIMIT) + in_time(2)  # a process begins with imports
    assert (ended.returncode, ended.stdout) == (3, "")
    assert "in cling: the limit has passed in the midst of this" in ended.stderr
    assert ended.stderr.count("\n") == 1


class Swallows(Model):
    """Catches what ends its steps, and goes on."""

    used: Bytes

    def begin(self) -> None:
        self.used = 0

    @action
    def wait(self) -> None:
        try:
            until = time.monotonic() + 30
            while time.monotonic() < until:
                pass
        except:  # noqa: E722 - that is what it does
            self.used = 1


def test_what_a_model_catches_once_ends_it() -> None:
    """A model that catches the alarm is ended behind its step."""
    started = time.monotonic()
    report = check(Swallows(), time_limit=LIMIT)

    assert time.monotonic() - started < LENIENT * in_time(LIMIT)
    assert {result.verdict.word for result in report.results} == {"unknown"}


def take_memory() -> None:
    """Take more and more of it."""
    kept = []
    for _ in range(10_000):
        kept.append(bytearray(1 << 20))
        time.sleep(0.001)


def loop() -> None:
    """Never end."""
    while True:
        pass


def test_the_memory_is_bounded() -> None:
    """What takes more memory than there may be is ended, and says so."""
    limits = Limits(memory=memory_in_use() + (64 << 20))
    with pytest.raises(OutOfMemory, match=r"the memory was up: more than \d+ MB"), watching(limits):
        take_memory()


def test_the_alarm_rings_after_the_deadline() -> None:
    """Code that asks nobody for the time is ended soon after the deadline, and handlers are put back."""
    started = time.monotonic()
    with pytest.raises(OutOfTime), watching(Limits(started + 0.2)):
        loop()

    assert 0.2 < time.monotonic() - started < in_time(0.2)
    time.sleep(0.3)  # nothing rings any more


def test_half_of_the_time_that_is_left() -> None:
    """Of the time, and not of the clock."""
    now = time.monotonic()

    assert now + 45 < (Limits(now + 100).half().deadline or 0) < now + 55
