"""The stories of the gallery: which runs are told, and what a person says about each.

Each story is a folder of the gallery, and its `story.md` is what is written by hand: what it is of, the title, and
plain words with names for what is filled in from the run. The run is found by the checker.
"""

from __future__ import annotations

import re
import textwrap
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from spillproof.counterexamples.explain.explain import explain
from spillproof.counterexamples.explain.explanation import Edge, Explanation
from spillproof.counterexamples.question import Question, select
from spillproof.counterexamples.record import trace_of
from spillproof.counterexamples.trace import Trace
from spillproof.counterexamples.variants import asked_of, fitting, repaired
from spillproof.model.errors import ModelError
from spillproof.model.spark.releases import NEWEST
from spillproof.properties.engines.check import check
from spillproof.properties.engines.story.phrases import roughly

GALLERY = Path(__file__).resolve().parents[2] / "counterexamples" / "gallery"


@dataclass(frozen=True)
class Story:
    """A counterexample worth telling."""

    folder: str
    title: str
    model: str
    """As `spillproof check` and a trace name it: `spark@2.3.4`, `spark@2.3.4 with SPARK-18986`."""
    claim: str
    words: str
    """What happened, in plain words, with names for what is filled in: see `numbers`."""
    what: str
    """What the program is and does, for somebody who has never heard of it."""

    @property
    def subject(self) -> str:
        """What the index says that the story is about."""
        return self.model

    def aside(self, explanation: Explanation) -> list[str]:  # noqa: ARG002 - for those that have more to say
        """Return what stands on the page besides the run: what a command printed on a release, if the words have it."""
        printed = [each for each in self.paragraphs() if each.startswith(PRINTED)]
        return ["## What it prints", *printed] if printed else []

    def explained(self) -> Explanation:
        """Return the explanation of the shortest run. Raises `ModelError` where none was found, and says why."""
        model = Question.of(self.model).model()
        report = check(model, select(model, (self.claim,)).claims)
        result = next((each for each in report.violated() if each.claim.name == self.claim), None)
        if result is None:
            answer = report.of(self.claim).sentence()  # it may only have run out of time
            raise ModelError(f"the story {self.folder} has no run: {self.model}, {self.claim}: {answer}")
        trace = unnumbered(trace_of(result, self.model))
        found = explain(trace, fitting(trace, asked_of(trace)), repaired(trace))
        if found.cut is None:
            return found
        return replace(found, cut=replace(found.cut, stored=tuple(map(_without_number, found.cut.stored))))

    def titled(self, explanation: Explanation) -> str:
        """Return the title with the numbers of a run."""
        return self.title.format(**numbers(explanation))

    def told(self, explanation: Explanation) -> str:
        """Return the plain words with the numbers of a run, in paragraphs."""
        told = [each for each in self.paragraphs() if not each.startswith(PRINTED)]
        return "\n\n".join(_filled(each.format(**numbers(explanation))) for each in told)

    def paragraphs(self) -> list[str]:
        """Return the paragraphs of the words, and what was printed, as they are written."""
        return self.words.strip().split("\n\n")


PRINTED = "```"
"""How a paragraph begins that a command printed."""


def _filled(paragraph: str) -> str:
    return textwrap.fill(" ".join(paragraph.split()), 120, break_on_hyphens=False)


def unnumbered(trace: Trace) -> Trace:
    """Return a trace without the numbers of the model's lines, so that a story stays when a line is added."""
    states = [
        replace(
            state,
            raised=_without_number(state.raised),
            events=tuple(replace(event, lines=tuple(map(_without_number, event.lines))) for event in state.events),
        )
        for state in trace.states
    ]
    sources = [replace(source, place=source.place.rpartition(":")[0]) for source in trace.sources]
    read = trace.evidence
    evidence = None if read is None else replace(read, compared=_without_number(read.compared))
    return replace(trace, states=type(trace.states)(states), sources=type(trace.sources)(sources), evidence=evidence)


def _without_number(line: str) -> str:
    return re.sub(r"(?<=\.py):\d+", "", line)


def written(folder: Path) -> tuple[dict[str, Any], str]:
    """Return what a `story.md` says of its story, and its words."""
    _, head, words = (folder / "story.md").read_text(encoding="utf-8").split("+++\n", 2)
    said = tomllib.loads(head)
    named = {"newest": NEWEST, "line": NEWEST.rpartition(".")[0]}
    for name in ("title", "model"):
        for key, value in named.items():
            said[name] = said.get(name, "").replace(f"{{{key}}}", value)
    return said, words.strip()


def numbers(explanation: Explanation) -> dict[str, str]:
    """Return what may stand in a story's words: bytes after the guilty step, what to cut, and what the repair cuts."""
    step = 0 if explanation.guilty is None else explanation.guilty.step
    entry = explanation.ledger[step]
    cut = () if explanation.cut is None else explanation.cut.edges
    repair = () if explanation.contrast is None else explanation.contrast.cuts
    sizes = {name: getattr(entry, name) for name in ("accounted", "reachable", "free", "gap")}
    return {
        **{name: "nothing" if size in (0, None) else roughly(size) for name, size in sizes.items()},
        "steps": str(len(explanation.trace.states) - 1),
        "cut": _named(cut),
        "repair": _named(repair),
    }


def _named(edges: Iterable[Edge]) -> str:
    return " and ".join(f"`{edge.words}`" for edge in edges)
