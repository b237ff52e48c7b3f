"""The pages about modelled classes say what the code says, and leave out no class, no source, no fix."""

from __future__ import annotations

import os
import pkgutil
import runpy
import sys
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from spillproof.model.heap import HeapObject
from spillproof.model.spark.collection.external_append_only_map import ExternalAppendOnlyMap
from spillproof.model.spark.fixes import FIXES
from spillproof.model.spark.memory.memory_block import MemoryBlock
from spillproof.model.spark.scenario.incident import Incident
from spillproof.model.spark.scenario.requesting_task import RequestingTask
from spillproof.model.spark.scenario.sampled_task import SampledTask
from spillproof.model.spark.scenario.sorting_task import SortingTask
from spillproof.model.spark.scenario.unrolling import Unrolling
from spillproof.model.spark.unsafe.paged_sorter import PagedSorter
from spillproof.model.spark.unsafe.unsafe_external_sorter import SpillableIterator, UnsafeExternalSorter
from spillproof.model.spark.unsafe.unsafe_in_memory_sorter import UnsafeInMemorySorter
from spillproof.model.system import Model, action, require

if "SPILLPROOF_FROM_WHEEL" in os.environ:
    pytest.skip("documentation is not part of the wheel", allow_module_level=True)

REFERENCE = Path(__file__).resolve().parent.parent / "docs" / "reference"
FOLLOWING = ("memory", "collection", "storage", "unsafe")


def _script() -> dict[str, Any]:
    before = set(sys.modules)
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(REFERENCE))
        script = runpy.run_path(str(REFERENCE / "classes.py"))
    for name in ("modelled", "guards", "prose"):
        if name not in before:
            del sys.modules[name]
    return script


SCRIPT = _script()
MODELLED = SCRIPT["modelled"]


@cache
def written() -> dict[str, str]:
    """Each page by its name, as the script writes it."""
    return {name: page() for name, page in SCRIPT["PAGES"].items()}


def module(docstring: str) -> ModuleType:
    """A module with a docstring and nothing else."""
    return ModuleType("module", docstring)


# The committed pages


def test_pages_are_up_to_date() -> None:
    """The committed pages are what the script writes, and there are no others."""
    committed = {file.name: file.read_text(encoding="utf-8") for file in (REFERENCE / "classes").iterdir()}

    assert committed == written()


def test_every_class_that_states_are_made_of_is_on_the_page_of_its_module() -> None:
    """Each heap object and each model below model/spark has a heading on a page, wherever its module is."""
    root = import_module("spillproof.model.spark")
    modules = [import_module(each.name) for each in pkgutil.walk_packages(root.__path__, f"{root.__name__}.")]
    classes = {
        each
        for every in modules
        for each in vars(every).values()
        if isinstance(each, type) and issubclass(each, (HeapObject, Model)) and each.__module__ == every.__name__
    }

    assert len(classes) > 70
    assert [each.__qualname__ for each in classes if not _has_heading(each)] == []


def _has_heading(cls: type) -> bool:
    page = written().get(f"{cls.__module__.rpartition('.')[2]}.md", "")
    return any(line.lstrip("#") == f" {cls.__name__}" for line in page.splitlines() if line.startswith("#"))


def test_every_fix_is_on_a_page() -> None:
    """Each fix is asked about by some class or function, whose page says what it changed."""
    assert [name for name in FIXES if not any(f"- `{name}`, " in page for page in written().values())] == []


def test_the_index_leads_to_every_page() -> None:
    """The index has a link to each other page."""
    assert [name for name in written() if name != "README.md" and f"]({name}): " not in written()["README.md"]] == []


# Sources


def test_every_module_follows_a_file_of_spark_or_says_why_not() -> None:
    """Each module that models a class names a file with at least one tag; or says that there is none, and why."""
    said = {
        each.__name__: MODELLED.source_of(each) for each in MODELLED.modules() if MODELLED.package_of(each) in FOLLOWING
    }

    assert len(said) > 20
    assert [name for name, source in said.items() if source is None or not (source.files or source.remark)] == []
    assert [name for name, source in said.items() for _, tags in source.files if not tags] == []


