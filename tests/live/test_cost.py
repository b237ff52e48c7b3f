"""What a step costs: `pytest -m bench`."""

import sys
from pathlib import Path

import pytest


@pytest.mark.bench
def test_a_step_with_a_ledger_takes_less_than_a_millisecond(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The ledger-only path, with all claims evaluated, is under 1 ms a step."""
    monkeypatch.setattr(sys, "path", [str(checkout), *sys.path])
    from tests.benchmarks.live.steps import Plain, seconds_a_step

    assert seconds_a_step(Plain) < 0.001
