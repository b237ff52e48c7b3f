"""From what a person asks to a model in another checker's language."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from spillproof.counterexamples.explorer.explore import automaton
from spillproof.counterexamples.export import MODEL_FORMATS, ModelFormat
from spillproof.counterexamples.export.checkers.names import spelled
from spillproof.counterexamples.export.checkers.program import program
from spillproof.counterexamples.question import Question, select
from spillproof.model.catalogue import CATALOGUE
from spillproof.model.errors import ModelError
from spillproof.properties.claims import Mode


def refuse_model(title: str, form: str | None) -> None:
    """Raise `ModelError` where a format of runs is wanted of what is a model: it says which formats a model has."""
    if ".py:" in title or title in CATALOGUE:
        known = f"say --format, one of {', '.join(MODEL_FORMATS)}"
        wrong = "" if form is None else f", and {form} is not a format of models"
        raise ModelError(f"{title} is a model{wrong}: {known}; of a run that was found in it, name the file")


def exported(
    title: str,
    wanted: ModelFormat,
    out: Path | None,
    say: Callable[[str], None],
    *,
    settings: Sequence[str] = (),
    claims: Sequence[str] = (),
) -> str:
    """Return the model of that title in a format, named after the file, with the claims of these names, or all.

    Raises `ModelError` where the model or a claim cannot be had, and where the model has no finite automaton.
    """
    if title.endswith(".json"):
        raise ModelError(f"{wanted.name} is a format of a model, and {title} looks like a run: name the model")
    asked = Question.of(title).at(settings)
    model = asked.model()
    for claim in select(model, claims, title).claims if claims else ():
        if claim.mode is not Mode.ALWAYS and claim.name in claims:
            raise ModelError(f"{claim.name} is not a claim that must always hold, and {wanted.name} has only these")

    def progress(found: int, done: int, edges: int) -> None:
        say(f"{asked.title()}: {found:,} shapes, {done:,} done, {edges:,} edges")

    name = spelled(title if out is None else out.name.split(".")[0])
    return wanted.write(program(automaton(model, progress), asked.title(), claims), name)
