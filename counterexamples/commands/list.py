"""`spillproof list`: list the models, the claims and the fixes."""

from __future__ import annotations

import click

from spillproof.counterexamples import completion, screen
from spillproof.counterexamples.group import Command
from spillproof.counterexamples.options import JSON


@click.command("list", cls=Command)
@click.argument("what", metavar="[WHAT]", default="", shell_complete=completion.anything)
@click.option("--fixes", is_flag=True, help="What each fix carries: the claim that is violated without it.")
@JSON
def list(  # noqa: A001 - it is called as it is typed
    *, what: str, fixes: bool, as_json: bool
) -> int:
    """List the models, the claims, and the fixes that --with and --without take.

    WHAT is models, claims or fixes; or a word that is in their names, such as spark; or one model, of which the scope,
    the steps and the claims are shown.
    """
    from spillproof.counterexamples import about, listing

    if fixes:
        screen.answer(listing.bearings, listing.bearings_as_json, listing.fixes_of(what).fixes, as_json=as_json)
    elif about.is_model(what):
        screen.answer(about.tell, about.as_json, about.about(what), as_json=as_json)
    else:
        screen.answer(listing.tell, listing.as_json, listing.listing(what), as_json=as_json)
    return 0
