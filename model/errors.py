"""What a model may raise, and what is raised at a model."""

from __future__ import annotations

import ast
import contextlib
import inspect
import linecache
import sys
import sysconfig
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from types import CodeType, FrameType

KIT = Path(__file__).parent
ENGINES = KIT.parent / "properties" / "engines"


class Require(Exception):
    """A guard was false: the action cannot be taken here. Not an error."""


class ModelError(Exception):
    """A model asks for something that an engine cannot honour.

    The message says what was seen, where in the model, and what to write instead.
    """


def model_line() -> str:
    """Return `file:line, in function` of the innermost frame that is not the kit's own, and not Python's."""
    return _line(_model_frame())


def guard_here() -> str:
    """Return the `require(…)` that the model is at, as its file has it; nothing where it is at none."""
    frame = _model_frame()
    statement = _statements(frame.f_code.co_filename).get(frame.f_lineno)
    calls = [each for each in ast.walk(statement) if _is_require(each)] if statement else []
    return ast.unparse(calls[0]) if calls else ""


def _is_require(node: ast.AST) -> bool:
    if not isinstance(node, ast.Call):
        return False
    name = node.func
    return (name.attr if isinstance(name, ast.Attribute) else getattr(name, "id", "")) == "require"


def is_for_a_person() -> bool:
    """Return whether the model's present statement makes text for a person, as `raise` and `print` do."""
    frame = _model_frame()
    statements = _statements(frame.f_code.co_filename)
    statement = statements.get(frame.f_lineno)
    if isinstance(statement, ast.Assert):
        return (
            statement.msg is not None
            and frame.f_lineno >= statement.msg.lineno
            and _column(frame) >= statement.msg.col_offset
        )
    if isinstance(statement, ast.Raise):
        return not any(map(_reads_what_it_catches, _frames_from(frame)))
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call) and _tells(statement.value.func)


