"""A run as a plain pytest file: it needs the target only, fails as long as the fault is there, and passes after."""

import re
import subprocess
import sys
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from spillproof.counterexamples import command
from spillproof.counterexamples.export import itf
from spillproof.counterexamples.replay.live.live_trace import trace
from spillproof.counterexamples.replay.live.plain.conversion import script_of
from spillproof.counterexamples.replay.live.plain.conversion import test_of as exported
from spillproof.counterexamples.replay.live.plain.definitions import Copied
from spillproof.counterexamples.replay.live.plain.plain_test import AFTER, asserted, plain_test
from spillproof.counterexamples.replay.live.spooled import SpooledFile
from spillproof.counterexamples.trace import Argument
from spillproof.model.errors import ModelError
from spillproof.model.system import Kind
from spillproof.properties.claims import Mode, always
from spillproof.properties.live.adapter import Adapter
from spillproof.properties.live.claims import ASKED
from spillproof.properties.live.faults import can_fill_disk
from spillproof.properties.live.move import Move, Script
from spillproof.properties.live.search import measuring
from spillproof.properties.live.session import played
from tests.live.judged.judgements import TARGETS
from tests.live.judged.target import Target

CLAIMS = {claim.name: claim for claim in ASKED}

SCRIPT = (Move("put", "a", 1), Move("issue", "a", name="h1"), Move("spill"))

ALONE = ["-p", "no:spillproof", "-p", "no:spillproof-traces", "-p", "no:cacheprovider", "-q", "-rA"]


def installed(target: Target) -> bool:
    """Whether a target can be run here."""
    return all(find_spec(name) is not None for name in target.needs)


def can_be_taken(adapter: type[Adapter], run: Script) -> bool:
    """Whether each step of a run can be taken."""
    with measuring(adapter):
        return played(adapter, run, []) is not None


def results(folder: Path) -> dict[str, str]:
    """What pytest says of each file of a folder, with spillproof made unimportable."""
    (folder / "conftest.py").write_text("import sys\nsys.modules['spillproof'] = None\n", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *ALONE, "."], cwd=folder, check=False, capture_output=True, text=True
    )
    return {file: word for word, file in re.findall(r"^(PASSED|FAILED|ERROR) (\w+)\.py", done.stdout, re.MULTILINE)}


@pytest.mark.slow
@pytest.mark.skipif(not can_fill_disk(), reason="this system cannot limit the size of files")
def test_each_judged_run_fails_as_a_plain_test_and_passes_repaired(tmp_path: Path) -> None:
    """Without this project, every file fails on the target; on the repaired one it passes, unless it is by design."""
    expected = {}
    for target in filter(installed, TARGETS):
        for judgement in target.judgements:
            for kind in ("load", "load_repaired"):
                if not can_be_taken(getattr(target, kind)(), judgement.run):
                    continue  # repaired, the value is gone that would be read
                name = f"test_{target.adapter}_{judgement.claim}_{kind}"
                text = plain_test(getattr(target, kind)(), judgement.run, CLAIMS[judgement.claim])
                (tmp_path / f"{name}.py").write_text(text, encoding="utf-8")
                assert "spillproof" not in text
                is_repaired = kind == "load_repaired" and judgement.word != "by design"
                expected[name] = "PASSED" if is_repaired else "FAILED"

    assert results(tmp_path) == expected


def test_every_claim_can_be_asked_in_a_plain_test() -> None:
    """Whatever claim is violated, there is an assertion for it."""
    asked = [claim for claim in ASKED if claim.mode is Mode.ALWAYS]

    assert [claim.name for claim in asked if asserted(claim) is None] == []
    assert set(AFTER) <= {claim.name for claim in asked}


@always
def no_account_is_more_than_all(now: Any) -> bool:
    """No consumer is accounted for more than all are."""
    return all(each <= now.accounted() for each in now.accounts())


@always
def it_never_grows(before: Any, after: Any) -> bool:
    """About a step, which a plain test does not have the beginning of."""
    return bool(after.accounted() <= before.accounted())


