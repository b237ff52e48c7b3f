"""How much of a model is held by claims, witnesses and counts: mutants of it, and who notices them.

A mutant that nothing notices is equivalent, and then its name stands here with the reason why, or it is a finding.
"""

import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from tests.quality.mutation import MODULES

ROOT = Path(__file__).resolve().parents[2]

EQUIVALENT = {
    "pool PoolThatForgetsToCheck.begin": "the default of a switch, which the catalogue always gives",
    "release ReleaseThatForgetsAReference.begin": "the same",
    "partial_grant PartialGrant.begin": "the same",
}
"""By the method that was changed: why the mutant does what the model does."""


def judged(family: str, size: str) -> list[Any]:
    """What became of the mutants of a family of models, or of so many of them."""
    words = [sys.executable, "-m", "tests.quality.mutation", family, size]
    done = subprocess.run(words, check=True, capture_output=True, text=True, cwd=ROOT)
    return [json.loads(line) for line in done.stdout.splitlines()]


def unnoticed(family: str, size: str) -> list[str]:
    """The names of the mutants that nothing noticed and that are not known to be equivalent."""
    mutants = judged(family, size)
    assert mutants
    return [each["name"] for each in mutants if not each["notice"] and each["name"].split(":")[0] not in EQUIVALENT]


@pytest.mark.parametrize(("family", "size"), [("lessons", "3"), pytest.param("yardstick", "2", marks=pytest.mark.slow)])
@pytest.mark.thorough
def test_a_sample_of_mutants_is_noticed(family: str, size: str) -> None:
    """A claim, a witness or a pinned count notices each of a few mutants, the same ones every time."""
    assert unnoticed(family, size) == []


def test_a_model_that_was_not_changed_is_not_noticed() -> None:
    """Without a mutant nothing is noticed, so that what is noticed is the mutant."""
    assert judged("lessons", "none") == [["", ""]]


@pytest.mark.parametrize("family", sorted(MODULES))
def test_the_modules_of_each_family_are_there(family: str) -> None:
    """A module that was moved has no mutants, and is found."""
    for module in MODULES[family]:
        assert find_spec(module) is not None, module


@pytest.mark.slow
@pytest.mark.parametrize("family", ["lessons", "yardstick"])
def test_every_mutant_is_noticed(family: str) -> None:
    """A claim, a witness or a pinned count notices every mutant that is not equivalent."""
    assert unnoticed(family, "all") == []
