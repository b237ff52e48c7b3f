"""The commands of `spillproof`: each is a function in the module of its name, here.

Such a module says what arguments the command takes, and then calls what does it. Everything heavier than click is
imported inside the function, so that its `--help`, and what a shell completes, do not wait for a solver.
"""

from __future__ import annotations

from importlib import import_module

import click

COMMANDS = {
    "audit": "Check an executor's log.",
    "check": "Check the claims about a model.",
    "compare": "Compare two models by what one can observe.",
    "conformance": "Say which models' claims a build of Spark keeps.",
    "explain": "Explain a counterexample.",
    "explore": "Take the steps of a model yourself, in a page.",
    "export": "Write a counterexample, or a model, for other tools.",
    "grade": "Grade an answer to an exercise of the course.",
    "heap": "Ask a heap dump what is counted free and still held.",
    "list": "List the models, the claims and the fixes.",
    "new": "Write a file to start from.",
    "replay": "Replay a counterexample.",
    "survey": "Ask many questions, and write one table.",
}
"""What there is, and what each is for: all that `spillproof --help` has to know."""


def command(name: str) -> click.Command | None:
    """Return the command of that name, imported now; None where there is none."""
    if name not in COMMANDS:
        return None
    found = getattr(import_module(f"{__name__}.{name}"), name)
    assert isinstance(found, click.Command)
    found.short_help = COMMANDS[name]
    return found
