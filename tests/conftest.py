"""What every test may rely on."""

import gc
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile(
    "ci",
    derandomize=True,  # the same examples on every machine and every day
    deadline=None,  # a busy machine is no counterexample
    database=None,  # nothing remembered from the last run
    suppress_health_check=[HealthCheck.too_slow],  # a clock decides it, too
)
settings.load_profile("ci")

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # A shell starts what runs in the background so; here and in what tests start, Ctrl-C is to be what it is.
    signal.signal(signal.SIGINT, signal.default_int_handler)


count_frozen = gc.get_freeze_count


def pytest_collection_finish() -> None:
    """What was imported and collected stays: it is not looked at again whenever garbage is collected.

    Nor is it counted for each check whether there is any: that takes longer than many a check.
    """
    gc.collect()
    gc.freeze()
    pytest.MonkeyPatch().setattr(gc, "get_freeze_count", lambda: 1)


@pytest.fixture
def thawed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nothing is frozen when the test begins."""
    gc.unfreeze()
    monkeypatch.setattr(gc, "get_freeze_count", count_frozen)
    yield
    gc.freeze()


FROM_WHEEL = "SPILLPROOF_FROM_WHEEL" in os.environ


@pytest.fixture(scope="session")
def from_wheel() -> bool:
    """Whether these tests run against an installed wheel, outside of any checkout."""
    return FROM_WHEEL


@pytest.fixture(scope="session")
def checkout() -> Path:
    """The checkout that these tests stand in; a test that needs it is skipped when there is none."""
    if FROM_WHEEL:
        pytest.skip("about the checkout, and this is a wheel")
    return Path(__file__).resolve().parent.parent
