"""Where two executions of a model part: one on integers, the other on unknown sizes that are decided like them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import Any

from spillproof.model import oracle
from spillproof.model.errors import ENGINES, KIT, place_at
from spillproof.model.quantity import Condition, Linear
from spillproof.properties.engines.validation.sizes import Guard, value_of

MOST_LINES = 20_000

Line = tuple[str, int, str]
"""A file, a line, a function."""


class Following(oracle.Oracle):
    """Decides conditions on unknown sizes as they are for given values, and makes the choices of a script."""

    def __init__(self, values: Sequence[int], picks: Sequence[int], doing: str) -> None:
        self.values = [*values]
        self.picks = [*picks]
        self.doing = doing

    def decide(self, condition: Condition) -> bool:
        return Guard((condition,)).meets(self.values)

    def choose(self, options: int) -> int:
        return min(self.picks.pop(0), options - 1) if self.picks else 0

    def prefer(self, options: int, best: Callable[[], Sequence[int]]) -> int:  # noqa: ARG002 - the script is followed
        return self.choose(options)

    def quotient(self, dividend: Linear, divisor: int) -> Linear | int:
        value = value_of(dividend, self.values) // divisor
        self.values.append(abs(value))
        found = Linear({len(self.values) - 1: 1})
        return found if value >= 0 else -found


def lines(do: Callable[[], Any], following: oracle.Oracle) -> list[Line]:
    """Return the lines of the model that are executed, in their order."""
    found: list[Line] = []

    def trace(frame: FrameType, event: str, _argument: object) -> Any:
        code = frame.f_code
        if _is_ours(code.co_filename):
            return None if event == "call" else trace
        if event == "line" and len(found) < MOST_LINES:
            found.append((code.co_filename, frame.f_lineno, code.co_name))
        return trace

    before = sys.gettrace()
    with oracle.consulting(following), suppress(Exception):
        sys.settrace(trace)
        try:
            do()
        finally:
            sys.settrace(before)
    return found


def parting(ones: Sequence[Line], others: Sequence[Line]) -> str:
    """Return in words where the execution on integers and that on unknown sizes part."""
    if not ones or not others:
        return ""
    for place, (one, other) in enumerate(zip(ones, others, strict=False)):
        if one != other:
            if place == 0:
                return f"; they part at {_spelled(one)}"
            return f"; they part after {_spelled(ones[place - 1])}: integers go on at {_spelled(one)}"
    if len(ones) == len(others):
        return f"; both execute the same lines, the last of which is {_spelled(ones[-1])}"
    longer, who = (ones, "integers go") if len(ones) > len(others) else (others, "unknown sizes go")
    place = min(len(ones), len(others))
    return f"; they part after {_spelled(longer[place - 1])}: only {who} on, at {_spelled(longer[place])}"


def _spelled(line: Line) -> str:
    return f"{place_at(line[0], line[1])}, in {line[2]}"


def _is_ours(filename: str) -> bool:
    path = Path(filename)
    return path.parent == KIT or path.is_relative_to(ENGINES) or filename.startswith("<")
