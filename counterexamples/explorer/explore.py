"""From what a person asks to a page: the model, its automaton with nothing sliced away, and a file."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Sequence
from pathlib import Path

from spillproof.counterexamples import output
from spillproof.counterexamples.explorer.page import GENERATOR, ShownModel, page
from spillproof.counterexamples.question import Question
from spillproof.model.system import Model
from spillproof.model.title import is_path
from spillproof.properties.catalogue import always_about
from spillproof.properties.engines.automaton.extraction import Progress
from spillproof.properties.engines.automaton.frontier import extract
from spillproof.properties.engines.automaton.shapes import Automaton
from spillproof.properties.engines.proof.solver import Feasibility
from spillproof.properties.loader import class_in_file

Say = Callable[[str], None]


def explored(questions: Sequence[Question], say: Say = lambda _: None) -> str:
    """Return the text of the page for a model, or for two in lockstep.

    Raises `ModelError` where a model cannot be had, or has no finite automaton.
    """
    return page([_side(each, say) for each in questions])


def _side(question: Question, say: Say) -> ShownModel:
    def progress(found: int, done: int, edges: int) -> None:
        say(f"{question.title()}: {found:,} shapes, {done:,} done, {edges:,} edges")

    return ShownModel(question.title(), question.scope, is_path(question.name), automaton(question.model(), progress))


def automaton(model: Model, progress: Progress | None = None) -> Automaton:
    """Return the automaton of a model, with what its claims say of every shape and edge.

    Every size is kept, and preferences are as the model has them: what it has is what the model does.
    """
    return extract(model, always_about(type(model)), Feasibility(), progress)


def beside(title: str, scope: dict[str, int]) -> Question:
    """Return the question for the second model of a page, at the scope of the first as far as it has that."""
    asked = Question.of(title)
    model = class_in_file(asked.name) if is_path(asked.name) else asked.entry().model
    known = inspect.signature(model.begin).parameters
    return Question.of(title, {key: value for key, value in scope.items() if key in known})


def default_file(questions: Sequence[Question]) -> Path:
    """Return where the page is written if nobody says: here, and named after the model."""
    words = "-beside-".join(each.title().replace("\\", "/").rpartition("/")[2] for each in questions)
    return Path(re.sub(r"[^\w.@+-]+", "-", words) + ".html")


def save(text: str, out: Path, *, force: bool) -> Path:
    """Write a page, and return where; one that was written by `spillproof explore` is replaced.

    Raises `ModelError` where it cannot be written, or where something else is there and `force` is not said.
    """
    there = "it is there already, and no page of the explorer"
    output.save(text, out, force=force or is_page(out), there=there)
    return out


def is_page(path: Path) -> bool:
    """Return whether a file is a page of the explorer."""
    try:
        with path.open(encoding="utf-8") as file:
            return f'content="{GENERATOR}"' in file.read(2000)
    except (OSError, ValueError):
        return False