def _column(frame: FrameType) -> int:
    """Return the column, in bytes, of what a frame is evaluating."""
    positions = list(frame.f_code.co_positions())
    return positions[frame.f_lasti // 2][2] or 0


TELLS = frozenset(("announce", "print", "log", "logger", "logging", "warnings"))
"""What a person reads: functions, or objects whose methods do."""


def _frames_from(frame: FrameType | None) -> Iterator[FrameType]:
    """Yield the model's frames within the present step, the innermost first."""
    while frame is not None and not _is_beginning_or_step(frame.f_code):
        if not _is_kit(frame.f_code.co_filename):
            yield frame
        frame = frame.f_back


def _reads_what_it_catches(frame: FrameType) -> bool:
    """Return whether a frame is inside a `try` that gives what it catches a name, and does more than raise it again."""
    return any(
        each.body[0].lineno <= frame.f_lineno <= (each.body[-1].end_lineno or 0) and any(map(_is_read, each.handlers))
        for each in _tries(frame.f_code.co_filename)
    )


def _is_read(handler: ast.ExceptHandler) -> bool:
    names = {
        id(each)
        for each in ast.walk(handler)
        if isinstance(each, ast.Name) and handler.name and each.id == handler.name
    }
    raised = {id(part) for each in ast.walk(handler) if isinstance(each, ast.Raise) for part in (each.exc, each.cause)}
    return not names <= raised


def _tells(function: ast.expr) -> bool:
    while isinstance(function, (ast.Attribute, ast.Call)):
        function = function.value if isinstance(function, ast.Attribute) else function.func
    return isinstance(function, ast.Name) and function.id.lower() in TELLS


@cache
def _tries(filename: str) -> tuple[ast.Try | ast.TryStar, ...]:
    """Return the `try` statements of a file."""
    return tuple(each for each in ast.walk(_parsed(filename)) if isinstance(each, (ast.Try, ast.TryStar)))


@cache
def _parsed(filename: str) -> ast.Module:
    """Return what a file says; nothing where there is no such file."""
    try:
        return ast.parse("".join(linecache.getlines(filename)))
    except SyntaxError:
        return ast.Module([], [])


@cache
def _statements(filename: str) -> dict[int, ast.stmt]:
    """Return for each line of a file the innermost statement that stands there."""
    found: dict[int, ast.stmt] = {}
    for each in ast.walk(_parsed(filename)):  # outer statements first
        if isinstance(each, ast.stmt):
            found.update(dict.fromkeys(range(each.lineno, (each.end_lineno or each.lineno) + 1), each))
    return found


def _model_frame() -> FrameType:
    frame = sys._getframe(1)  # noqa: SLF001 - the documented way to read the caller's line without building a traceback
    while frame.f_back is not None and _is_no_models(frame.f_code.co_filename):
        frame = frame.f_back
    return frame


def _line(frame: FrameType) -> str:
    return f"{shortened(frame.f_code.co_filename)}:{frame.f_lineno}, in {frame.f_code.co_name}"


def model_lines() -> tuple[str, ...]:
    """Return `file:line, in function` of each of the model's frames within the present step, the action's own first."""
    frames = _frames_from(sys._getframe(1))  # noqa: SLF001 - as in `model_line`
    return tuple(reversed([*map(_line, frames)]))


def _is_beginning_or_step(code: CodeType) -> bool:
    return code.co_name in ("start", "take") and code.co_filename == str(KIT / "system.py")


def line_of(error: BaseException) -> str:
    """Return `file:line, in function` of the last line of a model that `error` passed through."""
    place = "an unknown line"
    step = error.__traceback__
    while step is not None:
        code = step.tb_frame.f_code
        if not _is_kit(code.co_filename):
            place = f"{shortened(code.co_filename)}:{step.tb_lineno}, in {code.co_name}"
        step = step.tb_next
    return place


def values_at(error: BaseException) -> dict[str, object]:
    """Return what the model's line that raised looked at: names and fields, as the line has them, with their values.

    Of a `raise` that is what the condition above it looked at as well. Nothing is called to find out.
    """
    frame, line, step = None, 0, error.__traceback__
    while step is not None:
        if not _is_kit(step.tb_frame.f_code.co_filename):
            frame, line = step.tb_frame, step.tb_lineno
        step = step.tb_next
    if frame is None:
        return {}
    found: dict[str, object] = {}
    for node in _looked_at(frame.f_code.co_filename, line):
        with contextlib.suppress(KeyError):
            found[ast.unparse(node)] = _looked_up(node, frame.f_locals)
    return found


def _looked_at(filename: str, line: int) -> Iterator[ast.expr]:
    """Yield the names and fields that the statement at a line reads, and those of the condition above a `raise`."""
    statement = _statements(filename).get(line)
    if statement is None:
        return
    if isinstance(statement, ast.Raise):
        tests = [each for each in ast.walk(_parsed(filename)) if isinstance(each, ast.If) and statement in each.body]
        yield from (node for each in tests for node in _leaves(each.test))
    yield from _leaves(getattr(statement, "test", statement))


def _leaves(node: ast.AST) -> Iterator[ast.expr]:
    """Yield the names and fields in a piece of code, each as a whole: `self.pool.used`, not `self` as well."""
    if isinstance(node, (ast.Name, ast.Attribute)):
        yield node
        return
    for each in ast.iter_child_nodes(node):
        yield from _leaves(each)


def _looked_up(node: ast.expr, names: Mapping[str, object]) -> object:
    """Return the value of a name or field. Raises `KeyError` for what is no variable, or no field of an object."""
    if isinstance(node, ast.Name):
        return names[node.id]
    if isinstance(node, ast.Attribute):
        holder: object = _looked_up(node.value, names)
        fields: Mapping[str, object] = getattr(holder, "__dict__", {})
        return fields[node.attr]
    raise KeyError


def place_of(function: Callable[..., object]) -> str:
    """Return `file:line` of the first line of a function."""
    code: CodeType = inspect.unwrap(function).__code__
    return f"{shortened(code.co_filename)}:{code.co_firstlineno}"


def place_at(filename: str, line: int) -> str:
    """Return `file:line`, the file as short as it can be."""
    return f"{shortened(filename)}:{line}"


LIBRARY = Path(sysconfig.get_path("stdlib"))
INSTALLED = frozenset(("site-packages", "dist-packages"))
"""Folders in that of Python's library that are none of it."""


@cache
def is_pythons(filename: str) -> bool:
    """Return whether a file is one of Python's own library: what a model calls there is done at the model's line."""
    path = Path(filename)
    return path.is_relative_to(LIBRARY) and INSTALLED.isdisjoint(path.parts)


def _is_no_models(filename: str) -> bool:
    return _is_kit(filename) or is_pythons(filename)


@cache
def _is_kit(filename: str) -> bool:
    path = Path(filename)
    return path.parent == KIT or path.is_relative_to(ENGINES) or filename.startswith("<")


def shortened(filename: str) -> str:
    """Return a file as messages name it: from the present folder, or from the package."""
    return _shortened(filename, Path.cwd())


@cache
def _shortened(filename: str, here: Path) -> str:
    path = Path(filename)
    if path.is_relative_to(KIT) or path.is_relative_to(KIT.parent / "properties"):
        return path.relative_to(KIT.parent).as_posix()  # the same on every machine
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)
