"""What real Spark did once, kept in `recorded/`: the models go the same way again, without Java.

`python -m tests.conformance.recording` writes it anew.
"""

import copy
from collections import defaultdict

import pytest

from tests.conformance.recording import RELEASES, Recorded, fixes_about, kinds_of, parts, recorded, stories_of

RUNS: dict[tuple[str, str], list[Recorded]] = defaultdict(list)
for each in recorded():
    RUNS[each.release, each.kind].append(each)


def test_everything_is_recorded() -> None:
    """There are runs of each kind on each release, none of them without a step."""
    taken = {(release, kind) for release in RELEASES for kind in (*kinds_of(release), *stories_of(release))}
    assert set(RUNS) == taken
    assert all(len(run.talk) > 1 for runs in RUNS.values() for run in runs)


@pytest.mark.parametrize(("release", "kind"), sorted(RUNS), ids=" ".join)
def test_a_model_goes_as_spark_went(release: str, kind: str) -> None:
    """Accounting, exceptions, who is asked to spill, and what is kept: after each step as Spark said."""
    for run in RUNS[release, kind]:
        copy.deepcopy(run).again(fixes_about(kind, release))


@pytest.mark.parametrize(
    ("release", "kind", "fix"),
    [
        ("2.1.3", "bytes", "SPARK-19244"),
        ("4.3.0", "modes", "SPARK-15357"),
        ("4.3.0", "tasks", "SPARK-12155"),
        ("2.1.3", "managed tasks", "SPARK-23306"),
        ("2.4.0", "fill and read", "SPARK-18208"),
        ("2.4.0", "sorted maps", "SPARK-29244"),
        ("2.4.0", "free while it is read", "SPARK-31511"),
        ("4.3.0", "free while it is read", "SPARK-31511"),
        ("4.3.0", "raw sorters", "SPARK-32911"),
        ("4.3.0", "storage", "SPARK-18827"),
        ("2.1.3", "maps in the heap", "SPARK-22713-forced-spill"),
        ("2.4.0", "sorters by number", "SPARK-16873"),
    ],
)
def test_a_model_with_another_history_parts(release: str, kind: str, fix: str) -> None:
    """A model with one fix more or less than the release does not go the same way."""
    assert any(parts(run, fixes_about(kind, release) ^ {fix}) for run in RUNS[release, kind])
