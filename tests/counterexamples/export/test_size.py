"""Long runs: which formats show them, that the others say so in a line, and how long it takes."""

import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from spillproof.counterexamples import command, output
from spillproof.counterexamples.export import DRAWN, FORMATS, SHOWN
from spillproof.counterexamples.export.itf import dumps, loads
from spillproof.counterexamples.export.scene import MOST_STEPS
from spillproof.counterexamples.trace import State, Trace, trace
from spillproof.model.catalogue import find
from spillproof.model.errors import ModelError
from spillproof.model.system import Kind
from spillproof.properties.engines.run import Run, Step

SECONDS = 2.0
"""For the export of a run of 50 steps."""


@pytest.fixture(scope="module")
def fifty() -> Trace:
    """A run of 50 steps on Spark: 47 records are put in and go to disk now and then, and then E1 and E2 contend."""
    filled = tuple(Step("insert", (3, 1)) for _ in range(47))
    steps = (*filled, Step("iterator", (3,)), Step("insert", (3, 1)), Step("insert", (3, 1)))
    found = trace(Run(find("spark@2.3.4").build(), (4,), steps), "spark@2.3.4", ("free_is_unreachable",))
    assert len(found.states) == 51
    return replace(found, guilty=next((index for index, state in enumerate(found.states)
                                       if (state.reachable or 0) > (state.accounted or 0)), None))  # fmt: skip


def long(incident: Trace, steps: int) -> Trace:
    """A run of so many steps, which repeats what E1/E2 do before they contend."""
    first, insert, iterator, _ = (bare(state) for state in incident.states)
    return replace(incident, states=(first, *(insert, iterator) * (steps // 2)), guilty=None)


def bare(state: State) -> State:
    """A state with no more objects than the first three, which refer to nobody."""
    heap = tuple(replace(each, references=()) for each in (state.heap[0], *state.heap[2:4]))
    arguments = tuple(each for each in state.arguments if each.kind is not Kind.OBJECT)
    return replace(state, heap=heap, roots=(), arguments=arguments)


def test_a_format_that_cannot_show_a_run_says_which_can(incident: Trace) -> None:
    """One line, and no page of a hundred thousand rows."""
    many = long(incident, 10_000)
    for wanted in FORMATS.values():
        if wanted.most_steps is not None:
            with pytest.raises(
                ModelError, match=f"^{wanted.name} shows runs of at most {wanted.most_steps:,} steps"
            ) as said:
                output.exported(many, wanted)
            _, _, instead = str(said.value).partition("for runs of any length there are ")
            assert {"itf", "spark-log", "perfetto"} <= set(instead.split(", "))
            assert all(FORMATS[name].most_steps is None for name in instead.split(", "))


def test_pictures_say_what_they_can_show() -> None:
    """The registry promises as many steps as the pictures take."""
    assert SHOWN == MOST_STEPS
    assert FORMATS["svg"].most_steps == DRAWN < SHOWN


def test_a_long_run_is_not_explained(incident: Trace, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The heap after a step of it is drawn all the same, and stderr says what is missing."""
    file = tmp_path / "long.itf.json"
    file.write_text(dumps(long(incident, 600)), encoding="utf-8")

    assert command.run(["export", str(file), "--format", "dot", "--step", "599"]) == 0
    said = capsys.readouterr()
    assert said.err == "spillproof: a run of more than 500 steps is not explained\n"
    assert "after step 599: insert(E1, 1)" in said.out


@pytest.mark.slow
def test_a_hundred_thousand_steps(incident: Trace) -> None:
    """Such a run is read, and written in every format that can show it, within minutes."""
    many = loads(dumps(long(incident, 100_000)))

    assert len(many.states) == 100_001
    assert output.exported(many, FORMATS["perfetto"]).count('"ph": "X"') == 100_001
    assert output.exported(many, FORMATS["spark-log"]).count("acquired") == 50_000
    assert "after step 77777" in output.exported(many, FORMATS["dot"], None, 77_777)


@pytest.mark.bench
@pytest.mark.parametrize("name", FORMATS)
def test_fifty_steps_take_two_seconds(fifty: Trace, name: str, benchmark: Any) -> None:
    """From the text of the trace to the text of the export, with all that is explained on the way."""
    text = dumps(fifty)

    def whole() -> str:
        found = loads(text)
        wanted = FORMATS[name]
        explanation = output.explained(found, briefly=not wanted.needed)[0] if wanted.explained else None
        return output.exported(found, wanted, explanation)

    started = time.perf_counter()
    benchmark(whole)
    rounds = time.perf_counter() - started
    stats = getattr(benchmark, "stats", None)

    assert (stats.stats.min if stats else rounds) < SECONDS