def test_a_new_claim_is_asserted_as_it_is_written() -> None:
    """Of a state, where it is one expression; of a step, somebody has to write down what is looked at before."""
    said = asserted(no_account_is_more_than_all)

    assert said == "assert all((each <= manager.accounted() for each in manager.accounts()))"
    assert asserted(it_never_grows) is None


def test_the_trace_of_a_target_is_exported_as_a_plain_test(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`spillproof export --format pytest` makes it of a trace, with the steps of the trace."""
    made = trace(SpooledFile, SCRIPT, (CLAIMS["free_is_unreachable"],))
    file = tmp_path / "run.itf.json"
    file.write_text(itf.dumps(made), encoding="utf-8")

    assert script_of(itf.read(file), SpooledFile) == SCRIPT
    assert command.run(["export", str(file), "--format", "pytest"]) == 0
    assert capsys.readouterr().out.strip() == exported(made).strip()
    assert '    h1 = manager.issue("a")' in exported(made)


def test_code_that_a_trace_names_is_not_run() -> None:
    """A trace of a manager of one's own is refused in one line that says what to do."""
    made = trace(SpooledFile, SCRIPT, (CLAIMS["free_is_unreachable"],))
    other = itf.loads(itf.dumps(made).replace("spillproof/counterexamples/replay/live/spooled.py", "evil.py"))

    with pytest.raises(ModelError, match=r"evil\.py:SpooledFile is running code of yours.*--spillproof-out DIR"):
        exported(other)


@pytest.mark.parametrize("name", ["__import__('os')", "a-b", '"'])
def test_a_name_that_is_none_does_not_get_into_a_test(name: str) -> None:
    """A key from a trace that could be code is refused."""
    made = trace(SpooledFile, SCRIPT, (CLAIMS["free_is_unreachable"],))
    put = replace(made.states[1], arguments=(Argument("key", Kind.VALUE, name), made.states[1].arguments[1]))

    with pytest.raises(ModelError, match="is no name of a key"):
        exported(replace(made, states=(made.states[0], put, *made.states[2:])))


def test_an_adapter_without_a_file_of_its_own_is_refused() -> None:
    """One that is defined inside of a test cannot be copied."""

    class Inner(SpooledFile):
        pass

    kind: type[Adapter] = Inner
    with pytest.raises(ModelError, match=r"Inner is defined inside of .*; move it to the top level"):
        plain_test(kind, SCRIPT, CLAIMS["free_is_unreachable"])


@pytest.mark.parametrize("target", TARGETS, ids=[target.name for target in TARGETS])
def test_every_adapter_that_is_shipped_can_be_copied(target: Target) -> None:
    """All that it takes from this project is there for a plain test as well."""
    copied = Copied()
    copied.adapter(target.load())

    assert target.adapter in copied.definitions


def test_an_adapter_that_takes_more_of_this_project_is_refused() -> None:
    """A file in which a name has no meaning would fail whatever the target does."""
    kind: type[Adapter] = TakesMore
    with pytest.raises(ModelError, match=r"takes played from spillproof\.properties\.live, which a plain test has not"):
        plain_test(kind, SCRIPT[:1], CLAIMS["no_exception"])


class TakesMore(SpooledFile):
    """Takes a run of its own."""

    def runs(self) -> object:
        return played(SpooledFile, SCRIPT, [])


def test_a_plain_test_has_a_clock_and_puts_it_back(tmp_path: Path) -> None:
    """What lives for a time goes as in the run here, and whoever comes after in the same process has the real time."""
    pytest.importorskip("cachelib")
    from spillproof.counterexamples.replay.live.cachelib_simple import CachelibSimpleTtl

    text = plain_test(CachelibSimpleTtl, (Move("put", "a", 1), Move("wait")), CLAIMS["no_exception"])
    (tmp_path / "test_1_run.py").write_text(text, encoding="utf-8")
    (tmp_path / "test_2_after.py").write_text(AFTERWARDS, encoding="utf-8")

    assert results(tmp_path) == {"test_1_run": "PASSED", "test_2_after": "PASSED"}


AFTERWARDS = """\
import time
import cachelib.simple

def test_the_time_is_real():
    assert cachelib.simple.time is time.time
"""
