"""The pytest plugin that keeps counterexamples, of models and of running managers: `pytest --spillproof-out DIR`.

Every pytest run loads this file wherever the package is installed, so it imports nothing of weight.
"""

from __future__ import annotations

import re
import warnings
from pathlib import Path
from typing import Any

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the option."""
    parser.getgroup("spillproof", "claims about memory accounting").addoption(
        "--spillproof-out",
        dest="spillproof_out",
        metavar="DIR",
        help="keep the run of each violated claim there: a trace (ITF), and a test that takes it again",
    )


@pytest.hookimpl(optionalhook=True)
def pytest_spillproof_violation(config: pytest.Config, adapter: Any, claim: Any, verdict: Any) -> None:
    """Keep the run that violates a claim. Two adapters and two workers write different files."""
    folder = config.getoption("spillproof_out")
    if not folder:
        return
    from spillproof.counterexamples import files
    from spillproof.counterexamples.export import itf
    from spillproof.counterexamples.replay.live.live_trace import trace
    from spillproof.counterexamples.replay.live.plain.plain_test import plain_test
    from spillproof.model.errors import ModelError

    name = re.sub(r"\W+", "_", f"{adapter.__name__}.{claim.name}")
    try:
        files.sweep(_made(Path(folder)))
        _write(Path(folder) / f"{name}.itf.json", itf.dumps(trace(adapter, verdict.script, (claim,))))
        _write(Path(folder) / f"test_{name}.py", plain_test(adapter, verdict.script, claim))
    except ModelError as error:
        _warn(f"no test was written for {claim.name}: {error}")
    except OSError as error:
        _warn(f"--spillproof-out {folder}: nothing more is kept of {claim.name}: {files.why(error)}")


@pytest.hookimpl(optionalhook=True)
def pytest_spillproof_failure(config: pytest.Config, failure: Any) -> None:
    """Keep the runs that violate claims about a model, in the suite or in a test that calls `assert_holds`."""
    folder = config.getoption("spillproof_out")
    if not folder or failure.report is None:
        return
    from spillproof.counterexamples import files
    from spillproof.counterexamples.kept import kept
    from spillproof.model.errors import ModelError

    try:
        files.sweep(_made(Path(folder)))
        for name, text in kept(failure.report, config.getoption("spillproof_model") or ""):
            _write(Path(folder) / name, text)
    except ModelError as error:
        _warn(f"--spillproof-out {folder}: {error}")
    except OSError as error:
        _warn(f"--spillproof-out {folder}: nothing more is kept: {files.why(error)}")


def _made(folder: Path) -> Path:
    """Return a folder, made if need be."""
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _write(file: Path, text: str) -> None:
    """Write a file; one of that name that is not of this kind is left as it is."""
    if file.exists() and file.read_text(encoding="utf-8", errors="replace")[:12] != text[:12]:
        _warn(f"{file} is not one of ours, and is left as it is")
        return
    from spillproof.counterexamples import files

    files.write(file, text)


def _warn(words: str) -> None:
    warnings.warn(pytest.PytestWarning(words), stacklevel=1)
