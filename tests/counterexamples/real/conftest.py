"""A fake of the Java process, in place of the real one."""

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from spillproof.counterexamples.replay.real import session
from spillproof.counterexamples.replay.real.worker import Worker

FAKE = Path(__file__).with_name("fake_spark.py")


@pytest.fixture
def fake() -> Iterator[Callable[..., Worker]]:
    """Start a fake that behaves in some manner: `leaky`, `throws`, `crashes`, `hangs`, `refuses`."""
    with ExitStack() as stack:

        def begin(manner: str = "", answering: float = 20.0) -> Worker:
            worker = Worker("Spark 2.3.4", lambda _: [sys.executable, "-S", str(FAKE), manner], answering)
            return stack.enter_context(worker)

        yield begin


@pytest.fixture
def instead(monkeypatch: pytest.MonkeyPatch, fake: Callable[..., Worker]) -> Callable[..., None]:
    """Let whoever starts a release get a fake of some manner."""

    def replace(manner: str = "", answering: float = 20.0) -> None:
        monkeypatch.setattr(session, "start", lambda *_: fake(manner, answering))

    return replace
