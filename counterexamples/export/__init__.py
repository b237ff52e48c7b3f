"""A trace written for other tools and for people: each format is a function of the trace, registered here.

So are the formats of a whole model, for other checkers: each is a function of its program (`checkers/program.py`).

A format's own module is imported when it is asked for: `spillproof --help` must not wait for a layout.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from spillproof.counterexamples.explain.explanation import Explanation
    from spillproof.counterexamples.export.checkers.program import Program
    from spillproof.counterexamples.trace import Trace

Write: TypeAlias = "Callable[[Trace, Explanation | None, int | None], str]"
"""From a trace, its explanation where there is one, and the step to show where one was asked for."""


@dataclass(frozen=True)
class Format:
    """A way to write a trace."""

    name: str
    suffix: str
    sentence: str
    write: Write
    most_steps: int | None = None
    """The longest run that it can show. None: any."""
    explained: bool = False
    """Whether it shows the explanation of a counterexample, too."""
    needed: bool = False
    """Whether it shows why each step is needed, for which the run is taken again once a step."""
    by_step: bool = False
    """Whether it shows one step, which may be chosen."""


def _itf(trace: Trace, _explanation: Explanation | None, _step: int | None) -> str:
    from spillproof.counterexamples.export.itf import dumps

    return dumps(trace)


def _markdown(trace: Trace, explanation: Explanation | None, _step: int | None) -> str:
    from spillproof.counterexamples.export.markdown import markdown

    return markdown(trace, explanation)


def _dot(trace: Trace, explanation: Explanation | None, step: int | None) -> str:
    from spillproof.counterexamples.export.dot import dot

    return dot(trace, explanation, step)


def _svg(trace: Trace, explanation: Explanation | None, step: int | None) -> str:
    from spillproof.counterexamples.export.svg import svg

    return svg(trace, explanation, step)


def _timeline(trace: Trace, explanation: Explanation | None, _step: int | None) -> str:
    from spillproof.counterexamples.export.timeline import timeline

    return timeline(trace, explanation)


def _html(trace: Trace, explanation: Explanation | None, _step: int | None) -> str:
    from spillproof.counterexamples.export.html import html

    return html(trace, explanation)


def _regression(trace: Trace, _explanation: Explanation | None, _step: int | None) -> str:
    from spillproof.counterexamples.export.regression import regression
    from spillproof.counterexamples.replay.live.plain.conversion import test_of

    return test_of(trace) if trace.is_of_running_code else regression(trace)


def _spark_log(trace: Trace, _explanation: Explanation | None, _step: int | None) -> str:
    from spillproof.counterexamples.export.spark_log import spark_log

    return spark_log(trace)


def _perfetto(trace: Trace, _explanation: Explanation | None, _step: int | None) -> str:
    from spillproof.counterexamples.export.perfetto import perfetto

    return perfetto(trace)


DRAWN = 200
"""Steps that fit into a picture, one beside the other."""
SHOWN = 1_000
"""Steps that can be shown one after the other: `scene.MOST_STEPS`, which a test compares with this."""

FORMATS = {
    each.name: each
    for each in (
        Format("itf", ".itf.json", "The trace itself, for spillproof and every reader of ITF.", _itf),
        Format(
            "markdown", ".md", "A page with a Mermaid sequence diagram, for an issue or a review.", _markdown, 300,
            explained=True,
        ),
        Format(
            "html", ".html", "A page to step through, in one file.", _html, SHOWN, explained=True, needed=True,
        ),
        Format(
            "svg", ".svg", "The heap after each step or one, and what is free, to scale.", _svg, DRAWN,
            explained=True, by_step=True,
        ),
        Format(
            "timeline", ".timeline.svg", "Accounted against reachable bytes, step by step.", _timeline, SHOWN,
            explained=True,
        ),
        Format("dot", ".dot", "The heap after a step, for Graphviz.", _dot, explained=True, by_step=True),
        Format("pytest", ".py", "A regression test that takes the run again.", _regression, 5_000),
        Format("spark-log", ".log", "What Spark's TaskMemoryManager would have logged at DEBUG.", _spark_log),
        Format("perfetto", ".perfetto.json", "A timeline with counters, for ui.perfetto.dev.", _perfetto),
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
    write: Callable[[Program, str], str]
    """From the program and a name for it."""


def _tla(program: Program, name: str) -> str:
    from spillproof.counterexamples.export.checkers.tla import tla

    return tla(program, name)


def _promela(program: Program, name: str) -> str:
    from spillproof.counterexamples.export.checkers.promela import promela

    return promela(program, name)


def _chc(program: Program, name: str) -> str:
    from spillproof.counterexamples.export.checkers.chc import chc

    return chc(program, name)


MODEL_FORMATS = {
    each.name: each
    for each in (
        ModelFormat("tla", ".tla", "The model in TLA+, for TLC: sizes up to LARGEST.", _tla),
        ModelFormat("promela", ".pml", "The model in Promela, for Spin: sizes up to LARGEST.", _promela),
        ModelFormat("chc", ".smt2", "The model as Horn clauses, for Z3, Eldarica, Golem: every size.", _chc),
    )
}
"""Every format of a model by its name."""
