"""Byte quantities: an int, or a linear expression that forks the run where it is compared.

A model computes with plain integers and never sees the difference. An engine that speaks of all sizes at once runs the
same code on `Linear` expressions over unknowns. Every unknown is a natural number (0, 1, 2, …): a positive size is
written `1 + unknown`, so that engines need no table of bounds.

Arithmetic builds an expression; a comparison is decided at once by the oracle of the run, which tries both sides, so
that it answers a bool and nothing else. A `Condition` is what the oracle is asked; no model and no claim ever sees one.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from numbers import Number
from typing import Annotated, Any, NoReturn, TypeAlias, TypeGuard

from spillproof.model import oracle
from spillproof.model.errors import ModelError, model_line


@dataclass(frozen=True)
class Quantity:
    """Marks an annotation as a quantity: its values are what an engine may leave unknown."""

    unit: str


Bytes: TypeAlias = Annotated[int, Quantity("bytes")]
"""A size in bytes, zero or more. As an argument of an action: any positive size."""

Count: TypeAlias = Annotated[int, Quantity("records")]
"""A number of records, zero or more. As an argument of an action: any positive number."""


Field: TypeAlias = tuple[type, str]
"""A field that holds sizes: its class and its name."""


OPENS_SIZE, CLOSES_SIZE = "⟨", "⟩"
"""Around an unknown size in text, so that text which depends on one is recognised if it ends up in a state."""


class Is(Enum):
    """How a condition holds an expression against zero."""

    AT_LEAST_ZERO = ">= 0"
    ZERO = "== 0"
    NOT_ZERO = "!= 0"

    __hash__ = object.__hash__  # each is one object, and is part of every key; an Enum hashes its name, in Python


class Linear:
    """A linear expression `constant + Σ coefficient × unknown` over natural unknowns, never a bare constant.

    Immutable. Supports `+`, `-`, `×` by a constant, `//` and `%` by a positive constant, comparisons. Everything that
    has no linear meaning raises `ModelError` with the line of the model.
    """

    __slots__ = ("constant", "terms")

    def __init__(self, terms: dict[int, int], constant: int = 0) -> None:
        if type(terms) is not dict:
            _refuse(f"type(…)({terms!r})", "the class of an unknown size is not that of a number", "write int(…)")
        self.terms = terms
        self.constant = constant

    @property  # type: ignore[misc] # mypy takes `__class__` for a variable
    def __class__(self) -> type:  # pyright: ignore[reportIncompatibleMethodOverride] # likewise
        """Return `int`: `isinstance(size, int)` and `case int():` answer as for the ints that it stands for."""
        return int

    def __repr__(self) -> str:
        text = self._spelled()
        oracle.running().note_text(text)
        return text

    def _spelled(self) -> str:
        words = []
        constant = self.constant
        for symbol, factor in sorted(self.terms.items()):
            name, less = oracle.name_of(symbol)
            words.append(_term(factor, name))
            constant -= factor * less
        if constant or not words:
            words.append(_term(constant, ""))
        text = " ".join(words)
        return text[2:] if text.startswith("+ ") else "-" + text[2:]

    # Arithmetic

    def __add__(self, other: object) -> Any:
        if type(other) is int:
            return Linear(self.terms, self.constant + other)
        if type(other) is Linear:
            return _sum(self, other, 1)
        return self + int(other) if _is_whole(other) else _not_linear(self, "+", other)

    __radd__ = __add__

    def __sub__(self, other: object) -> Any:
        if type(other) is int:
            return Linear(self.terms, self.constant - other)
        if type(other) is Linear:
            return _sum(self, other, -1)
        return self - int(other) if _is_whole(other) else _not_linear(self, "-", other)

    def __rsub__(self, other: object) -> Any:
        if type(other) is int:
            return Linear({symbol: -factor for symbol, factor in self.terms.items()}, other - self.constant)
        return int(other) - self if _is_whole(other) else _not_linear(other, "-", self)

    def __neg__(self) -> Linear:
        return Linear({symbol: -factor for symbol, factor in self.terms.items()}, -self.constant)

    def __pos__(self) -> Linear:
        return self

    def __abs__(self) -> Linear:
        return self if self >= 0 else -self

    def __mul__(self, other: object) -> Any:
        if type(other) is int:
            if other == 0:
                return 0
            return Linear({symbol: factor * other for symbol, factor in self.terms.items()}, self.constant * other)
        if type(other) is Linear:
            _refuse(
                f"({self!r}) × ({other!r})",
                "the product of two unknown sizes is not linear",
                "make one of them a constant of the scope",
            )
        return self * int(other) if _is_whole(other) else _not_linear(self, "×", other)

    __rmul__ = __mul__

    def __floordiv__(self, other: object) -> Any:
        if type(other) is int and other > 0:
            return oracle.running().quotient(self, other)
        if type(other) is int:
            return -self // -other if other else 1 // other  # which raises, in Python's words
        if isinstance(other, Linear):
            _refuse(
                f"({self!r}) // ({other!r})",
                "dividing by an unknown size is not linear",
                "divide by a constant of the scope",
            )
        return self // int(other) if _is_whole(other) else _not_linear(self, "//", other)

    def __mod__(self, other: object) -> Any:
        if type(other) is int:
            return self - self // other * other if other else 1 % other
        if isinstance(other, Linear):
            _refuse(
                f"({self!r}) % ({other!r})",
                "dividing by an unknown size is not linear",
                "divide by a constant of the scope",
            )
        return self % int(other) if _is_whole(other) else _not_linear(self, "%", other)

    def __divmod__(self, other: object) -> Any:
        return divmod(1, 0) if type(other) is int and not other else (self // other, self % other)

    # Comparisons

    def __ge__(self, other: object) -> bool:
        return _decide(self - other, Is.AT_LEAST_ZERO) if _is_size(self, ">=", other) else NotImplemented

    def __gt__(self, other: object) -> bool:
        return _decide(self - other - 1, Is.AT_LEAST_ZERO) if _is_size(self, ">", other) else NotImplemented

    def __le__(self, other: object) -> bool:
        return _decide(other - self, Is.AT_LEAST_ZERO) if _is_size(self, "<=", other) else NotImplemented

    def __lt__(self, other: object) -> bool:
        return _decide(other - self - 1, Is.AT_LEAST_ZERO) if _is_size(self, "<", other) else NotImplemented

    def __eq__(self, other: object) -> bool:
        return _decide(self - other, Is.ZERO) if _is_size(self, "==", other) else NotImplemented

    def __ne__(self, other: object) -> bool:
        return _decide(self - other, Is.NOT_ZERO) if _is_size(self, "!=", other) else NotImplemented

    def __bool__(self) -> bool:
        return self != 0

    # What cannot be symbolic

    def __hash__(self) -> int:  # noqa: PLE0309 - it never returns
        _refuse(
            f"hash({self!r})",
            "an unknown size cannot be a dict key or a member of a set",
            "key by an object, or keep the sizes in a list",
        )

    def __index__(self) -> int:  # noqa: PLE0305 - it never returns
        _refuse(
            f"range, index or int of ({self!r})",
            "an unknown size has no fixed value to count up to",
            "compare and subtract instead, or make the number a constant of the scope",
        )

    def __int__(self) -> int:
        return self.__index__()

    def __float__(self) -> float:
        _refuse(f"float({self!r})", "sizes are whole bytes", "use // by a constant, or scale by whole numbers")

    def __round__(self, digits: int | None = None) -> Linear:
        if digits is not None and digits < 0:
            _refuse(f"round({self!r}, {digits})", "it rounds to the nearest even digit", "round with // by a constant")
        return self

    def __truediv__(self, other: object) -> float:
        _refuse(f"({self!r}) / {other!r}", "sizes are whole bytes", "write // by a constant")

    def __rtruediv__(self, other: object) -> float:
        _refuse(f"{other!r} / ({self!r})", "dividing by an unknown size is not linear", "divide by a constant")

    def __rfloordiv__(self, other: object) -> int:
        _refuse(f"{other!r} // ({self!r})", "dividing by an unknown size is not linear", "divide by a constant")

    def __rmod__(self, other: object) -> int:
        _refuse(f"{other!r} % ({self!r})", "dividing by an unknown size is not linear", "divide by a constant")

    def __pow__(self, other: object) -> int:
        _refuse(f"({self!r}) ** {other!r}", "a power of an unknown size is not linear", "multiply by a constant")

    def __rpow__(self, other: object) -> int:
        _refuse(f"{other!r} ** ({self!r})", "a power of an unknown size is not linear", "keep a size that is doubled")

    def __rdivmod__(self, other: object) -> tuple[int, int]:
        _refuse(f"divmod({other!r}, {self!r})", "dividing by an unknown size is not linear", "divide by a constant")

    def __lshift__(self, other: object) -> int:
        _refuse(
            f"({self!r}) shifted by {other!r}",
            "bits of an unknown size are not linear",
            "multiply or divide (//) by a constant",
        )

    __rshift__ = __rlshift__ = __rrshift__ = __lshift__

    def __and__(self, other: object) -> int:
        _refuse(
            f"a bit operation on {self!r} and {other!r}",
            "bits of an unknown size are not linear",
            "compare sizes with `and`, `or`, `not`; round with // and % by a constant",
        )

    __or__ = __xor__ = __rand__ = __ror__ = __rxor__ = __and__

    def __invert__(self) -> int:
        return self & -1

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or not hasattr(int, name):
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}", name=name, obj=self)
        _refuse(f"({self!r}).{name}", "an unknown size has no bits and no digits", "compare and subtract instead")

    def __trunc__(self) -> Linear:
        return self

    __floor__ = __ceil__ = __trunc__

    def __str__(self) -> str:
        text = f"{OPENS_SIZE}{self._spelled()}{CLOSES_SIZE}"
        oracle.running().note_text(text)
        return SizeText(text)

    def __format__(self, specification: str) -> str:
        return str(self)


class SizeText(str):
    """An unknown size as text, for messages. What it says is not known, so that it cannot be compared."""

    __slots__ = ()

    def _unknown(self, _other: object = None) -> NoReturn:
        _refuse(f"text of {self}", "what an unknown size reads as is not known", "compare the size, not its text")

    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __hash__ = __contains__ = _unknown


class Needed(Exception):
    """A quantity that was sliced away turned out to matter."""

    def __init__(self, fields: frozenset[Field]) -> None:
        super().__init__(", ".join(sorted(f"{cls.__name__}.{name}" for cls, name in fields)))
        self.fields = fields


class Opaque:
    """A value of a quantity that nothing has asked about so far: arithmetic goes on, a comparison raises `Needed`."""

    __slots__ = ("fields", "signed")

    def __init__(self, fields: frozenset[Field], *, signed: bool = False) -> None:
        self.fields = fields
        self.signed = signed
        """Whether something was subtracted: then it matters whether the value is negative."""

    @property  # type: ignore[misc] # mypy takes `__class__` for a variable
    def __class__(self) -> type:  # pyright: ignore[reportIncompatibleMethodOverride] # likewise
        """Return `int`, as `Linear` does."""
        return int

    def __repr__(self) -> str:
        text = f"{OPENS_SIZE}a size that was sliced away{CLOSES_SIZE}"
        oracle.running().note_text(text)
        return text

    def __format__(self, specification: str) -> str:
        return repr(self)

    def _grow(self, other: object) -> Opaque:
        fields = self.fields | other.fields if isinstance(other, Opaque) else self.fields
        return Opaque(fields, signed=self.signed or not is_natural(other))

    __add__ = __radd__ = __mul__ = __rmul__ = _grow

    def _divide(self, other: object) -> Opaque:
        return self._grow(other) if type(other) is int and other > 0 else self._ask(other)

    __floordiv__ = __mod__ = _divide

    def __pos__(self) -> Opaque:
        return self

    def __neg__(self) -> Opaque:
        return Opaque(self.fields, signed=True)

    def _shrink(self, other: object) -> Opaque:
        return -self._grow(other)

    __sub__ = __rsub__ = _shrink

    def _ask(self, other: object = None, *_more: object) -> NoReturn:
        oracle.running().abandon(Needed(self.fields | other.fields if isinstance(other, Opaque) else self.fields))

    __lt__ = __le__ = __gt__ = __ge__ = _ask
    __divmod__ = __rdivmod__ = __rfloordiv__ = __rmod__ = __truediv__ = __rtruediv__ = __pow__ = __rpow__ = _ask
    __lshift__ = __rlshift__ = __rshift__ = __rrshift__ = __and__ = __rand__ = __or__ = __ror__ = _ask
    __xor__ = __rxor__ = __invert__ = __abs__ = __round__ = __trunc__ = __floor__ = __ceil__ = _ask

    def __getattr__(self, name: str) -> NoReturn:
        if name.startswith("__") or not hasattr(int, name):
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}", name=name, obj=self)
        self._ask()

    def __eq__(self, other: object) -> bool:
        return other is not None and self._ask(other)

    def __ne__(self, other: object) -> bool:
        return other is None or self._ask(other)

    def __bool__(self) -> bool:  # noqa: PLE0304 - it never returns
        self._ask()

    def __index__(self) -> int:  # noqa: PLE0305 - it never returns
        self._ask()

    def __float__(self) -> float:
        self._ask()

    def __hash__(self) -> int:  # noqa: PLE0309 - it never returns
        self._ask()


Linear.__name__ = Opaque.__name__ = "int"  # for Python's own messages: "object of type 'int' has no len()"


def is_number(value: object) -> bool:
    """Return whether a value is a size, known or not."""
    return isinstance(value, (int, Linear, Opaque))


def is_natural(value: object) -> bool:
    """Return whether a value is certainly 0 or more."""
    if type(value) is Opaque:
        return not value.signed
    return isinstance(value, (int, Linear)) and truth(value, Is.AT_LEAST_ZERO) is True


ConditionKey: TypeAlias = tuple[Is, int, frozenset[tuple[int, int]]]
"""What a condition says: how it holds, the constant, and each unknown with its factor."""


class Condition:
    """A linear expression compared with zero: what an oracle decides, a guard holds, and a solver is asked."""

    __slots__ = ("holds", "known_key", "left")

    def __init__(self, left: Linear, holds: Is) -> None:
        self.left = left
        self.holds = holds
        self.known_key: ConditionKey | None = None

    def __bool__(self) -> bool:
        raise TypeError(f"{self!r} is a question, and has no truth of its own; ask an oracle or a solver")

    def __invert__(self) -> Condition:
        """Return the opposite condition."""
        if self.holds is Is.AT_LEAST_ZERO:
            return _condition(_linear(-self.left - 1), Is.AT_LEAST_ZERO)
        return _condition(self.left, Is.NOT_ZERO if self.holds is Is.ZERO else Is.ZERO)

    def __repr__(self) -> str:
        return f"{self.left!r} {self.holds.value}"

    def key(self) -> ConditionKey:
        """Return a hashable value that is equal for equal conditions."""
        known = self.known_key
        if known is None:
            known = self.known_key = (self.holds, self.left.constant, frozenset(self.left.terms.items()))
        return known


MOST_BITS = 3_322
"""Of a number with 1,000 digits."""


def is_too_long(size: Linear | int) -> bool:
    """Return whether a number in a size has more than 1,000 digits: more than 4,300 Python does not even write."""
    numbers = (size.constant, *size.terms.values()) if isinstance(size, Linear) else (size,)
    return any(each.bit_length() > MOST_BITS for each in numbers)


def truth(left: Linear | int, holds: Is) -> bool | None:
    """Return whether `left` stands so for all natural unknowns (True), for none (False), or for some (None)."""
    if type(left) is not Linear:
        return _known(left, holds)
    constant = left.constant
    if constant == 0 and holds is not Is.AT_LEAST_ZERO:
        return None
    for factor in left.terms.values():  # a loop: `min` and `max` take twice as long, and this is asked most of all
        if factor <= 0 if constant >= 0 else factor >= 0:
            return None
    return constant >= 0 if holds is Is.AT_LEAST_ZERO else holds is Is.NOT_ZERO


def _known(value: object, holds: Is) -> bool:
    assert isinstance(value, int)
    if holds is Is.AT_LEAST_ZERO:
        return value >= 0
    return (value == 0) == (holds is Is.ZERO)


def comparison(left: Linear | int, holds: Is) -> Condition | bool:
    """Return `left` compared with zero, without asking an oracle: its truth where that is the same for all naturals."""
    known = truth(left, holds)
    return _condition(_linear(left), holds) if known is None else known


def _decide(left: Linear | int, holds: Is) -> bool:
    known = truth(left, holds)
    return oracle.running().decide(_condition(_linear(left), holds)) if known is None else known


def _condition(left: Linear, holds: Is) -> Condition:
    """Return the condition in its simplest form: over naturals, x != 0 is x >= 1 and -x >= 0 is x == 0."""
    if left.constant == 0:
        factors = left.terms.values()
        if holds is Is.NOT_ZERO and all(factor > 0 for factor in factors):
            return Condition(Linear(left.terms, -1), Is.AT_LEAST_ZERO)
        if holds is Is.NOT_ZERO and all(factor < 0 for factor in factors):
            return Condition(_linear(-left - 1), Is.AT_LEAST_ZERO)
        if holds is Is.AT_LEAST_ZERO and all(factor < 0 for factor in factors):
            return Condition(-left, Is.ZERO)
    return Condition(left, holds)


def _sum(left: Linear, right: Linear, sign: int) -> Linear | int:
    terms = dict(left.terms)
    for symbol, factor in right.terms.items():
        total = terms.get(symbol, 0) + sign * factor
        if total:
            terms[symbol] = total
        else:
            del terms[symbol]
    constant = left.constant + sign * right.constant
    return Linear(terms, constant) if terms else constant


def _linear(value: Linear | int) -> Linear:
    assert type(value) is Linear
    return value


def _is_size(left: Linear, operator: str, value: object) -> bool:
    """Return whether a size can be compared with a value. Refuses those that only an integer could be compared with."""
    if isinstance(value, Linear) or _is_whole(value):
        return True
    if isinstance(value, (float, complex)):
        _refuse(
            f"{left!r} {operator} {value!r}", "sizes are compared with whole numbers and sizes only", "use integers"
        )
    return False


def _is_whole(value: object) -> TypeGuard[int]:
    """Return whether a value is a whole number that is known: an int, a bool, a member of an IntEnum."""
    return issubclass(type(value), int)


def _term(factor: int, name: str) -> str:
    sign = "+" if factor >= 0 else "-"
    if not name:
        return f"{sign} {abs(factor)}"
    return f"{sign} {name}" if abs(factor) == 1 else f"{sign} {abs(factor)}×{name}"


def _not_linear(left: object, operator: str, right: object) -> Any:
    """Refuse other numbers; leave the rest to the other side, and to Python, which raises what it does for an int."""
    other = right if type(left) is Linear else left
    if type(other) is not Opaque and isinstance(other, Number):
        _refuse(
            f"{left!r} {operator} {right!r}",
            "sizes are whole bytes and take part in linear arithmetic only",
            "use integers",
        )
    return NotImplemented


def _refuse(expression: str, why: str, instead: str) -> NoReturn:
    running = oracle.running()
    running.abandon(ModelError(f"{model_line()}: {expression}: {why}; {instead} (action: {running.doing})"))
