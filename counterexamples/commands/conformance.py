"""`spillproof conformance`: compare a build of Spark with the models of its release."""

from __future__ import annotations

import click

from spillproof.counterexamples import screen
from spillproof.counterexamples.group import Command
from spillproof.counterexamples.options import JSON


@click.command("conformance", cls=Command)
@click.option(
    "--on",
    metavar="SPARK",
    required=True,
    help="Jars of your own (a folder, a dist/, several separated as in a class path), or pyspark==3.5.9.",
)
@JSON
def conformance(*, on: str, as_json: bool) -> int:
    """Take every run that breaks a claim in some release of Spark on the one that --on names, and compare.

    First it says which of the modelled methods differ from the release that it is nearest to. Exit status: 0 it does in
    every run what the models of that release say, 1 it does not in some, 2 what was asked cannot be done.
    """
    from spillproof.counterexamples.replay.real import conformance_text
    from spillproof.counterexamples.replay.real.build import build_of
    from spillproof.counterexamples.replay.real.conformance import conformance as compared

    spark = build_of(on)
    with screen.Progress() as progress:
        found = compared(spark, progress)
    screen.answer(conformance_text.tell, conformance_text.as_json, found, as_json=as_json)
    return found.exit_status()
