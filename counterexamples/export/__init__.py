"""A trace written for other tools and for people: each format is a function of the trace, registered here.

So are the formats of a whole model, for other checkers: each is a function of its program (`checkers/program.py`).

A format is a row here and a module, which is imported when it is asked for: a help must not wait for a layout.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from spillproof.counterexamples.explain.explanation import Explanation
    from spillproof.counterexamples.export.checkers.program import Program
    from spillproof.counterexamples.trace import Trace


def _function(place: str) -> Callable[..., str]:
    """Return the function at `module.function` below this folder; its module is imported now."""
    module, _, name = place.rpartition(".")
    found: Callable[..., str] = getattr(import_module(f"{__name__}.{module}"), name)
    return found


@dataclass(frozen=True)
class Format:
    """A way to write a trace."""

    name: str
    suffix: str
    sentence: str
    writer: str
    """The place of a function of the trace; then of its explanation where it is `explained`, or None; then of the step
    to show where it is `by_step`, or None."""
    most_steps: int | None = None
    """The longest run that it can show. None: any."""
    explained: bool = False
    """Whether it shows the explanation of a counterexample, too."""
    needed: bool = False
    """Whether it shows why each step is needed, for which the run is replayed once a step."""
    by_step: bool = False
    """Whether it shows one step, which may be chosen."""

    def write(self, trace: Trace, explanation: Explanation | None = None, step: int | None = None) -> str:
        """Return the trace in this format."""
        also = ((explanation,) if self.explained else ()) + ((step,) if self.by_step else ())
        return _function(self.writer)(trace, *also)


DRAWN = 200
"""Steps that fit into a picture, one beside the other."""
SHOWN = 1_000
"""Steps that can be shown one after the other: `scene.MOST_STEPS`, which a test compares with this."""

FORMATS = {
    each.name: each
    for each in (
        Format("itf", ".itf.json", "The trace itself, for spillproof and every reader of ITF.", "itf.dumps"),
        Format(
            "markdown", ".md", "A page with a Mermaid sequence diagram, for an issue or a review.", "markdown.markdown",
            300, explained=True,
        ),
        Format(
            "html", ".html", "A page to step through, in one file.", "html.html", SHOWN, explained=True, needed=True,
        ),
        Format(
            "svg", ".svg", "The heap after each step or one, and what is free, to scale.", "svg.svg", DRAWN,
            explained=True, by_step=True,
        ),
        Format(
            "timeline", ".timeline.svg", "Accounted against reachable bytes, step by step.", "timeline.timeline", SHOWN,
            explained=True,
        ),
        Format("dot", ".dot", "The heap after a step, for Graphviz.", "dot.dot", explained=True, by_step=True),
        Format("pytest", ".py", "A regression test that replays the run.", "regression.regression_test", 5_000),
        Format(
            "spark-log", ".log", "What Spark's TaskMemoryManager would have logged at DEBUG.", "spark_log.spark_log",
        ),
        Format("perfetto", ".perfetto.json", "A timeline with counters, for ui.perfetto.dev.", "perfetto.perfetto"),
    )
}  # fmt: skip
"""Every format by its name."""

KEPT = ("html", "markdown", "svg", "pytest")
"""What `check --out` leaves for a person beside each counterexample, as far as there is such a format."""


@dataclass(frozen=True)
class ModelFormat:
    """A way to write a model for another checker."""

    name: str
    suffix: str
    sentence: str
    writer: str
    """The place of a function of the model's program, and of a name for it."""

    def write(self, program: Program, name: str) -> str:
        """Return the model in this format."""
        return _function(self.writer)(program, name)


MODEL_FORMATS = {
    each.name: each
    for each in (
        ModelFormat("tla", ".tla", "The model in TLA+, for TLC: sizes up to LARGEST.", "checkers.tla.tla"),
        ModelFormat(
            "promela", ".pml", "The model in Promela, for Spin: sizes up to LARGEST.", "checkers.promela.promela"
        ),
        ModelFormat("quint", ".qnt", "The model in Quint: sizes up to LARGEST.", "checkers.quint.quint"),
        ModelFormat(
            "chc", ".smt2", "The model as Horn clauses, for Z3, Eldarica, Golem: every size.", "checkers.chc.chc"
        ),
    )
}
"""Every format of a model by its name."""
