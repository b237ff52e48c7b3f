"""What a person gets wrong in writing a model or a heap class, each said with the class and the line."""

# ruff: noqa: E501 - tables of programs, one a line
import copy
import functools
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from spillproof.model.errors import ModelError
from spillproof.model.heap import HeapObject, refuse_negative
from spillproof.model.quantity import Bytes
from spillproof.model.state import snapshot
from spillproof.model.system import Model, action, actions_of, open_parameters
from spillproof.properties.catalogue import NO_EXCEPTION
from spillproof.properties.engines.check import check
from spillproof.properties.engines.verdict import Proved
from spillproof.properties.loader import load

HEAD = """from __future__ import annotations
import contextlib
import functools
from dataclasses import dataclass, field
from enum import Enum, Flag
from spillproof.model.heap import Bag, HeapObject
from spillproof.model.quantity import Bytes
from spillproof.model.system import Model, action, require


class Mode(Flag):
    A = 1
    B = 2


class Never(Enum):
    pass


class Alike(Enum):
    A = 1
    B = 2

    def __eq__(self, other):
        return True

    def __hash__(self):
        return 1


class Mixin:
    __slots__ = ("hidden",)


class Silent:
    def __init_subclass__(cls):
        pass


class Base(Model):
    used: Bytes

    def begin(self):
        self.used = 0

    @action
    def load(self, size: Bytes):
        self.used += size

    def helper(self):
        pass


"""

