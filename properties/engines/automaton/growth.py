"""States that grow, so that there are shapes without end: how it shows, and where it is refused."""

from __future__ import annotations

from spillproof.model.errors import ModelError
from spillproof.model.fields import Holds, kind_of
from spillproof.model.state import Key
from spillproof.properties.engines.automaton.shapes import Automaton, Shape


class EndlessError(ModelError):
    """There are more shapes than finitely many would be."""


MANY_SHAPES = 2_000
TOO_MANY_VALUES = 200
MOST_OBJECTS = 200
MOST_SIZES = 200
LONGEST_SHAPE = 800
"""The most values that one state may hold in all."""


def refuse_growth(shape: Shape, length: int) -> None:
    """Raise `EndlessError` for a state that is too large to be one of finitely many."""
    if len(shape.objects) > MOST_OBJECTS:
        message = (
            f"the object graph grows without bound (more than {MOST_OBJECTS} objects in one state); "
            "bound by the scope how many objects there may be"
        )
        raise EndlessError(message)
    if len(shape.slots) > MOST_SIZES or length > LONGEST_SHAPE:
        message = (
            f"the state grows without bound ({len(shape.slots)} sizes, {length} values in all in one state); "
            "bound by the scope how many members a list, a tuple or a dict may have"
        )
        raise EndlessError(message)


def refuse_ever_new_values(automaton: Automaton) -> None:
    """Raise `EndlessError` when the shapes differ in ever new constants of one field."""
    if len(automaton.shapes) % MANY_SHAPES:
        return
    constants: dict[tuple[str, str], set[object]] = {}
    for shape in automaton.shapes[-MANY_SHAPES:]:
        for each in shape.objects:
            for name, value in vars(each).items():
                if kind_of(value) is Holds.CONSTANT:
                    constants.setdefault((type(each).__name__, name), set()).add(value)
    for (owner, name), values in constants.items():
        if len(values) > TOO_MANY_VALUES:
            instead = (
                f"declare it as a quantity (`{name}: Count`) or " if all(type(each) is int for each in values) else ""
            )
            message = (
                f"{owner}.{name} takes ever new values ({len(values)} so far), so that there are shapes without "
                f"end; {instead}bound it by the scope"
            )
            raise EndlessError(message)


class Novelty:
    """What was in some shape so far: how long one was, and which constants and objects they spell."""

    def __init__(self) -> None:
        self.longest = 0
        self.met: set[int] = set()

    def is_new(self, key: Key) -> bool:
        """Return whether a shape is longer than all before, or has in it what none had; and remember it."""
        more = set(key) - self.met
        found = len(key) > self.longest or bool(more)
        self.longest = max(self.longest, len(key))
        self.met |= more
        return found
