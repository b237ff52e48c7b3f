"""The pytest plugin that keeps counterexamples of running managers: `pytest --spillproof-out DIR`.

Every pytest run loads this file wherever the package is installed, so it imports nothing of weight.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the option."""
    parser.getgroup("spillproof", "claims about memory accounting").addoption(
        "--spillproof-out",
        dest="spillproof_out",
        metavar="DIR",
        help="keep the run of each claim about a running manager that is violated there, as a trace (ITF)",
    )


@pytest.hookimpl(optionalhook=True)
def pytest_spillproof_violation(config: pytest.Config, adapter: Any, claim: Any, verdict: Any) -> None:
    """Keep the run that violates a claim. Two adapters and two workers write different files."""
    folder = config.getoption("spillproof_out")
    if not folder:
        return
    from spillproof.counterexamples.export import itf
    from spillproof.counterexamples.replay.live.tracing import trace

    path = Path(folder)
    path.mkdir(parents=True, exist_ok=True)
    name = re.sub(r"\W+", "_", f"{adapter.__name__}.{claim.name}")
    text = itf.dumps(trace(adapter, verdict.script, (claim,)))
    (path / f"{name}.itf.json").write_text(text, encoding="utf-8")
