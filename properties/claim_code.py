"""The code of a claim about a step, made to compare objects as the heap sees them.

`before.page is after.page` compares two Python objects, which are never the same one: a state is not two states at
once. So the comparisons by identity in a claim's own functions, and in all those that it may call, are replaced by
questions to `model.identity`. Outside of a claim these answer what `is` answers.

The source is compiled again, as it is and with the replacements, and the code of a function is exchanged only where the
first gives what the function already runs. Where it does not, or there is no source, a claim that compares by identity
is refused.
"""

from __future__ import annotations

import ast
import copy
import dis
import linecache
import sys
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import _lru_cache_wrapper, cache, cached_property, partial
from itertools import pairwise
from pathlib import Path
from types import CodeType, FunctionType, MethodType, ModuleType
from typing import Any

from spillproof.model import identity, set_order
from spillproof.model.errors import KIT, ModelError, place_of
from spillproof.model.heap import HeapObject, subclasses_of
from spillproof.model.slips import MARKED
from spillproof.model.system import Model

IS, IS_NOT, INSTEAD = "__spillproof_is__", "__spillproof_is_not__", "__spillproof_instead__"
CALLED: Mapping[str, object] = {IS: identity.is_same, IS_NOT: identity.is_not_same, INSTEAD: identity.instead_of}
"""What the code calls, by the names that it has among the function's globals."""

COMPARE = frozenset({"id", "is_", "is_not"})
"""Functions that compare by identity, by name."""

_exchanged: set[CodeType] = set()


def compare_as_the_heap_does(claim: str, function: Callable[..., Any], system: type) -> None:
    """Have a claim about the steps of a system compare objects as the heap sees them.

    Raises `ModelError` where its code compares by identity and cannot be exchanged, or is written as text.
    """
    for each in _reachable(function, system):
        if each.__code__ not in _exchanged and (written := _evaluates(each.__code__)):
            message = (
                f"{claim} is in part text that {written} makes code of, in {place_of(each)}: what `is` means "
                "there cannot be said; write the code itself"
            )
            raise ModelError(message)
        if alias := _alias(each):
            message = (
                f"{claim} compares objects of the states before and after by {alias}, which {place_of(each)} reaches "
                "by another name or as a value; write `is`, ==, or the name itself"
            )
            raise ModelError(message)
        if each.__code__ not in _exchanged and _compares(each.__code__):
            code = _with_questions(each)
            if code is None:
                message = (
                    f"{claim} compares objects of the states before and after by `is` or `id`, in "
                    f"{place_of(each)}, whose source cannot be had; write == instead"
                )
                raise ModelError(message)
            each.__globals__.update(CALLED)
            each.__code__ = code
            _exchanged.add(code)


# Which functions a claim may call


def _reachable(function: Callable[..., Any], system: type) -> Iterator[FunctionType]:
    """Yield the functions of the claim's and the model's modules that a claim may call, by their names."""
    classes = list(_classes(function, system))
    waiting = list(_functions(function))
    seen: set[int] = set()
    while waiting:
        each = waiting.pop()
        if id(each) in seen or _is_kit(each.__code__.co_filename) or _is_made(each.__code__):
            continue
        seen.add(id(each))
        yield each
        names = _names(each.__code__)
        values = [*_globals(each, names), *_closed_over(each)]
        names.update(value for value in values if type(value) is str)
        for value in (*values, *_methods(classes, names)):
            waiting.extend(_functions(value))


def _classes(function: Callable[..., Any], system: type) -> Iterator[type]:
    """Yield the model's classes, and the heap classes that its module or the claim's knows."""
    modules = {function.__module__, *(each.__module__ for each in system.__mro__)} - {"builtins", "typing", "abc"}
    named = [value for name in modules for value in vars(sys.modules.get(name, ast)).values() if name in sys.modules]
    modules |= {value.__module__ for value in named if isinstance(value, type) and issubclass(value, HeapObject)}
    yield from (each for each in system.__mro__ if each is not object)
    yield from (each for each in subclasses_of(HeapObject) if each.__module__ in modules)


def _names(code: CodeType) -> set[str]:
    """Return the names that code uses, also as text: `getattr` and `methodcaller` are given it."""
    texts = {each for each in code.co_consts if isinstance(each, str) and each.isidentifier()}
    return texts.union(code.co_names, *(_names(each) for each in _inside(code)))


def _globals(function: FunctionType, names: Iterable[str]) -> Iterator[object]:
    for name in names:
        value = function.__globals__.get(name)
        if isinstance(value, ModuleType):
            yield from (vars(value)[each] for each in names if each in vars(value))
        else:
            yield value


def _closed_over(function: FunctionType) -> Iterator[object]:
    yield from function.__defaults__ or ()
    yield from (function.__kwdefaults__ or {}).values()
    for cell in function.__closure__ or ():
        try:
            yield cell.cell_contents
        except ValueError:  # not bound yet
            continue


