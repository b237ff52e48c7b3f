"""Small random models, written as source that can be pasted into a file: what the engines are compared on.

A model has one or two pots, two quantities of its own, a switch and a reference to a pot; one to three actions, each
with a guard and up to three statements; a claim about states and one about steps. Much of it is nonsense: actions that
are never enabled, dead ends, counters that go below 0, exceptions.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from textwrap import indent
from types import ModuleType
from typing import Any

from hypothesis import strategies as st

from spillproof.model.system import Model
from spillproof.properties.catalogue import BUILT_IN
from spillproof.properties.claims import Claim, always

PREAMBLE = """\
from spillproof.model.heap import Bag, HeapObject
from spillproof.model.oracle import choose, preferred
from spillproof.model.quantity import Bytes
from spillproof.model.system import Model, action, require


class Pot(HeapObject):
    held: Bytes = 0

    def shallow_size(self):
        return self.held


class Kitchen(Model):
    capacity: Bytes
    a: Bytes
    b: Bytes

    def all_held(self):
        return sum(pot.held for pot in self.pots)

    def fullest(self):
        pots = list(self.pots)
        most = max(pot.held for pot in pots)
        return preferred(pots, lambda: [pot for pot in pots if pot.held == most])


"""
"""What every generated model stands on."""

MODULE = "generated_kitchen"


def _preamble() -> ModuleType:
    module = ModuleType(MODULE)
    sys.modules[MODULE] = module
    exec(PREAMBLE, vars(module))  # noqa: S102 - our own text
    return module


_MODULE = _preamble()


@dataclass(frozen=True)
class Generated:
    """A model with its claims, and the source of both."""

    source: str
    model: Model
    claims: tuple[Claim, ...]


def built(source: str) -> Generated:
    """Return what a source says: a class `Generated`, and the claims `state` and `step`."""
    names: dict[str, Any] = dict(vars(_MODULE))
    exec(source, names)  # noqa: S102 - our own text
    return Generated(
        PREAMBLE + source, names["Generated"](), (always(names["state"]), always(names["step"]), *BUILT_IN)
    )


# The grammar

NOW = ("now.a", "now.b", "now.capacity", "now.all_held()", "now.reachable()")
BEFORE = ("before.a", "after.a", "before.b", "after.b", "before.all_held()", "after.all_held()")


@st.composite
def terms(draw: st.DrawFn, names: tuple[str, ...]) -> str:
    """A quantity: one that there is, a small number, or two of them combined."""
    simple = st.sampled_from([*names, *names, "0", "1", "2"])
    one, two = draw(simple), draw(simple)
    halves = [] if names in (NOW, BEFORE) else [f"{one} // 2"]  # claims cannot divide
    return draw(
        st.sampled_from(
            [
                one,
                one,
                one,
                f"{one} + {two}",
                f"{one} - {two}",
                f"2 * {one}",
                *halves,
                f"min({one}, {two})",
                f"max({one}, {two})",
            ]
        )
    )


@st.composite
def conditions(draw: st.DrawFn, names: tuple[str, ...], switches: tuple[str, ...]) -> str:
    """Something true or false: one in two says that something is at most something that may well be more."""
    kind = draw(st.integers(0, 7))
    if kind == 0:
        return draw(st.sampled_from([*switches, *(f"not {each}" for each in switches)]))
    if kind > 3:
        one, two, three = (draw(st.sampled_from(names)) for _ in range(3))
        return f"{one} <= {two} + {three}"
    sign = draw(st.sampled_from(["<", "<=", "==", ">=", ">", "!="]))
    return f"{draw(terms(names))} {sign} {draw(terms(names))}"


@st.composite
def statements(
    draw: st.DrawFn,
    names: tuple[str, ...],
    switches: tuple[str, ...],
    has_pot: bool,  # noqa: FBT001 - a grammar
    nested: bool = False,  # noqa: FBT001, FBT002 - a grammar
) -> str:
    """A line that changes something, or a few."""
    into = draw(st.sampled_from(["self.a", "self.b", *(["pot.held"] * 3 if has_pot else [])]))
    value, other = draw(terms(names)), draw(terms(names))
    ways = [
        f"{into} = {value}",
        f"{into} += {value}",
        f"{into} -= {value}",
        f"{into} += {value}",
        f"{into} = choose(({value}, {other}))",
        "self.on = True",
        "self.on = False",
        "if len(self.pots):\n    self.fullest().held += 1",
        "if len(self.pots):\n    self.fullest().held = 0",
    ]
    if has_pot:
        ways += ["self.kept = pot", "self.kept = None", "self.pots.discard(pot)"]
    if not nested and draw(st.integers(0, 2)) == 0:
        inner = draw(statements(names, switches, has_pot, nested=True) | st.just("raise RuntimeError('by chance')"))
        return f"if {draw(conditions(names, switches))}:\n{indent(inner, '    ')}"
    return draw(st.sampled_from(ways))


@st.composite
def actions(draw: st.DrawFn, number: int) -> str:
    """A method marked as an action."""
    has_pot, has_size, has_bool = draw(st.booleans()), draw(st.booleans()), draw(st.integers(0, 3)) == 0
    arguments = [
        words
        for words, there in (("pot: Pot", has_pot), ("size: Bytes", has_size), ("really: bool", has_bool))
        if there
    ]
    names = (
        "self.a",
        "self.b",
        "self.capacity",
        *(["pot.held"] if has_pot else []),
        *(["size"] * 2 if has_size else []),
    )
    switches = ("self.on", *(["really"] if has_bool else []))
    lines = [f"require({draw(conditions(names, switches))})"] if draw(st.booleans()) else []
    lines += draw(st.lists(statements(names, switches, has_pot), min_size=1, max_size=3))
    return f"@action\ndef act{number}({', '.join(['self', *arguments])}):\n{indent(chr(10).join(lines), '    ')}\n"


@st.composite
def sources(draw: st.DrawFn) -> str:
    """A model and its claims."""
    pots = draw(st.integers(1, 2))
    begin = [
        "self.capacity = capacity",
        f"self.a = {draw(st.sampled_from(['capacity', '0', '1']))}",
        f"self.b = {draw(st.sampled_from(['0', 'capacity']))}",
        "self.on = False",
        f"self.pots = Bag(Pot() for _ in range({pots}))",
        "self.kept = None",
    ]
    body = f"def begin(self, capacity: Bytes):\n{indent(chr(10).join(begin), '    ')}\n"
    methods = [body, *(draw(actions(number)) for number in range(draw(st.sampled_from([2, 3, 1]))))]
    return (
        f"class Generated(Kitchen):\n{indent(chr(10).join(methods), '    ')}\n\n"
        f'def state(now):\n    """A claim about states."""\n    return {draw(conditions(NOW, ("now.on",)))}\n\n\n'
        f'def step(before, after):\n    """A claim about steps."""\n'
        f"    return {draw(conditions(BEFORE, ('before.on', 'after.on')))}\n"
    )
