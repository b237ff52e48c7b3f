"""What Spacer is asked, how long it may take, and how its answer is read."""

from __future__ import annotations

import time
from types import SimpleNamespace
from typing import Any, ClassVar

import pytest
import z3

from spillproof.model.catalogue import find
from spillproof.properties.accounting import acquired_can_be_allocated
from spillproof.properties.engines.automaton.frontier import extract
from spillproof.properties.engines.automaton.goals import goals as goals_of
from spillproof.properties.engines.automaton.shapes import Automaton
from spillproof.properties.engines.limits import UNLIMITED, Limits
from spillproof.properties.engines.proof import spacer
from spillproof.properties.engines.proof.invariant import Invariant
from spillproof.properties.engines.proof.solver import Feasibility, unknown


@pytest.fixture(scope="module")
def automaton() -> Automaton:
    """A small one."""
    return extract(find("lesson:pool").build(), [acquired_can_be_allocated], Feasibility())


class Engine:
    """Stands for Z3's engine: keeps what it is told, and answers so."""

    told: ClassVar[dict[str, object]] = {}
    answer: ClassVar[Any] = z3.unsat
    meaning: ClassVar[Any] = None

    def __init__(self) -> None:
        self.told.clear()

    def set(self, *words: object, **named: object) -> None:
        self.told.update({str(words[0]): words[1]} if words else {}, **named)

    def parse_string(self, text: str) -> list[object]:
        self.told["text"] = text
        return [None]

    def query(self, _query: object) -> object:
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    def get_answer(self) -> Any:
        return self.meaning


def asked(automaton: Automaton, limits: Limits = UNLIMITED, effort: int | None = None, *, inline: bool = True) -> Any:
    """What comes of a question."""
    nothing = Invariant([[] for _ in automaton.shapes])
    return spacer._query(automaton, [], nothing, limits, effort, inline=inline)


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> type[Engine]:
    """The engine that answers as it is told."""
    monkeypatch.setattr(z3, "Fixedpoint", Engine)
    monkeypatch.setattr(Engine, "meaning", _says(0, lambda size: size >= 3))
    return Engine


def _says(shape: int, condition: Any) -> Any:
    """That a shape's relation is a condition on its only size."""
    relation = z3.Function(f"shape{shape}", z3.IntSort(), z3.BoolSort())
    size = z3.Int("x")
    return z3.ForAll([size], relation(size) == condition(size))


def test_how_it_is_asked(automaton: Automaton, engine: type[Engine]) -> None:
    """With an effort, without inlining, in the time that is left, which is never nothing: each where it is wanted."""
    asked(automaton)
    assert not {"rlimit", "timeout", "xform.inline_eager"} & engine.told.keys()
    assert (engine.told["engine"], engine.told["ctrl_c"]) == ("spacer", False)
    asked(automaton, effort=5, inline=False)
    assert (engine.told["rlimit"], engine.told["xform.inline_eager"], engine.told["xform.inline_linear"]) == (
        5, False, False,
    )  # fmt: skip
    asked(automaton, Limits(time.monotonic() + 100))
    assert 90_000 < float(str(engine.told["timeout"])) <= 100_000


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (z3.Z3Exception("canceled"), "Spacer gave up"),
        (z3.unknown, "Spacer found no invariant"),
        (z3.sat, "Spacer found no invariant"),
    ],
)
def test_where_it_has_no_answer(
    answer: Any, why: str, automaton: Automaton, engine: type[Engine], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is proved then, whatever it was that ended it."""
    monkeypatch.setattr(engine, "answer", answer)
    found = asked(automaton)

    assert (found.formulas, found.why) == (None, why)


def test_how_an_answer_is_read(automaton: Automaton, engine: type[Engine], monkeypatch: pytest.MonkeyPatch) -> None:
    """Of each shape what is said of it, over our unknowns; of one of which nothing is said, nothing."""
    assert len(automaton.shapes) == 2
    free = [4]
    monkeypatch.setattr(spacer, "_Known", lambda *_: SimpleNamespace(free=free))
    monkeypatch.setattr(spacer, "horn", lambda *_: "")
    monkeypatch.setattr(engine, "meaning", z3.And(_says(1, lambda size: size >= 3)))
    first, second = asked(automaton).formulas

    assert z3.is_true(first)
    assert z3.eq(second, unknown(free[0]) >= 3)


def test_the_question_in_words(automaton: Automaton, monkeypatch: pytest.MonkeyPatch) -> None:
    """A rule for each edge to a shape, one for each goal, and one question."""
    goals = [*goals_of(automaton, acquired_can_be_allocated)]
    text = spacer.horn(automaton, goals)

    edges = [each for each in automaton.edges if each.target >= 0]
    assert text.count("(rule ") == len(edges) + len(goals)
    assert text.count("bad)") >= len(goals) > 0
    assert text.splitlines()[-1] == "(query bad)"
    nowhere = Invariant([[] for _ in automaton.shapes])
    monkeypatch.setattr(nowhere, "unreachable", frozenset({0}))
    known = spacer.horn(automaton, goals, nowhere)
    left = [each for each in edges if each.source != 0]
    assert known.count("(rule ") == len(left) + sum(each.shape != 0 for each in goals)
