"""Operators that are called by their names: of a number they are refused, of an object's own class they are not."""

from pathlib import Path

import pytest

from spillproof.model.errors import ModelError
from spillproof.properties.engines.check import check
from spillproof.properties.engines.verdict import Proved
from spillproof.properties.loader import load

MODEL = """
from spillproof import Bytes, HeapObject, Model, action, always

class Page(HeapObject):
    size: Bytes

    def __lt__(self, other):
        return self.size < other.size

class Larger(Page):
    def __lt__(self, other):
        return super().__lt__(other) or Page.__lt__(self, other)

class Pool(Model):
    used: Bytes

    def begin(self):
        self.used, self.page = 1, Larger(1)

    @action
    def load(self, size: Bytes):
        self.used = size

@always
def it_is_never_777(now: Pool) -> bool:
    {}
"""


@pytest.mark.parametrize(
    "asked", ["return (777).__eq__(now.used) is not True", "return not any(map((776).__lt__, [now.used]))"]
)
def test_a_number_that_is_asked_by_name_is_refused(tmp_path: Path, asked: str) -> None:
    """It answers NotImplemented of an unknown size: this claim was proved, and is false of 777 bytes."""
    file = tmp_path / "named.py"
    file.write_text(MODEL.format(asked), encoding="utf-8")

    with pytest.raises(ModelError, match=r"named\.py:26: an operator is called by its name"):
        check(load(f"{file}:Pool", {}), ["it_is_never_777"], witnesses=False)


def test_what_a_class_has_written_may_be_called(tmp_path: Path) -> None:
    """By itself, by its base, and by its name."""
    file = tmp_path / "own.py"
    file.write_text(MODEL.format("return now.page < now.page or not now.page < now.page"), encoding="utf-8")

    assert isinstance(check(load(f"{file}:Pool", {}), ["it_is_never_777"], witnesses=False).results[0].verdict, Proved)
