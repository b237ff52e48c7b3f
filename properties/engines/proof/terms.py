"""What a certificate may say of a shape: one formula of linear arithmetic over its sizes, and nothing else.

A certificate is a text, and comes from anywhere. What is read here is what every solver reads the same way: words of a
short list, whole numbers, the sizes q0, q1, …; each with the arguments that it takes. So no solver is ever given
anything that it could stumble over, and nothing can be said to it beside the formula.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Sort = Literal["Bool", "Int"]

LONGEST = 2_000_000
DEEPEST = 200
MOST_DIGITS = 1_000

WORD = re.compile(r" *(?:([()])|([^\s()]+))")

BOOLEAN = frozenset(("and", "or", "=>", "xor"))
COMPARISONS = frozenset((">=", "<=", ">", "<"))
DIVISIONS = frozenset(("div", "mod"))
KNOWN = BOOLEAN | COMPARISONS | DIVISIONS | {"not", "ite", "=", "distinct", "+", "-", "*", "let", "true", "false"}


class NotAFormula(Exception):
    """A text is not a formula over the sizes of a shape; the message says why."""


@dataclass(frozen=True)
class _Value:
    sort: Sort
    constant: bool = False
    """Whether it is made of numbers alone."""
    divides: bool = False
    """Whether it is a number that is written out and not 0: by nothing else is anything divided."""


def check_formula(text: str, sizes: int) -> None:
    """Raise `NotAFormula` unless a text is one formula over so many sizes."""
    if len(text) > LONGEST:
        raise NotAFormula(f"it has more than {LONGEST} characters")
    tree, end = _tree(text)
    if text[end:].strip(" "):
        raise NotAFormula("it is more than one term")
    if _Reader(sizes).value(tree, {}).sort != "Bool":
        raise NotAFormula("it is a number, not a condition")


Tree = str | list["Tree"]


def parsed(text: str) -> Tree:
    """Return a term as nested lists of words. Raises `NotAFormula` where the brackets do not match."""
    tree, end = _tree(text)
    if text[end:].strip(" "):
        raise NotAFormula("it is more than one term")
    return tree


def spelled(tree: Tree) -> str:
    """Return the text of a term."""
    return tree if isinstance(tree, str) else f"({' '.join(map(spelled, tree))})"


def _tree(text: str) -> tuple[Tree, int]:
    """Return the first term of a text, and where it ends."""
    stack: list[list[Tree]] = []
    position = 0
    while found := WORD.match(text, position):
        position = found.end()
        if found[1] == "(":
            stack.append([])
            if len(stack) > DEEPEST:
                raise NotAFormula(f"it is nested more than {DEEPEST} deep")
            continue
        if found[1] == ")":
            if not stack:
                break
            done: Tree = stack.pop()
        else:
            done = found[2]
        if not stack:
            return done, position
        stack[-1].append(done)
    raise NotAFormula("its brackets do not match" if text.strip(" ") else "it is empty")


class _Reader:
    def __init__(self, sizes: int) -> None:
        self.sizes = sizes

    def value(self, tree: Tree, bound: dict[str, _Value]) -> _Value:
        if isinstance(tree, str):
            return self.word(tree, bound)
        if not tree or not isinstance(tree[0], str):
            raise NotAFormula("a bracket begins with no word")
        operator, arguments = tree[0], tree[1:]
        if operator == "let":
            return self.let(arguments, bound)
        values = [self.value(each, bound) for each in arguments]
        sorts: list[Sort] = [each.sort for each in values]
        if not _takes(operator, sorts):
            raise NotAFormula(f"{operator[:40]!r} does not take {len(sorts)} of {', '.join(sorts) or 'nothing'}")
        return _applied(operator, values)

    def word(self, word: str, bound: dict[str, _Value]) -> _Value:
        if word in bound:
            return bound[word]
        if word in ("true", "false"):
            return _Value("Bool", constant=True)
        if re.fullmatch(r"0|[1-9][0-9]*", word):
            if len(word) > MOST_DIGITS:
                raise NotAFormula(f"a number has more than {MOST_DIGITS} digits")
            return _Value("Int", constant=True, divides=word != "0")
        size = re.fullmatch(r"q(0|[1-9][0-9]{0,8})", word)
        if size is None or int(size[1]) >= self.sizes:
            raise NotAFormula(f"{word[:40]!r} is not one of the {self.sizes} sizes of its shape")
        return _Value("Int")

    def let(self, arguments: list[Tree], bound: dict[str, _Value]) -> _Value:
        if len(arguments) != 2 or isinstance(arguments[0], str) or not arguments[0]:  # noqa: PLR2004 - names and a term
            raise NotAFormula("a let has names and a term")
        given: dict[str, _Value] = {}
        for each in arguments[0]:
            if isinstance(each, str) or len(each) != 2 or not isinstance(each[0], str):  # noqa: PLR2004 - name and value
                raise NotAFormula("a let gives each name one value")
            if not re.fullmatch(r"[a-z]![0-9]{1,9}", each[0]) or each[0] in given:
                raise NotAFormula(f"{each[0][:40]!r} cannot be given a value")
            given[each[0]] = self.value(each[1], bound)
        return self.value(arguments[1], bound | given)


def _takes(operator: str, sorts: list[Sort]) -> bool:
    """Return whether an operator takes arguments of these sorts."""
    if operator == "ite":
        return len(sorts) == 3 and sorts[0] == "Bool" and sorts[1] == sorts[2]  # noqa: PLR2004 - which, this or that
    if operator == "not":
        return sorts == ["Bool"]
    if operator in ("=", "distinct"):
        return len(sorts) == 2 and sorts[0] == sorts[1]  # noqa: PLR2004 - two things are equal
    if operator in BOOLEAN:
        return set(sorts) == {"Bool"} and (len(sorts) > 1 or operator in ("and", "or"))
    if operator in COMPARISONS or operator in DIVISIONS:
        return sorts == ["Int", "Int"]
    if operator in ("+", "-", "*"):
        return set(sorts) == {"Int"} and (len(sorts) > 1 or operator == "-")
    raise NotAFormula(f"{operator[:40]!r} is not known")


def _applied(operator: str, values: list[_Value]) -> _Value:
    constant = all(each.constant for each in values)
    if operator == "*" and sum(not each.constant for each in values) > 1:
        raise NotAFormula("it multiplies sizes with each other")
    if operator in DIVISIONS and not values[1].divides:
        raise NotAFormula("it divides by something else than a number")
    if operator in ("+", "-", "*", *DIVISIONS):
        return _Value("Int", constant)
    return _Value(values[1].sort if operator == "ite" else "Bool", constant)
