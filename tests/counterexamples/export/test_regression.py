"""The regression test that a trace becomes."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from spillproof.counterexamples.export.regression import literal, regression
from spillproof.counterexamples.replay.regression import Made, assert_holds, step
from spillproof.counterexamples.trace import Argument, Trace, trace
from spillproof.model.catalogue import find
from spillproof.model.errors import ModelError
from spillproof.model.lessons.yardstick import Forgets
from spillproof.model.system import Kind, Model, action
from spillproof.properties.engines.run import Run, Step
from spillproof.properties.loader import class_in_file

LEAKY = f"{Path(__file__).parent.with_name('leaky.py')}:Leaky"

E1, E2 = Made(0, "ExternalAppendOnlyMap"), Made(0, "ExternalAppendOnlyMap", 2)
RUN = (Step("begin", (1,)), Step("insert", (E1, 1)), Step("iterator", (E1,)), Step("insert", (E2, 1)))
SCOPE = {"consumers": 2}


def failing(claim: str = "free_is_unreachable", model: str = "spark@2.3.4", run: tuple[Step, ...] = RUN) -> str:
    """What the test says that fails."""
    with pytest.raises(AssertionError) as failed:
        assert_holds(claim, model, SCOPE, run)
    return str(failed.value)


def run_pytest(text: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a test module in an empty folder, in a process of its own."""
    (folder / "test_it.py").write_text(text, encoding="utf-8")
    words = [sys.executable, "-P", "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_it.py"]
    return subprocess.run(words, cwd=folder, capture_output=True, text=True, encoding="utf-8", check=False, timeout=120)


def test_the_test_reads_as_the_run(incident: Trace) -> None:
    """Objects have their names, steps their arguments, and what is accounted and reachable stands beside them."""
    assert (
        regression(incident)
        == '''\
"""A run that breaks free_is_unreachable on spark@2.3.4.

Written by `spillproof export`. The tests fail as long as the run does its harm on MODEL, and pass once it does none.
To take the run on another variant of the model, change MODEL; a file is named as path/to/file.py:Class.
"""

from spillproof import Made, Step, assert_holds

MODEL = "spark@2.3.4"
SCOPE = {"consumers": 2}

E1 = Made(0, "ExternalAppendOnlyMap")
E2 = Made(0, "ExternalAppendOnlyMap", 2)

RUN = (
    Step("begin", (1,)),      # accounted 0, reachable 0
    Step("insert", (E1, 1)),  # accounted 1, reachable 1
    Step("iterator", (E1,)),  # accounted 1, reachable 1
    Step("insert", (E2, 1)),  # accounted 1, reachable 2  <-- the guilty step
)


def test_free_is_unreachable() -> None:
    """Accounted free memory is at most the memory actually unreachable: reachable ≤ accounted + unclaimed."""
    assert_holds("free_is_unreachable", MODEL, SCOPE, RUN)
'''
    )


@pytest.mark.thorough
def test_it_fails_on_2_3_4_and_passes_on_2_4_0(incident: Trace, tmp_path: Path) -> None:
    """The point of it: one line is changed, and the test that failed passes. pytest shows the run, nothing of ours."""
    text = regression(incident)
    before = run_pytest(text, tmp_path)
    after = run_pytest(text.replace('MODEL = "spark@2.3.4"', 'MODEL = "spark@2.4.0"'), tmp_path)

    assert (before.returncode, after.returncode) == (1, 0)
    assert "AssertionError: free_is_unreachable is false on spark@2.3.4 after step 3, insert(E2, 1):" in before.stdout
    assert "▶   3 insert(E2, 1)              1          2          0" in before.stdout
    assert "counterexamples" not in before.stdout


@pytest.mark.parametrize(
    "model",
    ["spark@2.4.0", "spark@4.0.0", "spark@2.3.4 with SPARK-22713", "spark@2.3.4+null-upstream"],
)
def test_variants_that_cut_enough_pass(model: str) -> None:
    """On each the run does no harm. The title of a changed release is understood."""
    assert_holds("free_is_unreachable", model, SCOPE, RUN)


@pytest.mark.parametrize(
    "model", ["spark@2.0.0", "spark@2.4.0 without SPARK-22713", "spark@2.3.4+null-reading-iterator"]
)
def test_variants_that_cut_too_little_fail(model: str) -> None:
    """Nulling `readingIterator` alone leaves the other path."""
    assert f"free_is_unreachable is false on {model} after step 3" in failing(model=model)


