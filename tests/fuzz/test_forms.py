"""What is written of generated models can be read again, and says the same: traces, certificates, every format."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator

import pytest

from spillproof.counterexamples.explain.explain import explain
from spillproof.counterexamples.export import FORMATS, itf
from spillproof.counterexamples.output import exported
from spillproof.counterexamples.record import Record, run_of
from spillproof.counterexamples.replay.variant import retake
from spillproof.counterexamples.trace import Trace
from spillproof.model.errors import ModelError
from spillproof.model.system import Model
from spillproof.properties.claims import Mode
from spillproof.properties.engines.check import check
from spillproof.properties.engines.proof.certificate import Certificate, automaton_of, check_with_z3, read
from spillproof.properties.engines.refinement.refinement import refinement
from spillproof.properties.engines.verdict import Proved, Report, Violated
from tests.fuzz import grammar, judge

FIRST, MODELS, PARTS = 200_000, 24, 4
STEPS = 3
"""Runs up to this long are compared with themselves."""


def generated(part: int) -> Iterator[tuple[Model, Report]]:
    """Yield models, and what is known of each."""
    for seed in range(FIRST + part, FIRST + MODELS, PARTS):
        name = f"formed_{seed}"
        model = judge.module_of(grammar.written(seed)[0], name).M()
        yield model, check(model)
        del sys.modules[name]


@pytest.mark.thorough
@pytest.mark.parametrize("part", range(PARTS))
def test_what_is_written_says_the_same(part: int) -> None:
    """A trace that is read is the one that was written, and goes on its model as it did; a certificate is accepted."""
    for model, report in generated(part):
        record = Record(report, "M")
        assert json.loads(json.dumps(record.json()))["model"] == "M"
        for result in report.results:
            if (run := run_of(result)) is not None:
                trace = itf.loads(itf.dumps(record.trace(result)))
                assert trace == record.trace(result)
                assert len(retake(trace, model).run) == len(run)
                if isinstance(result.verdict, Violated):
                    written_in_every_format(trace, model)
        for script in certificates(report):
            certificate = read(script)
            assert check_with_z3(certificate, automaton_of(certificate, model)) == script.count("(check-sat)")


def written_in_every_format(trace: Trace, model: Model) -> None:
    """Write a trace, with its explanation, in each format but the one that is of Spark only."""
    explanation = explain(trace, model, None)
    for wanted in FORMATS.values():
        if wanted.name != "spark-log":
            assert exported(trace, wanted, explanation)
    with pytest.raises(ModelError, match="is no model of Spark"):
        exported(trace, FORMATS["spark-log"], explanation)


def certificates(report: Report) -> set[str]:
    """Return the scripts that prove the `always` claims of a report."""
    verdicts = [each.verdict for each in report.results if each.claim.mode is Mode.ALWAYS]
    found = [each.certificate for each in verdicts if isinstance(each, Proved)]
    return {each.smtlib(each.automaton) for each in found if isinstance(each, Certificate) and each.automaton}


@pytest.mark.thorough
@pytest.mark.parametrize("part", range(PARTS))
def test_a_model_has_the_runs_that_it_has(part: int) -> None:
    """None tells it apart from itself."""
    for model, _ in generated(part):
        assert refinement(model, model, max_steps=STEPS).run == ()
