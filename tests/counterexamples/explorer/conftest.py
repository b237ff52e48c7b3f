"""Automata that the tests of the explorer share: each is extracted once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from spillproof.counterexamples.explorer.explore import automaton
from spillproof.counterexamples.explorer.table import table
from spillproof.counterexamples.question import Question
from spillproof.properties.engines.automaton.shapes import Automaton

OWN = f"{Path(__file__).with_name('own.py')}:Shelf"


@pytest.fixture(scope="session")
def spark() -> Automaton:
    """Spark before the repair."""
    return automaton(Question("spark@2.3.4", {}).model())


@pytest.fixture(scope="session")
def repaired() -> Automaton:
    """Spark after it."""
    return automaton(Question("spark@2.4.0", {}).model())


@pytest.fixture(scope="session")
def spark_data(spark: Automaton) -> Any:
    """What the page knows of the first."""
    return table(spark)


@pytest.fixture(scope="session")
def repaired_data(repaired: Automaton) -> Any:
    """What the page knows of the second."""
    return table(repaired)


@pytest.fixture(scope="session")
def leak() -> Automaton:
    """The smallest leak."""
    return automaton(Question("lesson:release", {}).model())


@pytest.fixture(scope="session")
def own() -> Automaton:
    """A model in a file, with choices, quotients, values, errors and negative counters."""
    return automaton(Question(OWN, {}).model())


@pytest.fixture(scope="session")
def own_title() -> str:
    """What that model is called."""
    return OWN
