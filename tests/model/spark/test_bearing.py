"""Each fix is load-bearing, as the table says: violated without it in so many steps, proved with it."""

import pytest

from spillproof.model.catalogue import find
from spillproof.model.catalogue.entry import Entry
from spillproof.model.spark.fixes import BEARINGS, FIXES
from spillproof.model.spark.fixes.fix import Bearing, Break
from spillproof.properties.catalogue import CLAIMS
from spillproof.properties.claims import applicable
from spillproof.properties.engines.check import check
from spillproof.properties.engines.verdict import Proved, Verdict, Violated

COUNTS = ("consumers", "sorters", "pages", "tasks")
"""What there is one fewer of in a smaller scope."""


LARGE = tuple(
    f"spark:{each}@"
    for each in [
        "aggregate",
        "by-number",
        "execution-pool",
        "borrowing",
        "cached-block",
        "full-disk",
        "modes",
        "raw-map",
        "raw-sort",
        "requests",
        "sorting",
        "victims",
    ]
)
"""Models whose checks take more than two seconds: pages and arrays that grow, tasks that share."""


BUSY = (
    *("SPARK-18986:spark@2.2.0", "SPARK-23306:spark:partial-spills@3.2.0", "SPARK-56511-reset:spark:shuffle@4.3.0"),
    *("SPARK-17491-close:spark:unroll-off-heap@4.3.0", "proposal-spill-beside-off-heap:spark:off-heap@4.3.0+spills"),
    *("proposal-null-upstream:spark@2.3.4+null-upstream+exhaustion", "SPARK-22713-forced-spill:spark:page-rank@2.4.0"),
    "SPARK-22713-forced-spill:spark@2.4.0",
)
"""Lines of the table that take a second or more."""


def is_slow(bearing: Bearing) -> bool:
    """Whether a line of the table waits for `make test-slow`."""
    return bool(bearing.scope.get("array_grows")) or bearing.model.startswith(LARGE)


def marks(bearing: Bearing) -> list[pytest.MarkDecorator]:
    """The marks of the tests about a line of the table."""
    if is_slow(bearing):
        return [pytest.mark.slow]
    return [pytest.mark.thorough] if f"{bearing.fix}:{bearing.model}" in BUSY else []


each_bearing = pytest.mark.parametrize(
    "bearing",
    [pytest.param(each, id=f"{each.fix}:{each.model}", marks=marks(each)) for each in BEARINGS],
)


def with_fix(bearing: Bearing) -> Entry:
    """The entry of a line, without what hides the defect."""
    entry = find(bearing.model)
    for fix in bearing.beside:
        entry = entry.without_fix(fix)
    return entry


def verdict(entry: Entry, name: str, bearing: Bearing, **scope: object) -> Verdict:
    """The verdict on one claim, at the scope of a line of the table; with the others as lemmas, if it needs any."""
    model = entry.build(**{**bearing.scope, **scope})
    claims = applicable(CLAIMS, type(model))
    alone = check(model, [claim for claim in claims if claim.name == name], witnesses=False, time_limit=300).of(name)
    if isinstance(alone, (Proved, Violated)):
        return alone
    return check(model, claims, witnesses=False, time_limit=300).of(name)


def violation(entry: Entry, name: str, bearing: Bearing) -> Violated:
    """The violation of one claim."""
    found = verdict(entry, name, bearing)
    assert isinstance(found, Violated)
    return found


@each_bearing
def test_violated_without(bearing: Bearing) -> None:
    """Without the fix the claim is violated, and no run of fewer steps shows it."""
    found = violation(with_fix(bearing).without_fix(bearing.fix), bearing.claim, bearing)

    assert (len(found.run), bool(found.minimal)) == (bearing.steps, True)


@each_bearing
def test_proved_with(bearing: Bearing) -> None:
    """With the fix, the claim is proved."""
    assert isinstance(verdict(with_fix(bearing), bearing.claim, bearing), Proved)


@pytest.mark.parametrize(
    ("bearing", "broken"),
    [
        pytest.param(bearing, each, id=f"{bearing.fix}:{each.claim}", marks=marks(bearing))
        for bearing in BEARINGS
        for each in bearing.breaks
    ],
)
def test_what_a_fix_broke(bearing: Bearing, broken: Break) -> None:
    """A fix that broke something did: proved without it, violated with it, in so many steps."""
    entry = find(bearing.model)
    entry = entry.with_fix(broken.beside) if broken.beside else entry

    assert len(violation(entry, broken.claim, bearing).run) == broken.steps
    assert isinstance(verdict(entry.without_fix(bearing.fix), broken.claim, bearing), Proved)


@each_bearing
def test_no_smaller_scope(bearing: Bearing) -> None:
    """With one consumer, sorter, page or task fewer, the claim is proved without the fix."""
    entry = with_fix(bearing).without_fix(bearing.fix)
    for name, count in {**entry.scope, **bearing.scope}.items():
        if name in COUNTS and isinstance(count, int) and count > 1:
            assert isinstance(verdict(entry, bearing.claim, bearing, **{name: count - 1}), Proved)


def test_every_line_is_about_a_fix() -> None:
    """Each line names a fix, and its model has it."""
    for bearing in BEARINGS:
        fixes = find(bearing.model).scope["fixes"]
        assert isinstance(fixes, frozenset)
        assert bearing.fix in FIXES
        assert bearing.fix in fixes