SLIPS: list[tuple[str, str, str]] = [
    # Actions
    ("action hidden", "class M(Base):\n    load = None  # here", "M.load is None, and hides the action load of Base"),
    ("action hidden by a property", "class M(Base):\n    @property\n    def load(self): ...  # here", "M.load is a property, and hides the action load of Base"),
    ("@action over staticmethod", "class M(Base):\n    @action  # here\n    @staticmethod\n    def go(): ...", "@action stands over a staticmethod"),
    ("@action over classmethod", "class M(Base):\n    @action  # here\n    @classmethod\n    def go(cls): ...", "@action stands over a classmethod"),
    ("@action over property", "class M(Base):\n    @action  # here\n    @property\n    def go(self): ...", "@action stands over a property"),
    ("staticmethod", "class M(Base):\n    @staticmethod\n    @action\n    def go(): ...  # here", "M.go is a staticmethod; an action is a plain method"),
    ("classmethod", "class M(Base):\n    @classmethod\n    @action\n    def go(cls): ...  # here", "M.go is a classmethod; an action is a plain method"),
    ("property", "class M(Base):\n    @property\n    @action\n    def go(self): ...  # here", "M.go is a property; an action is a plain method"),
    ("cached property", "class M(Base):\n    @functools.cached_property\n    @action\n    def go(self): ...  # here", "M.go is a cached_property; an action"),
    ("cached action", "class M(Base):\n    @functools.cache\n    @action\n    def go(self): ...  # here", "M.go is a _lru_cache_wrapper; an action"),
    ("partial method", "class M(Base):\n    go = functools.partialmethod(action(lambda self, n: None), 1)  # here", "M.go is a partialmethod; an action"),
    ("generator", "class M(Base):\n    @action\n    def go(self):  # here\n        yield", "M.go is a generator function, which does nothing when it is called"),
    ("coroutine", "class M(Base):\n    @action\n    async def go(self): ...  # here", "M.go is a coroutine function, which does nothing"),
    ("asynchronous generator", "class M(Base):\n    @action\n    async def go(self):  # here\n        yield", "M.go is a coroutine function, which does nothing"),
    ("context manager", "class M(Base):\n    @action\n    @contextlib.contextmanager\n    def go(self):  # here\n        yield", "M.go is a generator function, which does nothing"),
    ("no self", "class M(Base):\n    @action\n    def go(): ...  # here", "M.go has no `self`; an action is a plain method"),
    ("*arguments", "class M(Base):\n    @action\n    def go(self, *sizes: Bytes): ...  # here", r"M.go: the argument 'sizes' is \*sizes"),
    ("**arguments", "class M(Base):\n    @action\n    def go(self, **sizes: Bytes): ...  # here", r"M.go: the argument 'sizes' is \*\*sizes"),
    ("by name only", "class M(Base):\n    @action\n    def go(self, *, size: Bytes): ...  # here", "M.go: the argument 'size' is given by name only"),
    ("default", "class M(Base):\n    @action\n    def go(self, size: Bytes = 3): ...  # here", "M.go: the argument 'size' has a default, which no engine would use"),
    ("ranges over flags", "class M(Base):\n    @action  # here\n    def go(self, mode: Mode): ...", "M.go: the argument 'mode' ranges over Mode, which is a Flag, which has combinations"),
    ("ranges over nothing", "class M(Base):\n    @action  # here\n    def go(self, never: Never): ...", "M.go: the argument 'never' ranges over Never, which has no members"),
    ("ranges over equals", "class M(Base):\n    @action  # here\n    def go(self, alike: Alike): ...", "M.go: the argument 'alike' ranges over Alike, which says that its members are equal"),
    ("ranges over sizes and nothing", "class M(Base):\n    @action  # here\n    def go(self, size: Bytes | None): ...", "M.go: the argument 'size' ranges over sizes and more; use Bytes alone, and a bool beside it"),
    ("ranges over lists", "class M(Base):\n    @action  # here\n    def go(self, sizes: list[Bytes]): ...", "M.go: the argument 'sizes' ranges over sizes and more"),
    # Actions that would not be taken
    ("followed by another", "class M(Base):\n    @action  # here\n    def go(self): ...\n    @action\n    def go(self): ...", r"the action go of M is replaced by what follows under its name \(.*slip.py:58\)"),
    ("followed by a method", "class M(Base):\n    @action  # here\n    def go(self): ...\n    def go(self): ...", "the action go of M is replaced by what follows"),
    ("followed by nothing", "class M(Base):\n    @action  # here\n    def go(self): ...\n    go = None", r"the action go of M is replaced by what follows under its name \(.*slip.py:57\)"),
    ("taken out", "class M(Base):\n    @action  # here\n    def go(self): ...\n    del go", "the action go of M is taken out of the class again"),
    ("decorated away", "def plain(step): return lambda self: step(self)\nclass M(Base):\n    @plain  # here\n    @action\n    def go(self): ...", r"the action go of M is hidden by what is written over @action, .* \(.*slip.py:54\); write @action above"),
    ("replaced by a table", "class M(Base):\n    @action  # here\n    def go(self): ...\n    go = {'a': 1}", "the action go of M is replaced by what follows"),
    ("lost in a mixin", "class Q:\n    @action  # here\n    def go(self): ...\n    go = None\nclass M(Q, Base): ...", "the action go of Q is replaced by what follows"),
    # The beginning and the scope
    ("begin that yields", "class M(Base):\n    def begin(self):  # here\n        yield", "M.begin is a generator function, .* the beginning is a plain method"),
    ("begin that waits", "class M(Base):\n    async def begin(self): ...  # here", "M.begin is a coroutine function"),
    ("begin that is none", "class M(Base):\n    begin = None  # here", "M.begin is None; the beginning is a plain method"),
    ("begin of a class", "class M(Base):\n    @classmethod\n    def begin(cls): ...  # here", "M.begin is a classmethod; the beginning"),
    ("begin with *", "class M(Base):\n    def begin(self, *sizes): ...  # here", r"M.begin: the argument 'sizes' is \*sizes"),
    ("begin by position", "class M(Base):\n    def begin(self, n: int = 1, /): ...  # here", "M.begin: the argument 'n' is given by position only"),
    ("mutable scope", "class M(Base):\n    def begin(self, sizes: list = []): ...  # here", r"M.begin: the scope 'sizes' is \[\], a list, which can change"),
    ("object in the scope", "class P(HeapObject): ...\nclass M(Base):\n    def begin(self, page: P = P()): ...  # here", "M.begin: the scope 'page' is .*, a P, which can change"),
    ("bag in the scope", "class M(Base):\n    def begin(self, pages=(Bag(),)): ...  # here", "M.begin: the scope 'pages' is .*, a tuple, which can change"),
    ("not a number in the scope", "class M(Base):\n    def begin(self, part: float = float('nan')): ...  # here", "M.begin: the scope 'part' is nan, a float, which does not equal itself"),
    ("scope of its own", "class M(Base):\n    scope = 3  # here", "M.scope is an int, and hides what every model has"),
    ("start of its own", "class M(Base):\n    def start(self): ...  # here", "M.start is a method, and hides what every model has"),
    ("action called start", "class M(Base):\n    @action\n    def start(self): ...  # here", "M.start is a method, and hides what every model has"),
    ("action called roots", "class M(Base):\n    @action\n    def roots(self): ...  # here", "M.roots is a method, and hides what every model has"),
    ("reachable that is no method", "class M(Base):\n    reachable = 3  # here", "M.reachable is an int, and hides what every model has"),
    # Classes that deceive
    ("model with __init__", "class M(Base):\n    def __init__(self): ...  # here", "the model M has its own __init__; write `begin`"),
    ("model with slots", "class M(Base):\n    __slots__ = ('x',)  # here", "the model M has its own __slots__"),
    ("model with a mixin's slots", "class M(Mixin, Base): ...", "M has __slots__ by Mixin"),
    ("model that is a heap object", "class M(Base, HeapObject): ...  # here", "M is a Model and a HeapObject"),
    ("model with __eq__", "class M(Base):\n    def __eq__(self, other): ...  # here", "M has its own __eq__: an object is told apart by identity"),
    ("slots", "class P(HeapObject):\n    __slots__ = ('x',)  # here", "P has __slots__, and engines would not see what they hold"),
    ("a mixin's slots", "class P(Mixin, HeapObject): ...", "P has __slots__ by Mixin"),
    ("a list", "class P(HeapObject, list): ...  # here", "P is a list, and engines would not see what it holds as such"),
    ("an exception", "class P(HeapObject, Exception): ...  # here", "P is an? .*Exception, and engines would not see"),
    ("no default after one", "class P(HeapObject):\n    a: int = 0\n    b: int  # here", "P.b has no default, and comes after a field that has one"),
    ("inherited default", "class Q(HeapObject):\n    a: int = 0\nclass P(Q):\n    b: int  # here", "P.b has no default, and comes after a field that has one"),
    ("fields that do not fit", "class P(HeapObject):  # here\n    a: object = bytearray()", "the fields of P do not fit together: mutable default"),
    ("one list for all", "class P(HeapObject):\n    a: list = []  # here", r"P.a = \[\] would be one that all instances share"),
    ("field named like a method", "class P(HeapObject):\n    grow: int  # here\n    def grow(self): ...", r"P.grow is a field, and hides the method grow of P \(.*:56\)"),
    ("field named like an inherited method", "class Q(HeapObject):\n    def grow(self): ...\nclass P(Q):\n    grow: int = 3  # here", "P.grow is a field, and hides the method grow of Q"),
    ("field named like the kit's method", "class P(HeapObject):\n    shallow_size: Bytes = 3  # here", "P.shallow_size is a field, and hides the method shallow_size of HeapObject"),
    ("declared like an action", "class M(Base):\n    load: Bytes  # here", "M.load is a field, and hides the action load of Base"),
    ("size that is no method", "class P(HeapObject):\n    shallow_size = 3  # here", "P.shallow_size is an int; it is a plain method that returns a size"),
    ("size that is a property", "class P(HeapObject):\n    @property\n    def shallow_size(self): ...  # here", "P.shallow_size is a property; it is a plain method"),
    ("size that yields", "class P(HeapObject):\n    def shallow_size(self):  # here\n        yield 1", "P.shallow_size is a generator function; it is a plain method"),
    ("size that asks", "class P(HeapObject):\n    def shallow_size(self, unit): ...  # here", "P.shallow_size takes unit; it is asked without arguments"),
    *[(name, f"class P(HeapObject):\n    def {name}(self, *more): ...  # here", f"P has its own {name}: ") for name in (
        "__new__", "__eq__", "__ne__", "__hash__", "__getattribute__", "__del__", "__copy__", "__deepcopy__", "__reduce__",
        "__reduce_ex__", "__getstate__", "__setstate__")],
    ("__class__", "class P(HeapObject):\n    @property\n    def __class__(self): ...  # here", "P has its own __class__: "),
    ("__dict__", "class P(HeapObject):\n    @property\n    def __dict__(self): ...  # here", "P has its own __dict__: "),
    ("a mixin's __new__", "class Q:\n    def __new__(cls): ...  # here\nclass P(Q, HeapObject): ...", "P has its own __new__: "),
]  # fmt: skip # a table