def test_a_source_has_files_tags_and_a_remark() -> None:
    """A source may name several files, each with its tags, and may be followed by a remark."""
    source = MODELLED.source_of(
        module(
            "A.\n\nSource: `core/src/B.java` at v1.6.0,\nv2.0.0 and master of April 2025; `a/src/C.scala` at v3.0.1. "
            "So\nit is."
        )
    )

    assert source.files == (
        ("core/src/B.java", ("v1.6.0", "v2.0.0", "master of April 2025")),
        ("a/src/C.scala", ("v3.0.1",)),
    )
    assert source.remark == "So it is."


def test_a_module_may_have_no_source() -> None:
    """A module without a source, and one that says why it has none, are told apart."""
    assert MODELLED.source_of(module("A.")) is None
    assert MODELLED.source_of(module("A.\n\nSource: none. It is Java's.")).remark == "It is Java's."


@pytest.mark.parametrize(
    "docstring",
    [
        "Source: MemoryPool.scala, v1.6.0 to 4.0.",
        "Source: `core/src/MemoryPool.scala`.",
        "Source: `core/src/MemoryPool.scala` at 4.0.",
        "Source: `MemoryPool.scala` at v1.6.0.",
        "What it is. Source: `core/src/MemoryPool.scala` at v1.6.0.",
        "Source: `a/src/A.scala` at v1.6.0.\n\nSource: `a/src/B.scala` at v1.6.0.",
    ],
)
def test_a_source_in_another_form_is_refused(docstring: str) -> None:
    """A source that cannot be taken apart is an error, and not a page without it."""
    with pytest.raises(ValueError, match="the source is not"):
        MODELLED.source_of(module(docstring))


# Guards


def test_guards_are_in_words() -> None:
    """A guard is said as the code has it, with what local names stand for."""
    words = SCRIPT["guards"](Unrolling, "put")

    assert words[:2] == ["not `ended`", "`len(puts) + len(iterators) + len(blocks)` is less than `most`"]


def test_guards_are_followed_to_where_they_stand() -> None:
    """A guard of a method that the action calls is one of the action, with its arguments; and so is one of `super`."""
    assert SCRIPT["guards"](Incident, "open")[0] == "`line` equals `1`"
    assert SCRIPT["guards"](Incident, "build")[0] == "`line` equals `0`"
    assert SCRIPT["guards"](RequestingTask, "insert") == ["`into` is in `downstream.building`"]


class Hesitant(Model):
    """Has a guard that is asked only sometimes."""

    def begin(self) -> None:
        self.used = 0

    @action
    def go(self) -> None:
        """Perhaps."""
        if self.used:
            require(self.used == 1)


def test_a_guard_that_no_page_would_show_is_refused() -> None:
    """A guard inside of an `if` cannot be said in a list of conditions: the page is not written without it."""
    with pytest.raises(ValueError, match=r"Hesitant\.go has a guard in an `if`"):
        SCRIPT["guards"](Hesitant, "go")


# State, references, scenarios


def test_fields_that_a_model_only_sets_are_part_of_its_state() -> None:
    """What `begin` sets without a declaration is on the page, too."""
    assert {"most", "level"} <= {each.name for each in MODELLED.state_of(Unrolling)}


def test_references_are_told_from_sizes_and_constants() -> None:
    """A field of a heap class refers to it, one of a bag to its members; a size and a constant refer to nothing."""
    fields = [*MODELLED.state_of(UnsafeExternalSorter), *MODELLED.state_of(PagedSorter)]
    held = {each.name: (each.words, each.refers_to) for each in fields}

    assert held == {
        "off_heap": ("yes or no", None),
        "allocated_pages": ("any number, in no order", MemoryBlock),
        "current_page": ("one, or none", MemoryBlock),
        "in_mem_sorter": ("one, or none", UnsafeInMemorySorter),
        "reading_iterator": ("one, or none", SpillableIterator),
        "spill_after": ("constant, number, or none", None),
    }
    assert ("owed", "number of records", None) in {
        (each.name, each.words, each.refers_to) for each in MODELLED.state_of(ExternalAppendOnlyMap)
    }


def test_a_scenario_has_what_its_parts_are_made_of() -> None:
    """A scenario is composed of the classes that it is written with, and of theirs; of no others."""
    names = {each.__name__ for each in MODELLED.parts_of(SortingTask)}

    assert {"ExternalSorter", "PartitionedPairBuffer", "TaskMemoryManager", "ExecutionMemoryPool"} <= names
    assert not {"ExternalAppendOnlyMap", "CoGroupedRDD", "UnsafeExternalSorter"} & names
    assert "ExternalAppendOnlyMap" in {each.__name__ for each in MODELLED.parts_of(SampledTask)}
