"""Which mutants a source has: each is the source with one small change.

What is changed: a statement is left out, a condition negated, a boundary moved, `and` and `or`, `+` and `-`, `min` and
`max`, `any` and `all` exchanged, a filter or an order left out, a small number or a truth value replaced. What is not
changed: assertions (they speak to the type checker), `strict=True` of a `zip` and `raise NotImplementedError`, which
are such as well, `__slots__`, which only save memory, annotations, decorators, what a `raise` says, text and what makes
it in `__repr__`, and what stands outside of functions and classes.
"""

from __future__ import annotations

import ast
import copy
import itertools
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

Tree = TypeVar("Tree", bound=ast.AST)

COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE, ast.Eq),
    ast.LtE: (ast.Lt, ast.Gt, ast.Eq),
    ast.Gt: (ast.GtE, ast.LtE, ast.Eq),
    ast.GtE: (ast.Gt, ast.Lt, ast.Eq),
    ast.Eq: (ast.NotEq, ast.LtE, ast.GtE),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
"""What each comparison is replaced by: the boundary moved, the opposite (first of all that is one), and equality."""

OPPOSITE: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.GtE, ast.LtE: ast.Gt, ast.Gt: ast.LtE, ast.GtE: ast.Lt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip

OPERATORS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv, ast.FloorDiv: ast.Mult, ast.Div: ast.Mult,
    ast.Mod: ast.FloorDiv, ast.BitOr: ast.BitAnd, ast.BitAnd: ast.BitOr,
}  # fmt: skip

CALLS = {"min": "max", "max": "min", "any": "all", "all": "any", "sorted": "list", "reversed": "list"}


def changes(node: ast.AST) -> Iterator[ast.AST]:
    """Yield what takes the place of a node, one for each mutant that changes it."""
    if isinstance(node, ast.stmt):
        yield from _statement(node)
    elif isinstance(node, ast.expr):
        yield from _expression(node)
    else:
        yield from _filter(node)


def _statement(node: ast.stmt) -> Iterator[ast.AST]:
    match node:
        case ast.Assign() | ast.AnnAssign() | ast.Expr(value=ast.Call() | ast.Yield() | ast.YieldFrom()):
            yield ast.Pass()
        case ast.Raise(exc=ast.Name(id="NotImplementedError")):
            return
        case ast.Break() | ast.Continue() | ast.Return(value=None) | ast.Raise() | ast.Delete():
            yield ast.Pass()
        case ast.AugAssign(op=op):
            yield ast.Pass()
            yield from _operator(node, op)
        case ast.If() | ast.While():
            yield ast.Pass()
            yield _with(node, test=negated(node.test))


def _expression(node: ast.expr) -> Iterator[ast.AST]:
    match node:
        case ast.IfExp():
            yield _with(node, test=negated(node.test))
        case ast.Compare(ops=[op]):
            others = COMPARISONS[type(op)][:1] if _is_text(node) else COMPARISONS[type(op)]
            yield from (_with(node, ops=[each()]) for each in others)
        case ast.BoolOp(op=op, values=values):
            yield _with(node, op=ast.Or() if isinstance(op, ast.And) else ast.And())
            for dropped in values:
                kept = [each for each in values if each is not dropped]
                yield kept[0] if len(kept) == 1 else _with(node, values=kept)
        case ast.UnaryOp(op=ast.Not()):
            yield node.operand
        case ast.BinOp(op=op):
            yield from _operator(node, op)
        case ast.Call(func=ast.Name(id=name)) if name in CALLS:
            keywords = [] if CALLS[name] == "list" else node.keywords
            yield _with(node, func=ast.Name(CALLS[name], ast.Load()), keywords=keywords)
        case ast.Constant(value=bool(value)):
            yield ast.Constant(not value)
        case ast.Constant(value=int(value)):
            yield ast.Constant(1 - value if value in (0, 1) else value + 1)


def _is_text(node: ast.Compare) -> bool:
    """Return whether something is compared with a text, which has no boundary that could be moved."""
    return any(
        isinstance(each, ast.Constant) and isinstance(each.value, str) for each in (node.left, *node.comparators)
    )


def _operator(node: ast.AST, op: ast.operator) -> Iterator[ast.AST]:
    if type(op) in OPERATORS:
        yield _with(node, op=OPERATORS[type(op)]())


def _filter(node: ast.AST) -> Iterator[ast.AST]:
    match node:
        case ast.comprehension(ifs=[_, *_]):
            yield _with(node, ifs=[])
        case ast.match_case(guard=ast.expr() as guard):
            yield _with(node, guard=negated(guard))


def negated(test: ast.expr) -> ast.expr:
    """Return the opposite of a condition."""
    match test:
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return operand
        case ast.Compare(ops=[op]):
            opposite: ast.expr = _with(test, ops=[OPPOSITE[type(op)]()])
            return opposite
    return ast.UnaryOp(ast.Not(), test)


