"""The page that most of these tests look at."""

from __future__ import annotations

import pytest

from spillproof.counterexamples.explain.explanation import Explanation
from spillproof.counterexamples.export.html import html


@pytest.fixture(scope="module")
def page(shown: Explanation) -> str:
    """The page of the leak."""
    return html(shown.trace, shown)
