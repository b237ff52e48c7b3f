"""The catalogue has what the documentation says, and says what it has."""

import re

import pytest

from spillproof.model.catalogue import CATALOGUE, find
from spillproof.model.catalogue.alike import distinct, what
from spillproof.model.catalogue.maps import expected
from spillproof.model.errors import ModelError
from spillproof.model.spark.fixes import fixes_of
from spillproof.model.spark.fixes.collection import SPARK_22713_EXHAUSTION, SPARK_22713_FORCED_SPILL
from spillproof.model.spark.releases import NEWEST, since
from spillproof.properties.catalogue import CLAIMS
from spillproof.properties.claims import applicable


@pytest.mark.parametrize("name", distinct(CATALOGUE.values()))
def test_every_model_builds(name: str) -> None:
    """Every entry is a model, and every claim that it expects to be violated is about it."""
    entry = find(name)
    asked = {claim.name for claim in applicable(CLAIMS, type(entry.build()))}

    assert entry.violated is not None
    assert entry.violated <= asked


def test_every_entry_has_its_name() -> None:
    """And a summary that says its release."""
    for name, entry in CATALOGUE.items():
        release = re.search(r"@([\d.]+)", name)
        assert entry.name == name
        assert release is None or release[1] in entry.summary or "The same" in entry.summary


def test_a_family_is_there_at_every_release_from_its_first_on() -> None:
    """And what is the same model expects the same: releases differ in it by their fixes alone."""
    families = {name.partition("@")[0] for name in CATALOGUE if re.fullmatch(r"[^@]+@[\d.]+", name)}
    assert len(families) == 29
    for family in families:
        releases = [name.partition("@")[2] for name in CATALOGUE if re.fullmatch(rf"{re.escape(family)}@[\d.]+", name)]
        assert tuple(releases) == since(releases[0])
    alike: dict[object, set[object]] = {}
    for entry in CATALOGUE.values():
        alike.setdefault(what(entry), set()).add(entry.violated)
    assert {len(each) for each in alike.values()} == {1}


def test_a_release_that_is_not_followed() -> None:
    """Is said to be none, with those that are."""
    with pytest.raises(
        ModelError, match=rf"; spark:raw-sort follows the releases 2.0.0 to {re.escape(NEWEST)}, and 1.6.0 is not among"
    ):
        find("spark:raw-sort@1.6.0")


@pytest.mark.parametrize(
    "name",
    [
        "spark@2.0.0",
        "spark@2.3.4",
        "spark@2.4.0",
        "spark@4.0.0",
        "incident@2.1.2",
        "spark@2.3.4+null-upstream",
        "yardstick:deep",
        "lesson:pool",
    ],
)
def test_names(name: str) -> None:
    """The names that the documentation uses exist."""
    assert find(name).name == name


def test_scope_can_be_changed() -> None:
    """A model can be had at another scope than the entry's own."""
    assert find("spark@2.4.0").build(consumers=3).scope["consumers"] == 3


def test_without_both_halves() -> None:
    """The number of an issue stands for all its halves."""
    entry = find("spark@2.4.0").without_fix("SPARK-22713")

    assert entry.scope["fixes"] == fixes_of("2.4.0") - {SPARK_22713_FORCED_SPILL, SPARK_22713_EXHAUSTION}
    assert entry.violated == expected(fixes_of("2.3.4"))


def test_with_is_the_opposite_of_without() -> None:
    """Putting a fix back gives the release again."""
    entry = find("spark@4.0.0").without_fix("SPARK-36933").with_fix("SPARK-36933")

    assert entry.scope["fixes"] == fixes_of("4.0.0")


def test_unknown_model() -> None:
    """An unknown name is answered with those that are close."""
    with pytest.raises(ModelError, match=r"no model is called 'spark@2.3.44'; did you mean .*spark@2.3.4"):
        find("spark@2.3.44")


def test_unknown_fix() -> None:
    """An unknown fix is answered with those that there are."""
    with pytest.raises(ModelError, match=r"no fix of spark@2.3.4 is called 'x'; .*`spillproof list fixes` lists all"):
        find("spark@2.3.4").with_fix("x")


def test_model_without_fixes() -> None:
    """A model that knows no fixes says so."""
    with pytest.raises(ModelError, match="available: none"):
        find("lesson:pool").with_fix("SPARK-22713")
