"""One name, one thing: the names that modules and classes of a root share are counted, and each has its reason."""

from __future__ import annotations

import pytest

from tests.quality.house import HERE, House

COMMAND = "a command, and what it does"
IN_WORDS = "in each folder, what stands in a page or in a table of that folder"

MODULES = {
    ("counterexamples", "announced"): "the events of a step: found on an edge in one, told in the other",
    ("counterexamples", "comparison"): "two models in one, a model and real Spark in the other",
    ("counterexamples", "dominators"): "one algorithm for some fifty objects of a model, one in arrays for millions",
    ("counterexamples", "files"): "the files of a log, among them the packed ones, and files that are written whole",
    ("counterexamples", "heap"): "what a log says of the heap, a dumped heap, and the command",
    ("counterexamples", "index"): "the objects of a dump by place, and the releases that a registry has",
    ("counterexamples", "layout"): "where a picture's boxes stand, and where an object's fields do",
    ("counterexamples", "ledger"): "believed and held: over a log, and over a run",
    ("counterexamples", "page"): IN_WORDS,
    ("counterexamples", "record"): "what is kept as JSON, of that folder's subject",
    ("counterexamples", "regression"): "the test that is written, and what such a test is made of",
    ("counterexamples", "source"): "lines of a model, and bytes of a dump",
    ("model", "external_sorter"): "a class of two engines",
    ("model", "memory_pool"): "a class of three engines",
    ("model", "pages"): "tables by the families of Spark's classes",
    ("model", "pools"): "tables by the families of Spark's classes",
    ("model", "rest"): "what stands for any number of consumers, and Spark's",
    ("model", "spillers"): "a scenario, and its entries in the catalogue",
    ("properties", "claims"): "what claims are, and those that are asked of running code only",
    ("properties", "disk"): "claims about bytes on disk, and the operations that put them there",
    ("properties", "frontier"): "how far an exploration has come: of shapes, and of scripts of running code",
    ("properties", "holders"): "who holds what is counted free: in a model, and in Python's heap",
    ("properties", "limits"): "claims about limits of a consumer, and limits of a check",
    ("properties", "machine"): "Hypothesis's machine: for a model, and for running code",
    ("properties", "recovery"): "the claim that there is a way back, and the proof of it",
    ("properties", "script"): "what solvers are asked about a certificate of that folder",
    ("properties", "sizes"): "sizes to try: at an edge's guard, and with running code",
    ("properties", "small"): "every state with small sizes: for violations, and for ways back",
    ("properties", "stores"): "which line stored a reference: of a model, and of running code",
    ("properties", "words"): "spelled so that it can be compared: a state, and a condition",
    ("properties", "ways"): "in how many ways a claim is false, and how a step is done by another model",
    ("counterexamples", "names"): "what objects are called in that folder's pages, or languages",
    ("counterexamples", "program"): "the program that is written for a checker, and the one that reads jars",
    ("counterexamples", "request"): "what the command was asked for, in that folder",
    ("counterexamples", "rules"): "what a log may be held against, and what an answer may not do",
    ("counterexamples", "sources"): "where models, or logs, come from",
    ("counterexamples", "table"): "in each folder, what stands in a table of it",
    ("counterexamples", "worker"): "a process that answers: a JVM, or a checker",
    ("counterexamples", "audit"): COMMAND,
    ("counterexamples", "check"): COMMAND,
    ("counterexamples", "conformance"): COMMAND,
    ("counterexamples", "explain"): COMMAND,
    ("counterexamples", "explore"): COMMAND,
    ("counterexamples", "survey"): COMMAND,
    ("counterexamples", "command"): "the commands, and the larger of them",
}

TWO_WORLDS = "one idea, of models and of running code"
PRIVATE = "private to each module"

CLASSES = {
    ("counterexamples", "Found"): "what was found: by a check, and in a dump",
    ("counterexamples", "Ledger"): "believed and held over a log; an account of a plain test, which imports nothing",
    ("counterexamples", "Names"): "what objects are called on a page, and in a class file",
    ("counterexamples", "Record"): "what is kept as JSON, of that folder's subject",
    ("counterexamples", "Seen"): "what was seen of a release: its state after a step, and its methods",
    ("counterexamples", "Sign"): "what shows in text: a death in a log, a fix in bytecode",
    ("counterexamples", "Taken"): "a run that was taken on real Spark",
    ("counterexamples", "_Taking"): PRIVATE,
    ("properties", "Frontier"): "how far an exploration has come: of shapes, and of scripts of running code",
    ("properties", "Move"): TWO_WORLDS,
    ("properties", "OnDisk"): TWO_WORLDS,
    ("properties", "Seen"): "what was met before; what was seen after a step of running code",
    ("properties", "_Question"): PRIVATE,
    ("properties", "_Reader"): PRIVATE,
    ("properties", "_Search"): PRIVATE,
    ("counterexamples", "Program"): "the program that is written for a checker, and the one that reads jars",
    ("counterexamples", "Reader"): "a class of an exercise, and what reads a class file",
    ("counterexamples", "Buffer"): "a class of an exercise, and of a plain test",
    ("counterexamples", "Task"): "a class of an exercise, and a task in a log",
    ("counterexamples", "RecordIterator"): "classes of two exercises",
    ("counterexamples", "Table"): "classes of two exercises",
    ("counterexamples", "Clock"): "how a log tells the time, and a clock of a plain test that stands still",
    ("counterexamples", "Wanted"): "what a command was asked for",
}
"""Those of `model` are left out: classes there are called as the real ones are, in many engines."""


@pytest.fixture(scope="module")
def house() -> House:
    """What stands here."""
    return House(HERE)


def test_modules_share_a_name_for_a_reason_only(house: House) -> None:
    """Which ones are known. One that is no longer shared goes from the list."""
    assert {*house.shared_modules()} == {*MODULES}


def test_classes_share_a_name_for_a_reason_only(house: House) -> None:
    """Likewise."""
    assert {key for key in house.shared_classes() if key[0] != "model"} == {*CLASSES}


def test_no_modules_import_each_other_in_a_circle(house: House) -> None:
    """Spark's consumers and their manager know each other: a consumer knows of its manager what it asks it for."""
    assert house.circles() == []


def test_nothing_imports_what_is_above_it(house: House) -> None:
    """Models know nothing of claims, claims nothing of counterexamples."""
    assert house.upward() == []
