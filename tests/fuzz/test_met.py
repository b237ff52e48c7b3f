"""Every model that the engines once disagreed on, or failed on: each is in a file of its own in `met`."""

import importlib.util
import sys
from pathlib import Path
from typing import Any

import pytest

from spillproof.properties.engines.challenge.challenge import Challenge
from spillproof.properties.engines.challenge.scratch import Allowance
from spillproof.properties.engines.check import check
from spillproof.properties.engines.verdict import Disputed, Never, Proved, Violated

MET = sorted((Path(__file__).parent / "met").glob("*.py"))


def loaded(file: Path) -> Any:
    """The module of a file."""
    spec = importlib.util.spec_from_file_location(f"met_{file.stem}", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("file", MET, ids=lambda file: file.stem)
def test_what_was_met_is_right_now(file: Path) -> None:
    """The engines agree, and where the right verdicts are known (NEVER, PROVED, VIOLATED: steps), they are given."""
    module = loaded(file)
    report = check(module.M(), time_limit=30)
    Challenge(report, Allowance(6000)).run(deepest=5)
    verdicts = {result.claim.name: result.verdict for result in report.results}

    assert not [verdict for verdict in verdicts.values() if isinstance(verdict, Disputed)]
    assert not [verdict for verdict in verdicts.values() if "defect" in getattr(verdict, "why", "")]
    assert all(isinstance(verdicts[name], Never) for name in getattr(module, "NEVER", ()))
    assert all(isinstance(verdicts[name], Proved) for name in getattr(module, "PROVED", ()))
    for name, steps in getattr(module, "VIOLATED", {}).items():
        verdict = verdicts[name]
        assert isinstance(verdict, Violated)
        assert len(verdict.run) == steps
