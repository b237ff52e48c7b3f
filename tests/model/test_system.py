"""What a model is: its actions, what their arguments range over, and its scope."""

from collections.abc import Iterator
from enum import Enum
from typing import Any

import pytest

from spillproof.model.errors import ModelError, Require
from spillproof.model.heap import HeapObject, Reference
from spillproof.model.quantity import Bytes, Count
from spillproof.model.system import Kind, Model, action, actions_of, open_parameters, require


class Page(HeapObject):
    size: Bytes = 0

    def shallow_size(self) -> Bytes:
        return self.size


class Mode(Enum):
    ON = "on"
    OFF = "off"


class Base(Model):
    pages: list[Page]

    def begin(self, capacity: Bytes, consumers: int = 2, mode: Mode = Mode.ON) -> None:
        self.capacity = capacity
        self.pages = [Page(3), Page(4)]

    @action
    def first(self, page: Page, size: Bytes, count: Count, flag: bool, mode: Mode) -> None:  # noqa: FBT001 - ranged over
        require(flag)

    @action
    def second(self) -> None:
        pass


class Derived(Base):
    @action
    def first(self, page: Page) -> None:  # type: ignore[override] # pyright: ignore[reportIncompatibleMethodOverride] # may be
        pass

    @action
    def third(self) -> None:
        pass


def test_actions_in_the_order_in_which_they_are_written() -> None:
    """A subclass's actions come after those that it inherits, and one that it writes anew comes where it does so."""
    assert [each.name for each in actions_of(Base)] == ["first", "second"]
    assert [each.name for each in actions_of(Derived)] == ["second", "first", "third"]


def test_annotations_are_quantifiers() -> None:
    """Each argument ranges over what its annotation says."""
    first = actions_of(Base)[0]

    assert [(each.name, each.kind, each.values) for each in first.parameters] == [
        ("page", Kind.OBJECT, ()), ("size", Kind.SIZE, ()), ("count", Kind.SIZE, ()),
        ("flag", Kind.VALUE, (False, True)), ("mode", Kind.VALUE, (Mode.ON, Mode.OFF))]  # fmt: skip # as it reads


def test_what_the_scope_leaves_open() -> None:
    """A size without a default is open unless it is given."""
    assert [each.name for each in open_parameters(Base())] == ["capacity"]
    assert open_parameters(Base(capacity=8)) == ()


def test_a_start_is_a_new_state() -> None:
    """Two starts share no object; reachable bytes are those of the objects that the model refers to."""
    one, two = Base().start(capacity=9), Base().start(capacity=9)

    assert one.pages[0] is not two.pages[0]
    assert one.reachable() == 7
    assert one.unclaimed() == 0


def test_a_guard_that_is_false_raises() -> None:
    """`require` says nothing where the guard is true, and stops the step where it is false."""
    require(True)
    with pytest.raises(Require):
        require(False)


BAD_SCOPES: list[tuple[dict[str, Any], str]] = [
    ({"workers": 2}, "Base has no scope 'workers'; available: capacity, consumers, mode"),
    ({"consumers": 0}, "'consumers' must be a whole number of at least 1, not 0"),
    ({"consumers": -1}, "at least 1, not -1"),
    ({"consumers": 1.5}, "at least 1, not 1.5"),
    ({"consumers": True}, "at least 1, not True"),
    ({"capacity": 0}, "'capacity' must be a whole number of at least 1, not 0"),
]


@pytest.mark.parametrize(("scope", "said"), BAD_SCOPES)
def test_a_bad_scope_is_refused(scope: dict[str, Any], said: str) -> None:
    """The message says what was wrong and what is available."""
    with pytest.raises(ModelError) as refused:
        Base(**scope)

    assert said in str(refused.value)


class After(Model):
    def begin(self, after: int | None = None) -> None:
        pass


@pytest.mark.parametrize("after", [0, -1, True, 1.5])
def test_a_number_or_nothing_is_a_number_of_at_least_1(after: Any) -> None:
    """What a scope may leave at None is, where it is given, a number as any other."""
    assert After(after=2).scope["after"] == 2
    assert After().scope["after"] is None
    with pytest.raises(ModelError, match="'after' must be a whole number of at least 1, not"):
        After(after=after)


class Nothing(Model):
    def begin(self) -> None:
        pass


def test_a_model_without_actions_is_refused() -> None:
    """There would be nothing to check."""
    with pytest.raises(ModelError, match="mark the steps that the environment may take with @action"):
        actions_of(Nothing)


def with_argument(hint: Any) -> type[Model]:
    """A model whose one action has an argument with this annotation."""

    def step(self: Any, x: Any) -> None:
        pass

    step.__annotations__ = {"x": hint} if hint is not None else {}
    return type("Asking", (Nothing,), {"step": action(step)})


@pytest.mark.parametrize("hint", [int, str, float, set, None, list[Page]])
def test_an_argument_that_ranges_over_nothing_is_refused(hint: Any) -> None:
    """The message names the argument, and says what may stand there."""
    with pytest.raises(
        ModelError, match=r"the argument 'x' is annotated .* use Bytes, Count, a HeapObject class, bool"
    ):
        actions_of(with_argument(hint))


def test_a_name_that_is_not_imported_is_refused() -> None:
    """An annotation that cannot be looked up says how to import it."""
    with pytest.raises(ModelError, match="import the annotation's class outside of `if TYPE_CHECKING`"):
        actions_of(with_argument("Missing"))


class Elsewhere(Base):
    """A model that is referred to from one place alone."""

    def roots(self) -> Iterator[Reference]:
        return (each for each in super().roots() if each.name == "pages[1]")


def test_what_is_reachable() -> None:
    """From whatever the model refers to, or from the roots that it says itself."""
    assert (Base().start(capacity=9).reachable(), Elsewhere().start(capacity=9).reachable()) == (7, 4)
