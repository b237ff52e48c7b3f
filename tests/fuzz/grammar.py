"""Small random models over all features of the kit, each written as the source of a module, from a number.

What is written is legitimate: whatever an engine refuses of it, other than for its size, is a finding. So the state
holds only what it may, sizes stand in fields that are declared for them, nothing depends on the order of a bag, and
there are never more than a few objects. Whether a model makes sense is left to chance: many have actions that cannot be
taken, counters that go below 0, exceptions.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from textwrap import indent

HEAD = '''"""Model {seed} of tests/fuzz/grammar.py."""
from __future__ import annotations

from dataclasses import field
from enum import Enum

from spillproof.model import Bag, Bytes, Count, HeapObject, Model, action, announce, choose, preferred, require
from spillproof.model.heap import reachable_from
from spillproof.properties.claims import always, recoverable, sometimes


class Kind(Enum):
    COLD = "cold"
    WARM = "warm"


class Tone(Enum):
    """Reads as Kind does, and is not Kind."""

    COLD = "cold"

    def __repr__(self):
        return repr(Kind.COLD)
'''

MOST_OBJECTS = 3

ALIKE = ("1", "True", "'1'", "(1,)", "[1]", "[]", "()", "None", "Kind.COLD", "Tone.COLD", "frozenset({1})", "2**70")
"""Constants, some of which are easily taken for each other."""

ASKED = (
    "{} is True", "{} is Kind.COLD", "{} is Tone.COLD", "type({}) is tuple", "isinstance({}, list)", "{} == 1",
    "{} == '1'", "{} is None", "isinstance({}, bool)", "isinstance({}, frozenset)",
)  # fmt: skip
"""What tells them apart."""


@dataclass(frozen=True)
class Scope:
    """What can be named at a place."""

    sizes: tuple[str, ...] = ()
    objects: tuple[str, ...] = ()
    """Names of heap objects that are certainly there."""
    switches: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    is_claim: bool = False
    in_action: bool = False

    def also(self, **more: tuple[str, ...]) -> Scope:
        """Return the scope with more names."""
        known = {name: (*getattr(self, name), *names) for name, names in more.items()}
        return Scope(**{**vars(self), **known})


@dataclass
class Parts:
    """What a model is made of."""

    sizes: list[str] = field(default_factory=list)
    flags: list[str] = field(default_factory=list)
    refs: list[str] = field(default_factory=list)
    has: set[str] = field(default_factory=set)
    """Which of bag, row, pair, named, amounts, nested, kind, late, count, extra, next, kept, on it has."""
    opens: list[str] = field(default_factory=list)


OPTIONAL = (
    "bag", "row", "pair", "named", "amounts", "nested", "kind", "late", "turns", "marks", "extra", "next", "kept", "on",
    "sub", "alike", "ledger", "both", "inner", "base_model", "pages", "open switch", "open kind", "capacity",
    "accounted", "helper",
)  # fmt: skip
"""Parts that a model may have."""


class Writer:
    """Writes one model. Everything that it does follows from the number that it is given."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.chance = random.Random(seed)
        self.used: set[str] = set()
        """The features that occur."""
        self.parts = Parts()
        self.alike = self.pick(["mark", "mark", "mark", "step", "state", "model", "name"])
        """What the field with look-alikes is called."""

    # Chance

    def one_in(self, number: int) -> bool:
        return self.chance.randrange(number) == 0

    def pick(self, options: tuple[str, ...] | list[str]) -> str:
        return self.chance.choice(options)

    def way(self, *ways: Callable[[], str] | None) -> str:
        """Return what one of the ways gives, of those that there are."""
        return self.chance.choice([each for each in ways if each is not None])()

    def uses(self, feature: str, text: str) -> str:
        self.used.add(feature)
        return text

    def has(self, part: str) -> bool:
        return part in self.parts.has

    # Sizes

    def size(self, at: Scope, depth: int = 2) -> str:
        """A quantity."""
        simple = self.simple_size
        if depth == 0 or self.one_in(2):
            return simple(at)
        less = depth - 1
        return self.way(
            lambda: f"{simple(at)} + {self.size(at, less)}",
            lambda: f"({simple(at)} - {simple(at)})",
            lambda: self.uses("×", f"{self.pick(['2', '3'])} * {simple(at)}"),
            None if at.is_claim else lambda: self.uses("//", f"({self.size(at, less)}) // {self.pick(['2', '3'])}"),
            None if at.is_claim else lambda: self.uses("%", f"({simple(at)}) % {self.pick(['2', '3'])}"),
            lambda: self.uses("min", f"min({simple(at)}, {self.size(at, less)})"),
            lambda: self.uses("max", f"max({simple(at)}, {simple(at)})"),
            lambda: self.uses("abs", f"abs({simple(at)} - {simple(at)})"),
            lambda: self.uses("sorted", f"sorted([{simple(at)}, {simple(at)}, 1])[{self.pick(['0', '1', '-1'])}]"),
            lambda: self.uses("conditional", f"({simple(at)} if {self.condition(at, 0)} else {simple(at)})"),
            lambda: self.uses("int of bool", f"({self.comparison(at)}) + {simple(at)}"),
        )

    def simple_size(self, at: Scope) -> str:
        held = [f"{each}.size" for each in at.objects] * 2
        held += [f"{each}.extra" for each in at.objects] if self.has("extra") else []
        sums = [self.sum_over(at)] if self.one_in(4) else []
        if self.has("ledger") and self.one_in(4):
            return self.uses("dict of sizes", f"{self.whose(at)}.ledger[{self.pick([repr('x'), repr('y')])}]")
        if self.has("both") and self.one_in(4):
            return self.uses("tuple of sizes", f"{self.whose(at)}.both[{self.pick(['0', '1'])}]")
        if self.one_in(60):
            return self.uses("large constant", self.pick(["2**64", "10**9", "2**70"]))
        return self.pick([*at.sizes, *at.sizes, *held, *sums, self.pick(["0", "1", "2", "3"])])

    def whose(self, at: Scope) -> str:
        return self.pick(["before", "after"]) if "before" in at.kinds else "now" if at.is_claim else "self"

    def container(self, whose: str) -> str | None:
        """Something that can be iterated, and holds heap objects only."""
        found = [f"{whose}.{each}" for each in ("bag", "row") if self.has(each)]
        found += [f"{whose}.named.values()"] if self.has("named") else []
        return self.pick(found) if found else None

    def sum_over(self, at: Scope) -> str:
        over = self.container(self.whose(at))
        if self.has("amounts") and (over is None or self.one_in(3)):
            self.used.add("list of sizes")
            return self.pick(["sum({})", "{}[0]", "max({})"]).format(f"{self.whose(at)}.amounts")
        if over is None:
            return "1"
        where = self.pick(["", f" if {self.condition(at.also(objects=('p',)), 0)}"])
        return self.way(
            lambda: self.uses("sum", f"sum(p.size for p in {over}{where})"),
            lambda: self.uses("max default", f"max((p.size for p in {over}), default=0)"),
            lambda: self.uses("len", f"len({over})"),
        )

    # Conditions

    def comparison(self, at: Scope) -> str:
        sign = self.pick(["<", "<=", "==", ">=", ">", "!="])
        return f"{self.size(at, 1)} {sign} {self.size(at, 1)}"

    def condition(self, at: Scope, depth: int = 1) -> str:
        """Something true or false."""
        less = depth - 1
        over = self.container(self.whose(at))
        deep = depth > 0

        late = self.pick(["late", "later"])
        alike = self.pick(ASKED).format(f"{self.whose(at)}.{self.alike}")

        def inner() -> str:
            return self.condition(at, less)

        return self.way(
            lambda: self.comparison(at),
            lambda: self.comparison(at),
            lambda: f"{self.simple_size(at)} <= {self.simple_size(at)} + {self.simple_size(at)}",
            lambda: self.uses("chain", f"{self.simple_size(at)} <= {self.simple_size(at)} < {self.size(at, 1)}"),
            (lambda: self.pick(at.switches)) if at.switches else None,
            (lambda: self.of_kind(at)) if self.has("kind") else None,
            (lambda: self.of_reference(at)) if self.parts.refs else None,
            (lambda: self.of_object(at)) if at.objects else None,
            (lambda: self.uses("hasattr", f"hasattr({self.whose(at)}, '{late}')")) if self.has("late") else None,
            (lambda: self.uses("look-alikes", alike)) if self.has("alike") else None,
            (lambda: self.uses("is True", f"({self.comparison(at)}) is {self.pick(['True', 'False'])}"))
            if self.one_in(6)
            else None,
            (lambda: self.uses("isinstance of a size", f"isinstance({self.simple_size(at)}, int)"))
            if self.one_in(8)
            else None,
            (lambda: self.uses("any", f"any({self.of_each(at)} for p in {over})")) if over and deep else None,
            (lambda: self.uses("all", f"all({self.of_each(at)} for p in {over})")) if over and deep else None,
            (lambda: self.uses("not", f"not ({inner()})")) if deep else None,
            (lambda: self.uses("and", f"({inner()} and {inner()})")) if deep else None,
            (lambda: self.uses("or", f"({inner()} or {inner()})")) if deep else None,
        )

    def of_each(self, at: Scope) -> str:
        return self.condition(at.also(objects=("p",)), 0)

    def of_kind(self, at: Scope) -> str:
        self.used.add("enum")
        which = self.pick(["Kind.COLD", "Kind.WARM", "None"])
        return f"{self.whose(at)}.kind {self.pick(['is', 'is not'])} {which}"

    def of_reference(self, at: Scope) -> str:
        whose, other = self.whose(at), self.whose(at)
        one = f"{whose}.{self.pick(self.parts.refs)}"
        if not self.one_in(3):
            return f"{one} {self.pick(['is', 'is not'])} None"
        self.used.add("shared reference" if whose == other else "is over a step")
        return f"{one} {self.pick(['is', 'is not'])} {other}.{self.pick(self.parts.refs)}"

    def of_object(self, at: Scope) -> str:
        name = self.pick(at.objects)
        over = self.container(self.whose(at)) if not at.is_claim else None
        return self.way(
            lambda: f"{name}.size {self.pick(['<', '<=', '>', '=='])} {self.simple_size(at)}",
            (lambda: f"{name}.on") if self.has("on") else None,
            (lambda: self.uses("isinstance", f"isinstance({name}, Block)")) if self.has("sub") else None,
            (lambda: self.uses("next", f"{name}.next is None")) if self.has("next") else None,
            (lambda: self.uses("in", f"{name} in {over}")) if over else None,
        )

    # Statements

    def statements(self, at: Scope, depth: int, most: int = 3) -> list[str]:
        return [self.statement(at, depth) for _ in range(self.chance.randint(1, most))]

    def statement(self, at: Scope, depth: int) -> str:
        """A line that changes something, or a few."""
        deep = depth > 0
        return self.way(
            lambda: self.count(at),
            lambda: self.count(at),
            lambda: self.count(at),
            lambda: self.switch(at),
            (lambda: self.refer(at)) if self.parts.refs else None,
            (lambda: self.link(at)) if at.objects and (self.has("next") or self.has("kept")) else None,
            (lambda: self.put_in(at)) if self.containers() else None,
            (lambda: self.put_in(at)) if self.containers() else None,
            (lambda: self.take_out(at)) if self.containers() else None,
            (lambda: self.each(at)) if self.container("self") else None,
            (lambda: self.branch(at, depth)) if deep else None,
            (lambda: self.branch(at, depth)) if deep else None,
            (lambda: self.rare(at)) if deep else None,
        )

    def containers(self) -> list[str]:
        return [each for each in ("bag", "row", "pair", "named", "nested") if self.has(each)]

    def count(self, at: Scope) -> str:
        """Change a quantity."""
        into = [f"self.{each}" for each in self.parts.sizes] + [f"{each}.size" for each in at.objects] * 2
        into += [f"{each}.extra" for each in at.objects] if self.has("extra") else []
        into += [self.uses("list of sizes", "self.amounts[0]")] if self.has("amounts") and self.one_in(3) else []
        place = self.pick(into)
        return self.way(
            lambda: f"{place} = {self.size(at)}",
            lambda: f"{place} += {self.size(at, 1)}",
            lambda: f"{place} += {self.simple_size(at)}",
            lambda: f"{place} -= {self.simple_size(at)}",
            lambda: self.uses("careful", f"{place} -= min({place}, {self.size(at, 1)})"),
            lambda: self.uses("choose", f"{place} += choose(({self.simple_size(at)}, {self.simple_size(at)}))"),
            lambda: self.uses("partial grant", f"granted = min({self.simple_size(at)}, {self.simple_size(at)})\n"
                              f"require(granted > 0)\n{place} += granted"),
            (lambda: self.uses("list of sizes", f"self.amounts = [*self.amounts[1:], {self.simple_size(at)}]"))
            if self.has("amounts") else None,
            (lambda: self.uses("dict of sizes", f"self.ledger['x'] {self.pick(['=', '+='])} {self.simple_size(at)}"))
            if self.has("ledger") else None,
            (lambda: self.uses("tuple of sizes", f"self.both = (self.both[1], {self.simple_size(at)})"))
            if self.has("both") else None,
        )  # fmt: skip

    def switch(self, at: Scope) -> str:
        flags, yes = self.parts.flags, self.pick(["True", "False"])
        late = self.pick(["self.late = True", "self.later = True", "if hasattr(self, 'late'):\n    del self.late"])
        kind = f"self.kind = {self.pick(['Kind.COLD', 'Kind.WARM', 'None'])}"
        marks = "self.marks = (self.marks[1], not self.marks[0])"
        return self.way(
            (lambda: f"self.{self.pick(flags)} = {yes}") if flags else None,
            (lambda: f"self.{self.pick(flags)} = {self.condition(at, 0)}") if flags else None,
            (lambda: self.uses("enum", kind)) if self.has("kind") else None,
            (lambda: self.uses("lazy", late)) if self.has("late") else None,
            (lambda: self.uses("look-alikes", f"self.{self.alike} = {self.pick(ALIKE)}"))
            if self.has("alike")
            else None,
            (lambda: self.uses("constant", "require(self.turns < 2)\nself.turns += 1")) if self.has("turns") else None,
            (lambda: self.uses("tuple of flags", marks)) if self.has("marks") else None,
            (lambda: f"{self.pick(at.objects)}.on = {yes}") if at.objects and self.has("on") else None,
            lambda: self.count(at),
        )

    def new(self, at: Scope) -> str:
        """A new object. Whoever makes one asks first whether there is room."""
        cls = self.uses("inheritance of objects", "Block") if self.has("sub") and self.one_in(2) else "Page"
        return self.uses("new object", f"{cls}({self.simple_size(at)})")

    def some_object(self, at: Scope) -> str:
        if at.objects and not self.one_in(3):
            return self.pick(at.objects)
        return self.new(at)

    def room(self, text: str) -> str:
        return f"require(self.population() < {MOST_OBJECTS})\n{text}" if "(" in text.rpartition("=")[2] else text

    def refer(self, at: Scope) -> str:
        name = f"self.{self.pick(self.parts.refs)}"
        others = [f"self.{each}" for each in self.parts.refs]
        return self.way(
            lambda: f"{name} = None",
            lambda: self.room(f"{name} = {self.some_object(at)}"),
            lambda: f"{name} = {self.pick(others)}",
            lambda: f"if {name} is not None:\n" + indent(self.count(at.also(objects=(name,))), "    "),
        )

    def link(self, at: Scope) -> str:
        holder, target = self.pick(at.objects), self.pick(at.objects)
        feature = "cycle" if holder == target else "next"
        return self.way(
            (lambda: self.uses(feature, f"{holder}.next = {target}")) if self.has("next") else None,
            (lambda: f"{holder}.next = None") if self.has("next") else None,
            (lambda: self.uses("list in object", f"{holder}.kept = [{target}]")) if self.has("kept") else None,
            (lambda: f"{holder}.kept.clear()") if self.has("kept") else None,
        )

    def put_in(self, at: Scope) -> str:
        what = self.some_object(at)
        guard = f"require(self.population() < {MOST_OBJECTS})\n" if "(" in what else ""
        which = self.pick(self.containers())
        self.used.add(which)
        many = self.one_in(4) and which in ("bag", "row")
        if many:
            self.used.add("objects made in a loop")
            add = {"bag": "self.bag.add", "row": "self.row.append"}[which]
            return (
                f"for _ in range(2):\n    if self.population() < {MOST_OBJECTS} and len(self.{which}) < 2:\n"
                f"        {add}({self.new(at)})"
            )
        return (
            guard
            + {
                "bag": f"self.bag.add({what})",
                "row": f"require(len(self.row) < 2)\nself.row.append({what})",
                "pair": f"self.pair = ({what}, self.pair[0])",
                "named": f"self.named[{self.pick(['1', 'True', repr('a'), repr('b')])}] = {what}",
                "nested": f"self.nested = [[{what}], self.nested[0]]",
            }[which]
        )

    def take_out(self, at: Scope) -> str:
        which = self.pick(self.containers())
        self.used.add(which)
        named = self.pick(at.objects) if at.objects else None
        return self.pick({
            "bag": ["self.bag.clear()", *([f"self.bag.discard({named})"] if named else [])],
            "row": ["self.row.clear()", "if self.row:\n    self.row.pop()", "self.row.reverse()",
                    "self.row = self.row[:1]"],
            "pair": ["self.pair = (self.pair[1], None)", "self.pair = (None, *self.pair[:1])"],
            "named": ["self.named.clear()", "self.named.pop('a', None)", "self.named.pop(1, None)"],
            "nested": ["self.nested[0].clear()", "self.nested = [[], self.nested[0]]"],
        }[which])  # fmt: skip

    def each(self, at: Scope) -> str:
        """Do the same to each member."""
        over = self.container("self")
        body = self.way(
            lambda: "p.size = 0",
            lambda: f"p.size += {self.pick(at.sizes)}",
            lambda: f"p.size = min(p.size, {self.pick(at.sizes)})",
            (lambda: "p.on = not p.on") if self.has("on") else None,
        )
        return self.uses("for", f"for p in {over}:\n    {body}")

    def branch(self, at: Scope, depth: int) -> str:
        inner = indent("\n".join(self.statements(at, depth - 1, 2)), "    ")
        text = f"if {self.condition(at)}:\n{inner}"
        if self.one_in(3):
            text += f"\nelse:\n{indent(self.statement(at, depth - 1), '    ')}"
        return text

    def rare(self, at: Scope) -> str:
        over = self.container("self")
        condition = self.condition(at, 0)
        whole = f"list({over})"
        to_q = at.also(objects=("q",))
        helps = self.has("helper") and at.in_action
        return self.way(
            lambda: self.uses("require in the middle", f"require({condition})"),
            (lambda: self.uses("early return", f"if {condition}:\n    return")) if at.in_action else None,
            lambda: self.uses("raise", f"if {condition}:\n    raise RuntimeError('by chance')"),
            lambda: self.uses("caught", f"try:\n    if {condition}:\n        raise ValueError('caught')\n"
                              f"    {self.count(at).replace(chr(10), chr(10) + '    ')}\n"
                              f"except ValueError:\n{indent(self.count(at), '    ')}"),
            lambda: self.uses("finally", f"try:\n    require({condition})\n    {self.flag()}\nfinally:\n"
                              f"    {self.flag()}"),
            lambda: self.uses("caught broadly", f"try:\n    require({condition})\n    {self.flag()}\n"
                              f"except Exception:\n    {self.flag()}"),
            lambda: self.uses("match", f"match {self.comparison(at)}:\n    case True:\n        {self.flag()}\n"
                              f"    case False:\n        {self.flag()}"),
            (lambda: self.uses("bag in object", f"p = {whole}\nif p:\n    p[0].inner."
                               f"{self.pick(['clear()', 'add(p[-1])'])}"))
            if over and self.has("inner") and "bag" not in over else None,
            lambda: self.uses("announce", f"announce('release', size={self.simple_size(at)})"),
            (lambda: self.uses("helper", f"self.help({self.simple_size(at)})")) if helps else None,
            (lambda: self.uses("choose an object", f"if {whole}:\n    q = choose({whole})\n"
                               + indent(self.count(to_q), "    "))) if over else None,
            (lambda: self.uses("preferred", f"if {whole}:\n    q = preferred({whole}, lambda: "
                               f"[p for p in {over} if p.size == max(o.size for o in {over})])\n"
                               + indent(self.count(to_q), "    "))) if over else None,
            lambda: self.uses("while", f"while self.{self.parts.sizes[0]} > 2 and {self.flag_is_down()}:\n"
                              f"    self.{self.parts.sizes[0]} = 0"),
        )  # fmt: skip

    def flag(self) -> str:
        if not self.parts.flags:
            return f"self.{self.parts.sizes[0]} += 0"
        return f"self.{self.pick(self.parts.flags)} = {self.pick(['True', 'False'])}"

    def flag_is_down(self) -> str:
        return f"not self.{self.pick(self.parts.flags)}" if self.parts.flags else "True"

    # The whole

    def source(self) -> str:
        """The module."""
        self.choose_parts()
        model = [self.begin(), *self.methods()]
        actions = [self.action(number) for number in range(self.chance.choice([1, 2, 2, 3]))]
        base = actions[:1] if self.has("base_model") else []
        if base:
            self.used.add("inheritance of models")
        own = actions[len(base):]  # fmt: skip
        if base and self.one_in(2):
            own.append(self.uses("overridden action", self.action(0)))
        fields = "".join(f"{each}: {self.pick(['Bytes', 'Count'])}\n" for each in self.parts.sizes)
        fields += "amounts: list[Bytes]\n" if self.has("amounts") else ""
        fields += "ledger: dict[str, Bytes]\n" if self.has("ledger") else ""
        fields += "both: tuple[Bytes, Bytes]\n" if self.has("both") else ""
        parts = [HEAD.format(seed=self.seed), *self.heap_classes()]
        if base:
            parts.append(f"class Base(Model):\n{indent(fields + chr(10) + chr(10).join([*model, *base]), '    ')}")
            parts.append(f"class M(Base):\n{indent(chr(10).join(own) or 'pass', '    ')}")
        else:
            parts.append(f"class M(Model):\n{indent(fields + chr(10) + chr(10).join([*model, *own]), '    ')}")
        return "\n\n".join([*parts, *self.claims(), *self.way_back()]) + "\n"

    def choose_parts(self) -> None:
        parts = self.parts
        parts.sizes = list("abc"[: self.chance.choice([1, 2, 2, 3])])
        parts.flags = ["on", "off"][: self.chance.choice([0, 1, 1, 2])]
        parts.refs = ["one", "two"][: self.chance.choice([0, 0, 1, 2])]
        parts.has = {each for each in OPTIONAL if self.one_in(4)}
        if not (parts.refs or self.containers()):
            parts.has.add(self.pick(["bag", "row", "pair", "named"]))
        if self.one_in(2):
            parts.has.add("accounted")

    def heap_classes(self) -> Iterator[str]:
        lines = ["size: Bytes = 0"]
        lines += ["extra: Count = 0"] if self.has("extra") else []
        lines += ["on: bool = False"] if self.has("on") else []
        lines += ["next: HeapObject | None = None"] if self.has("next") else []
        lines += ["kept: list[HeapObject] = field(default_factory=list)"] if self.has("kept") else []
        lines += ["inner: Bag = field(default_factory=Bag)"] if self.has("inner") else []
        more = " + self.extra" if self.has("extra") and self.one_in(2) else ""
        lines.append(f"\ndef shallow_size(self):\n    return self.size{more}")
        yield "class Page(HeapObject):\n" + indent("\n".join(lines), "    ")
        if self.has("sub"):
            body = self.pick(["pass", "def shallow_size(self):\n    return 2 * self.size"])
            yield "class Block(Page):\n" + indent(body, "    ")

    def begin(self) -> str:
        arguments, lines = [], []
        if self.has("capacity"):
            arguments.append(self.uses("open size", "capacity: Bytes"))
            lines += [self.uses("require in begin", "require(capacity > 1)")] if self.one_in(4) else []
        if self.has("open switch") and self.parts.flags:
            arguments.append(self.uses("open switch", "fast: bool"))
        if self.has("open kind") and self.has("kind"):
            arguments.append(self.uses("open kind", "how: Kind"))
        if self.has("pages"):
            arguments.append(self.uses("scope constant", "pages: int = 1"))
        first = ["capacity"] if self.has("capacity") else ["0", "2"]
        lines += [f"self.{each} = {self.pick([*first, '0', '1'])}" for each in self.parts.sizes]
        lines += [f"self.{each} = {'fast' if 'fast: bool' in arguments else 'False'}" for each in self.parts.flags]
        lines += [f"self.{each} = None" for each in self.parts.refs]
        lines += ["self.kind = how" if "how: Kind" in arguments else "self.kind = None"] if self.has("kind") else []
        lines += ["self.turns = 0"] if self.has("turns") else []
        lines += ["self.marks = (False, False)"] if self.has("marks") else []
        lines += [f"self.{self.alike} = None"] if self.has("alike") else []
        lines += ["self.ledger = {'x': 0, 'y': 1}"] if self.has("ledger") else []
        lines += ["self.both = (0, 0)"] if self.has("both") else []
        lines += [f"self.amounts = [{self.pick([*first, '0'])}, 0]"] if self.has("amounts") else []
        filled = "Page() for _ in range(pages)" if self.has("pages") else "Page() for _ in range(1)"
        empty = {"bag": f"Bag({self.pick([filled, ''])})", "row": f"[{self.pick([filled, ''])}]",
                 "pair": "(None, None)", "named": "{}", "nested": "[[], []]"}  # fmt: skip
        lines += [f"self.{each} = {empty[each]}" for each in self.containers()]
        if self.one_in(8):
            lines.append(self.uses("choose in begin", f"self.{self.parts.sizes[0]} = choose((0, 1))"))
        return f"def begin({', '.join(['self', *arguments])}):\n{indent(chr(10).join(lines), '    ')}\n"

    def here(self) -> Scope:
        return Scope(
            sizes=tuple(f"self.{each}" for each in self.parts.sizes),
            switches=tuple(f"self.{each}" for each in self.parts.flags),
        )

    def methods(self) -> Iterator[str]:
        yield ("def population(self):\n    return len(reachable_from(each.target for each in self.roots()))\n")
        if self.has("helper"):
            at = self.here().also(sizes=("amount",))
            yield "def help(self, amount):\n" + indent("\n".join(self.statements(at, 1, 2)), "    ") + "\n"
        if self.has("accounted"):
            self.used.add("accounted")
            yield f"def accounted(self):\n    return {self.size(self.here(), 1).replace('//', '+').replace('%', '+')}\n"
            if self.one_in(3):
                self.used.add("capacity of pool")
                yield f"def capacity_of_pool(self):\n    return {self.simple_size(self.here())}\n"

    def action(self, number: int) -> str:
        at, arguments = self.here(), []
        if self.one_in(2):
            arguments.append("size: Bytes")
            at = at.also(sizes=("size", "size"))
        if self.one_in(2):
            cls = self.pick(["Page", "Block"]) if self.has("sub") else self.pick(["Page", "Page", "HeapObject"])
            if cls != "HeapObject":
                at = at.also(objects=("page",))
                arguments.append(self.uses("object argument", f"page: {cls}"))
        if at.objects and self.one_in(4):
            at = at.also(objects=("other",))
            arguments.append(self.uses("two objects", "other: Page"))
        if self.one_in(5):
            at = at.also(switches=("really",))
            arguments.append(self.uses("bool argument", "really: bool"))
        if self.has("kind") and self.one_in(3):
            arguments.append(self.uses("enum argument", "how: Kind"))
        lines = [f"require({self.condition(at)})"] if self.one_in(2) else []
        lines += self.statements(Scope(**{**vars(at), "in_action": True}), 2)
        if "how: Kind" in arguments:
            lines.append("self.kind = how")
        body = indent("\n".join(lines), "    ")
        return f"@action\ndef act{number}({', '.join(['self', *arguments])}):\n{body}\n"

    def claims(self) -> Iterator[str]:
        now = self.now()
        step = Scope(
            sizes=tuple(f"{whose}.{each}" for each in self.parts.sizes for whose in ("before", "after")),
            switches=tuple(f"{whose}.{each}" for each in self.parts.flags for whose in ("before", "after")),
            kinds=("before",),
            is_claim=True,
        )
        for number in range(self.chance.choice([1, 1, 2])):
            yield claim("always", f"state{number}(now: M)", self.answer(now))
        if self.one_in(2):
            yield claim("always", "step(before: M, after: M)", self.answer(step))
        if self.one_in(2):
            self.used.add("sometimes over a state")
            yield claim("sometimes(beside=state0)", "seen(now: M)", self.answer(now))
        if self.one_in(3):
            self.used.add("sometimes over a step")
            yield claim("sometimes(beside=state0)", "stepped(before: M, after: M)", self.answer(step))

    def way_back(self) -> Iterator[str]:
        """A claim that must always be recoverable, of half of the models, by a chance of its own."""
        self.chance = random.Random(f"the way back of {self.seed}")
        if self.one_in(2):
            self.used.add("recoverable")
            yield claim("recoverable", "back(now: M)", self.answer(self.now()))

    def now(self) -> Scope:
        """What a claim about a state can name."""
        return Scope(
            sizes=("now.reachable()", *(f"now.{each}" for each in self.parts.sizes)),
            switches=tuple(f"now.{each}" for each in self.parts.flags),
            is_claim=True,
        )

    def answer(self, at: Scope) -> str:
        """What a claim answers: always a bool."""
        text = self.condition(at)
        if self.one_in(4):
            return self.uses("implication", f"not ({self.condition(at, 0)}) or ({text})")
        return text


def claim(mode: str, signature: str, answer: str) -> str:
    """A claim's text."""
    return f'@{mode}\ndef {signature} -> bool:\n    """A claim."""\n    return {answer}'


def written(seed: int) -> tuple[str, frozenset[str]]:
    """Return the source of the model that a number gives, and the features of the kit that occur in it."""
    writer = Writer(seed)
    return writer.source(), frozenset(writer.used)
