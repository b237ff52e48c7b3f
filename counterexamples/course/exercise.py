"""What an exercise is: a file with holes, and how an answer is judged."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import resources
from types import ModuleType

GIVEN = "spillproof.counterexamples.course.given"


@dataclass(frozen=True)
class Judged:
    """What came of an answer."""

    accepted: bool
    found: tuple[str, ...]
    """What was looked at, a line each, the verdict first."""
    hint: str = ""
    """What to think about: the shortest counterexample, or what is never seen."""


@dataclass(frozen=True)
class Rules:
    """What an answer may be made of."""

    holes: tuple[str, ...] = ()
    """The functions that are the student's, such as `Cache.evict`. All others stay as they are given."""
    imports: tuple[str, ...] = ("__future__", "spillproof")
    """The modules that may be imported."""
    constants: tuple[str, ...] = ()
    """The names at the top of the file that the student gives a value."""
    claims: bool = False
    """Whether new functions at the top of the file may be claims."""
    is_free: bool = False
    """Whether the code is the student's altogether: running code, of which only the name is asked."""


@dataclass(frozen=True)
class Exercise:
    """A task, in the words of the command; the page of its lesson says more."""

    name: str
    """Of the file: `cache` is given as `cache.py`."""
    wants: str
    """The name at the top of the file by which the grader knows the exercise."""
    lesson: int
    """From 1 to 8."""
    minutes: int
    """What a student needs who has read the page."""
    task: str
    """What is to be done, in a sentence."""
    rules: Rules
    judge: Callable[[ModuleType], Judged]
    """Judges an answer that keeps the rules, once it is imported."""
    beside: tuple[str, ...] = ()
    """The names of other files that are given with it."""

    def given(self, name: str = "") -> str:
        """Return the file with holes, or one that is given beside it."""
        return resources.files(GIVEN).joinpath(name or f"{self.name}.py").read_text(encoding="utf-8")
