"""An adapter may say that there is no memory to speak of: that is told, looked at, and never taken for granted."""

from pathlib import Path
from typing import Any

import pytest

from spillproof.model.errors import ModelError
from spillproof.properties.live.adapter import Adapter
from spillproof.properties.live.live_check import check_live
from spillproof.properties.live.own import step
from spillproof.properties.live.verdicts import NotAsked
from tests.test_news import run

pytest_plugins = ["pytester"]

STORE = """
from spillproof import Adapter, claims_of

class Declares(Adapter):
    has_memory = False
    def begin(self, folder): pass
    def put(self, key, value): pass
    def delete(self, key): pass
    def accounted(self): return 0

test_memory = claims_of(Declares, examples=2)
"""
OF_MEMORY = {"free_is_unreachable", "release_frees_what_it_says", "counters_never_negative", "empty_means_nothing_left"}


class Forgets(Adapter):
    """A manager of which an adapter accounts for nothing, and hands nothing over."""

    keys_used = ("a",)

    def begin(self, folder: Path) -> None:
        self.asked = 0

    def put(self, key: str, value: Any) -> None:
        """Do nothing with a value."""

    def delete(self, key: str) -> None:
        """Do nothing."""

    def accounted(self) -> int:
        return 0

    @step
    def ask(self) -> None:
        """Ask once more."""
        self.asked += 1


class Declares(Forgets):
    has_memory = False


class Errs(Declares):
    """It says so, and keeps what it is given."""

    def put(self, key: str, value: Any) -> None:
        self.kept: Any = value


class Counts(Declares):
    """It says so, and accounts for something."""

    def accounted(self) -> int:
        return 0 if self.asked == 0 else 8


class OnlyGarbage(Declares):
    """What it is given goes at once, or as soon as garbage is collected."""

    def put(self, key: str, value: Any) -> None:
        circle: list[Any] = [value]
        circle.append(circle)


def test_who_says_nothing_is_told_that_claims_are_vacuous() -> None:
    """As before: an adapter that accounts for nothing is not green."""
    report = check_live(Forgets, examples=2)

    assert {each.claim.name for each in report.vacuous()} >= {"something_is_reachable", "something_is_released"}
    with pytest.raises(AssertionError, match="never seen"):
        report.assert_not_falsified()


def test_who_says_so_is_not_asked_and_that_is_told() -> None:
    """Each claim about memory is named as not asked, and the last line says how many; others are asked as before."""
    report = check_live(Declares, examples=2)

    report.assert_not_falsified()
    assert {each.claim.name for each in report.unasked()} == OF_MEMORY
    assert isinstance(report.of("free_is_unreachable"), NotAsked)
    assert not isinstance(report.of("no_exception"), NotAsked)
    assert not isinstance(report.of("tables_are_emptied"), NotAsked)
    assert "· not asked     free_is_unreachable" in str(report)
    assert "of memory nothing was asked (4 claims)" in " ".join(str(report).split())
    assert "none of 2 claims falsified" in str(report)


@pytest.mark.parametrize("kind", [Errs, Counts])
def test_what_is_said_must_be_so(kind: type[Adapter]) -> None:
    """Bytes that are reachable, or accounted, are told of: nothing would be asked of them."""
    with pytest.raises(ModelError, match=f"{kind.__name__} says has_memory = False, and after "):
        check_live(kind, examples=2)


def test_garbage_is_no_memory() -> None:
    """What nobody refers to does not count."""
    check_live(OnlyGarbage, examples=2).assert_not_falsified()


def test_what_is_not_asked_cannot_be_asked_for() -> None:
    """By name, it is refused, with what to do."""
    with pytest.raises(ModelError, match="free_is_unreachable is not asked of Declares, which says has_memory = False"):
        check_live(Declares, ["free_is_unreachable"], examples=2)


def test_a_test_of_what_is_not_asked_is_skipped(pytester: pytest.Pytester) -> None:
    """Among the tests of `claims_of` there is one for each such claim, witnesses too; it says why it is not asked."""
    pytester.makepyfile(test_store=STORE)
    result = run(pytester, "-rs")

    result.assert_outcomes(passed=3, skipped=8)
    result.stdout.fnmatch_lines(["*not asked: the adapter says has_memory = False*"])
