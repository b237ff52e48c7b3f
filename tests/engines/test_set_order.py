"""What hangs on the order of a set is refused: it is another one in each process."""

from __future__ import annotations

import linecache
from enum import Enum, auto
from types import ModuleType
from typing import Any

import pytest

from spillproof.model.errors import ModelError
from spillproof.model.heap import HeapObject
from spillproof.model.quantity import Bytes
from spillproof.model.set_order import IN_ORDER, given, has_sets, in_order, popped, turned
from spillproof.model.system import Model, action, require
from spillproof.properties import arranged
from spillproof.properties.claims import always
from spillproof.properties.engines.check import check
from spillproof.properties.engines.verdict import Proved, Refused, Violated


class Colour(Enum):
    """Its members are hashed by their names."""

    RED = auto()
    GREEN = auto()


class Page(HeapObject):
    size: Bytes
    names: frozenset[str] = frozenset(("a", "b"))

    def shallow_size(self) -> Bytes:
        return self.size


class Pages(Model):
    """Two pages, of which some go."""

    used: Bytes

    def begin(self) -> None:
        self.used = 0
        self.pages: list[Page] = []

    @action
    def load(self, size: Bytes) -> None:
        require(len(self.pages) < 2)
        self.pages.append(Page(size))
        self.used += size

    @action
    def drop(self) -> None:
        require(len(self.pages) == 2)
        self.let_go()

    def let_go(self) -> None:
        self.used = sum(page.size for page in set(self.pages[1:]))
        self.pages = [page for page in self.pages[:] if page in {*self.pages[1:]}]

    def accounted(self) -> Bytes:
        return self.used


class First(Pages):
    def let_go(self) -> None:
        self.pages.remove(next(iter({each for each in self.pages if each.size})))
        self.used = self.pages[0].size


class ByText(Pages):
    def let_go(self) -> None:
        first, _ = {"at 0", "at 1"}
        self.used -= self.pages.pop(int(first[-1])).size


class ByMember(Pages):
    def let_go(self) -> None:
        self.used -= self.pages.pop().size + ({Colour.RED, Colour.GREEN}.pop() is Colour.RED)


class WhileItFits(Pages):
    def let_go(self) -> None:
        for each in [*frozenset(self.pages)][:1]:
            self.pages.remove(each)
            self.used -= each.size


class ByHash(Pages):
    def let_go(self) -> None:
        self.used -= self.pages.pop(hash("key") % 2).size


@always
def it_is_the_same_page(before: Pages, after: Pages) -> bool:
    """A page that is there stays the object that it was."""
    return not before.pages or not after.pages or any(each is after.pages[0] for each in before.pages)


@always
def a_comes_first(now: Pages) -> bool:
    """Of the names of a page `a` comes first, says who goes through a set."""
    return all(next(iter(page.names)) == "a" for page in now.pages)


@pytest.mark.parametrize("model", [First, ByText, ByMember, WhileItFits])
def test_what_hangs_on_the_order_of_a_set(model: type[Pages]) -> None:
    """A step that acts on the first member is refused, whichever it is in this process."""
    with pytest.raises(ModelError, match=r"it depends on the order of a Bag's members, or of a set's"):
        check(model(), [it_is_the_same_page])


def test_what_goes_through_a_set() -> None:
    """Who adds up over a set, or asks whether it has a member, is not refused, and `is` means objects there as well."""
    report = check(Pages(), [it_is_the_same_page, a_comes_first])

    assert isinstance(report.results[0].verdict, Proved)
    verdict = report.results[1].verdict
    assert isinstance(verdict, Refused)
    assert "depends on the order of a set" in verdict.why


def test_what_hangs_on_a_hash() -> None:
    """The hash of a text is another number in each process."""
    with pytest.raises(ModelError, match=r"test_set_order\.py:\d+, in ByHash\.let_go: hash \(another number"):
        check(ByHash(), [it_is_the_same_page])


def test_in_order() -> None:
    """Members come by what they read as, turned around the other way; what is no set stays what it is."""
    row = ["b", "a"]
    assert in_order({"b", "a", "c"}) == ["a", "b", "c"]
    assert in_order(frozenset(Colour)) == [Colour.GREEN, Colour.RED]
    assert in_order(row) is row
    members = {"b", "a"}
    with turned():
        assert in_order({"b", "a", "c"}) == ["c", "b", "a"]
        assert popped(members) == "b"
    assert (popped(members), popped(row), members, row) == ("a", "a", set(), ["b"])
    with pytest.raises(KeyError):
        popped(members)


def test_where_sets_are_made() -> None:
    """Only the text of a module that makes one is looked at."""
    assert has_sets(__name__)
    assert not has_sets("spillproof.model.heap")
    assert not has_sets("no.such.module")


def test_a_violation_is_found_all_the_same() -> None:
    """What is wrong whatever the order is violated."""

    class Forgets(Pages):
        def let_go(self) -> None:
            self.used -= self.pages[0].size
            self.pages = self.pages[:]

    assert isinstance(check(Forgets(), ["free_is_unreachable"]).results[0].verdict, Violated)


class Union(Model):
    """Hands a set to methods of its own, which have the names of some that go through what they are given."""

    used: Bytes

    def begin(self) -> None:
        self.used = 0

    def product(self, names: frozenset[str]) -> int:
        return len(names | {"a"})

    def extend(self, names: frozenset[str]) -> int:
        return len(names - {"a"})

    @action
    def add(self) -> None:
        """Add what there is of both."""
        self.used += self.product(frozenset(("a", "b"))) + self.extend(frozenset(("a", "b")))


def test_a_method_of_ones_own_is_given_the_set() -> None:
    """It may do anything with it, and not only go through it."""
    assert all(isinstance(each.verdict, Proved) for each in check(Union(), ["no_exception"]).results)


def test_what_a_method_of_python_is_given() -> None:
    """Comes in order, and turned around where the order is."""
    assert given("".join, {"b", "c", "a"}) == "abc"
    with turned():
        assert given("".join, {"b", "c", "a"}) == "cba"
    assert given(Union().product, frozenset(("b",))) == 2


def test_a_module_is_looked_through_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """For as long as it has the same in it: a module of tests has much."""
    check(Union())
    looked: list[ModuleType] = []

    def functions_in(module: ModuleType) -> list[Any]:
        looked.append(module)
        return []

    monkeypatch.setattr(arranged, "functions_in", functions_in)
    check(Union())
    assert looked == []
    monkeypatch.setitem(globals(), "one_more", 1)
    check(Union())
    assert [each.__name__ for each in looked] == [__name__]


def test_what_is_defined_anew_is_put_in_order() -> None:
    """As in a cell of a notebook that is run twice: the new function may stand where the old one stood in memory."""
    text = "def first(names):\n    for each in {*names}:\n        return each\n"
    lines = [str(line) for line in text.splitlines(keepends=True)]
    linecache.cache["defined_anew.py"] = (len(text), None, lines, "defined_anew.py")
    module, code = ModuleType("defined_anew"), compile(text, "defined_anew.py", "exec")
    for _ in range(5):
        exec(code, vars(module))  # noqa: S102 - as a notebook does
        exec(code, vars(module))  # noqa: S102 - as above
        arranged._arrange(module)
        assert IN_ORDER in module.first.__code__.co_names