def written(folder: Path, body: str) -> tuple[str, int]:
    """Write a module, and return its path and the line marked `# here`, 0 if there is none."""
    path = folder / "slip.py"
    text = HEAD + body + "\n"
    path.write_text(text if "class M" in body else f"{text}class M(Base): ...\n")
    return str(path), next((at for at, line in enumerate(text.splitlines(), 1) if "# here" in line), 0)


@pytest.mark.parametrize(("body", "said"), [pytest.param(*each[1:], id=each[0]) for each in SLIPS])
def test_a_slip_is_said_with_class_and_line(body: str, said: str, tmp_path: Path) -> None:
    """The refusal is one line that begins with the file and the line of the slip."""
    path, line = written(tmp_path, body)

    with pytest.raises(ModelError, match=said) as refused:
        load(f"{path}:M", {})

    assert "\n" not in str(refused.value)
    assert str(refused.value).startswith(f"{path}:{line or ''}")


LATER: list[tuple[str, str, str]] = [
    # What is seen only when a step was taken
    ("attribute over an action", "    @action\n    def go(self): self.load = None  # here", "M.load is a field, and hides the action load of Base"),
    ("attribute over a method", "    @action\n    def go(self): self.helper = 3  # here", "M.helper is a field, and hides the method helper of Base"),
    ("attribute over the kit's method", "    @action\n    def go(self): self.start = 3  # here", r"M.start is a field, and hides the method start of Model \(model/system.py:\d+\)"),
    ("attribute of the class", "    @action\n    def go(self): type(self).flag = True  # here", "M.flag is set during the check, and a class is no part of a state"),
    ("a heuristic that names no option", "    def begin(self): self.used, self.pages = 0, [P(), P()]\n    @action\n    def go(self): preferred(self.pages, list)\nclass P(HeapObject): ...\nfrom spillproof.model import preferred", r"the heuristic prefers \[\], which names none of the 2 options"),
    ("a heuristic that returns nothing", "    def begin(self): self.used, self.pages = 0, [P(), P()]\n    @action\n    def go(self): preferred(self.pages, lambda: None)\nclass P(HeapObject): ...\nfrom spillproof.model import preferred", "the heuristic prefers None, which names none of the 2 options"),
    ("size below nothing", "    def begin(self): self.used, self.page = 0, P()\nclass P(HeapObject):\n    def shallow_size(self): return -1  # here", "P.shallow_size returns -1, an int; it returns a whole number"),
    ("attribute of an action", "    @action  # here\n    def go(self): M.go.count = 1", "M.go.count is set during the check, and a function is no part of a state"),
    ("attribute of a function", "    @action\n    def go(self): note.count = 1\ndef note(): ...  # here", "note.count is set during the check, and a function is no part of a state"),
    ("what a function closes over", "    @action\n    def go(self): note()\ndef made():\n    count = 0\n    def note():  # here\n        nonlocal count\n        count = 1\n    return note\nnote = made()", "count, which made.<locals>.note closes over, is set during the check, and a closure is no part"),
    ("what a default has", "    @action\n    def go(self): note(1)\ndef note(what, seen=[]):  # here\n    seen.append(what)", "what seen has, a default of note, is set during the check, and a default is no part"),
    ("what a default of a name has", "    @action\n    def go(self): note(1)\ndef note(what, *, seen={1: 0}):  # here\n    seen[what] += 1", "what seen has, a default of note, is set during the check, and a default is no part"),
    ("what a list of the class has", "    seen = []  # here\n    @action\n    def go(self): self.seen.append(1)", "what M.seen has is set during the check, and a class is no part"),
    ("what a set of the module has", "    @action\n    def go(self): SEEN.discard(2)\nSEEN = {1, 2}", r"^what slip\w*\.SEEN has is set during the check, and a module is no part"),
    ("what a list in a dict of the module has", "    @action\n    def go(self): SEEN['log'].append(2)\nSEEN = {'log': []}", r"^what slip\w*\.SEEN has is set during the check, and a module is no part"),
    ("what an object of the module has", "    @action\n    def go(self): BOOK.pages += 1\nclass Book:\n    pages = 0\n    def __init__(self): self.pages = 1\nBOOK = Book()", r"^what slip\w*\.BOOK has is set during the check, and a module is no part"),
    ("what a variable of the context has", "    @action\n    def go(self): COUNT.set(COUNT.get() + 1)\nimport contextvars\nCOUNT = contextvars.ContextVar('count', default=0)", r"^what slip\w*\.COUNT has is set during the check, and a module is no part"),
    ("what a thread has of its own", "    @action\n    def go(self): OWN.count += 1\nimport threading\nOWN = threading.local()\nOWN.count = 0", r"^what slip\w*\.OWN has is set during the check, and a module is no part"),
    ("what a closure has", "    @action\n    def go(self): note(1)\ndef made():\n    seen = []\n    def note(what):  # here\n        seen.append(what)\n    return note\nnote = made()", "what seen has, which made.<locals>.note closes over, is set during the check, and a closure is no part"),
    ("a global", "    @action\n    def go(self):\n        global COUNT\n        COUNT = 1", r"^slip\w*\.COUNT is set during the check, and a module is no part of a state"),
    ("step that was not taken", "    @action  # here\n    def go(self): return map(print, [1])", "go returns a map, which has done nothing yet"),
    ("steps that were not taken", "    @action  # here\n    def go(self): return (print(each) for each in [1])", "go returns a generator, which has done nothing"),
]  # fmt: skip # a table


