"""Maintained packages: what is known of each is found, nothing else is, and what would repair it does."""

import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from spillproof.counterexamples.replay.live import without
from spillproof.counterexamples.replay.live.judgements import TARGETS, UNJUDGED, Judgement, Target
from spillproof.properties.live.claims import ASKED
from spillproof.properties.live.faults import can_fill_disk
from spillproof.properties.live.search import check_live, measuring
from spillproof.properties.live.session import false_at, played
from spillproof.properties.live.verdicts import Falsified

CLAIMS = {claim.name: claim for claim in ASKED}

QUICK, LONG = 12, 150
"""Random runs."""

BUSY = ("partd.Buffer", "tempfile.SpooledTemporaryFile", "zict.Buffer")
"""Targets whose runs take seconds."""


def skip_without(target: Target) -> None:
    """Skip a test where the package that it is about is not installed."""
    missing = [name for name in target.needs if find_spec(name) is None]
    if missing:
        pytest.skip(f"{target.name} needs {missing[0]}, which is not installed: pip install 'spillproof[targets]'")
    if target.judgements and not can_fill_disk():
        pytest.skip("this system cannot limit the size of files")


each_target = pytest.mark.parametrize("target", TARGETS, ids=[target.name for target in TARGETS])


def judged() -> Iterator[object]:
    """Every judgement, with its target."""
    for target in TARGETS:
        for judgement in target.judgements:
            yield pytest.param(target, judgement, id=f"{target.name}: {judgement.claim}")


@pytest.mark.parametrize(("target", "judgement"), list(judged()))
def test_the_known_run_violates_its_claim_with_its_last_step(target: Target, judgement: Judgement) -> None:
    """What was judged is still so; where it is repaired upstream, the judgement is to be taken back."""
    skip_without(target)
    claim = CLAIMS[judgement.claim]
    with measuring(target.load()):
        steps = played(target.load(), judgement.run, [claim])

    assert steps is not None
    assert false_at(claim, steps) == len(judgement.run)


@pytest.mark.parametrize(("target", "judgement"), list(judged()))
def test_the_repair_is_enough(target: Target, judgement: Judgement) -> None:
    """In the repaired target the same run keeps the claim, unless that is by design."""
    skip_without(target)
    claim = CLAIMS[judgement.claim]
    with measuring(target.load_repaired()):
        steps = played(target.load_repaired(), judgement.run, [claim])

    assert steps is not None
    assert (false_at(claim, steps) is None) == (judgement.word != "by design")


@pytest.mark.parametrize(
    "target",
    [pytest.param(each, id=each.name, marks=[pytest.mark.thorough] if each.name in BUSY else []) for each in TARGETS],
)
def test_nothing_but_what_is_known_is_found(target: Target) -> None:
    """In a few random runs, always the same ones, nothing is violated but what was judged."""
    skip_without(target)
    report = check_live(target.load(), examples=QUICK, shorten=False)

    known = {each.claim for each in target.judgements} | UNJUDGED.get(target.name, frozenset())
    assert {result.claim.name for result in report.violated()} <= known
    assert report.unknown() == []


@pytest.mark.slow
@each_target
def test_all_that_is_known_is_found(target: Target) -> None:
    """In many random runs everything that was judged is found again; what is called the shortest is no longer
    than the known run.
    """
    skip_without(target)
    report = check_live(target.load(), examples=LONG)

    found = {result.claim.name for result in report.violated()}
    assert found - UNJUDGED.get(target.name, frozenset()) == {each.claim for each in target.judgements}
    assert report.vacuous() == []
    for each in target.judgements:
        verdict = report.of(each.claim)
        assert isinstance(verdict, Falsified)
        assert not verdict.minimal or len(verdict.script) <= len(each.run)


@pytest.mark.slow
@each_target
def test_the_repaired_target_is_not_falsified(target: Target) -> None:
    """In the repaired target nothing is found but what is by design."""
    skip_without(target)
    if not target.repaired:
        pytest.skip("nothing to repair")
    report = check_live(target.load_repaired(), examples=LONG, shorten=False)

    by_design = {each.claim for each in target.judgements if each.word == "by design"}
    assert {result.claim.name for result in report.violated()} <= by_design | UNJUDGED.get(target.name, frozenset())


SCRIPTS = sorted(path for path in Path(without.__file__).parent.glob("*.py") if path.name != "__init__.py")


@pytest.mark.parametrize("script", SCRIPTS, ids=[path.stem for path in SCRIPTS])
def test_it_is_so_without_this_project(script: Path) -> None:
    """Each script shows its fault with the target alone, and imports nothing of ours."""
    for module in ("zict", "distributed", "partd"):
        if f"import {module}" in script.read_text() or f"from {module}" in script.read_text():
            pytest.importorskip(module)
    done = subprocess.run([sys.executable, "-I", str(script)], check=False, capture_output=True, text=True)

    assert done.returncode == 1, done.stdout + done.stderr
    assert "spillproof" not in script.read_text(encoding="utf-8")


def test_every_judged_defect_is_reproduced() -> None:
    """Each defect names a script, and each script is named."""
    named = {each.reproduced for target in TARGETS for each in target.judgements if each.word == "defect"}

    assert named | {"partd_repeats"} == {path.stem for path in SCRIPTS}
