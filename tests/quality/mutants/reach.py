"""Which tests reach which line, recorded for each test file and kept while it and what it reaches stay as they are."""

from __future__ import annotations

import functools
import hashlib
import json
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.quality.mutants.families import Family
from tests.quality.mutants.process import side_by_side

Lines = dict[str, dict[str, list[int]]]
"""By context (a test, or `@` and a fixture, or nothing for what runs before the first test) and file."""

PATIENCE = 900
"""Seconds of processor time for recording one test file."""


@dataclass(frozen=True)
class Reach:
    """What the tests of one file reach."""

    seconds: dict[str, float]
    """Of processor time, by test, in the order in which they are run."""
    fixtures: dict[str, list[str]]
    """The fixtures that a test uses, those that are set up for more than one test."""
    lines: Lines
    failed: list[str]
    """Tests that fail though nothing was changed."""

    def tests(self, file: str, lines: range) -> set[str]:
        """Return the tests that run one of these lines, or use a fixture that did."""
        contexts = {context for context, files in self.lines.items() if not set(lines).isdisjoint(files.get(file, ()))}
        shared = {context[1:] for context in contexts if context.startswith("@")}
        return {test for test in self.seconds if test in contexts or not shared.isdisjoint(self.fixtures[test])}

    def before_tests(self, file: str, lines: range) -> bool:
        """Return whether one of these lines runs when the file is collected."""
        return not set(lines).isdisjoint(self.lines.get("", {}).get(file, ()))


class _Recorder:
    """A plugin of pytest that tells coverage which test is run."""

    def __init__(self, coverage: Any) -> None:
        self.coverage = coverage
        self.seconds: dict[str, float] = defaultdict(float)
        self.fixtures: dict[str, list[str]] = {}
        self.failed: list[str] = []

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: Any) -> Iterator[None]:
        began = time.process_time()
        self.test = item.nodeid
        self.fixtures[item.nodeid] = list(getattr(item, "fixturenames", ()))
        forget()
        self.coverage.switch_context(item.nodeid)
        try:
            return (yield)
        finally:
            self.seconds[item.nodeid] = time.process_time() - began
            self.coverage.switch_context("")

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: Any) -> Iterator[Any]:
        if fixturedef.scope == "function":
            return (yield)
        self.coverage.switch_context(f"@{fixturedef.argname}")
        try:
            return (yield)
        finally:
            self.coverage.switch_context(self.test)

    def pytest_runtest_logreport(self, report: Any) -> None:
        if report.failed:
            self.failed.append(report.nodeid)
        elif report.skipped:
            self.seconds.pop(report.nodeid, None)


def forget() -> None:
    """Let every function of ours that remembers its answers forget them: else the first test alone would reach it."""
    ours = [module for name, module in list(sys.modules.items()) if name.startswith(("spillproof.", "tests."))]
    for each in [each for module in ours for each in vars(module).values()]:
        if isinstance(each, functools._lru_cache_wrapper):
            each.cache_clear()


OPTIONS = ("-q", "-p", "no:cacheprovider", "-W", "ignore::pytest.PytestAssertRewriteWarning")
"""Of pytest. Hypothesis is imported before it, and of that it would warn."""


def record(family: Family, test_file: Path) -> Reach:
    """Run the tests of one file and return what they reach. Only for a process that ends after that."""
    import coverage

    measured = coverage.Coverage(data_file=None, include=[str(each) for each in family.files()], config_file=False)
    recorder = _Recorder(measured)
    measured.start()
    pytest.main([*OPTIONS, f"--rootdir={family.root}", str(test_file)], plugins=[recorder])
    measured.stop()
    failed = set(recorder.failed)
    seconds = {test: spent for test, spent in recorder.seconds.items() if test not in failed}
    return Reach(seconds, recorder.fixtures, _lines(measured.get_data(), family.root), recorder.failed)


def _lines(data: Any, root: Path) -> Lines:
    found: Lines = defaultdict(dict)
    for file in data.measured_files():
        for line, contexts in data.contexts_by_lineno(file).items():
            for context in contexts:
                found[context].setdefault(str(Path(file).resolve().relative_to(root)), []).append(line)
    return found


def reached(family: Family, folder: Path, jobs: int) -> list[Reach]:
    """Return what each test file reaches: as it was recorded in the folder, if all is as it was then."""
    places = {str(file): _place(family, file, folder) for file in family.test_files()}
    stale = {file: place for file, place in places.items() if _kept(family, place) is None}
    recordings: dict[str, Callable[[], object]] = {
        file: functools.partial(_record_at, family, Path(file), place) for file, place in stale.items()
    }
    for file in side_by_side(recordings, PATIENCE, jobs):
        print(f"  recorded {Path(file).relative_to(family.root)}", flush=True)
    found = {file: _kept(family, place) for file, place in places.items()}
    if missing := [file for file, reach in found.items() if reach is None]:
        raise SystemExit(f"these tests did not end well, though nothing was changed: {', '.join(missing)}")
    for failed in (failed for reach in found.values() if reach for failed in reach.failed):
        print(f"  not used, it fails without a mutant: {failed}", flush=True)
    return [reach for reach in found.values() if reach]


def _place(family: Family, test_file: Path, folder: Path) -> Path:
    return folder / family.name / f"{'.'.join(test_file.relative_to(family.root).parts)}.json"


def _kept(family: Family, place: Path) -> Reach | None:
    if not place.exists():
        return None
    written = json.loads(place.read_text(encoding="utf-8"))
    if written["digests"] != _digests(family.root, written["digests"]):
        return None
    return Reach(**written["reach"])


def _record_at(family: Family, test_file: Path, place: Path) -> None:
    reach = record(family, test_file)
    files = {file for by_file in reach.lines.values() for file in by_file}
    helpers = [str(each.relative_to(family.root)) for each in _helpers(family.root, test_file)]
    written = {"digests": _digests(family.root, [*sorted(files), *helpers]), "reach": vars(reach)}
    place.parent.mkdir(parents=True, exist_ok=True)
    begun = place.with_suffix(".begun")
    begun.write_text(json.dumps(written), encoding="utf-8")
    begun.replace(place)


def _helpers(root: Path, test_file: Path) -> Iterator[Path]:
    """Yield the test file and what in its folder, and in those above, is not a test."""
    yield test_file
    for folder in test_file.parents:
        yield from sorted(each for each in folder.glob("*.py") if not each.name.startswith("test_"))
        if folder in (root, root / "tests"):
            return


def _digests(root: Path, files: Iterable[str]) -> dict[str, str]:
    existing = {file: root / file for file in files}
    return {
        file: hashlib.sha256(place.read_bytes()).hexdigest() if place.exists() else ""
        for file, place in existing.items()
    }
