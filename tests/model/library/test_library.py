"""Each manager of the library does what is said of it, and each of its fixes is load-bearing."""

from __future__ import annotations

import os
import runpy
import sys
from pathlib import Path

import pytest

from spillproof.counterexamples.replay.real.build import Build
from spillproof.counterexamples.replay.real.session import model_of
from spillproof.counterexamples.trace import Trace, trace
from spillproof.counterexamples.variants import repaired
from spillproof.model.catalogue import CATALOGUE, find
from spillproof.model.catalogue.entry import Entry
from spillproof.model.catalogue.library import CARRIED, ENGINES, REPAIRS, library
from spillproof.model.errors import ModelError
from spillproof.model.library.repair import Repair
from spillproof.model.spark.fixes import FIXES
from spillproof.model.spark.fixes.fix import Bearing
from spillproof.properties.catalogue import CLAIMS, claims_about
from spillproof.properties.engines.check import check
from spillproof.properties.engines.verdict import Proved, Verdict, Violated

QUICK = (
    "velox:leaf",
    "velox:driver",
    "kv-blocks:offload",
    "flink",
    "flink:managed",
    "trino",
    "ray",
    "arrow",
    "pytorch",
)
"""What is checked by `make test`; the rest, by `make test-slow`. Each takes less than half a second."""


def slow_if(name: str) -> list[pytest.MarkDecorator]:
    """The mark of a test of an entry."""
    return [] if name.removesuffix("+repaired") in QUICK else [pytest.mark.slow]


each_entry = pytest.mark.parametrize(
    "entry", [pytest.param(each, id=each.name, marks=slow_if(each.name)) for each in library()]
)
each_fix = pytest.mark.parametrize(
    "carried", [pytest.param(each, id=each.fix, marks=slow_if(each.model)) for each in CARRIED]
)


@each_entry
def test_expected_verdicts(entry: Entry) -> None:
    """What is expected to be violated is, everything else is proved, and no claim is vacuous."""
    report = check(entry.build(), time_limit=300)
    broken = frozenset(each.claim.name for each in report.results if isinstance(each.verdict, Violated))

    assert entry.violated == broken
    assert [each.claim.name for each in report.results if not isinstance(each.verdict, (Proved, Violated))] == []
    assert [each.name for each in report.unasked if each.is_slip] == []


def verdict(carried: Bearing, fixes: frozenset[str]) -> Verdict:
    """The verdict on the claim of a line, with such fixes; with the others as lemmas, if it needs any."""
    model = find(carried.model).build(**carried.scope, fixes=fixes - set(carried.beside))
    claims = claims_about(type(model))[0]
    alone = [claim for claim in claims if claim.name == carried.claim]
    found = check(model, alone, witnesses=False, time_limit=300).of(carried.claim)
    if isinstance(found, (Proved, Violated)):
        return found
    return check(model, claims, witnesses=False, time_limit=300).of(carried.claim)


@each_fix
def test_violated_without(carried: Bearing) -> None:
    """Without a fix its claim is violated, in as many steps as are recorded, and in none fewer."""
    found = verdict(carried, frozenset(find(carried.model).fixes) - {carried.fix})

    assert isinstance(found, Violated)
    assert (len(found.run), bool(found.minimal)) == (carried.steps, True)


@each_fix
def test_proved_with(carried: Bearing) -> None:
    """With the fix it is proved."""
    assert isinstance(verdict(carried, frozenset(find(carried.model).fixes)), Proved)


def test_the_library_is_large_enough() -> None:
    """Ten engines, thirty fixes, five of which the newest release does not have."""
    assert len(ENGINES) >= 10
    assert len(REPAIRS) >= 30
    assert len([name for name, each in REPAIRS.items() if each.stands]) >= 5


def test_every_fix_names_what_there_is() -> None:
    """Each fix has a name of its own, a claim that exists, an issue with an address, and a sentence with both sides."""
    names = {claim.name for claim in CLAIMS}
    declared = [name for engine in ENGINES for manager in engine.managers for name in manager.repairs]

    assert len(declared) == len(set(declared)) == len(REPAIRS)
    assert not REPAIRS.keys() & FIXES.keys()
    for repair in REPAIRS.values():
        assert repair.claim in names
        assert repair.url.startswith(("https://github.com/", "https://issues.apache.org/jira/browse/"))
        assert ";" in repair.sentence
        assert repair.sentence.endswith(".")
        assert repair.run.endswith(".")


def test_an_issue_has_an_address() -> None:
    """Issues are in a repository, or in the tracker of Apache."""

    def url(issue: str) -> str:
        return Repair("a", "b", issue=issue, claim="free_is_unreachable", steps=1, run=".").url

    assert url("x/y#3") == "https://github.com/x/y/issues/3"
    assert url("FLINK-3") == "https://issues.apache.org/jira/browse/FLINK-3"


def test_each_engine_has_an_entry_of_its_name() -> None:
    """`spillproof check datafusion` works, and what stands in the newest release is repaired under another name."""
    for engine in ENGINES:
        assert engine.name in CATALOGUE
        for manager in engine.managers:
            entry = find(manager.name)
            assert entry.repaired == (manager.whole if manager.violated else "")
            assert entry.scope["fixes"] == manager.released


def test_fixes_are_the_engines_own() -> None:
    """An entry of the library knows its own fixes, and none of Spark's."""
    entry = find("ray").without_fix("ray-26639")

    assert entry.name == "ray without ray-26639"
    assert entry.scope["fixes"] == {"ray-16476"}
    assert entry.violated is None
    with pytest.raises(ModelError, match=r"no fix of ray is called 'SPARK-22713'; available: ray-16476, ray-26639"):
        find("ray").with_fix("SPARK-22713")


def test_new_claims_have_witnesses() -> None:
    """What may be violated by a fix's absence is not vacuous: each claim has a witness beside it."""
    model = find("kv-blocks").build()
    always, sometimes = claims_about(type(model))
    beside = {claim.beside for claim in sometimes}

    assert {"free_is_unreachable", "nobody_is_given_up_in_vain"} <= {claim.name for claim in always} & beside


# What else is made of an entry


def of_arrow() -> Trace:
    """The run that shows what stands in Arrow, as a trace of the entry."""
    found = check(find("arrow").build(), witnesses=False).of("disk_is_accounted")
    assert isinstance(found, Violated)
    return trace(found.run, "arrow", ("disk_is_accounted",))


def test_what_stands_is_explained_by_the_repaired_entry() -> None:
    """A run of the newest release is held against the same manager with every fix, on which it does no harm."""
    other = repaired(of_arrow())

    assert other is not None
    assert other[0] == "arrow+repaired"


def test_no_run_of_the_library_is_taken_on_spark() -> None:
    """A model that knows fixes is not for that one of Spark."""
    with pytest.raises(ModelError, match="arrow is no model of Spark"):
        model_of(of_arrow(), Build("4.0.0"))


# Pages

REFERENCE = Path(__file__).resolve().parents[3] / "docs" / "reference"


@pytest.mark.skipif("SPILLPROOF_FROM_WHEEL" in os.environ, reason="documentation is not part of the wheel")
def test_pages_are_up_to_date() -> None:
    """The committed pages are what the script writes, and there are no others."""
    before = set(sys.modules)
    pages = runpy.run_path(str(REFERENCE / "engines.py"))["PAGES"]
    committed = {file.name: file.read_text(encoding="utf-8") for file in (REFERENCE / "engines").iterdir()}

    assert committed == {name: page() for name, page in pages.items()}
    assert not {name for name in set(sys.modules) - before if name in ("engines", "classes")}
