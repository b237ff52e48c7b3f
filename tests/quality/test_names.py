"""A newcomer finds the file before searching: modules are nouns, and one name is one thing."""

import pytest

from tests.quality.house import HERE, ROOTS, House

NOUNS = {"unrolling": "Spark's word for it", "accounting": "what the project is about", "listing": "a list that is printed"}
"""Modules that end in -ing and are nouns."""
