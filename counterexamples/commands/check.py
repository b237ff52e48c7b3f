"""`spillproof check`: check the claims about a model."""

from __future__ import annotations

import time
from math import isinf
from pathlib import Path

import click

from spillproof.counterexamples import completion
from spillproof.counterexamples.group import Command
from spillproof.counterexamples.options import (
    ANY,
    CLAIM,
    ENGINE,
    MODEL,
    OUT,
    WITH,
    WITHOUT,
    folder_of,
    json_with,
    number_or_any,
    seconds,
    whole,
)


@click.command("check", cls=Command)
@MODEL
@CLAIM
@ENGINE
@click.option(
    "--consumers",
    callback=number_or_any,
    metavar="N|any",
    help="How many consumers share the pool. any: what is proved is proved of every number.",
)
@click.option(
    "--capacity", callback=whole(1), metavar="BYTES", help="The size of the pool. Without it: every size at once."
)
@click.option(
    "--set",
    "settings",
    metavar="NAME=VALUE",
    multiple=True,
    help="Set an argument of `begin`: places=3. May be repeated.",
    shell_complete=completion.settings,
)
@WITH
@WITHOUT
@click.option(
    "--max-steps",
    callback=whole(1),
    metavar="N",
    help="Search runs of at most so many steps; extract no more of a model that is not small.",
)
@click.option(
    "--time-limit", callback=seconds, metavar="SECONDS", default="60", help="For the whole check.  [default: 60]"
)
@click.option("--seed", callback=whole(0), metavar="N", help="For runs at random. The verdicts do not depend on it.")
@click.option("--certify/--no-certify", help="Have cvc5 confirm every proof as well. Needs the extra certify.")
@json_with("traces in ITF")
@OUT
@click.option("--force/--no-force", help="Let --out overwrite.")
def check(
    *,
    name: str,
    claims: tuple[str, ...],
    engine: str | None,
    consumers: int | str | None,
    capacity: int | None,
    settings: tuple[str, ...],
    added: tuple[str, ...],
    removed: tuple[str, ...],
    max_steps: int | None,
    time_limit: float,
    seed: int | None,
    certify: bool,
    as_json: bool,
    out: Path | None,
    force: bool,
) -> int:
    """Check the claims about MODEL: a name that `spillproof list` shows, or path/to/file.py:Class.

    Exit status: 0 all hold, 1 something is violated, 2 what was asked cannot be done, 3 nothing is violated but
    something is unknown, or a claim is refused or not asked, 70 the engines disagree. Ctrl-C or SIGTERM ends the check
    with what is known so far.
    """
    started = time.monotonic()
    deadline = None if isinf(time_limit) else started + time_limit
    from spillproof.counterexamples import answer, question, supervisor
    from spillproof.properties.engines.limits import MOST_MEMORY

    supervisor.limit(deadline, MOST_MEMORY)
    short = {"consumers": consumers, "capacity": capacity}
    words = [f"{key}={value}" for key, value in short.items() if isinstance(value, int)]
    asked = question.Question(name, {}, added, removed).at([*words, *settings])
    model = asked.model()
    wanted = question.select(model, claims, name)
    folder = folder_of(out, [claim.name for claim in wanted.claims], force=force)
    chosen = {key: value for key, value in (("engine", engine), ("seed", seed)) if value is not None}
    report = answer.checked(
        model, wanted, deadline, max_steps=max_steps, certify=certify, any_number=consumers == ANY, **chosen
    )
    took = None if as_json else time.monotonic() - started
    if folder is None:
        answer.show(report, asked, took)
    else:
        answer.keep(report, asked, took, folder)
    return report.exit_status()
