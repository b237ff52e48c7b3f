"""The page for an issue or a review."""

import re
from dataclasses import replace

import pytest

from spillproof.counterexamples.explain.explanation import Explanation
from spillproof.counterexamples.export import sequence
from spillproof.counterexamples.export.escapes import code, fenced, mermaid, one_line, prose
from spillproof.counterexamples.export.markdown import markdown
from spillproof.counterexamples.trace import Trace


def test_the_diagram_tells_who_did_what(incident: Trace) -> None:
    """The environment acts on consumers; they acquire and release; the manager forces a spill in the guilty step."""
    assert sequence.diagram(incident).splitlines() == [
        "sequenceDiagram",
        "    participant env as the environment",
        "    participant c1 as E1",
        "    participant c2 as E2",
        "    participant manager as TaskMemoryManager",
        "    env->>manager: begin(capacity=1)",
        "    env->>c1: 1 insert(E1, 1)",
        "    c1->>manager: acquire 1 B",
        "    env->>c1: 2 iterator(E1)",
        "    rect rgba(229, 57, 53, 0.15)",
        "    env->>c2: 3 insert(E2, 1)",
        "    manager->>c1: forced spill",
        "    c1-)manager: release 1 B",
        "    c2->>manager: acquire 1 B",
        "    Note over env,manager: ▶ violates free_is_unreachable: accounted 1, reachable 2",
        "    end",
    ]


def test_the_table_has_a_row_for_each_step(incident: Trace) -> None:
    """With what is accounted, reachable, free, and the gap; the guilty row stands out."""
    rows = [line for line in markdown(incident).splitlines() if line.startswith("|")]

    assert rows[2] == "|  | `begin(capacity=1)` |  | 0 | 0 | 1 | 0 |"
    assert rows[3] == "| 1 | `insert(E1, 1)` | acquire E1 1 B | 1 | 1 | 0 | 0 |"
    assert rows[-1] == (
        "| **▶ 3** | **`insert(E2, 1)`** | **forced spill E1; release E1 1 B; acquire E2 1 B** "
        "| **1** | **2** | **0** | **1** |"
    )


def test_the_explanation_is_told(incident: Trace, explanation: Explanation) -> None:
    """The claim, both paths, the line that released, the cut and what is too little, and the repaired model."""
    page = markdown(incident, explanation)

    assert (
        "> Accounted free memory is at most the memory actually unreachable: reachable ≤ accounted + unclaimed." in page
    )
    assert "2. `task_memory_manager ▸ consumers ▸ E1 ▸ reading_iterator ▸ upstream ▸ outer ▸ data`" in page
    assert re.search(r"- `model/spark/collection/spillable.py:\d+, in release_memory`", page)
    assert "no smaller set is enough:\n\n- `SpillableIterator.upstream`" in page
    assert "- `E1.reading_iterator`: 2 B would be reachable; there is still `downstream ▸ rdd_iterators" in page
    assert "## The same run on `spark@2.3.4 with SPARK-22713`\n\nThere the claim holds." in page


def test_the_actions_are_shown_with_their_place(incident: Trace) -> None:
    """A reader need not have the model."""
    page = markdown(incident)

    assert re.search(r"`insert`, `model/spark/scenario/spark_task\.py:\d+`:\n\n```python\n@action\ndef insert\(", page)


def test_the_command_to_find_it_again(incident: Trace) -> None:
    """A command that can be pasted: fixes become options, and a name with a semicolon is quoted."""
    assert "spillproof check spark@2.3.4 --consumers 2 --claim free_is_unreachable" in markdown(incident)
    changed = replace(incident, model="spark@2.4.0 without SPARK-22713")
    assert "spillproof check spark@2.4.0 --without SPARK-22713 --consumers 2 --claim" in markdown(changed)
    assert "check 'a/b.py:C; rm x' --" in markdown(replace(incident, model="a/b.py:C; rm x"))


def test_a_model_without_consumers_has_a_page(lesson: Trace, raised: Trace) -> None:
    """The steps are done to the account itself; what a step raised is told."""
    assert "env->>manager: 1 acquire(1)" in markdown(lesson)
    assert "Note over env,manager: raises AssertionError#58; two readers" in markdown(raised).replace(
        ": two", "#58; two"
    )
    assert "raises `AssertionError: two readers" in markdown(raised)


def test_a_diagram_that_is_too_long_is_left_out(incident: Trace) -> None:
    """GitHub would refuse to draw it; the table is there all the same."""
    long = replace(incident.states[1], spelled="x" * 300, events=incident.states[1].events * 2000)
    page = markdown(replace(incident, states=(incident.states[0], long), guilty=None))

    assert "The run is too long for a sequence diagram" in page
    assert "```mermaid" not in page


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (code("a`b"), "``a`b``"), (code("`"), "`` ` ``"), (code("a|b"), "`a\\|b`"), (code(""), ""), (code(" "), ""),
        (prose("<b>*x*</b>"), "\\<b\\>\\*x\\*\\</b\\>"), (prose("[x](y)"), "\\[x\\](y)"),
        (mermaid("a;b#c\nd<e>"), "a#59;b#35;c d#60;e#62;"), (mermaid("%%{init}%%"), "#37;#37;#123;init#125;#37;#37;"),
        (one_line("a\nb\x00\u202e\u2028c"), "a b\ufffd\ufffd\ufffdc"), (one_line("x" * 300, 5), "xxxx…"),
        ("\n".join(fenced("", "a\n```\nb")), "````\na\n```\nb\n````"),
    ],
)  # fmt: skip
def test_marks_are_no_marks(written: str, expected: str) -> None:
    """What a name holds is shown, and never read as a mark."""
    assert written == expected
