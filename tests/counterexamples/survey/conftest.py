"""What the tests of surveys share."""

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def _errands(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let `errands` be imported, here and in the processes that do jobs."""
    monkeypatch.syspath_prepend(str(Path(__file__).parent))
