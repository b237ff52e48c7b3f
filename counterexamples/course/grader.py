"""From a file to what came of it: which exercise it answers, whether it keeps the rules, and how it is judged."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from spillproof.counterexamples import files
from spillproof.counterexamples.course.exercise import Exercise, Judged
from spillproof.counterexamples.course.exercises import EXERCISES
from spillproof.counterexamples.course.rules import broken
from spillproof.model.errors import ModelError
from spillproof.model.names import unknown
from spillproof.properties.engines.story.phrases import paragraph
from spillproof.properties.loader import module_in_file


@dataclass(frozen=True)
class Grade:
    """What came of an answer to an exercise."""

    exercise: Exercise
    judged: Judged

    @property
    def accepted(self) -> bool:
        """Return whether everything that was asked is so."""
        return self.judged.accepted

    def __str__(self) -> str:
        """Return what the command prints."""
        mark = "✓ accepted" if self.accepted else "✗ not yet"
        head = f"Lesson {self.exercise.lesson}, {self.exercise.name}: {self.exercise.task}"
        parts = [
            "\n".join(paragraph(head, "")),
            "\n".join(line for each in self.judged.found for line in paragraph(each, "")),
        ]
        parts += [f"Hint\n\n{self.judged.hint}"] if self.judged.hint else []
        return "\n\n".join([*parts, f"{mark}: lesson {self.exercise.lesson}, {self.exercise.name}"])

    def assert_accepted(self) -> None:
        """Raise `AssertionError`, with the hint, unless the answer is accepted: for a test."""
        __tracebackhide__ = True
        if not self.accepted:
            raise AssertionError(str(self))


def grade(path: Path | str) -> Grade:
    """Return what came of the answer in a file.

    The file is run, as by an import. Raises `ModelError` where there is no such file, where it is no answer to any
    exercise, or where what it has cannot be asked.
    """
    path = Path(path)
    text = _read(path)
    exercise = _exercise(path, text)
    if rules := [*dict.fromkeys(broken(text, exercise))]:
        return Grade(exercise, Judged(False, tuple(f"✗ {each}" for each in rules), _about_rules(exercise)))
    return Grade(exercise, exercise.judge(module_in_file(path)))


def _about_rules(exercise: Exercise) -> str:
    """Return what an answer may change, and how to have again what was given."""
    anew = f"`spillproof new exercise {exercise.name}`, in another folder, writes what was given."
    if exercise.rules.is_free:
        return f"All of the file is yours, within these rules. {anew}"
    return f"What is outside of the holes is the question. {anew}"


def named(name: str) -> Exercise:
    """Return an exercise by name. Raises `ModelError` where there is none of that name."""
    known = {each.name: each for each in EXERCISES}
    if name not in known:
        raise ModelError(unknown("exercise", name, known))
    return known[name]


def give(name: str, folder: Path) -> list[Path]:
    """Write the file with holes of an exercise, and what belongs to it; return them.

    Raises `ModelError` where there is one already, before anything is written over.
    """
    exercise = named(name)
    return [_given(exercise, file, folder / file) for file in (f"{name}.py", *exercise.beside)]


def _given(exercise: Exercise, name: str, path: Path) -> Path:
    try:
        files.write(path, exercise.given(name), replace=False)
    except FileExistsError:
        raise ModelError(f"{path}: it is there already, and is left as it is") from None
    except OSError as error:
        raise ModelError(f"{path}: {files.why(error)}") from None
    return path


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = files.why(error) if isinstance(error, OSError) else "is not text in UTF-8"
        raise ModelError(f"{path}: {why}; write the file of an answer, such as cache.py") from None


def _exercise(path: Path, text: str) -> Exercise:
    try:
        there = {*_tops(ast.parse(text))}
    except SyntaxError as error:
        raise ModelError(f"{path}:{error.lineno}: does not import: SyntaxError: {error.msg}") from None
    found = [each for each in EXERCISES if each.wants in there]
    if len(found) != 1:
        wanted = ", ".join(f"{each.wants} ({each.name})" for each in found or EXERCISES)
        what = "answers several exercises" if found else "answers no exercise"
        raise ModelError(f"{path}: {what}; a file has one of {wanted}; `spillproof new exercise NAME` writes one")
    return found[0]


def _tops(tree: ast.Module) -> Iterator[str]:
    for each in tree.body:
        if isinstance(each, (ast.FunctionDef, ast.ClassDef)):
            yield each.name
        elif isinstance(each, ast.Assign):
            yield from (target.id for target in each.targets if isinstance(target, ast.Name))