@pytest.mark.parametrize(("body", "said"), [pytest.param(*each[1:], id=each[0]) for each in LATER])
def test_a_slip_that_a_step_shows(body: str, said: str, tmp_path: Path) -> None:
    """What can be seen only in a state, or when a step returns, is refused by `check` with its line."""
    path, line = written(tmp_path, f"class M(Base):\n{body}")

    with pytest.raises(ModelError, match=said) as refused:
        check(load(f"{path}:M", {}), [NO_EXCEPTION])

    assert not line or str(refused.value).startswith(f"{path}:{line}: ")


def test_a_class_whose_mixin_says_nothing_is_refused_later(tmp_path: Path) -> None:
    """Where a mixin's `__init_subclass__` keeps the kit's from being called, a state with such an object is refused."""
    body = "class P(Silent, HeapObject):\n    __slots__ = ('x',)\nclass M(Base):\n    def begin(self): self.page = P()"
    path, _ = written(tmp_path, body)

    with pytest.raises(ModelError, match="P has __slots__"):
        check(load(f"{path}:M", {}), [NO_EXCEPTION])


def test_a_refused_class_refuses_no_other_model() -> None:
    """A heap class of another module that no state holds does not matter."""
    with pytest.raises(ModelError, match="has its own __eq__"):

        class Odd(HeapObject):
            held: Bytes = 0

            def __eq__(self, other: object) -> bool:
                return True

            __hash__ = HeapObject.__hash__

    assert isinstance(check(Allowed(), [NO_EXCEPTION]).of(NO_EXCEPTION), Proved)


