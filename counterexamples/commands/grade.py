"""`spillproof grade`: grade an answer to an exercise of the course."""

from __future__ import annotations

from pathlib import Path

import click

from spillproof.counterexamples import screen
from spillproof.counterexamples.group import Command
from spillproof.counterexamples.options import Place


@click.command("grade", cls=Command)
@click.argument("file", metavar="FILE", type=Place(path_type=Path))
def grade(*, file: Path) -> int:
    """Grade the answer in FILE: by claims, and not by its looks.

    Every claim has to be proved and every witness to be seen; if not, the shortest counterexample is the hint. Exit
    status: 0 accepted, 1 not yet, 2 it is no answer to an exercise, or cannot be asked.
    """
    from spillproof.counterexamples.course import grader

    with screen.Progress():
        grade = grader.grade(file)
    screen.show(str(grade))
    return 0 if grade.accepted else 1
