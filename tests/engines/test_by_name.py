"""Operators that are called by their names: of a number they are refused, of an object's own class they are not."""

import ast
from pathlib import Path

import pytest

from spillproof.model.errors import ModelError
from spillproof.properties.engines.check import check
from spillproof.properties.engines.validation import by_name
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
    ("asked", "said"),
    [
        ("return (777).__eq__(now.used) is not True", "an operator is called by its name"),
        ("return not any(map((776).__lt__, [now.used]))", "an operator is called by its name"),
        ("return now.used is not 77", "a constant is compared by `is`"),
    ],
)
@pytest.mark.filterwarnings("ignore::SyntaxWarning")
def test_a_number_that_is_asked_by_name_is_refused(tmp_path: Path, asked: str, said: str) -> None:
    """It knows no unknown size: these claims were proved, and are false of 777 bytes, and of 77 which Python keeps."""
    file = tmp_path / "named.py"
    file.write_text(MODEL.format(asked), encoding="utf-8")

    with pytest.raises(ModelError, match=rf"named\.py:26: {said}"):
        check(load(f"{file}:Pool", {}), ["it_is_never_777"], witnesses=False)


def test_what_a_class_has_written_may_be_called(tmp_path: Path) -> None:
    """By itself, by its base, and by its name."""
    file = tmp_path / "own.py"
    file.write_text(MODEL.format("return now.page < now.page or not now.page < now.page"), encoding="utf-8")

    assert isinstance(check(load(f"{file}:Pool", {}), ["it_is_never_777"], witnesses=False).results[0].verdict, Proved)


def test_only_modules_of_models_are_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ours are not, nor what was not imported."""
    monkeypatch.setattr(by_name, "_places", lambda module: (f"a line of {module.__name__}",))

    by_name.refuse_by_name(["spillproof.model.heap", "not.imported"])
    with pytest.raises(ModelError, match=r"^a line of json$"):
        by_name.refuse_by_name(["spillproof.model.heap", "json", "ast"])


@pytest.mark.parametrize(
    ("written", "named"),
    [
        ("a.__eq__(b)", True), ("(1).__radd__(b)", True), ("a.b.__lt__(c)", True), ("a().__lt__(c)", True),
        ("self.__lt__(b)", False), ("super().__lt__(b)", False), ("Page.__lt__(a, b)", False), ("a.__len__()", False),
        ("super.__lt__(b)", True), ("a.super().__lt__(b)", True), ("[].__lt__(b)", True), ("a < b", False),
        ("a is 5", True), ("5 is not a", True), ("a < b is 'c'", True), ("a is b < 5", False), ("a is None", False),
        ("a is True", False), ("a == 5", False),
    ],
)  # fmt: skip
def test_what_is_called_by_its_name(written: str, *, named: bool) -> None:
    """An operator of anything but an object's own, a class, or what stands above it."""
    assert bool([*by_name._found(ast.parse(written))]) is named


def test_an_assert_that_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """With `-O` a claim that asserts was proved of anything."""
    tree = ast.parse("def claim(now):\n    assert now.used < 5\n    return True")

    assert [*by_name._found(tree)] == []
    monkeypatch.setattr(by_name, "ASSERTS", False)
    assert [(node.lineno, words) for node, words in by_name._found(tree)] == [(2, by_name.LEFT_OUT)]
