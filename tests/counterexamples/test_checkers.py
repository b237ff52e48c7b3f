"""Models for other checkers: counted by Spin and TLC as by the plain walk, answered by Spacer as by the checker."""

import pytest
import z3
from click.testing import CliRunner

from docs.pages import referee
from spillproof.counterexamples.command import cli
from spillproof.counterexamples.explorer.explore import automaton
from spillproof.counterexamples.export.checkers.chc import chc
from spillproof.counterexamples.export.checkers.program import program
from spillproof.counterexamples.question import Question

NEEDS_SPIN = pytest.mark.skipif(not referee.has_spin(), reason="needs Spin and gcc")
NEEDS_TLC = pytest.mark.skipif(referee.tlc_jar() is None, reason="needs Java, and TLC's jar in TLA2TOOLS")
EVERY = [referee.Asked(title, settings, size) for title, settings in referee.MODELS for size in referee.SIZES]


def horn(title: str, *claims: str) -> str:
    """What Z3 answers to the clauses of a model."""
    solver = z3.SolverFor("HORN")
    solver.from_string(chc(program(automaton(Question.of(title).model()), title, claims), ""))
    return str(solver.check())


@pytest.mark.slow
@NEEDS_SPIN
@pytest.mark.parametrize("asked", EVERY, ids=str)
def test_spin(asked: referee.Asked) -> None:
    """Spin counts the states that the plain walk counts, and finds a run as short."""
    assert referee.spin(asked, asked.program()) == referee.ours(asked)


@pytest.mark.slow
@NEEDS_TLC
@pytest.mark.parametrize("asked", EVERY, ids=str)
def test_tlc(asked: referee.Asked) -> None:
    """TLC counts the states that the plain walk counts, and finds a run as short."""
    assert referee.tlc(asked, asked.program()) == referee.ours(asked)


@pytest.mark.parametrize(
    ("title", "claims", "answer"),
    [
        ("lesson:release", ("free_is_unreachable",), "unsat"),
        ("lesson:release", ("release_frees_what_it_says",), "unsat"),
        ("lesson:release", ("no_exception", "counters_never_negative"), "sat"),
        ("lesson:release+repaired", (), "sat"),
        ("lesson:pool", ("acquired_can_be_allocated",), "unsat"),
        ("lesson:pool+repaired", ("acquired_can_be_allocated",), "sat"),
    ],
)
def test_horn(title: str, claims: tuple[str, ...], answer: str) -> None:
    """The clauses have a model just where the claims hold: `sat` for proved, `unsat` for violated."""
    assert horn(title, *claims) == answer


def test_alike_objects_have_no_order() -> None:
    """The two maps of a task are alike where both are new: a state is written in the lesser of the two orders."""
    made = referee.Asked("spark@2.3.4", (), 1).program()
    assert max(len(station.orders) for station in made.stations) == 2


def exported(*arguments: str) -> tuple[int, str]:
    """The exit status of `export` and what it prints."""
    result = CliRunner().invoke(cli, ["export", *arguments])
    return result.exit_code, result.output + str(result.exception or "")


@pytest.mark.parametrize(
    ("name", "first", "claim"),
    [
        ("tla", "---- MODULE lesson_pool ----", "INVARIANT acquired_can_be_allocated"),
        ("promela", "/* lesson:pool", "/* acquired_can_be_allocated */"),
        ("chc", "; lesson:pool", "; acquired_can_be_allocated:"),
    ],
)
def test_command(name: str, first: str, claim: str) -> None:
    """`export MODEL --format tla` prints the model, with the claims of a name if they are given."""
    status, told = exported("lesson:pool", "--format", name, "--claim", "acquired_can_be_allocated")
    assert status == 0
    assert told.startswith(first)
    assert claim in told
    assert "no_exception" not in told


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("run.itf.json", "--format", "tla"), "tla is a format of a model"),
        (("lesson:pool", "--format", "chc", "--claim", "nothing"), "nothing"),
        (("lesson:pool", "--format", "chc", "--step", "1"), "--step is about a run"),
        (("run.itf.json", "--format", "html", "--claim", "x"), "--claim and --set are about a model"),
    ],
)
def test_slips(arguments: tuple[str, ...], said: str) -> None:
    """What belongs to a run is refused for a model, and the other way round, in one line."""
    status, told = exported(*arguments)
    assert status != 0
    assert said in told
