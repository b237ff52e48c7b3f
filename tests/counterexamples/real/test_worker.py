"""Whatever happens in the Java process is an answer, or one line that says what happened."""

import threading
from collections.abc import Callable

import pytest

from spillproof.counterexamples.replay.real.worker import Worker, WorkerError

Fake = Callable[..., Worker]


def test_a_command_has_an_answer(fake: Fake) -> None:
    """A worker says which release it is, and answers each command with what the accounting believes."""
    worker = fake()

    assert worker.about["version"] == "2.3.4"
    assert worker.ask("begin", 100)["accounts"]["pool"] == 0


def test_many_runs_share_a_process(fake: Fake) -> None:
    """Each `begin` starts a task of its own, in the same process."""
    worker = fake()
    before = worker.process.pid
    for _ in range(3):
        worker.ask("begin", 100)
        worker.ask("new", "E1", "map")
        assert worker.ask("insert", "E1", 60)["accounts"]["used"] == {"E1": 60}

    assert worker.process.pid == before


def test_a_process_that_does_not_start_says_why(fake: Fake) -> None:
    """The first exception that Java printed is in the line."""
    with pytest.raises(WorkerError, match=r"^the Java process of Spark 2\.3\.4 ended \(start\), .*NoClassDefFound"):
        fake("refuses")


def test_a_crash_is_said_in_one_line(fake: Fake) -> None:
    """A process that ends in the middle of a command is named with its status, and the checker lives on."""
    worker = fake("crashes")
    worker.ask("begin", 100)

    with pytest.raises(WorkerError, match=r"^the Java process of Spark 2\.3\.4 ended \(insert\), status 134$"):
        worker.ask("insert", "E1", 60)


def test_a_hang_is_ended(fake: Fake) -> None:
    """A process that does not answer in time is ended, and the line says so."""
    worker = fake("hangs", answering=0.2)
    worker.ask("begin", 100)

    with pytest.raises(WorkerError, match=r"did not answer within 0 s \(insert\); its process was ended"):
        worker.ask("insert", "E1", 60)
    assert worker.process.poll() is not None


def test_what_is_no_answer_is_said(fake: Fake) -> None:
    """A line that is no JSON, as a library might print, is quoted, and not taken for an answer."""
    with pytest.raises(WorkerError, match="'Welcome to Spark' is no answer"):
        fake("chatters")


def test_nothing_is_left_of_a_worker(fake: Fake) -> None:
    """Closing ends the process and removes its temporary folder; a second time does nothing."""
    worker = fake()
    worker.close()
    worker.close()

    assert worker.process.poll() is not None
    assert not worker.folder.exists()
    with pytest.raises(WorkerError, match="ended"):
        worker.ask("reach")


def test_nothing_is_left_after_an_interrupt(fake: Fake, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C while a worker starts ends its process as well."""
    started: list[Worker] = []

    def interrupt(self: Worker, *_: object) -> None:
        started.append(self)
        raise KeyboardInterrupt

    monkeypatch.setattr(Worker, "_next", interrupt)
    with pytest.raises(KeyboardInterrupt):
        fake()

    assert started[0].process.poll() is not None
    assert not started[0].folder.exists()
    assert threading.active_count() < 50
