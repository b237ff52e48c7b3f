"""Each fix is load-bearing, as the catalogue says: violated without it in so many steps, proved with it."""

import pytest

from spillproof.model.bearing import BEARINGS, Bearing, Break
from spillproof.model.catalogue import Entry, find
from spillproof.model.spark.fixes import FIXES
from spillproof.properties.catalogue import CLAIMS
from spillproof.properties.engines.check import check
from spillproof.properties.engines.verdict import Proved, Verdict, Violated

each_bearing = pytest.mark.parametrize("bearing", BEARINGS, ids=[f"{each.fix}:{each.claim}" for each in BEARINGS])


def verdict(entry: Entry, claim: str, bearing: Bearing, **scope: object) -> Verdict:
    """The verdict on one claim, at the scope of a line of the table."""
    return check(entry.build(**{**bearing.scope, **scope}), witnesses=False, time_limit=300).of(claim)


def violation(entry: Entry, name: str, bearing: Bearing) -> Violated:
    """The violation of one claim. To find it, no other needs to be asked."""
    (asked,) = [claim for claim in CLAIMS if claim.name == name]
    found = check(entry.build(**bearing.scope), [asked], witnesses=False).of(name)
    assert isinstance(found, Violated)
    return found


@each_bearing
def test_violated_without(bearing: Bearing) -> None:
    """Without the fix the claim is violated, and no run of fewer steps shows it."""
    found = violation(find(bearing.model).without_fix(bearing.fix), bearing.claim, bearing)

    assert (len(found.run), bool(found.minimal)) == (bearing.steps, True)


@each_bearing
def test_proved_with(bearing: Bearing) -> None:
    """With the fix, the claim is proved."""
    assert isinstance(verdict(find(bearing.model), bearing.claim, bearing), Proved)


@pytest.mark.parametrize(
    ("bearing", "broken"),
    [(bearing, each) for bearing in BEARINGS for each in bearing.breaks],
    ids=[f"{bearing.fix}:{each.claim}" for bearing in BEARINGS for each in bearing.breaks],
)
def test_what_a_fix_broke(bearing: Bearing, broken: Break) -> None:
    """A fix that broke something did: proved without it, violated with it, in so many steps."""
    entry = find(bearing.model)
    entry = entry.with_fix(broken.beside) if broken.beside else entry

    assert len(violation(entry, broken.claim, bearing).run) == broken.steps
    assert isinstance(verdict(entry.without_fix(bearing.fix), broken.claim, bearing), Proved)


@each_bearing
def test_no_smaller_scope(bearing: Bearing) -> None:
    """With one consumer fewer, the claim is proved without the fix."""
    entry = find(bearing.model).without_fix(bearing.fix)
    consumers = bearing.scope.get("consumers", entry.scope["consumers"])
    assert isinstance(consumers, int)
    if consumers > 1:
        assert isinstance(verdict(entry, bearing.claim, bearing, consumers=consumers - 1), Proved)


def test_every_line_is_about_a_fix() -> None:
    """Each line names a fix, and its model has it."""
    for bearing in BEARINGS:
        fixes = find(bearing.model).scope["fixes"]
        assert isinstance(fixes, frozenset)
        assert bearing.fix in FIXES
        assert bearing.fix in fixes
