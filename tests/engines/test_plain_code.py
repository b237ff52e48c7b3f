"""Which modules are written so plainly that they need not be watched on unknown sizes, and which are not."""

from __future__ import annotations

import pathlib
import re
import sys
from types import ModuleType

import pytest

from spillproof.counterexamples.workbench.draft import draft
from spillproof.model import Bytes, HeapObject, Model, action, require
from spillproof.model.catalogue import CATALOGUE
from spillproof.model.catalogue.alike import distinct
from spillproof.model.catalogue.entry import Entry
from spillproof.properties.engines.check import check
from spillproof.properties.engines.validation import questions, validator
from spillproof.properties.engines.validation.plain_code import are_plain, is_plain_text
from spillproof.properties.engines.verdict import Refused

README = pathlib.Path(__file__).parents[2] / "README.md"


def test_the_readmes_model_is_plain() -> None:
    """A model as it is meant to be written costs nothing more."""
    found = re.search(r"```python\n(# cache\.py\n.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)

    assert found
    assert is_plain_text(found[1])


@pytest.mark.parametrize(
    "line",
    [
        "from spillproof.model import Bytes, Model, require",
        "from typing import ClassVar",
        "def load(self, size: int) -> int: return size + 1",
        "size: type[int] = 0",
        "assert isinstance(page, Page) and len(pages) > 1",
        "raise LookupError(f'{page}')",
        "match page:\n    case None: pass",
    ],
)
def test_what_is_plain(line: str) -> None:
    """Names of the kit and of one's own, annotations, builtins that take both alike."""
    assert is_plain_text(line)


@pytest.mark.parametrize(
    "line",
    [
        "type(size) is int",
        "{int: 1}.get(kind)",
        "str(size)",
        "size.real",
        "size.terms",
        "size.__class__",
        "__builtins__",
        "import decimal",
        "from decimal import Decimal",
        "from spillproof.model.quantity import Linear",
        "from spillproof.model import quantity",
        "from . import helpers",
        "from typing import Protocol, runtime_checkable",
        "try:\n    size.other\nexcept AttributeError:\n    pass",
        "with suppress(TypeError): pass",
        "match size:\n    case Page(): pass",
        "getattr(size, name)",
        "def load(self, size: int = int(3)): pass",
        "eval('size')",
    ],
)
def test_what_is_not(line: str) -> None:
    """Whatever might tell an unknown size from an integer, or lead to what does."""
    assert not is_plain_text(line)


def test_a_module_without_a_text_is_not_plain() -> None:
    """Neither is one that is not there; ours are."""
    sys.modules["made_here"] = ModuleType("made_here")

    assert not are_plain(["made_here"])
    assert not are_plain(["nowhere.at_all"])
    assert are_plain(["spillproof.model.spark.scenario.spark_task"])
    assert are_plain([draft("mine.py", "from spillproof import Model\n").module.__name__])


class Page(HeapObject):
    size: Bytes


class OddCount(Model):
    """Counts otherwise at 777 bytes, in what the built-in claims ask of it."""

    page: Page | None

    def begin(self) -> None:
        self.page = None

    @action
    def load(self, size: Bytes) -> None:
        require(self.page is None)
        self.page = Page(size)

    def accounted(self) -> Bytes:
        if self.page is None:
            return 0
        return 0 if type(self.page.size) is int and self.page.size == 777 else self.page.size


def test_what_a_built_in_claim_asks_of_a_model_is_watched() -> None:
    """It is false at 777 bytes, where the model looks behind the size, and is refused with that line."""
    verdict = check(OddCount(), ["free_is_unreachable"]).of("free_is_unreachable")

    assert isinstance(verdict, Refused)
    assert "does not execute" in verdict.why
    assert "in OddCount.accounted" in verdict.why
    assert "a model that does none of this" in verdict.why


@pytest.mark.slow
@pytest.mark.parametrize("entry", distinct(CATALOGUE.values()).values(), ids=lambda entry: entry.name)
def test_no_model_of_ours_looks_behind_a_size(entry: Entry, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is believed of our models holds when they are watched like others."""
    for module in (validator, questions):
        monkeypatch.setattr(module, "are_plain", lambda _modules: False)
    report = check(entry.build(), time_limit=300.0)

    assert not [each.claim.name for each in report.results if isinstance(each.verdict, Refused)]
