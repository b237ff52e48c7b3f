"""Releases to hold against the model, each in one process, and the tally of what was held against it."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

import pytest

from spillproof.counterexamples.replay.real.build import Build, build_of
from spillproof.counterexamples.replay.real.index import archives
from spillproof.counterexamples.replay.real.worker import Worker, WorkerError, start
from spillproof.model.errors import ModelError

WANTED = os.environ.get("SPILLPROOF_CONFORMANCE", "")
"""Nothing: these tests are not asked for. `quick` or `full`: which target of make asks."""

QUICK = ("2.3.4", "2.4.0")
"""The last release before SPARK-22713, and the first with it."""

OWN = os.environ.get("SPILLPROOF_ON", "")
"""Jars of one's own, as a class path; they are taken in the place of releases."""

RELEASES = ("2.1.3", "2.2.3", *QUICK, "2.4.1", "3.0.3", "3.5.9", "4.0.5", "newest")


@dataclass
class Tally:
    """What was done on one release."""

    release: str = ""
    java: str = ""
    steps: dict[str, int] = field(default_factory=dict)
    """By what was compared."""
    runs: dict[str, int] = field(default_factory=dict)
    disagreements: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0

    def count(self, kind: str, steps: int) -> None:
        """Add a run."""
        self.steps[kind] = self.steps.get(kind, 0) + steps
        self.runs[kind] = self.runs.get(kind, 0) + 1

    def disagree(self, kind: str) -> None:
        """Add a kind of comparison that found one. A run that Hypothesis shrinks is still one."""
        self.disagreements[kind] = 1


@dataclass
class Release:
    """A running release, and its tally."""

    worker: Worker
    tally: Tally
    spark: Build


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Take every test of this folder on each release."""
    if "release" in metafunc.fixturenames:
        releases = (OWN,) if OWN else RELEASES if WANTED == "full" else QUICK
        metafunc.parametrize("release", releases, scope="session", indirect=True)


@pytest.fixture(scope="session")
def release(request: pytest.FixtureRequest) -> Iterator[Release]:
    """A release in a Java process; what is missing for it is said in one line, and skips its tests."""
    if not WANTED:
        pytest.skip("needs Java and the network: make conformance-quick")
    try:
        spark = build_of(request.param) if OWN else Build(_named(request.param))
        worker = start(spark)
    except WorkerError:
        raise
    except ModelError as error:
        pytest.skip(f"no real Spark {request.param} here: {error}")
    with worker:
        tally = Tally(spark.version or spark.release, str(worker.about["java"]))
        began = time.monotonic()
        yield Release(worker, tally, spark)
        tally.seconds = time.monotonic() - began
    _keep(tally)


def _named(release: str) -> str:
    return list(archives())[-1] if release == "newest" else release


def _keep(tally: Tally) -> None:
    if folder := os.environ.get("SPILLPROOF_TALLY"):
        worker = os.environ.get("PYTEST_XDIST_WORKER", "alone")
        file = Path(folder) / f"{tally.release}.{worker}.json"
        file.write_text(json.dumps(asdict(tally)), encoding="utf-8")
