"""`spillproof survey`: ask many questions, and write one table."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from spillproof.counterexamples import completion
from spillproof.counterexamples.group import Command
from spillproof.counterexamples.options import CLAIM, ENGINE, MAX_STEPS, Place, seconds, whole


@click.command("survey", cls=Command)
@click.argument("names", metavar="MODEL...|FILE.toml", nargs=-1, required=True, shell_complete=completion.models)
@CLAIM
@click.option(
    "--set", "scope", multiple=True, metavar="NAME=VALUE", help="Set an argument of `begin`; of several values each."
)
@ENGINE
@click.option("--seeds", callback=whole(1), metavar="N", help="Ask with each of so many seeds, 0 and up.")
@MAX_STEPS
@click.option("--time-limit", callback=seconds, metavar="SECONDS", help="For each question.  [default: 60]")
@click.option("--workers", callback=whole(1), metavar="N", help="Processes here. [default: one a processor]")
@click.option("--dask", default="", metavar="ADDRESS", help="Ask on the Dask cluster with that scheduler instead.")
@click.option(
    "--out", required=True, type=Place(path_type=Path), metavar="FILE", help="The table: .md, .html or .json."
)
@click.option("--format", "form", metavar="FORMAT", help="markdown, html or json. [default: by the suffix]")
@click.option("--times", is_flag=True, help="Say how long each took: then no two tables are the same.")
@click.option("--force", is_flag=True, help="Let --out overwrite what is not of a survey.")
def survey(
    *,
    names: tuple[str, ...],
    claims: tuple[str, ...],
    scope: tuple[str, ...],
    engine: str | None,
    seeds: int | None,
    max_steps: int | None,
    time_limit: float | None,
    form: str | None,
    **rest: Any,
) -> int:
    """Check each MODEL, or ask the questions in FILE.toml, several at a time, and write one table.

    MODEL may be a pattern, such as 'spark@*'. Each answer is kept at once, beside the table: the same command goes on
    where it was ended, and asks nothing that was answered. An error costs its question. Exit status: 0 all hold, 1
    something is violated, 2 nothing that was asked can be done, 3 something was not found out.
    """
    from spillproof.counterexamples.survey import command as surveys
    from spillproof.counterexamples.survey.plan import of_words

    given = {"claims": list(claims), "scope": of_words(scope), "engine": engine, "seeds": seeds, "max-steps": max_steps}
    options = {name: value for name, value in given.items() if value}
    return surveys.run(names, options, surveys.Wanted(format=form, seconds=time_limit, **rest))
