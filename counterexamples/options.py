"""What the options of the command take, and what is said of a value that they do not."""

from __future__ import annotations

import re
from collections.abc import Callable
from math import nan
from pathlib import Path
from typing import TYPE_CHECKING, overload

import click

from spillproof.counterexamples import completion

if TYPE_CHECKING:
    from spillproof.counterexamples.trace import Trace

Value = str | None


def whole(least: int) -> Callable[[click.Context, click.Parameter, Value], int | None]:
    """Return what converts the text of an option into a whole number that is large enough."""

    def convert(_context: click.Context, _parameter: click.Parameter, value: Value) -> int | None:
        if value is None:
            return None
        if not re.fullmatch(r"[+-]?[0-9]{1,1000}", value) or int(value) < least:
            raise click.BadParameter(f"must be a whole number of at least {least}, not {value}")
        return int(value)

    return convert


ANY = "any"
"""In the stead of a number of consumers: every number of them."""


def number_or_any(context: click.Context, parameter: click.Parameter, value: Value) -> int | str | None:
    """Convert the text of an option into a number, unless it says any."""
    return ANY if value == ANY else whole(1)(context, parameter, value)


@overload
def seconds(_context: click.Context, _parameter: click.Parameter, value: str) -> float: ...
@overload
def seconds(_context: click.Context, _parameter: click.Parameter, value: None) -> None: ...
def seconds(_context: click.Context, _parameter: click.Parameter, value: Value) -> float | None:
    """Convert the text of an option into a time."""
    if value is None:
        return None
    try:
        number = float(value)
    except ValueError:
        number = nan
    if not number > 0:
        raise click.BadParameter(f"must be a number of seconds, more than 0, not {value}")
    return number


OUT = click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Keep the report, the traces and the certificates there.",
)

TRACE = click.argument("file", metavar="TRACE", type=click.Path(path_type=Path))
ON = click.option(
    "--on",
    metavar="MODEL",
    default="",
    help="Another model: a name, or path/to/file.py:Class.",
    shell_complete=completion.models,
)


def trace_of(file: Path, on: str = "") -> Trace:
    """Return the run that a command is about: of a file, or of a link that `spillproof explore` gives."""
    from spillproof.counterexamples.explorer import link
    from spillproof.counterexamples.export import itf

    return link.traced(str(file), on) if link.is_link(str(file)) else itf.read(file)
