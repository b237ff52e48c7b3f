"""The same question has the same answer: every byte but the seconds, whatever the machine does beside."""

from __future__ import annotations

import itertools
import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

PROGRAM = Path(__file__).with_name("determinism.py")
README = Path(__file__).parent.parent / "README.md"

FEW = ("cache.py:Cache",)
MANY = (
    *FEW, "lesson:release", "spark@2.3.4", "spark@2.4.0", "python:spooled-file", "python:zict-buffer", "yardstick:deep",
    "lesson:pool", "lesson:grant", "spark:sorting@4.0.0", "spark:execution-pool@4.0.0", "spark@1.6.0",
)  # fmt: skip

BUSY = "import os; parent = os.getppid()\nwhile os.getppid() == parent: pass"
"""A program that keeps a processor busy, as long as the tests are there."""

FOLDERS = ("here", "an other/folder")


def model() -> str:
    """The README's model of your own, as it stands there."""
    found = re.search(r"```python\n(# cache\.py\n.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    assert found
    return found[1]


def outputs(folder: Path, models: tuple[str, ...], **env: str) -> dict[str, str]:
    """Everything that is said and kept about some models by a process in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "cache.py").write_text(model(), encoding="utf-8")
    words = [sys.executable, str(PROGRAM), *models]
    done = subprocess.run(words, cwd=folder, env={**os.environ, **env}, check=True, capture_output=True, text=True)
    found = json.loads(done.stdout)
    assert isinstance(found, dict)
    return found


def differing(first: Mapping[str, str], second: Mapping[str, str]) -> list[str]:
    """What two processes said differently: what was asked, and the first line on each side."""
    found = []
    for asked in first.keys() | second.keys():
        lines = itertools.zip_longest(first.get(asked, "").splitlines(), second.get(asked, "").splitlines())
        found += [f"{asked}\n  {left}\n  {right}" for left, right in lines if left != right][:1]
    return sorted(found)


@pytest.mark.slow
def test_hash_seeds_and_folders(tmp_path: Path) -> None:
    """Strings that hash differently and models that stand elsewhere change no byte of what is said and kept."""
    first, *others = (
        outputs(tmp_path / seed / folder, FEW, PYTHONHASHSEED=seed)
        for seed, folder in zip(("0", "1"), itertools.cycle(FOLDERS))  # the folders have no end
    )

    assert {"cache.py:Cache: report.json", "cache.py:Cache: free_is_unreachable.itf.json: explain"} <= first.keys()
    assert [differing(first, other) for other in others] == [[]]


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What is said and kept about many models."""
    return outputs(tmp_path_factory.mktemp("undisturbed"), MANY, PYTHONHASHSEED="0")


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1, 10))
def test_every_hash_seed(tmp_path: Path, undisturbed: dict[str, str], seed: int) -> None:
    """Many models, ten hash seeds."""
    assert differing(undisturbed, outputs(tmp_path / "an other", MANY, PYTHONHASHSEED=str(seed))) == []


@pytest.mark.slow
def test_without_the_second_solver(tmp_path: Path, undisturbed: dict[str, str]) -> None:
    """Who has no cvc5 is told the same."""
    hidden = tmp_path / "hidden"
    hidden.mkdir()
    (hidden / "cvc5.py").write_text("raise ImportError('hidden')\n")
    path = os.pathsep.join([str(hidden), os.environ.get("PYTHONPATH", "")])

    assert differing(undisturbed, outputs(tmp_path / "without", MANY, PYTHONPATH=path)) == []


@pytest.mark.slow
def test_under_load(tmp_path: Path, undisturbed: dict[str, str]) -> None:
    """A machine with four times as much to do as it has cores is slower, and says the same."""
    busy = [subprocess.Popen([sys.executable, "-c", BUSY]) for _ in range(4 * (os.cpu_count() or 1))]
    try:
        assert differing(undisturbed, outputs(tmp_path / "busy", MANY)) == []
    finally:
        for each in busy:
            each.kill()
            each.wait()
