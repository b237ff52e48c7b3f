"""`spillproof compare`: compare two models by what one can observe."""

from __future__ import annotations

import time
from functools import partial
from math import isinf

import click

from spillproof.counterexamples import completion, screen
from spillproof.counterexamples.group import Command
from spillproof.counterexamples.options import JSON, seconds, whole


@click.command("compare", cls=Command)
@click.argument("one", metavar="A", shell_complete=completion.models)
@click.argument("other", metavar="B", shell_complete=completion.models)
@click.option("--observe", multiple=True, metavar="EVENT", help="Listen to this alone: release. May be repeated.")
@click.option("--set", "settings", multiple=True, metavar="NAME=VALUE", help="Set an argument of both models' begin.")
@click.option("--sizes", callback=whole(1), metavar="K", help="Sizes are 1 up to K.  [default: as is cheap]")
@click.option("--max-steps", callback=whole(0), metavar="N", help="Compare runs of at most so many steps.")
@click.option("--time-limit", callback=seconds, default="60", metavar="SECONDS", help="For it all.  [default: 60]")
@JSON
def compare(
    *,
    one: str,
    other: str,
    observe: tuple[str, ...],
    settings: tuple[str, ...],
    sizes: int | None,
    max_steps: int | None,
    time_limit: float | None,
    as_json: bool,
) -> int:
    """Find the shortest run of model B that A does not have, as far as one can observe it.

    Observed are the actions with their arguments, what is raised, and what the models announce: acquire, release,
    spill. Exit status: 0 every run of B with such sizes is one of A, 1 a run tells them apart, 3 not all was compared.
    """
    deadline = None if time_limit is None or isinf(time_limit) else time.monotonic() + time_limit
    from spillproof.counterexamples import comparison, supervisor
    from spillproof.counterexamples.question import Question
    from spillproof.properties.engines.limits import MOST_MEMORY, Limits
    from spillproof.properties.engines.refinement.refinement import refinement
    from spillproof.properties.engines.refinement.widening import widest

    supervisor.limit(deadline, MOST_MEMORY)
    models = [Question.of(name).at(settings).model() for name in (one, other)]
    with screen.Progress() as progress:
        compared = widest if sizes is None else partial(refinement, largest=sizes)
        found = compared(
            *models,
            observed=observe,
            max_steps=float("inf") if max_steps is None else max_steps,
            limits=Limits(deadline, None, progress),
        )
        supervisor.limit(None)
    screen.answer(comparison.tell, comparison.json, found, one, other, as_json=as_json)
    return comparison.status(found)
