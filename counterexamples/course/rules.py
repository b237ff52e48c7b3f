"""What an answer may not do: change what is given, or reach around the model to the grader.

An answer is judged by its claims, and not by its looks. So that the verdict is about what was asked, the functions that
are given stay as they are, no step is added or left out, and nothing of the model kit is overridden.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator
from dataclasses import dataclass, field

from spillproof.counterexamples.course.exercise import Exercise
from spillproof.model.heap import HeapObject
from spillproof.model.system import Model

REACHING = frozenset(
    {
        "__import__",
        "breakpoint",
        "compile",
        "delattr",
        "eval",
        "exec",
        "getattr",
        "globals",
        "input",
        "locals",
        "memoryview",
        "object",
        "open",
        "setattr",
        "super",
        "type",
        "vars",
    }
)
"""Built-in names by which code reaches around what is written."""

KIT = {name for kind in (Model, HeapObject) for name in dir(kind)}
"""What a model and a heap object have from the kit, which answers do not override."""

DECORATORS = ("always", "property", "sometimes", "staticmethod")
"""What may stand above a new function. A new `@action` would be another model."""

SPECIAL = frozenset(("__init__", "__iter__", "__next__", "__len__", "__contains__", "__enter__", "__exit__"))
"""Special methods that running code may have."""

Function = ast.FunctionDef | ast.AsyncFunctionDef


def broken(text: str, exercise: Exercise) -> Iterator[str]:
    """Yield each rule that an answer breaks, with its line. Raises `SyntaxError` for what is not Python."""
    tree = ast.parse(text)
    if not exercise.rules.is_free:
        yield from _reaching(tree)
        yield from _statements(tree, exercise)
        yield from _changed(tree, exercise)
        yield from _names(tree, exercise)
    else:
        yield from _specials(tree)
    yield from _imports(tree, exercise)


# What is there, and what was given


@dataclass
class _Parts:
    """The functions and classes of a file, by name; a method is called `Class.method`."""

    functions: dict[str, Function] = field(default_factory=dict)
    classes: dict[str, ast.ClassDef] = field(default_factory=dict)
    twice: list[tuple[str, int]] = field(default_factory=list)


def _parts(tree: ast.Module) -> _Parts:
    found = _Parts()
    for prefix, body in [("", tree.body), *((f"{each.name}.", each.body) for each in _classes(tree))]:
        for each in body:
            if not isinstance(each, Function | ast.ClassDef):
                continue
            name = f"{prefix}{each.name}"
            if name in (found.classes if isinstance(each, ast.ClassDef) else found.functions):
                found.twice.append((name, each.lineno))
            if isinstance(each, ast.ClassDef):
                found.classes[name] = each
            else:
                found.functions[name] = each
    return found


def _classes(tree: ast.Module) -> list[ast.ClassDef]:
    return [each for each in tree.body if isinstance(each, ast.ClassDef)]


def _changed(tree: ast.Module, exercise: Exercise) -> Iterator[str]:
    """Yield what was given and is not there any more, or not as it was."""
    given, there, holes = _parts(ast.parse(exercise.given())), _parts(tree), exercise.rules.holes
    for name, line in there.twice:
        yield f"line {line}: {name} is defined twice; keep one"
    for name, wanted in given.functions.items():
        if exercise.rules.claims and "." not in name:
            continue
        mine = there.functions.get(name)
        if mine is None:
            yield f"{name} is missing; it is part of what is given"
        elif name in holes and _head(mine) != _head(wanted):
            yield f"line {mine.lineno}: {name} keeps its arguments and decorators: {ast.unparse(wanted.args)}"
        elif name not in holes and _same(mine) != _same(wanted):
            yield f"line {mine.lineno}: {name} is given, and stays as it is"
    for name, kind in given.classes.items():
        if (own := there.classes.get(name)) is None:
            yield f"the class {name} is missing; it is part of what is given"
        elif [*map(ast.dump, own.bases), *map(ast.dump, own.keywords)] != [*map(ast.dump, kind.bases)]:
            yield f"line {own.lineno}: {name} keeps its bases"
        elif missing := _fields(kind) - _fields(own):
            yield f"line {own.lineno}: {name} keeps its fields: {', '.join(sorted(missing))}"


def _head(function: Function) -> list[str]:
    return [type(function).__name__, ast.dump(function.args), *map(ast.dump, function.decorator_list)]


def _same(function: Function) -> list[str]:
    """Return what a function is, without its docstring."""
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    return [*_head(function), *map(ast.dump, body)]


def _fields(kind: ast.ClassDef) -> set[str]:
    return {ast.unparse(each) for each in kind.body if isinstance(each, ast.AnnAssign)}


# What is new


def _names(tree: ast.Module, exercise: Exercise) -> Iterator[str]:
    """Yield new names that would stand in the way of those that are given, of the kit's, or of Python's."""
    given, there = _parts(ast.parse(exercise.given())), _parts(tree)
    imported = {name.name for each in ast.walk(tree) if isinstance(each, ast.ImportFrom) for name in each.names}
    for name, kind in there.classes.items():
        bases = {ast.unparse(base) for base in kind.bases}
        if name not in given.classes and (not bases <= {"HeapObject"} or kind.keywords):
            yield f"line {kind.lineno}: a new class is a HeapObject; {name} is something else"
    for name, function in [*there.functions.items(), *there.classes.items()]:
        short = name.rpartition(".")[2]
        if name in given.functions or name in given.classes:
            continue
        if "." not in name and (short in imported or hasattr(builtins, short)):
            yield f"line {function.lineno}: {name} would take the place of what has that name; choose another"
        if "." in name and short in KIT:
            yield f"line {function.lineno}: {name} would override what the model kit measures with; choose another name"
        yield from _decorators(name, function, claims=exercise.rules.claims)


def _decorators(name: str, function: Function | ast.ClassDef, *, claims: bool) -> Iterator[str]:
    for each in function.decorator_list:
        words = ast.unparse(each).partition("(")[0]
        if words == "action":
            yield f"line {each.lineno}: {name} is a new action; the steps are those that are given"
        elif words not in DECORATORS or (words in ("always", "sometimes") and not claims):
            yield f"line {each.lineno}: {name} has the decorator {words}, which this exercise has no use for"


def _statements(tree: ast.Module, exercise: Exercise) -> Iterator[str]:
    """Yield what stands at the top of the file or of a class and is no definition."""
    for place, body in [("the file", tree.body), *((each.name, each.body) for each in _classes(tree))]:
        for each in body:
            if not _is_definition(each, exercise, in_class=place != "the file"):
                what = ast.unparse(each).splitlines()[0]
                yield f"line {each.lineno}: `{what}` is done while {place} is read; an answer has definitions only"


def _is_definition(each: ast.stmt, exercise: Exercise, *, in_class: bool) -> bool:
    if isinstance(each, (Function, ast.ImportFrom, ast.Import, ast.Pass)):
        return not (in_class and isinstance(each, (ast.ImportFrom, ast.Import)))
    if isinstance(each, ast.ClassDef):
        return not in_class
    if isinstance(each, ast.Expr):
        return isinstance(each.value, ast.Constant)
    if isinstance(each, ast.Assign):
        names = [target.id for target in each.targets if isinstance(target, ast.Name)]
        known = len(names) == len(each.targets) and set(names) <= set(exercise.rules.constants)
        return known and isinstance(each.value, ast.Constant)
    match each:
        case ast.AnnAssign(target=ast.Name(id=name), value=ast.Constant() | None):
            return in_class and name not in KIT
    return False


# What reaches around


def _reaching(tree: ast.Module) -> Iterator[str]:
    """Yield what would change the model, or the grader, from outside of what is asked."""
    tops = {each.name for each in tree.body if isinstance(each, Function | ast.ClassDef)}
    tops |= {name.name for each in tree.body if isinstance(each, ast.ImportFrom) for name in each.names}
    for each in ast.walk(tree):
        if isinstance(each, ast.Name) and (each.id in REACHING or _is_special(each.id)):
            yield f"line {each.lineno}: {each.id} reaches around the model; say it with the model's own fields"
        elif isinstance(each, ast.Attribute) and _is_special(each.attr):
            yield f"line {each.lineno}: .{each.attr} reaches around the model; say it with the model's own fields"
        elif isinstance(each, (ast.Global, ast.Nonlocal)):
            yield f"line {each.lineno}: a global is not part of the state; keep it in a field of the model"
        elif isinstance(each, ast.Attribute) and isinstance(each.ctx, (ast.Store, ast.Del)) and _root(each) in tops:
            yield f"line {each.lineno}: `{ast.unparse(each)}` is of a class, and not of the state"
        elif isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store) and each.id in tops:
            yield f"line {each.lineno}: {each.id} is the name of something else; choose another"


def _is_special(name: str) -> bool:
    return name.startswith("__") and name.endswith("__")


def _root(node: ast.expr) -> str:
    while isinstance(node, (ast.Attribute, ast.Subscript, ast.Call)):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""


def _specials(tree: ast.Module) -> Iterator[str]:
    """Yield the special names by which running code would reach around what is measured."""
    for each in ast.walk(tree):
        name = each.attr if isinstance(each, ast.Attribute) else each.name if isinstance(each, Function) else ""
        if isinstance(each, ast.Name):
            name = each.id
        if _is_special(name) and name not in SPECIAL | {"__name__"}:
            line = getattr(each, "lineno", 0)
            yield f"line {line}: {name} reaches around what is measured; write it without"


def _imports(tree: ast.Module, exercise: Exercise) -> Iterator[str]:
    allowed = exercise.rules.imports
    for each in ast.walk(tree):
        if not isinstance(each, (ast.Import, ast.ImportFrom)):
            continue
        names = [name.name for name in each.names]
        if isinstance(each, ast.ImportFrom):
            if any(name.asname or name.name == "*" for name in each.names):
                yield f"line {each.lineno}: import names as they are called"
            names = [each.module or "."]
        for name in names:
            if name not in allowed:
                yield f"line {each.lineno}: {name} is not imported here; there are {', '.join(allowed)}"
