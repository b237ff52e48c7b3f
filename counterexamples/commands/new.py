"""`spillproof new`: write a file to start from."""

from __future__ import annotations

from pathlib import Path

import click

from spillproof.counterexamples import screen
from spillproof.counterexamples.group import Group


@click.group("new", cls=Group)
def new() -> None:
    """Write a file to start from."""


@new.command(short_help="Write an adapter for a memory manager of your own.")
@click.argument("name", metavar="NAME")
def adapter(*, name: str) -> int:
    """Write test_NAME.py here: an adapter for a running memory manager, and a test for each claim about it."""
    from spillproof.counterexamples import template

    path = template.write(name, Path())
    screen.show(f"Wrote {path}. Put your manager into it, and run: pytest {path}")
    return 0


@new.command(short_help="Write a model of a memory manager of your own.")
@click.argument("name", metavar="NAME")
def model(*, name: str) -> int:
    """Write test_NAME.py here: a model of a small pool to fill in, and a test that checks every claim about it."""
    from spillproof.counterexamples import template

    path = template.write_model(name, Path())
    screen.show(
        f"Wrote {path}. Put what your manager does into it, and run: spillproof check {path}:{name}, or pytest {path}"
    )
    return 0


@new.command(short_help="Write the file with holes of an exercise of the course.")
@click.argument("name", metavar="NAME")
def exercise(*, name: str) -> int:
    """Write NAME.py here: an exercise of the course, to fill in. NAME is one that the lesson's page says."""
    from spillproof.counterexamples.course import grader

    first, *others = grader.give(name, Path())
    beside = f", and {' and '.join(map(str, others))} beside it" if others else ""
    screen.show(f"Wrote {first}{beside}. {grader.named(name).task} Then run: spillproof grade {first}")
    return 0
