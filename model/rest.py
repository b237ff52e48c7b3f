"""The rest: one object that stands for all consumers but a few, so that a proof need not know how many there are.

What many consumers are accounted for, and what they hold, are sums; what any of them can do to the part of a model
that they share, the rest can do as well. A model with a rest is a model like any other. That its rest can do *all*
that consumers can do is not taken on trust: `properties/engines/network` proves it, or names the step that it cannot.
"""

from __future__ import annotations

from functools import wraps
from typing import Any, ClassVar

from spillproof.model.errors import ModelError
from spillproof.model.heap import HeapObject
from spillproof.model.place import class_place
from spillproof.model.quantity import Bytes
from spillproof.model.system import SCOPE, Constants, Model, require


class Rest(HeapObject):
    """All alike consumers that do not stand on their own. It begins empty, and it is put where consumers stand."""

    used: Bytes = 0
    """What they are accounted for, in all."""
    kept: Bytes = 0
    """What they hold beyond that, in all: bytes that nobody accounts for, such as those released and still held."""

    short_name: ClassVar[str] = "rest"

    def shallow_size(self) -> Bytes:
        return self.used + self.kept

    def give(self, size: Bytes) -> Bytes:
        """Let go of some of what they are accounted for, and return it. Where they have less, the step is refused."""
        require(size <= self.used)
        self.used -= size
        return size

    def absorb(self, consumer: Any, held: Bytes) -> None:
        """Take over what a consumer is accounted for, and the `held` bytes that it keeps reachable.

        A consumer without a field `used` is accounted for what it holds. `consumer` is None where it is gone, and
        something that it left is still reachable. A rest with other sums overrides this; it may add, and not compare.
        """
        used = 0 if consumer is None else getattr(consumer, "used", held)
        self.used += used
        self.kept += held - used


class WithRest(Model):
    """A model some of whose consumers stand on their own, and all others in its rest.

    Written in front of the model that it is about: `class ManyMaps(WithRest, Maps)`. It begins as that does, with an
    empty rest besides; its further actions are what the rest does by itself.
    """

    alike: ClassVar[type[HeapObject]]
    """The class of the consumers that the rest stands for."""
    counted_by: ClassVar[str]
    """The scope that says how many of them stand on their own."""
    alone: ClassVar[int] = 1
    """How many stand on their own in the invariant: one, or none where what is known of all together is enough."""

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        begin = next(filter(_is_written, (vars(each).get("begin") for each in cls.__mro__[1:])))
        if "begin" not in vars(cls) and begin is not Model.begin:
            cls.begin = _and_rest(begin)  # type: ignore[method-assign]

    others: Rest
    """The rest, unless `place` puts it elsewhere."""

    def place(self) -> None:
        """Put an empty rest where consumers stand: here into a field, elsewhere into the bags that they are in."""
        self.others = Rest()


def _is_written(begin: Any) -> bool:
    """Return whether this is a beginning that somebody wrote: an ancestor with a rest has that of another model."""
    return begin is not None and not getattr(begin, "places_rest", False)


def _and_rest(begin: Any) -> Any:
    """Return a beginning that places the rest at its end."""

    @wraps(begin)
    def begin_with_rest(self: WithRest, *scope: Any, **more: Any) -> None:
        begin(self, *scope, **more)
        self.place()

    vars(begin_with_rest)["places_rest"] = True
    return begin_with_rest


def with_rests(model: type[Model]) -> list[type[WithRest]]:
    """Return the models with a rest that are written about a model, in the order in which they were; it may be one.

    Raises `ModelError` for one that does not say whom its rest stands for, or how they are counted.
    """
    if issubclass(model, WithRest):
        found: list[type[WithRest]] = [model]
    else:
        found = [each for each in model.__subclasses__() if issubclass(each, WithRest)]
    for each in found:
        missing = [name for name in ("alike", "counted_by") if not hasattr(each, name)]
        if missing:
            message = (
                f"{class_place(each)}: {each.__name__} says no {' and no '.join(missing)}; write "
                '`alike, counted_by = Store, "stores"`: the class of its consumers, and the scope that counts them'
            )
            raise ModelError(message)
        if without_rest(each) is Model:
            message = (
                f"{class_place(each)}: {each.__name__} has a rest, and no model that it is about: write the model "
                f"without a rest first, then class {each.__name__}(WithRest, …)"
            )
            raise ModelError(message)
    return found


def without_rest(model: type[WithRest]) -> type[Model]:
    """Return the model that one with a rest is written about."""
    behind: list[type[Model]] = [each for each in model.__mro__ if issubclass(each, Model)]
    return next(each for each in behind if not issubclass(each, WithRest))


def standing(model: type[WithRest], scope: dict[str, Any], number: int) -> WithRest:
    """Return a model with so many consumers that stand on their own, and the rest.

    Raises `ModelError` where the model has no such scope.
    """
    found = model(**{**scope, model.counted_by: max(number, 1)})
    if number == 0:  # which nobody else can say of a scope
        vars(found)[SCOPE] = Constants({**found.scope, model.counted_by: number})
    return found
