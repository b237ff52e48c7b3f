"""Whether a step, or a claim, executes the same code on unknown sizes as on integers that they stand for.

What looks behind an unknown size (`type(size) is int and size == 777`) may do the same at all sizes that are tried,
and something else at one that is not. But it does not *execute* the same: after the first half integers go on to the
second, and unknown sizes do not. So some steps are taken on both, and the instructions that they came to are compared.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

from spillproof.model import oracle
from spillproof.model.errors import INSTALLED, KIT, ModelError, is_pythons, place_at
from spillproof.model.quantity import Needed
from spillproof.properties.engines.garbage import not_looked_for
from spillproof.properties.engines.validation import clocks, outlets

Instructions = dict[tuple[str, int, str, int], int]
"""The instructions that were executed, in whatever order: by file, first line and name of the function, and place in
it; the line of each."""

TIMES = 3
"""So often something else is executed before it is said."""

LOOKED_AT = frozenset(4**power for power in range(12))


class Samples:
    """Which of many things of some kinds are looked at: the first, the fourth, the sixteenth of each, and so on."""

    def __init__(self) -> None:
        self.met = Counter[object]()

    def has_next(self, kind: object) -> bool:
        """Count one more of a kind. Return whether it is to be looked at."""
        self.met[kind] += 1
        return self.met[kind] in LOOKED_AT


def difference(ones: Callable[[], Any], others: Callable[[], Any], deciding: Callable[[], oracle.Oracle]) -> str:
    """Return where unknown sizes (`others`) execute something else than integers (`ones`) do; empty where they do not.

    `deciding` makes an oracle for each run. What differs at first and then no more, as what is kept for later does, is
    no difference.
    """
    found = ""
    for _ in range(TIMES):
        found = _difference(executed(ones, deciding()), executed(others, deciding()))
        if not found:
            break
    return found


def _difference(ones: Instructions | None, others: Instructions | None) -> str:
    if ones is None or others is None:
        return ""
    for whose, more, fewer in (("integers", ones, others), ("unknown sizes", others, ones)):
        if alone := more.keys() - fewer.keys():
            file, first, name, place = min(alone, key=lambda each: (each[0], more[each]))
            return f"only {whose} go on at {place_at(file, more[file, first, name, place])}, in {name}"
    return ""


def executed(do: Callable[[], Any], deciding: oracle.Oracle) -> Instructions | None:
    """Return the model's instructions that are executed; None where what is done asks for what nobody can honour.

    Raises `ModelError` where they ask a clock, or chance, or leave something where no state is.
    """
    found: dict[tuple[int, int], CodeType] = {}
    outside: list[str] = []
    left: list[str] = []

    def note_left(said: str, frame: FrameType | None) -> None:
        who = _models(frame) if said else None
        if who is not None:
            left.append(f"{place_at(who.f_code.co_filename, who.f_lineno)}, in {who.f_code.co_qualname}: {said}")

    def note(asked: str, frame: FrameType | None) -> None:
        if asked and frame is not None and not _is_installed(frame.f_code.co_filename):
            outside.append(
                f"{place_at(frame.f_code.co_filename, frame.f_lineno)}, in {frame.f_code.co_qualname}: {asked}"
            )

    def trace(frame: FrameType, event: str, _argument: object) -> Any:
        if event == "call":
            if _is_foreign(frame.f_code.co_filename):
                note(clocks.drawn(frame), _callers(frame.f_back))
                note_left(outlets.left_within(frame), frame)
                return None
            frame.f_trace_opcodes, frame.f_trace_lines = True, False
        elif (
            event == "opcode" and deciding.ended_by is None
        ):  # what comes after a step's end, if it was caught, is none
            found[id(frame.f_code), frame.f_lasti] = frame.f_code
        return trace

    def profile(frame: FrameType, event: str, function: object) -> None:
        if event == "c_call" and frame.f_code.co_name != "__hash__":
            asked = clocks.asked(function)
            note(asked, _callers(frame) if asked.startswith(clocks.BY_CHANCE) else frame)
            note_left(outlets.left_by(function), frame)
            if not _is_pythons(frame.f_code.co_filename):  # a log may write
                note_left(outlets.written_by(function), frame)

    before, measured = sys.gettrace(), sys.getprofile()
    with not_looked_for(), oracle.consulting(deciding), suppress(Exception):  # what a model raises ends it on both
        sys.settrace(trace)
        sys.setprofile(profile)
        try:
            with outlets.listening(note_left):
                do()
        except (ModelError, Needed):
            return None
        finally:
            sys.settrace(before)
            sys.setprofile(measured)
    if outside:
        message = (
            f"{outside[0]} is asked, which is in no state; let the environment `choose`, or give it as an argument"
        )
        raise ModelError(message)
    if left:
        instead = "keep it in an attribute of the model, set in `begin`; what only a person reads, print or log"
        message = f"{left[0]}, which leaves something where no state is; {instead}"
        raise ModelError(message)
    return {
        (code.co_filename, code.co_firstlineno, code.co_qualname, place): _line(code, place)
        for (_, place), code in found.items()
    }


def _line(code: CodeType, place: int) -> int:
    return next((line for start, end, line in code.co_lines() if start <= place < end and line), code.co_firstlineno)


def _callers(frame: FrameType | None) -> FrameType | None:
    """Return the nearest frame that is none of a library's."""
    while frame is not None and _is_installed(frame.f_code.co_filename):
        frame = frame.f_back
    return frame


def _models(frame: FrameType | None) -> FrameType | None:
    """Return the model's frame that something of Python's own was called from; None where another called it.

    What an import does, such as writing down what it compiled, is none of the model's.
    """
    while frame is not None and _is_pythons(name := frame.f_code.co_filename):
        if name.startswith("<frozen importlib"):
            return None
        frame = frame.f_back
    return None if frame is None or _is_installed(frame.f_code.co_filename) else frame


def _is_pythons(filename: str) -> bool:
    return filename.startswith("<") or is_pythons(filename)


@cache
def _is_installed(filename: str) -> bool:
    """Return whether a file is none that the model's author wrote: what is installed may measure time for itself.

    So does our own command, whose handler of signals comes in between.
    """
    path = Path(filename)
    ours = path.is_relative_to(KIT.parent / "counterexamples")
    return ours or _is_foreign(filename) or not INSTALLED.isdisjoint(path.parts)


@cache
def _is_foreign(filename: str) -> bool:
    """Return whether a file is none of a model's: the kit's, an engine's, or one of Python's own."""
    path = Path(filename)
    ours = path.parent == KIT or path.is_relative_to(KIT.parent / "properties") or filename.startswith("<")
    return ours or is_pythons(filename)
