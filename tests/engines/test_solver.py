"""The one door to Z3: three answers, the deadline, Ctrl-C; and what becomes of an answer that is not given."""

import contextlib
import ctypes
import os
import random
import signal
import threading
import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
import z3

from spillproof.model.quantity import Condition, Is, Linear
from spillproof.properties.engines.alarm import watching
from spillproof.properties.engines.limits import UNLIMITED, Limits, OutOfTime
from spillproof.properties.engines.proof import solver as door
from spillproof.properties.engines.proof.background import run
from spillproof.properties.engines.proof.solver import (
    MEMORY,
    QUICK,
    Answer,
    Feasibility,
    _memory,
    ask,
    new_solver,
    unknown,
)


def hard() -> Any:
    """A solver with a question that Z3 does not answer in a minute: four sums of thirty of the same weights."""
    chance = random.Random(1)
    solver = new_solver()
    weights = [unknown(place) for place in range(30)]
    for each in weights:
        solver.add(each >= 0, each <= 1)
    for _ in range(4):
        factors = [chance.randrange(100) for _ in weights]
        solver.add(z3.Sum([factor * each for factor, each in zip(factors, weights, strict=True)]) == sum(factors) // 2)
    return solver


def test_three_answers() -> None:
    """What can be is yes, what cannot is no, and what was not found out is neither."""
    can, cannot = new_solver(), new_solver()
    can.add(unknown(0) >= 1)
    cannot.add(unknown(0) >= 1, unknown(0) <= 0)

    assert (ask(can), ask(cannot), ask(hard(), effort=QUICK)) == (Answer.YES, Answer.NO, Answer.UNKNOWN)


@pytest.mark.parametrize("answer", Answer)
def test_no_answer_is_true_or_false(answer: Answer) -> None:
    """An answer used as a condition is an error, so that unknown is never taken for no."""
    with pytest.raises(TypeError, match="three values"):
        bool(answer)


def test_the_effort_is_bounded() -> None:
    """More effort than is asked for is not spent, and the solver can be asked again."""
    solver = hard()

    assert ask(solver, effort=2 * QUICK) is Answer.UNKNOWN
    assert ask(solver, effort=2 * QUICK) is Answer.UNKNOWN


def test_what_is_not_known_may_be_possible() -> None:
    """Feasibility counts it as possible: only no is certain."""
    feasible = Feasibility()
    conditions = (Condition(Linear({0: 1, 1: -1}, -1), Is.AT_LEAST_ZERO),)
    feasible.known[frozenset(each.key() for each in conditions)] = Answer.UNKNOWN

    assert feasible(conditions)
    assert feasible.ask(conditions) is Answer.UNKNOWN


def test_the_deadline_ends_a_question() -> None:
    """A question that takes longer than the time that is left ends with it, and the solver's context is whole."""
    started = time.monotonic()
    with pytest.raises(OutOfTime):
        ask(hard(), Limits(started + 0.5), effort=None)
    passed = time.monotonic() - started
    easy = new_solver()
    easy.add(unknown(0) >= 1)

    assert passed < 5
    assert ask(easy) is Answer.YES


def test_no_question_after_the_deadline() -> None:
    """When the time is up not even an easy question is asked."""
    with pytest.raises(OutOfTime):
        ask(new_solver(), Limits(time.monotonic() - 1))


def again_and_again(question: Callable[[], object]) -> None:
    """Ask, whatever ctypes makes of an interrupt."""
    while True:
        with contextlib.suppress(ctypes.ArgumentError):
            question()


def interrupted(question: Callable[[], object]) -> float:
    """The seconds until Ctrl-C, half a second after its beginning, has ended a question in a check that is watched.

    Where nobody watches, Python loses what is raised in a finalizer; and inside of a conversion it becomes an error of
    ctypes, behind which it is raised again.
    """
    timer = threading.Timer(0.5, lambda: os.kill(os.getpid(), signal.SIGINT))
    timer.start()
    started = time.monotonic()
    try:
        with pytest.raises(KeyboardInterrupt), watching(UNLIMITED):
            again_and_again(question)
    finally:
        timer.cancel()
    return time.monotonic() - started


def test_ctrl_c_ends_a_question() -> None:
    """It is not lost in the solver, and it does not wait for the answer."""
    solver = hard()

    assert interrupted(lambda: ask(solver, effort=None)) < 10
    easy = new_solver()
    easy.add(unknown(0) >= 1)
    assert ask(easy) is Answer.YES


def test_ctrl_c_within_many_short_questions() -> None:
    """However short each question is, one of them ends, even if it is heard in a finalizer: a check is watched."""

    def questions() -> None:
        solver = new_solver()
        for number in range(100_000):
            solver.push()
            solver.add(unknown(0) >= number)
            ask(solver)
            solver.pop()

    assert interrupted(questions) < 10


def test_ctrl_c_ends_spacer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Spacer's query is a question as well."""
    from spillproof.model.lessons.yardstick import Yardstick
    from spillproof.properties.accounting import free_is_unreachable
    from spillproof.properties.engines.automaton.frontier import extract
    from spillproof.properties.engines.automaton.goals import goals
    from spillproof.properties.engines.proof.spacer import invent

    made = extract(Yardstick(), [free_is_unreachable], Feasibility(), needed=frozenset())
    endless = hard()
    endless.set("rlimit", 0)
    monkeypatch.setattr(z3.Fixedpoint, "query", lambda _engine, _goal: endless.check())

    assert interrupted(lambda: invent(made, goals(made, free_is_unreachable))) < 10


def test_the_work_in_the_background_is_stopped() -> None:
    """At the deadline the work is told to end until it has ended, and is waited for."""
    stopped = threading.Event()
    ended = threading.Event()

    def work() -> None:
        stopped.wait(30)
        ended.set()

    with pytest.raises(OutOfTime):
        run(work, stopped.set, Limits(time.monotonic() + 0.1))
    assert ended.is_set()


def test_an_interrupt_that_came_late_is_not_the_next_questions() -> None:
    """Work that ends by itself as it is stopped leaves Z3 interrupted; the next question is asked all the same."""
    with pytest.raises(OutOfTime):
        door.stoppable(lambda: time.sleep(0.1), z3.main_ctx(), Limits(time.monotonic() + 0.01))

    assert Feasibility().ask((Condition(Linear({0: 1}, -1), Is.AT_LEAST_ZERO),)) is Answer.YES


def test_what_the_work_raises_is_raised() -> None:
    """An error in the other thread is an error here."""
    with pytest.raises(ZeroDivisionError):
        run(lambda: 1 // 0, lambda: None, UNLIMITED)


def test_out_of_memory_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the solver raises when its memory is up is not an answer."""
    solver = new_solver()

    def check() -> None:
        raise z3.Z3Exception(b"out of memory")

    monkeypatch.setattr(solver, "check", check)

    assert door.ask(solver) is Answer.UNKNOWN


def test_a_question_that_was_hard_leaves_none_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    """The next one is tried as quickly at first."""
    told: list[tuple[str, int]] = []
    hardly: Any = SimpleNamespace(set=lambda *given: told.append(given), ctx=None)
    monkeypatch.setattr(door, "_answer", lambda _solver: Answer.UNKNOWN)
    monkeypatch.setattr(door, "stoppable", lambda work, *_: work())
    assert ask(hardly, effort=QUICK + 1) is Answer.UNKNOWN
    assert {ask(hardly, effort=QUICK - less) for less in (0, 1)} == {Answer.UNKNOWN}

    assert told == [("rlimit", QUICK + 1), ("rlimit", QUICK)]


@pytest.mark.parametrize(
    ("pages", "megabytes"),
    [
        (10_000 * 512, MEMORY),
        (6_000 * 512, 3_000),
        (600 * 512, 512),
        (0, 512),
        (ValueError(), MEMORY),
        (OSError(), MEMORY),
    ],
)
def test_how_much_memory_the_solver_has(pages: Any, megabytes: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half of the machine's, at least half a gigabyte and at most four; where the system does not tell, four."""

    def told(name: str) -> int:
        if isinstance(pages, Exception):
            raise pages
        return 2048 if name == "SC_PAGE_SIZE" else pages

    monkeypatch.setattr(os, "sysconf", told)
    assert _memory() == megabytes