@pytest.mark.thorough
def test_a_model_in_a_file_is_taken_at_the_testers_word(tmp_path: Path) -> None:
    """The file stands in the test, which a person runs. Its repaired twin passes."""
    model = class_in_file(LEAKY)()
    steps = (Step("insert", (2, 1)), Step("read", (2,)), Step("insert", (3, 1)))
    text = regression(trace(Run(model, (1,), steps), LEAKY, ("free_is_unreachable",)))

    assert run_pytest(text, tmp_path).returncode == 1
    assert run_pytest(text.replace(":Leaky", ":Repaired"), tmp_path).returncode == 0


@pytest.mark.parametrize(
    ("claim", "model", "run", "said"),
    [
        ("free_is_unreachable", "spark@2.3.4", (*RUN[:3], Step("insert", (E1, 1))),
         "spark@2.3.4 cannot take this run to its end, so that the run says nothing about it: step 3 cannot be taken"),
        ("free_is_unreachable", "lesson:release", RUN, "it has no action 'insert'"),
        ("free_is_unreachable", "spark@9", RUN, "no model is called 'spark@9'"),
        ("free_is_reachable", "spark@2.3.4", RUN, "did you mean free_is_unreachable"),
        ("the_task_ends_in_use", "spark@2.3.4", RUN, "the_task_ends_in_use is not seen on spark@2.3.4 in this run"),
        ("free_is_unreachable", "spark@2.3.4", (*RUN[:1], Step("insert", (Made(0, "Nobody"), 1))), "Nobody"),
    ],
)  # fmt: skip
def test_what_says_nothing_does_not_pass(claim: str, model: str, run: tuple[Step, ...], said: str) -> None:
    """A run that cannot be taken, a model or a claim that is not there: the test fails, and says why."""
    assert said in failing(claim, model, run)


def test_a_witness_is_asserted_to_be_seen() -> None:
    """A trace that shows something becomes a test that it is shown; `…_is_taken` as well."""
    run = Run(find("spark@2.4.0").build(), (1,), (Step("insert", (3, 1)),))
    text = regression(trace(run, "spark@2.4.0", ("insert_is_taken", "an_account_is_open"), violation=False, guilty=1))

    assert "The tests pass as long as the run shows on MODEL what it is to show." in text
    assert text.count("def test_") == 2
    for claim in ("insert_is_taken", "an_account_is_open"):
        assert_holds(claim, "spark@2.4.0", SCOPE, RUN[:2])


class Switches(Model):
    """Takes values of each kind, and lets the environment choose."""

    def begin(self, mode: Forgets, on: bool) -> None:  # noqa: FBT001 - a switch of the scope
        self.mode, self.on = mode, on

    @action
    def turn(self, mode: Forgets, on: bool) -> None:  # noqa: FBT001 - likewise
        """Turn it."""
        self.mode, self.on = mode, on


def test_values_and_choices_are_literals() -> None:
    """An enum's member is its name, a switch a bool; what the environment chose stands with the step."""
    run = Run(Switches(), (Forgets.ALWAYS, True), (Step("turn", (Forgets.NEVER, False), (2, 0)),))
    text = regression(trace(run, "m", ("no_exception",)))

    assert 'Step("begin", ("ALWAYS", True)),' in text
    assert 'Step("turn", ("NEVER", False), picks=(2, 0,)),' in text


def test_a_test_that_an_older_version_wrote_still_runs() -> None:
    """It spells a step `step("insert", E1, 1)`."""
    assert [step("begin", 1), step("insert", E1, 1), step("iterator", E1), step("insert", E2, 1)] == [*RUN]


@pytest.mark.parametrize("text", ["plain", 'a"b', "a'b", "a\\b", "a\nb", "\u202e", "\U0001f4a9", "'''", '"""', ""])
def test_a_literal_is_the_text(text: str) -> None:
    """Whatever a name holds, the literal is ASCII, one line, and evaluates to the name."""
    import ast

    assert ast.literal_eval(literal(text)) == text
    assert literal(text).isascii()
    assert literal(text).isprintable()


def test_without_a_claim_there_is_no_test(incident: Trace) -> None:
    """A trace that names no claim is refused in one line."""
    with pytest.raises(ModelError, match="names no claim"):
        regression(replace(incident, claims=()))


def test_names_that_python_would_not_take_are_replaced(incident: Trace) -> None:
    """An object that no step named, or that is called as the test's own names are, gets its number."""
    first, second, *_ = incident.states
    named = replace(
        second, heap=tuple(replace(each, name="RUN") if each.name == "E1" else each for each in second.heap)
    )
    short = replace(incident, states=(first, named), guilty=None)

    assert 'object_3 = Made(0, "ExternalAppendOnlyMap")' in regression(short)
    assert 'Step("insert", (object_3, 1)),' in regression(short)
    assert Argument("into", Kind.OBJECT, 3) in named.arguments