class Sized(HeapObject):
    """Says of its size what it was given."""

    held: Bytes = 0
    said: Any = 0

    def shallow_size(self) -> Bytes:
        return self.held if self.said is None else self.said


class Allowed(Model):
    """What is not refused: hooks that change what `vars` shows, names of the kit, a lambda, another name for self."""

    used: Bytes

    def begin(self, *, most: int = 2, names: tuple[str, ...] = ("a",), only: frozenset[str] = frozenset("b")) -> None:
        self.used = 0
        self.most = most
        self.scope = "mine"
        self.page = Hooked()
        self.page.mark = 1

    @action
    def load(this, size: Bytes) -> None:  # noqa: N805 - a name is a name
        this.used = size

    clear = action(lambda self: setattr(self, "used", 0))

    @action
    def mark(self) -> None:
        self.page.mark = 2
        self.scope = "yours"


class Hooked(HeapObject):
    """Has an `__init__`, a `__setattr__` and a `__getattr__` of its own: what they leave in `vars` is its state."""

    def __init__(self) -> None:
        self.held = 0

    def __setattr__(self, name: str, value: object) -> None:
        vars(self)[f"_{name}"] = value

    def __getattr__(self, name: str) -> Any:
        return vars(self).get(f"_{name}", 0) if not name.startswith("_") else object.__getattribute__(self, name)


def test_what_does_not_deceive_is_allowed() -> None:
    """A model with harmless hooks is checked."""
    assert [each.name for each in actions_of(Allowed)] == ["load", "clear", "mark"]
    assert [each.name for each in actions_of(Allowed)[0].parameters] == ["size"]
    assert isinstance(check(Allowed(), [NO_EXCEPTION]).of(NO_EXCEPTION), Proved)


def counted(step: Any) -> Any:
    """A decorator that says what it wraps."""

    @functools.wraps(step)
    def wrapped(self: Any, *given: Any) -> None:
        self.steps = min(self.steps + 1, 2)
        step(self, *given)

    return wrapped


