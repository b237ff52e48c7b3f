"""What was answered is kept, whole, until something changes on which the answer rests."""

import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from spillproof.counterexamples.survey.job import Job, Reply
from spillproof.counterexamples.survey.journal import Journal
from spillproof.counterexamples.survey.sources import hashed
from spillproof.model.errors import ModelError

JOB = Job.of("module:function", {"number": 1})
OTHER = Job.of("module:function", {"number": 2})
REPLY = Reply({"answer": 42, "open": False}, limit=10.0, seconds=1.5)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A journal with one answer."""
    file = tmp_path / "answers"
    keep(file, JOB, REPLY)
    return file


def keep(file: Path, job: Job, reply: Reply) -> None:
    """Keep a reply."""
    with Journal(file) as journal:
        journal.keep(job, reply)


def known(file: Path, job: Job, limit: float | None = 10.0) -> Reply | None:
    """What is known of a job."""
    with Journal(file) as journal:
        return journal.known(job, limit)


def test_a_reply_is_known(file: Path) -> None:
    """It is the one that was kept, and of its job only."""
    assert known(file, JOB) == REPLY
    assert known(file, OTHER) is None


def test_every_torn_end_leaves_what_was_before(file: Path) -> None:
    """Wherever a second line ends, the first is known, the second only if whole, and a third can be added."""
    first = file.read_bytes()
    keep(file, OTHER, REPLY)
    whole = file.read_bytes()
    for length in (*range(len(first), len(whole), 20), len(whole) - 1):
        file.write_bytes(whole[:length])

        assert known(file, JOB) == REPLY
        assert (known(file, OTHER) is None) == (length < len(whole) - 1)
    file.write_bytes(whole[:-20])
    keep(file, OTHER, REPLY)

    assert known(file, OTHER) == REPLY


def test_an_error_is_not_kept(tmp_path: Path) -> None:
    """What is wrong may have been put right by the next time."""
    keep(tmp_path / "answers", JOB, Reply(error="no such model"))

    assert known(tmp_path / "answers", JOB) is None


def test_other_code_has_not_answered(file: Path) -> None:
    """An answer that another version of the engines gave is none."""
    assert known(file, replace(JOB, code="another")) is None


def test_a_file_that_has_changed_has_not_answered(tmp_path: Path) -> None:
    """An answer rests on the model's file, and on whatever that imports."""
    model, answers = tmp_path / "pool.py", tmp_path / "answers"
    model.write_text("size = 1\n")
    reply = replace(REPLY, sources={str(model): hashed(model)})
    keep(answers, JOB, reply)

    assert known(answers, JOB) == reply
    model.write_text("size = 2\n")
    assert known(answers, JOB) is None
    model.unlink()
    assert known(answers, JOB) is None


@pytest.mark.parametrize(
    ("left_open", "limit", "suffices"),
    [
        (False, 60.0, True),
        (False, None, True),
        (True, 10.0, True),
        (True, 5.0, True),
        (True, 60.0, False),
        (True, None, False),
    ],
)
def test_more_time_asks_again_what_time_left_open(
    tmp_path: Path, *, left_open: bool, limit: float | None, suffices: bool
) -> None:
    """An answer within ten seconds is one for less, and for more where nothing was left open."""
    keep(tmp_path / "answers", JOB, replace(REPLY, said={"open": left_open}))

    assert (known(tmp_path / "answers", JOB, limit) is not None) is suffices


def test_lines_that_are_something_else_are_passed_over(file: Path) -> None:
    """A file that anybody may have written to does no harm."""
    odd: list[object] = [1, [], {}, {"key": "a", "reply": {"who": 1}}]
    with file.open("a") as stream:
        stream.writelines(f"{json.dumps(each)}\n" for each in odd)

    assert known(file, JOB) == REPLY


@pytest.mark.skipif(sys.platform == "win32", reason="files are not locked there")
def test_two_surveys_do_not_share_a_journal(file: Path) -> None:
    """The second is refused while the first writes, and not afterwards."""
    with Journal(file), pytest.raises(ModelError, match="another survey is writing there"):
        known(file, JOB)
    assert known(file, JOB) == REPLY


def test_a_journal_that_cannot_be_is_refused(tmp_path: Path) -> None:
    """It is said in one line why."""
    with pytest.raises(ModelError, match=r"nowhere/answers: No such file or directory"):
        known(tmp_path / "nowhere" / "answers", JOB)