def _methods(classes: Iterable[type], names: set[str]) -> Iterator[object]:
    for cls in classes:
        for name, value in vars(cls).items():
            if name in names or (name.startswith("__") and name not in NOT_CALLED):
                yield value


NOT_CALLED = ("__dict__", "__weakref__", "__init__", MARKED)
"""Names of a class that look as Python's own methods do, and that no claim calls without naming them."""


def _functions(value: Any) -> Iterator[FunctionType]:
    """Yield the functions that calling a value, or what it holds, may call."""
    waiting, seen = [value], dict[int, Any]()
    while waiting:
        each = waiting.pop()
        if id(each) not in seen:
            seen[id(each)] = each
            waiting.extend(_parts(each))
            if isinstance(each, FunctionType):
                yield each


def functions_in(module: ModuleType) -> Iterator[FunctionType]:
    """Yield the functions that are written in a module, those of its classes and its claims included."""
    for value in [*vars(module).values()]:
        members = vars(value).values() if isinstance(value, type) else [value]
        for each in members:
            yield from (found for found in _functions(each) if found.__module__ == module.__name__)


def _parts(value: Any) -> Iterable[Any]:
    """Return what a value calls, or holds."""
    if isinstance(value, (FunctionType, _lru_cache_wrapper)):
        return [getattr(value, "__wrapped__", None)]
    if isinstance(value, (MethodType, staticmethod, classmethod)):
        return [value.__func__]
    if isinstance(value, property):
        return [value.fget]
    if isinstance(value, partial):
        return [value.func, *value.args, *value.keywords.values()]
    if isinstance(value, cached_property):
        return [value.func]
    if isinstance(value, (list, tuple, set, frozenset)):
        return value
    if isinstance(value, dict):
        return value.values()
    if isinstance(value, type):
        return _body(value)
    return _held_by(value)


def _body(cls: type) -> list[Any]:
    """Return what stands in the body of a class; of the model and its heap, that is looked up by name."""
    if not _is_written(cls) or issubclass(cls, (HeapObject, Model)):
        return []
    return [each for each in vars(cls).values() if not isinstance(each, type)]


def _held_by(value: Any) -> list[Any]:
    """Return what another claim asks, or what an object has, and its classes have."""
    if isinstance(getattr(value, "function", None), FunctionType):
        return [value.function]
    if not _is_written(type(value)) or isinstance(value, (HeapObject, Model)):
        return []
    return [*getattr(value, "__dict__", {}).values(), *(each for cls in type(value).__mro__ for each in _body(cls))]


def _is_written(cls: type) -> bool:
    """Return whether a class is none of Python's own."""
    return cls.__module__.partition(".")[0] not in sys.stdlib_module_names


@cache
def _is_kit(filename: str) -> bool:
    path = Path(filename)
    return path.parent == KIT or path.is_relative_to(KIT.parent / "properties")


def _is_made(code: CodeType) -> bool:
    """Return whether this is a method that `dataclass` has made: it compares objects with nothing of a state."""
    return code.co_filename == "<string>" and code.co_name.startswith("__")


# Whether code compares by identity


def _compares(code: CodeType) -> bool:
    instructions = list(dis.get_instructions(code))
    return (
        any(
            each.opname == "IS_OP" and not (last.opname == "LOAD_CONST" and _is_single(last.argval))
            for last, each in pairwise(instructions)
        )
        or not COMPARE.isdisjoint(code.co_names)
        or any(map(_compares, _inside(code)))
    )


def _evaluates(code: CodeType) -> str:
    """Return the function by which code makes code of text; empty where it has none."""
    called = (each.argval for each in dis.get_instructions(code) if each.opname in {"LOAD_GLOBAL", "LOAD_NAME"})
    own = next((name for name in called if name in {"eval", "exec"}), "")
    return own or next(filter(None, map(_evaluates, _inside(code))), "")


def _alias(function: FunctionType) -> str:
    """Return what compares Python's objects in a function and is not called by its name there; empty for nothing."""
    names = _names(function.__code__)
    if "object" in names and not OBJECTS_OWN.isdisjoint(names):
        return f"object.{min(OBJECTS_OWN & names)}"
    values = [function.__globals__.get(each) for each in names - COMPARE]
    found = (each for value in (*values, *_closed_over(function)) for each in _held(value))
    return next((each.__name__ for each in found if identity.instead_of(each) is not each), "")


OBJECTS_OWN = frozenset({"__eq__", "__ne__", "__hash__", "__repr__", "__str__", "__format__"})
"""Methods by which `object` itself tells Python's objects apart."""


