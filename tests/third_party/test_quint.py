"""What we write for Quint, read by Quint: it types, and random runs break a claim in as many steps as ours do.

`npm install` in tests/third_party/quint brings Quint. Its own search takes random runs: that it finds nothing in fewer
steps is what some hundreds of them say, and no proof.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from docs.pages.referee import Asked, ours
from spillproof.counterexamples.export.checkers.quint import BUILT_IN, quint

HERE = Path(__file__).parent / "quint"
QUINT = HERE / "node_modules" / ".bin" / "quint"
BEGIN = 1
"""Steps before the first of ours: Quint counts begin."""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not QUINT.exists(), reason="needs Quint: npm install in tests/third_party/quint"),
]


def told(folder: Path, title: str, *words: str) -> tuple[int, str]:
    """The exit status of Quint, given a model, and what it says."""
    file = folder / "model.qnt"
    file.write_text(quint(Asked(title, (), 2).program(), "model"), encoding="utf-8")
    command = [str(QUINT), words[0], str(file), *words[1:]]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, "NO_COLOR": "1"})
    return ran.returncode, ran.stdout + ran.stderr


def ran(folder: Path, title: str, claims: str, steps: int, samples: int) -> tuple[int, str]:
    """What random runs of so many steps come to; the step that begins is one of them."""
    words = ("--main=model", "--backend=typescript", f"--max-steps={steps + BEGIN}", f"--max-samples={samples}")
    return told(folder, title, "run", *words, f"--invariant={claims}", "--seed=1")


@pytest.mark.parametrize("title", ["lesson:release", "lesson:pool", "spark:page-table@2.3.4", "pytorch", "datafusion"])
def test_it_types(title: str, tmp_path: Path) -> None:
    """Quint's checker of names, types and effects finds nothing to say."""
    assert told(tmp_path, title, "typecheck") == (0, "")


@pytest.mark.parametrize(
    ("title", "claim"),
    [("lesson:release", "free_is_unreachable"), ("lesson:pool", "acquired_can_be_allocated")],
)
def test_the_shortest_run_is_as_long(title: str, claim: str, tmp_path: Path) -> None:
    """With as many steps as our shortest run Quint finds a violation, and with one fewer it finds none."""
    shortest = ours(Asked(title, (), 2)).shortest
    assert shortest is not None

    assert "[violation]" in ran(tmp_path, title, claim, shortest, 2000)[1]
    assert "[ok]" in ran(tmp_path, title, claim, shortest - 1, 300)[1]


def test_built_in_names_are_not_taken() -> None:
    """A field called `size` is an operator of Quint: it is called otherwise."""
    text = quint(Asked("lesson:release", (), 2).program(), "model")

    assert "size" in BUILT_IN
    assert "nondet size__ = Sizes.oneOf()" in text
    assert "nondet size =" not in text
