"""Workers of pytest-xdist share a search."""

from pathlib import Path
from typing import NoReturn

import pytest
from hypothesis import settings

from spillproof.properties.live.asked import claims_asked
from spillproof.properties.live.findings import report_on
from spillproof.properties.live.search import Search, measuring, searched
from spillproof.properties.live.workers import shared
from tests.live.strangers.books import InAListOneWay
from tests.live.test_own_manager import MANAGER, SETTINGS, TEST, run

COUNTED = """
from pathlib import Path


class Counted(MyStore):
    def begin(self, folder):
        with (Path(__file__).parent / "begun").open("a") as file:
            file.write(".")
        super().begin(folder)


test_memory = claims_of(Counted, examples=30)
"""


def nobody() -> NoReturn:
    """Fail: it was not to be asked."""
    raise AssertionError("the search was taken again")


def test_who_comes_later_reads_what_was_shown(tmp_path: Path) -> None:
    """The search is taken once; what is read back gives the same verdict on each claim, with the same run."""
    claims = claims_asked(InAListOneWay, ["free_is_unreachable", "it_becomes_empty"])
    few = settings(max_examples=2)

    def take() -> Search:
        return searched(InAListOneWay, claims, few)

    with measuring(InAListOneWay):
        first = shared(tmp_path, InAListOneWay, claims, "alike", take)
        second = shared(tmp_path, InAListOneWay, claims, "alike", nobody)
        told = [str(report_on(each, claims)) for each in (first, second)]

    assert told[0] == told[1]
    assert "InAListOneWay" in told[0]


def test_what_is_asked_otherwise_is_taken_anew(tmp_path: Path) -> None:
    """Another seed, or other settings, are another search."""
    search = searched(InAListOneWay, [], settings(max_examples=1))

    assert shared(tmp_path, InAListOneWay, [], "one", lambda: search) is search
    with pytest.raises(AssertionError, match="again"):
        shared(tmp_path, InAListOneWay, [], "another", nobody)


def test_what_cannot_be_written_is_not_shared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who comes first has its search all the same, and who comes later takes one."""
    search = searched(InAListOneWay, [], settings(max_examples=1))
    monkeypatch.setattr(search, "odd", lambda: None, raising=False)  # a function of no module

    assert shared(tmp_path, InAListOneWay, [], "one", lambda: search) is search
    with pytest.raises(AssertionError, match="again"):
        shared(tmp_path, InAListOneWay, [], "one", nobody)


@pytest.mark.slow
def test_two_workers_search_once(tmp_path: Path) -> None:
    """With `-n 2` hardly more runs are begun than by one process: the smallest and the random ones are taken once."""
    (tmp_path / "store.py").write_text(MANAGER, encoding="utf-8")
    (tmp_path / "test_memory.py").write_text(TEST + COUNTED, encoding="utf-8")
    (tmp_path / "conftest.py").write_text(SETTINGS, encoding="utf-8")
    begun = []
    for workers in ("0", "2"):
        status, said = run(tmp_path, "-n", workers, "--spillproof-claims", "no_exception,no_record_lost_or_repeated")
        assert status == 0, said
        begun.append((tmp_path / "begun").stat().st_size)
        (tmp_path / "begun").unlink()

    assert begun[1] < begun[0] * 1.2
