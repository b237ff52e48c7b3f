"""The heap after a step, for Graphviz."""

import re
import shutil
import subprocess

import pytest

from spillproof.counterexamples.explain.explanation import Explanation
from spillproof.counterexamples.export.dot import dot, reachable
from spillproof.counterexamples.trace import Trace

MARKED = 'color="#c62828", fontcolor'


def marked(text: str) -> set[str]:
    """The labels of the references that are marked."""
    return set(re.findall(r'-> "\d+" \[label="(\w+)", color="#c62828"', text))


def test_every_object_and_reference_is_drawn_once(incident: Trace) -> None:
    """All but the model itself, whose references are the roots."""
    text, state = dot(incident), incident.states[3]

    assert len(re.findall(r'^  "\d+" \[', text, re.MULTILINE)) == len(state.heap) - 1
    assert text.count("->") == len(state.roots) + sum(len(each.references) for each in state.heap[1:])


def test_the_offending_references_are_marked(incident: Trace, explanation: Explanation) -> None:
    """Both ways from the roots to the bytes that are counted free, and these bytes; nothing without an explanation."""
    text = dot(incident, explanation)

    assert marked(text) == {
        "task_memory_manager", "consumers", "reading_iterator", "upstream", "outer", "data", "downstream",
        "rdd_iterators", "sub",
    }  # fmt: skip
    assert text.count("#ffcdd2") == 1
    assert "#c62828" not in dot(incident)


def test_the_step_can_be_chosen(incident: Trace, explanation: Explanation) -> None:
    """The guilty step is shown, or another; what is counted free after the guilty step is no fault before it."""
    assert dot(incident, explanation, 3) == dot(incident, explanation)
    assert "after step 1: insert(E1, 1): accounted 1, reachable 1, free 0" in dot(incident, explanation, 1)
    assert "#ffcdd2" not in dot(incident, explanation, 2)


def test_garbage_is_told_from_what_is_reachable(incident: Trace) -> None:
    """What the roots do not lead to is drawn dashed: here nothing is, and that is the fault."""
    assert reachable(incident.states[3]) == {each.name for each in incident.states[3].heap[1:]}
    assert "dashed" not in dot(incident)


@pytest.mark.parametrize("step", range(4))
def test_graphviz_draws_it(incident: Trace, explanation: Explanation, step: int) -> None:
    """Graphviz's own `dot` accepts the file without a warning, and draws every reference."""
    program = shutil.which("dot")
    if program is None:
        pytest.skip("Graphviz is not installed")
    text = dot(incident, explanation, step)
    done = subprocess.run([program, "-Tplain"], input=text, capture_output=True, text=True, check=True, timeout=60)

    assert done.stderr == ""
    assert sum(line.startswith("edge ") for line in done.stdout.splitlines()) == text.count("->")


def test_a_label_cannot_end_itself(itf: dict[str, object]) -> None:
    """A class whose name closes the label and opens another statement stays a label, backslashes and all."""
    import json

    from spillproof.counterexamples.export.itf import loads

    nasty = '\\"]; evil [label="\\'
    text = dot(loads(json.dumps(itf).replace('"kind": "Table"', f'"kind": {json.dumps(nasty)}')))
    program = shutil.which("dot")
    if program is None:
        pytest.skip("Graphviz is not installed")
    done = subprocess.run([program, "-Tplain"], input=text, capture_output=True, text=True, check=True, timeout=60)

    assert not any(line.startswith("node evil") for line in done.stdout.splitlines())
