"""Our sequence diagrams, parsed by Mermaid itself, which `make third-party` installs; else these are skipped."""

import json
import os
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from spillproof.counterexamples.export.sequence import diagram
from spillproof.counterexamples.trace import Trace, trace
from spillproof.model.catalogue import find
from spillproof.properties.engines.run import Run, Step

HERE = Path(__file__).with_name("mermaid")
NODE = shutil.which("node")

NASTY = [
    "end", "a;b", "a#b", "a: b", "A->>B: x", "%%{init: {}}%%", "<script>x</script>", "loop forever", "{x}", "\\n", '"',
    "'", "note over env: x", "participant x", "-->", "\u202e", "\N{PILE OF POO}", "[x]", "(x)", "a,b", "a\nend",
    "rect", "@{x}",
]  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def _installed() -> None:
    if NODE is None or not (HERE / "node_modules").is_dir():
        assert "SPILLPROOF_THIRD_PARTY" not in os.environ, "Mermaid is not installed"
        pytest.skip("Mermaid is not installed: make third-party")


@pytest.fixture(scope="module")
def incident() -> Trace:
    """The shortest E1/E2 run."""
    steps = (Step("insert", (3, 1)), Step("iterator", (3,)), Step("insert", (3, 1)))
    return trace(Run(find("spark@2.3.4").build(), (1,), steps), "spark@2.3.4", ("free_is_unreachable",), guilty=3)


def parsed(text: str) -> dict[str, Any]:
    """What Mermaid makes of a diagram."""
    assert NODE is not None
    done = subprocess.run([NODE, "parse.js"], cwd=HERE, input=text, capture_output=True, text=True, encoding="utf-8",
                          check=False, timeout=60)  # fmt: skip
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert isinstance(found, dict)
    return found


def test_mermaid_reads_the_run(incident: Trace) -> None:
    """It is a sequence diagram to Mermaid, with our messages in our order."""
    found = parsed(diagram(incident))

    assert found["type"] == "sequence"
    assert found["messages"][:3] == ["begin(capacity=1)", "1 insert(E1, 1)", "acquire 1 B"]
    assert found["messages"][-1].startswith("▶ violates free_is_unreachable")


@pytest.mark.parametrize("nasty", NASTY)
def test_no_name_is_a_statement(incident: Trace, nasty: str) -> None:
    """Whatever a consumer, a step or a claim is called, there are as many messages as before."""
    text = diagram(incident)
    renamed = replace(
        incident,
        claims=(nasty,),
        states=tuple(
            replace(
                state,
                spelled=nasty,
                heap=tuple(replace(each, name=nasty) if each.name == "E1" else each for each in state.heap),
                events=tuple(
                    replace(
                        event, details=tuple((key, nasty if value == "E1" else value) for key, value in event.details)
                    )
                    for event in state.events
                ),
            )
            for state in incident.states
        ),
    )

    assert len(parsed(diagram(renamed))["messages"]) == len(parsed(text)["messages"])
