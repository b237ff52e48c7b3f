"""Long runs: which formats show them, that the others say so in a line, and how long it takes."""

import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from spillproof.counterexamples import exporting
from spillproof.counterexamples.export import FORMATS
from spillproof.counterexamples.export.itf import dumps, loads
from spillproof.counterexamples.trace import Trace, trace
from spillproof.model.catalogue import find
from spillproof.model.errors import ModelError
from spillproof.properties.engines.run import Run, Step

ENDLESS = ("itf", "perfetto", "spark-log", "dot")

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
    first, insert, iterator, _ = incident.states
    return replace(incident, states=(first, *(insert, iterator) * (steps // 2)), guilty=None)


def test_a_format_that_cannot_show_a_run_says_which_can(incident: Trace) -> None:
    """One line, and no page of a hundred thousand rows."""
    many = long(incident, 10_000)
    for wanted in FORMATS.values():
        if wanted.most_steps is not None:
            with pytest.raises(ModelError, match=f"^{wanted.name} shows runs of at most {wanted.most_steps:,} steps") as said:
                exporting.exported(many, wanted)
            assert str(said.value).endswith("for runs of any length there are itf, spark-log, perfetto")
    assert {each.name for each in FORMATS.values() if each.most_steps is None} == set(ENDLESS)


@pytest.mark.slow
def test_a_hundred_thousand_steps(incident: Trace, tmp_path: Path) -> None:
    """The command reads such a run, and writes it wherever it can be shown."""
    many = long(incident, 100_000)
    file = tmp_path / "long.itf.json"
    file.write_text(dumps(many), encoding="utf-8")
    for name in ENDLESS:
        out = tmp_path / f"out{FORMATS[name].suffix}"
        extra = ["--step", "77777"] if name == "dot" else []
        words = [sys.executable, "-c", "from spillproof.counterexamples.command import main; main()", "export", str(file)]
        subprocess.run([*words, "--out", str(out), *extra], check=True, timeout=600)

        assert out.stat().st_size > 100
    assert loads((tmp_path / "out.itf.json").read_text(encoding="utf-8")) == many


@pytest.mark.bench
@pytest.mark.parametrize("name", FORMATS)
def test_fifty_steps_take_two_seconds(fifty: Trace, name: str, benchmark: object) -> None:
    """From the text of the trace to the text of the export, with all that is explained on the way."""
    text = dumps(fifty)

    def whole() -> str:
        found = loads(text)
        explanation = exporting.explained(found)[0] if FORMATS[name].explained else None
        return exporting.exported(found, FORMATS[name], explanation)

    started = time.perf_counter()
    benchmark(whole)  # type: ignore[operator] # pytest-benchmark ships no types
    rounds = time.perf_counter() - started
    stats = getattr(benchmark, "stats", None)

    assert (stats.stats.min if stats else rounds) < SECONDS
