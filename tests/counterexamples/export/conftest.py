"""Traces that the tests of the formats share."""

import json
from pathlib import Path
from typing import Any

import pytest

from spillproof.counterexamples.explain.explanation import Explanation
from spillproof.counterexamples.export.itf import to_itf
from spillproof.counterexamples.trace import Trace, trace
from spillproof.counterexamples.variants import explained
from spillproof.model.catalogue import find
from spillproof.model.lessons.release import ReleaseThatForgetsAReference
from spillproof.properties.engines.run import Run, Step
from spillproof.properties.loader import class_in_file

E1_E2 = (Step("insert", (3, 1)), Step("iterator", (3,)), Step("insert", (3, 1)))
"""The shortest run; E2 has in the last step the index that E1 has before."""


@pytest.fixture(scope="session")
def incident() -> Trace:
    """The shortest E1/E2 run, on Spark 2.3.4."""
    run = Run(find("spark@2.3.4").build(), (1,), E1_E2)
    return trace(run, "spark@2.3.4", ("free_is_unreachable",), guilty=3)


@pytest.fixture(scope="session")
def explanation(incident: Trace) -> Explanation:
    """What the E1/E2 run means."""
    return explained(incident)


@pytest.fixture(scope="session")
def lesson() -> Trace:
    """A run of the smallest model, which has no consumers."""
    run = Run(ReleaseThatForgetsAReference(), (), (Step("acquire", (1,)), Step("read", ()), Step("release", ())))
    return trace(run, "lesson:release", ("free_is_unreachable",), guilty=3)


@pytest.fixture(scope="session")
def raised() -> Trace:
    """A run whose last step raises."""
    raises = class_in_file(f"{Path(__file__).parent.with_name('leaky.py')}:Raises")
    both = (Step("insert", (2, 1)), Step("read", (2,)), Step("insert", (3, 1)), Step("read", (2,)))
    return trace(Run(raises(), (2,), both), "leaky.py:Raises", ("no_exception",), guilty=4)


@pytest.fixture
def itf(incident: Trace) -> Any:
    """The E1/E2 run as an ITF object of its own, to be changed."""
    return json.loads(json.dumps(to_itf(incident)))