class Decorated(Model):
    """Actions that are decorated, renamed and made by another, none of which gets lost."""

    used: Bytes

    def begin(self) -> None:
        self.used, self.steps = 0, 0

    @counted
    @action
    def over(self, size: Bytes) -> None:
        self.used += size

    @action
    @counted
    def under(self) -> None:
        self.used = 0

    def _plain(self) -> None:
        self.used = 1

    plain = action(_plain)


def test_a_decorated_action_is_taken() -> None:
    """A decorator that says what it wraps may stand on either side of `@action`."""
    assert {each.name for each in actions_of(Decorated)} >= {"over", "under", "plain"}


def test_an_action_that_is_taken_out_later_is_missed() -> None:
    """Replaced after its class was made, an action is missed when the actions are asked for."""

    class Later(Decorated):
        @action
        def more(self) -> None:
            self.used += 1

    Later.more = lambda self: None  # type: ignore[method-assign]

    with pytest.raises(ModelError, match="the action more of Later is"):
        actions_of(Later)


def test_a_step_may_copy_the_state() -> None:
    """A copy by `copy.deepcopy` is a state of the same model at the same scope."""
    state = Allowed(most=3).start()
    del state.scope
    other = copy.deepcopy(state)

    assert (snapshot(other).key, other.scope) == (snapshot(state).key, state.scope)
    assert other.page is not state.page


def test_a_field_may_be_called_scope() -> None:
    """A state has a field of that name; the model's scope is another thing, and stays."""
    model = Allowed(most=3)
    one, two = model.start(), model.start()
    two.scope = "yours"

    assert (one.scope, dict(model.scope)["most"]) == ("mine", 3)
    assert snapshot(one).key != snapshot(two).key
    del two.scope
    assert dict(two.scope)["most"] == 3


class Perhaps(Allowed):
    """Has a scope of sizes that are optional, or several."""

    def begin(self, limit: Bytes | None, sizes: tuple[Bytes, ...] = (1, 2), most: Bytes | None = None) -> None:  # type: ignore[override] # pyright: ignore[reportIncompatibleMethodOverride] # as a model may
        super().begin()
        self.limits = (limit, most, len(sizes))


def test_sizes_that_are_optional_are_constants_of_the_scope() -> None:
    """A size or None, or several of them, may be given, and is never left open: an engine would try sizes only."""
    assert open_parameters(Perhaps(limit=None)) == ()
    assert Perhaps(limit=7).start().limits == (7, None, 2)
    with pytest.raises(ModelError, match="Perhaps needs a value for its scope 'limit'"):
        Perhaps()


@pytest.mark.parametrize("said", ["a", 0.5, True, [1], 3 + 0j])
def test_a_size_that_is_no_size_is_the_class_fault(said: Any) -> None:
    """What is no whole number is refused with the class and the line of its `shallow_size`, wherever it is asked for."""
    state = Allowed().start()
    state.page = Sized(said=said)

    with pytest.raises(
        ModelError, match=r"test_slips\.py:\d+: Sized\.shallow_size returns .*; it returns a whole number"
    ):
        state.reachable()


def test_a_negative_size_is_the_class_fault() -> None:
    """Less than nothing is refused; nothing is not."""
    with pytest.raises(ModelError, match=r"Sized\.shallow_size returns -1, an int"):
        refuse_negative(Sized(said=-1))
    refuse_negative(Sized(said=0))
    refuse_negative(Sized(held=3, said=None))


@pytest.mark.parametrize("value", [[1], {1: 2}, {1}, bytearray(), ([],), Allowed])
def test_a_value_for_the_scope_is_a_constant(value: Any) -> None:
    """What is given can be refused as well as a default: a state would share it with others. A class is a constant."""
    if value is Allowed:
        assert Allowed(names=value).scope["names"] is Allowed
    else:
        with pytest.raises(
            ModelError, match=r"test_slips\.py:\d+: Allowed\.begin: the scope 'names' is .*, which can change"
        ):
            Allowed(names=value)


def test_a_frozen_heap_object_is_said_to_be_one() -> None:
    """Where its fields cannot be set, not even at the beginning, the line says what to leave out."""

    @dataclass(frozen=True)
    class Frozen(HeapObject):
        size: Bytes

    class Holds(Model):
        def begin(self) -> None:
            self.frozen = Frozen(1)

        @action
        def nothing(self) -> None:
            pass

    with pytest.raises(ModelError, match=r"begin raises FrozenInstanceError.*leave out @dataclass\(frozen=True\)"):
        check(Holds())