def _with(node: Any, **fields: Any) -> Any:
    changed = copy.copy(node)
    vars(changed).update(fields)
    return changed


Lines = tuple[int, int]
"""The first line and the last."""


@dataclass(frozen=True)
class Mutant:
    """One change to one module."""

    module: str
    file: Path
    name: str
    """Says what was changed, without line numbers: `yardstick Yardstick.spill: consumer.owned = 0 → pass`."""
    place: int
    """Of the node, in the order of `ast.walk`."""
    change: int
    """Of those that `changes` yields."""
    lines: Lines
    """Of what is changed, without the block that it governs."""
    statement: Lines
    """Of the statement in which it stands, likewise."""
    owner: Lines
    """Of the function or class in which it stands."""

    def tree(self) -> ast.Module:
        """Return the changed module."""
        tree = ast.parse(self.file.read_bytes())
        target = next(itertools.islice(ast.walk(tree), self.place, None))
        replacement = next(itertools.islice(changes(target), self.change, None))
        return ast.fix_missing_locations(replaced(tree, target, replacement))


def replaced(tree: Tree, target: ast.AST, replacement: ast.AST) -> Tree:
    """Return a copy of a tree with one node replaced."""
    return copy.deepcopy(tree, {id(target): ast.copy_location(replacement, target)})


def mutants_in(file: Path, module: str) -> list[Mutant]:
    """Return every mutant of a source, in its order: none that only spells another one differently."""
    tree = ast.parse(file.read_bytes())
    number = {id(node): place for place, node in enumerate(ast.walk(tree))}
    seen: set[tuple[int, str]] = set()
    names: Counter[str] = Counter()
    found: list[Mutant] = []
    for node, owners, statement in _places(tree, (), tree):
        before = ast.unparse(statement)
        seen.add((id(statement), before))
        for change, replacement in enumerate(changes(node)):
            after = ast.unparse(replaced(statement, node, replacement))
            if (id(statement), after) in seen:
                continue
            seen.add((id(statement), after))
            owner = ".".join(each.name for each in owners)
            name = f"{module.rpartition('.')[2]} {owner}: {_difference(before, after)}"
            names[name] += 1
            again = f" ({names[name]})" if names[name] > 1 else ""
            lines, around = _lines(node, statement), _lines(statement, statement)
            whole = owners[-1].lineno, owners[-1].end_lineno or owners[-1].lineno
            found.append(Mutant(module, file, name + again, number[id(node)], change, lines, around, whole))
    return found


def _difference(before: str, after: str) -> str:
    """Return the first line in which two texts differ, as it was and as it is."""
    old, new = before.split("\n"), after.split("\n")
    first = next((place for place, (one, other) in enumerate(zip(old, new, strict=False)) if one != other), 0)
    return f"{old[first].strip()} → {new[first].strip()}"


def _lines(node: Any, statement: Any) -> Lines:
    """Return the lines of a node, without the block that it governs; the statement's, if the node has none."""
    if isinstance(node, ast.match_case):
        return node.pattern.lineno, (node.guard or node.pattern).end_lineno or node.pattern.lineno
    if not hasattr(node, "lineno"):
        return _lines(statement, statement)
    block = getattr(node, "body", None) or getattr(node, "cases", None)
    if isinstance(block, list):
        first = block[0].pattern.lineno if isinstance(block[0], ast.match_case) else block[0].lineno
        return node.lineno, max(node.lineno, first - 1)
    return node.lineno, node.end_lineno or node.lineno


Owner = ast.FunctionDef | ast.ClassDef
SKIPPED = ("annotation", "returns", "decorator_list", "bases")


def _places(
    node: ast.AST, owners: tuple[Owner, ...], statement: ast.AST
) -> Iterator[tuple[ast.AST, tuple[Owner, ...], ast.AST]]:
    """Yield each node that may be changed, in which functions and classes it stands, and in which statement."""
    if isinstance(node, Owner):
        owners = (*owners, node)
    if isinstance(node, ast.stmt):
        statement = node
    if owners and not (isinstance(node, ast.AnnAssign) and node.value is None):
        yield node, owners, statement
    if isinstance(node, ast.Raise):
        return
    for name, value in ast.iter_fields(node):
        for child in value if isinstance(value, list) else [value]:
            if name not in SKIPPED and isinstance(child, ast.AST) and not _is_an_assertion(child):
                yield from _places(child, owners, statement)


def _is_an_assertion(node: ast.AST) -> bool:
    strict = isinstance(node, ast.keyword) and node.arg == "strict"
    return isinstance(node, ast.Assert) or strict or _saves(node) or _shows(node)


def _shows(node: ast.AST) -> bool:
    """Return whether a function only says how an object is shown where somebody looks for a mistake."""
    return isinstance(node, ast.FunctionDef) and node.name == "__repr__"


def _saves(node: ast.AST) -> bool:
    """Return whether a statement saves memory, and does nothing else: `__slots__ = …`."""
    return isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id == "__slots__"
