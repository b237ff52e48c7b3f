"""Maintained packages: what is known of each is found, nothing else is, and what would repair it does."""

import re
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from spillproof.properties.live.adapter import Adapter
from spillproof.properties.live.claims import ASKED, tables_are_emptied
from spillproof.properties.live.faults import can_fill_disk
from spillproof.properties.live.live_check import check_live
from spillproof.properties.live.residue import residue
from spillproof.properties.live.search import measuring
from spillproof.properties.live.session import false_at, played
from spillproof.properties.live.verdicts import Falsified
from tests.live import without
from tests.live.judged.judgements import TARGETS
from tests.live.judged.target import Judgement, Target

CLAIMS = {claim.name: claim for claim in ASKED}

QUICK, LONG = 12, 150
"""Random runs."""

BUSY = (
    "cachelib.FileSystemCache",
    "distributed.spill.SpillBuffer",
    "zict.AsyncBuffer",
    "cachelib.SimpleCache",
    "cachelib.SimpleCache, with time",
    "cachelib.SimpleCache for two threads",
    "cachelib's threshold, with time",
    "cachey.Cache",
    "diskcache.Cache",
    "diskcache.Cache as a queue",
    "diskcache.Cache, with time",
    "dulwich's LRUSizeCache",
    "fsspec's simplecache",
    "fsspec's simplecache, written through",
    "joblib's store",
    "partd.Buffer",
    "partd.Buffer for two threads",
    "python-multipart's File",
    "tempfile.SpooledTemporaryFile",
    "theine.Cache, emptied",
    "tempfile.SpooledTemporaryFile on a full disk",
    "zarr's CacheStore",
    "zarr's CacheStore on disk",
    "zict.Buffer",
    "zict.Buffer, begun anew",
)
"""Targets whose runs take seconds."""

WIDE = (
    *("in all ways", "cached", "emoize", "get_with", "fsspec's", "diskcache", "let go of", "VTTL", "makes", "asks"),
    *("Memoize", "zict.Cache", "cachebox.Cache", "reduced", "watched", ", emptied", "alru"),
    *("anyio", "asyncio", "Pool", "connector", "MemoryStore", "as a file", "zict."),
)
"""Words of the names of others that are left to longer checks, as the same packages are checked in another way."""


def marks_of(name: str) -> list[pytest.MarkDecorator]:
    """Whether a target is left to longer checks."""
    return [pytest.mark.thorough] if name in BUSY or any(word in name for word in WIDE) else []


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
            repeated = judgement.claim == "tables_are_emptied"  # some hundred times
            marks = [pytest.mark.slow] if repeated and target.name not in ("cachey.Cache", "aiocache") else []
            yield pytest.param(target, judgement, id=f"{target.name}: {judgement.claim}", marks=marks)


def broken_at(adapter: type[Adapter], judgement: Judgement) -> int | None:
    """The step of a judged run that breaks its claim, or None.

    In a repaired target the value may be gone that the last step would read; the run then ends before it.
    """
    claim, run = CLAIMS[judgement.claim], judgement.run
    with measuring(adapter):
        if claim is tables_are_emptied:
            return len(run) if residue(adapter, run) else None
        steps = played(adapter, run, [claim]) or played(adapter, run[:-1], [claim])
    assert steps is not None
    return false_at(claim, steps)


@pytest.mark.parametrize(("target", "judgement"), list(judged()))
def test_the_known_run_violates_its_claim_with_its_last_step(target: Target, judgement: Judgement) -> None:
    """What was judged is still so; where it is repaired upstream, the judgement is to be taken back."""
    skip_without(target)

    assert broken_at(target.load(), judgement) == len(judgement.run)


@pytest.mark.thorough
@pytest.mark.parametrize(("target", "judgement"), list(judged()))
def test_the_repair_is_enough(target: Target, judgement: Judgement) -> None:
    """In the repaired target the same run keeps the claim, unless that is by design."""
    skip_without(target)

    assert (broken_at(target.load_repaired(), judgement) is None) == (judgement.word != "by design")


@pytest.mark.parametrize(
    "target",
    [pytest.param(each, id=each.name, marks=marks_of(each.name)) for each in TARGETS],
)
def test_nothing_but_what_is_known_is_found(target: Target) -> None:
    """In a few random runs, always the same ones, nothing is violated but what was judged."""
    skip_without(target)
    report = check_live(target.load(), examples=QUICK, shorten=False)

    known = {each.claim for each in target.judgements}
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
    assert found == {each.claim for each in target.judgements}
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
    assert {result.claim.name for result in report.violated()} <= by_design


SCRIPTS = sorted(path for path in Path(without.__file__).parent.glob("*.py") if path.name != "__init__.py")


def modules_of(script: Path) -> set[str]:
    """The packages that a script needs, beside Python."""
    named = re.findall(r"^ *(?:import|from) (\w+)", script.read_text(encoding="utf-8"), re.MULTILINE)
    return set(named) - sys.stdlib_module_names


@pytest.mark.parametrize("script", SCRIPTS, ids=[path.stem for path in SCRIPTS])
def test_it_is_so_without_this_project(script: Path) -> None:
    """Each script shows its fault with the target alone, and imports nothing of ours."""
    for module in modules_of(script):
        pytest.importorskip(module)
    done = subprocess.run([sys.executable, "-I", str(script)], check=False, capture_output=True, text=True)

    assert done.returncode == 1, done.stdout + done.stderr
    assert "spillproof" not in script.read_text(encoding="utf-8")


def test_every_judged_defect_is_reproduced() -> None:
    """Each defect names a script, so does what its maintainers document, and each script is named."""
    judged = [each for target in TARGETS for each in target.judgements if each.word != "by design"]
    named = {each.reproduced for each in judged}

    beside = {"cachey_never_smaller", "httpcore_forgets_streams", "partd_repeats", "zarr_replaced_is_evicted"}
    assert named | beside == {path.stem for path in SCRIPTS}
