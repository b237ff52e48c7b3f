"""One mutant against the tests that reach it, in a process of its own that ends at the first test which fails."""

from __future__ import annotations

import os
import re
import signal
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal

import pytest

from tests.quality.mutants.changes import Lines, Mutant
from tests.quality.mutants.families import Family
from tests.quality.mutants.process import start, stop
from tests.quality.mutants.reach import OPTIONS, Reach
from tests.quality.mutants.serving import is_served, serve_pytest

Outcome = Literal["killed", "no end", "survived", "not reached"]

BUDGET = 20.0
"""Seconds of tests that are spent on one mutant: whatever the others would say, it has survived these."""
SLOW = 0.5
"""Seconds from which on a test is run after all that are quicker."""
SLOWER = 5
LEAST = 5.0
"""A test has no end when it takes so many times longer, and at least so many seconds, of processor time."""
SILENCE = 900
"""Seconds after which a trial that waits and computes nothing has no end."""


def choice(mutant: Mutant, reaches: Iterable[Reach], root: Path) -> dict[str, float]:
    """Return the tests that may notice a mutant and the seconds they take: file by file, the quickest first.

    Those come first that run what was changed. If it runs when a module is imported, then those follow that run
    anything in the function or class it stands in, and all others of the files that import it. Of each kind, those of
    files that name the module come first: they are about it.
    """
    file = str(mutant.file.relative_to(root))
    groups: list[dict[str, float]] = [{}, {}, {}]
    reaches = list(reaches)
    exact = mutant.lines if _ever(reaches, file, mutant.lines) else mutant.statement
    is_seen = _ever(reaches, file, exact)
    for reach in reaches:
        direct = reach.tests(file, _range(exact if is_seen else mutant.owner))
        groups[0] |= _timed(reach, direct)
        if reach.before_tests(file, _range(exact)):
            near = reach.tests(file, _range(mutant.owner)) - direct
            groups[1] |= _timed(reach, near)
            groups[2] |= _timed(reach, set(reach.seconds) - near - direct)
    parts = [part for group in groups for part in _by_subject(group, mutant.module, root)]
    return {test: seconds for part in parts for test, seconds in _in_order(part).items()}


def _by_subject(tests: dict[str, float], module: str, root: Path) -> tuple[dict[str, float], dict[str, float]]:
    """Return the tests of files that name a module, and the others."""
    about = {test: seconds for test, seconds in tests.items() if _names(root / _file(test), module)}
    return about, {test: seconds for test, seconds in tests.items() if test not in about}


@cache
def _names(test_file: Path, module: str) -> bool:
    """Return whether a test file imports a module, or something of it."""
    package, _, name = module.rpartition(".")
    imports = rf"^(?:from|import) {re.escape(module)}\b|^from {re.escape(package)} import .*\b{re.escape(name)}\b"
    return test_file.exists() and bool(re.search(imports, test_file.read_text(encoding="utf-8"), re.MULTILINE))


def _ever(reaches: Iterable[Reach], file: str, lines: Lines) -> bool:
    return any(reach.tests(file, _range(lines)) or reach.before_tests(file, _range(lines)) for reach in reaches)


def _range(lines: Lines) -> range:
    return range(lines[0], lines[1] + 1)


def _timed(reach: Reach, tests: set[str]) -> dict[str, float]:
    return {test: reach.seconds[test] for test in tests}


def _in_order(tests: dict[str, float]) -> dict[str, float]:
    """Return the tests so that much is tried soon: the quickest of each function, then its others, then slow ones."""
    quickest = sorted(tests, key=lambda test: tests[test])
    firsts = {_function(test): test for test in reversed(quickest)}
    groups: tuple[dict[str, float], ...] = ({}, {}, {})
    for test in quickest:
        slow = tests[test] >= SLOW
        groups[2 if slow else 0 if firsts[_function(test)] == test else 1][test] = tests[test]
    return {test: seconds for group in groups for test, seconds in _by_file(group).items()}


def _function(test: str) -> str:
    """Return the function of a test, without its parameters."""
    return test.partition("[")[0]


def _by_file(tests: dict[str, float]) -> dict[str, float]:
    """Return the tests file by file, so that fixtures are set up once; the files that cost least first."""
    cost: dict[str, float] = {}
    for test, seconds in tests.items():
        cost[_file(test)] = cost.get(_file(test), 0.5) + seconds
    ordered = sorted(tests, key=lambda test: (cost[_file(test)], _file(test), tests[test], test))
    return {test: tests[test] for test in ordered}


def _file(test: str) -> str:
    return test.partition("::")[0]


def within(tests: dict[str, float], budget: float = BUDGET) -> dict[str, float]:
    """Return the first tests, as many as the budget allows."""
    kept: dict[str, float] = {}
    spent = 0.0
    for test, seconds in tests.items():
        spent += seconds
        if spent <= budget or not kept:
            kept[test] = seconds
    return kept


MOMENT = 0.02
NOT_SERVED = 71


class _Selected:
    """A plugin of pytest that runs some tests only, in their order, each within its time."""

    def __init__(self, tests: dict[str, float]) -> None:
        self.tests = tests
        self.place = {test: place for place, test in enumerate(tests)}

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[Any]) -> None:
        items[:] = sorted((each for each in items if each.nodeid in self.tests), key=lambda x: self.place[x.nodeid])

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: Any) -> Iterator[None]:
        # Not caught: it ends the process, also inside a solver. A fixture of many tests may be set up here again.
        signal.setitimer(signal.ITIMER_PROF, max(LEAST, SLOWER * self.tests[item.nodeid]))
        try:
            return (yield)
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)


@dataclass
class Trial:
    """A mutant on trial; or nothing that was changed, and then no test may fail."""

    mutant: Mutant | None
    tests: dict[str, float]
    began: float = field(default_factory=time.monotonic)
    child: int = 0

    def start(self, family: Family) -> None:
        """Begin, in a process of its own."""
        self.child = start(lambda: self._run(family), int(LEAST + SLOWER * sum(self.tests.values())) + 60)

    def _run(self, family: Family) -> int:
        if self.mutant:
            serve_pytest(self.mutant)
        files = dict.fromkeys(str(family.root / _file(test)) for test in self.tests)
        with tempfile.TemporaryDirectory() as folder:
            options = [*OPTIONS, "-x", f"--rootdir={family.root}", f"--basetemp={folder}/tests"]
            status = int(pytest.main([*options, *files], plugins=[_Selected(self.tests)]))
        return status if not self.mutant or is_served(self.mutant) else NOT_SERVED

    def ended(self) -> Outcome:
        """Wait for what comes of it."""
        while not (outcome := self.outcome()):
            time.sleep(MOMENT)
        return outcome

    def outcome(self) -> Outcome | None:
        """Return what came of it, or None if it is still going on."""
        ended, status = os.waitpid(self.child, os.WNOHANG)
        if not ended and time.monotonic() - self.began < SILENCE:
            return None
        stop(self.child)
        if not ended:
            os.waitpid(self.child, 0)
            return "no end"
        if os.WIFSIGNALED(status):
            return "no end" if os.WTERMSIG(status) in (signal.SIGPROF, signal.SIGXCPU, signal.SIGKILL) else "killed"
        if os.WEXITSTATUS(status) == NOT_SERVED:
            raise SystemExit(f"another module was imported in the place of the mutant {self.mutant}")
        return (
            "survived"
            if os.WEXITSTATUS(status) in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED)
            else "killed"
        )