def _held(value: Any) -> Iterator[Any]:
    """Yield a value, and what is in it if it is a table or a partial call."""
    yield value
    if isinstance(value, partial):
        inside: Iterable[Any] = (value.func, *value.args)
    elif isinstance(value, dict):
        inside = value.values()
    else:
        inside = value if isinstance(value, (list, tuple)) else ()
    yield from inside


def _is_single(value: object) -> bool:
    return value is None or value is True or value is False or value is Ellipsis


def _inside(code: CodeType) -> list[CodeType]:
    return [each for each in code.co_consts if isinstance(each, CodeType)]


# The code with questions in the place of comparisons


def _with_questions(function: FunctionType) -> CodeType | None:
    """Return the code of a function with questions in the place of comparisons; None where it cannot be had."""
    code = function.__code__
    source = "".join(linecache.getlines(code.co_filename, function.__globals__))
    return counterpart(code, source, _compiled) or counterpart(code, source, _compiled_in_order)


def counterpart(
    code: CodeType, source: str, compiled: Callable[[str, str], tuple[CodeType, CodeType]]
) -> CodeType | None:
    """Return what stands in the second of two codes of a module where this code stands in the first; None without."""
    try:
        first, second = compiled(source, code.co_filename)
    except (SyntaxError, ValueError):
        return None
    for path, found in _every(first):
        if _runs_alike(found, code):
            return _at(second, path)
    return None


@cache
def _compiled_in_order(source: str, filename: str) -> tuple[CodeType, CodeType]:
    """Return the code of a module in which sets are in order, and the same with questions."""
    return _both(set_order.with_order(ast.parse(source, filename)), filename)


@cache
def _compiled(source: str, filename: str) -> tuple[CodeType, CodeType]:
    return _both(ast.parse(source, filename), filename)


def _both(tree: ast.Module, filename: str) -> tuple[CodeType, CodeType]:
    asking = ast.fix_missing_locations(_Questions().visit(copy.deepcopy(tree)))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return compile(tree, filename, "exec", dont_inherit=True), compile(asking, filename, "exec", dont_inherit=True)


def _every(code: CodeType, path: tuple[int, ...] = ()) -> Iterator[tuple[tuple[int, ...], CodeType]]:
    """Yield every code within a module's, and its place."""
    for place, each in enumerate(_inside(code)):
        yield (*path, place), each
        yield from _every(each, (*path, place))


def _at(code: CodeType, path: tuple[int, ...]) -> CodeType:
    for place in path:
        code = _inside(code)[place]
    return code


def _runs_alike(one: CodeType, other: CodeType) -> bool:
    return (
        (one.co_qualname, one.co_firstlineno, one.co_code, one.co_names, one.co_freevars)
        == (other.co_qualname, other.co_firstlineno, other.co_code, other.co_names, other.co_freevars)
        and list(one.co_positions()) == list(other.co_positions())
    )  # fmt: skip


def asking(expression: ast.expr) -> ast.Expression:
    """Return an expression of a claim to be evaluated, with `CALLED` among the names, as the claim itself is."""
    return ast.fix_missing_locations(ast.Expression(_Questions().visit(copy.deepcopy(expression))))


class _Questions(ast.NodeTransformer):
    """Puts questions in the place of comparisons by identity."""

    def visit_Compare(self, node: ast.Compare) -> ast.expr:
        self.generic_visit(node)
        sides = [node.left, *node.comparators]
        triples = list(zip(sides, node.ops, sides[1:], strict=False))
        if not any(_asks(*each) for each in triples):
            return node
        questions = [ast.copy_location(_question(*each), node) for each in triples]
        return questions[0] if len(questions) == 1 else ast.copy_location(ast.BoolOp(ast.And(), questions), node)

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return _instead(node) if node.id in COMPARE and isinstance(node.ctx, ast.Load) else node

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        self.generic_visit(node)
        return _instead(node) if node.attr in COMPARE and isinstance(node.ctx, ast.Load) else node

    def visit_MatchValue(self, node: ast.MatchValue) -> ast.MatchValue:
        return node


def _asks(left: ast.expr, operator: ast.cmpop, right: ast.expr) -> bool:
    single = any(isinstance(each, ast.Constant) and _is_single(each.value) for each in (left, right))
    return isinstance(operator, (ast.Is, ast.IsNot)) and not single


def _question(left: ast.expr, operator: ast.cmpop, right: ast.expr) -> ast.expr:
    left, right = copy.deepcopy(left), copy.deepcopy(right)
    if not _asks(left, operator, right):
        return ast.Compare(left, [operator], [right])
    name = IS if isinstance(operator, ast.Is) else IS_NOT
    return ast.Call(ast.Name(name, ast.Load()), [left, right], [])


def _instead(node: ast.expr) -> ast.expr:
    return ast.copy_location(ast.Call(ast.Name(INSTEAD, ast.Load()), [node], []), node)
