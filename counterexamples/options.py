"""What the options of the command take, and what is said of a value that they do not."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from math import nan
from pathlib import Path
from typing import TYPE_CHECKING, Any, overload

import click

from spillproof.counterexamples import completion

if TYPE_CHECKING:
    from spillproof.counterexamples.trace import Trace

Value = str | None


class Place(click.Path):
    """A file or a folder: an empty name, as of a variable that nobody has set, is not the folder where one stands."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if value == "":
            self.fail("it is empty, where a file or a folder is to be named", param, ctx)
        return super().convert(value, param, ctx)


Option = Callable[[Callable[..., int]], Callable[..., int]]
"""What adds an option to a command."""


def whole(least: int, other: str = "") -> Callable[[click.Context, click.Parameter, Value], int | None]:
    """Return what converts the text of an option into a whole number that is large enough.

    `other` is what else may be written, for whoever wrote neither.
    """

    def convert(_context: click.Context, _parameter: click.Parameter, value: Value) -> int | None:
        if value is None:
            return None
        if not re.fullmatch(r"[+-]?[0-9]{1,1000}", value) or int(value) < least:
            raise click.BadParameter(f"must be a whole number of at least {least}{other}, not {value}")
        return int(value)

    return convert


ANY = "any"
"""In the stead of a number of consumers: every number of them."""


def number_or_any(context: click.Context, parameter: click.Parameter, value: Value) -> int | str | None:
    """Convert the text of an option into a number, unless it says any."""
    return ANY if value == ANY else whole(1, f", or {ANY}")(context, parameter, value)


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


MODEL = click.argument("name", metavar="MODEL", shell_complete=completion.models)
CLAIM = click.option(
    "--claim",
    "claims",
    metavar="CLAIM",
    multiple=True,
    help="Check this claim only. May be repeated.",
    shell_complete=completion.claims,
)
ENGINES = ("simulate", "bounded", "prove", "explore", "network")
ENGINE = click.option("--engine", type=click.Choice(ENGINES), help="Who gives the verdicts. [default: whichever can]")
WITH = click.option(
    "--with",
    "added",
    metavar="FIX",
    multiple=True,
    help="Add a fix to the release. May be repeated.",
    shell_complete=completion.fixes,
)
WITHOUT = click.option(
    "--without",
    "removed",
    metavar="FIX",
    multiple=True,
    help="Take a fix out of it. May be repeated.",
    shell_complete=completion.fixes,
)
MAX_STEPS = click.option("--max-steps", callback=whole(1), metavar="N", help="Search runs of at most so many steps.")


def json_with(what: str = "") -> Option:
    """Return the option of a command whose answer can be had as JSON, with something in it."""
    words = f"Print one JSON object, with {what}." if what else "Print one JSON object."
    return click.option("--json", "as_json", is_flag=True, help=words)


JSON = json_with()
FORCE = click.option("--force", is_flag=True, help="Let --out overwrite.")
OUT = click.option(
    "--out",
    type=Place(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Keep the report, the traces and the certificates there.",
)

TRACE = click.argument("file", metavar="TRACE", type=Place(path_type=Path))
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


def folder_of(out: Path | None, claims: Sequence[str] = (), *, force: bool) -> Path | None:
    """Return the folder to keep things in, made before anything is computed that might be lost."""
    if out is None:
        return None
    from spillproof.counterexamples import record

    try:
        return record.folder(out, claims, force=force)
    except OSError as error:
        raise click.ClickException(f"--out {out}: {error.strerror}") from None
