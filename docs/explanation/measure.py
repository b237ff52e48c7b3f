"""Measures what `the-engines-one-by-one.md` says of the engines, and writes the tables into it.

    python docs/explanation/measure.py ["name of a table" …]

Times are processor time of one core, medians of three, so that a busy machine matters little. No
test compares the times; the counts are what the tests of the engines pin.
"""  # noqa: INP001 - a script, and no package

from __future__ import annotations

import re
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from spillproof.model.catalogue import find
from spillproof.model.quantity import Field
from spillproof.model.state import NOTHING
from spillproof.model.system import Model
from spillproof.properties.catalogue import CLAIMS
from spillproof.properties.claims import Claim, applicable
from spillproof.properties.engines.automaton.frontier import extract
from spillproof.properties.engines.automaton.goals import Goal, goals
from spillproof.properties.engines.automaton.shapes import Automaton
from spillproof.properties.engines.exploration.kernel import explore_fast
from spillproof.properties.engines.exploration.layers import Bounds
from spillproof.properties.engines.limits import Limits, OutOfTime
from spillproof.properties.engines.proof.certificate import certify, check_with_cvc5, check_with_z3
from spillproof.properties.engines.proof.houdini import strengthen
from spillproof.properties.engines.proof.invariant import Invariant, find_equations
from spillproof.properties.engines.proof.solver import Feasibility
from spillproof.properties.engines.proof.spacer import invent
from spillproof.properties.engines.simulate import simulate

PAGE = Path(__file__).parent / "the-engines-one-by-one.md"
REPEATS = 3
PATIENCE = 60.0
"""Seconds that one engine alone gets for an answer."""
Result = TypeVar("Result")


def timed(run: Callable[[], Result], repeats: int = REPEATS) -> tuple[str, Result]:
    """Return the median processor time of a call in words, and its result."""
    times = []
    for _ in range(repeats):
        started = time.process_time()
        result = run()
        times.append(time.process_time() - started)
    return seconds(statistics.median(times)), result


def seconds(value: float) -> str:
    """Return a time with two digits that mean something."""
    return f"{value:.2f} s" if value < 1 else f"{value:.1f} s"


def table(*rows: tuple[Any, ...]) -> str:
    """Return rows as a table; the first is the head."""
    head, *rest = rows
    lines = [head, tuple("---" for _ in head), *rest]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)


def spark(consumers: int, release: str = "2.4.0") -> Model:
    """Return the Spark model at a scope."""
    return find(f"spark@{release}").build(consumers=consumers)


def from_the_shell() -> str:
    """The whole command, with the start of Python and the loading of the solver."""
    rows: list[tuple[Any, ...]] = [("command", "processor time", "peak memory")]
    for words in ("spark@2.3.4", "spark@2.4.0", "spark@2.4.0 --consumers 3", "spark@2.4.0 --consumers 4"):
        times, peaks = zip(*(_process(words) for _ in range(REPEATS)), strict=True)
        rows.append((f"`spillproof check {words}`", seconds(statistics.median(times)), f"{max(peaks) // 1024} MB"))
    return table(*rows)


def _process(words: str) -> tuple[float, int]:
    code = (
        "import resource, sys; from pathlib import Path; from spillproof.counterexamples.command import run; "
        f"run(['check', *{words.split()!r}]); used = resource.getrusage(resource.RUSAGE_SELF); "
        # ru_maxrss would begin with the memory of this process, VmHWM begins anew
        "peak = Path('/proc/self/status').read_text().partition('VmHWM:')[2].split()[0]; "
        "print(used.ru_utime + used.ru_stime, peak, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603 - it starts this project
    used, peak = done.stderr.split()[-2:]
    return float(used), int(peak)


def by_stage() -> str:
    """What each stage of a proof takes, and what it settles."""
    rows: list[tuple[Any, ...]] = [
        (
            "consumers",
            "shapes / edges",
            "extraction",
            "equations",
            "claims settled by them",
            "inequalities",
            "claims settled then",
            "Z3 checks",
            "cvc5 checks",
        )
    ]
    rows += [_stages(consumers) for consumers in (1, 2, 3, 4)]
    return table(*rows)


def _stages(consumers: int) -> tuple[Any, ...]:
    model = spark(consumers)
    claims = applicable(CLAIMS, type(model))
    taken, automaton = timed(lambda: extract(model, claims, Feasibility(), any_preference=True, needed=NOTHING), 1)
    karr, invariant = timed(lambda: find_equations(automaton), 1)
    left = {claim: _left(automaton, invariant, claim) for claim in claims}
    wanted = [goal for each in left.values() for goal in each]
    guessing, stronger = timed(lambda: strengthen(automaton, invariant, wanted, Feasibility(), widely=False), 1)
    settled = [claim for claim in claims if not _left(automaton, stronger, claim)]
    certificate = certify(automaton, settled, stronger)
    z3_time, _ = timed(lambda: check_with_z3(certificate, automaton), 1)
    cvc5_time, _ = timed(lambda: check_with_cvc5(certificate, automaton), 1)
    first = sum(not each for each in left.values())
    return (
        consumers,
        f"{len(automaton.shapes)} / {len(automaton.edges)}",
        taken,
        karr,
        f"{first} of {len(claims)}",
        guessing,
        f"{len(settled)} of {len(claims)}",
        z3_time,
        cvc5_time,
    )


def _left(automaton: Automaton, invariant: Invariant, claim: Claim) -> list[Goal]:
    feasible = Feasibility()
    return [goal for goal in goals(automaton, claim) if not invariant.refutes(goal, feasible)]


def without_equations() -> str:
    """The same automaton, the chief claim, and one engine alone."""
    rows: list[tuple[Any, ...]] = [("consumers", "equations, then inequalities", "Spacer alone", "Houdini alone")]
    for consumers in (1, 2, 3):
        automaton = chief_automaton(consumers)
        chief = automaton.claims[0]
        rows.append((consumers, *(answered(engine, automaton, chief) for engine in (ours, spacer, houdini))))
    return table(*rows)


def answered(engine: Callable[[Automaton, Claim, float], bool], automaton: Automaton, claim: Claim) -> str:
    """Return how long an engine took to prove a claim, or what became of it."""
    words, proved = timed(lambda: engine(automaton, claim, time.monotonic() + PATIENCE), 1)
    return words if proved else f"no proof within {PATIENCE:.0f} s"


def ours(automaton: Automaton, claim: Claim, deadline: float) -> bool:
    """As in the portfolio."""
    known = find_equations(automaton)
    left = _left(automaton, known, claim)
    return not left or not _left(
        automaton, strengthen(automaton, known, left, Feasibility(), widely=False, limits=Limits(deadline)), claim
    )


def spacer(automaton: Automaton, claim: Claim, deadline: float) -> bool:
    """Without being told any equation."""
    return invent(automaton, goals(automaton, claim), Limits(deadline)).formulas is not None


def houdini(automaton: Automaton, claim: Claim, deadline: float) -> bool:
    """Every guess that it knows, and no equation."""
    nothing = Invariant([[] for _ in automaton.shapes])
    try:
        known = strengthen(
            automaton, nothing, goals(automaton, claim), Feasibility(), widely=True, limits=Limits(deadline)
        )
    except OutOfTime:
        return False
    return not _left(automaton, known, claim)


def fewer_shapes() -> str:
    """What slicing and open preferences save."""
    rows: list[tuple[Any, ...]] = [("consumers", "how", "shapes / edges", "sizes in all shapes", "extraction")]
    for consumers in (3, 4):
        for words, any_preference, needed in (
            ("everything kept", False, None),
            ("preferences open", True, None),
            ("sliced", False, NOTHING),
            ("both", True, NOTHING),
        ):
            taken, made = timed(lambda: chief_automaton(consumers, any_preference=any_preference, needed=needed), 1)  # noqa: B023 - called at once
            rows.append((consumers, words, f"{len(made.shapes)} / {len(made.edges)}", sum(made.widths()), taken))
    return table(*rows)


def chief_automaton(
    consumers: int, *, any_preference: bool = True, needed: frozenset[Field] | None = NOTHING
) -> Automaton:
    """Return the automaton of Spark for the chief claim."""
    model = spark(consumers)
    return extract(
        model, applicable(CLAIMS, type(model))[:1], Feasibility(), any_preference=any_preference, needed=needed
    )


def on_integers() -> str:
    """The engines that run on integers."""
    model = find("yardstick:none").build()
    claims = applicable(CLAIMS, type(model))
    taken, seen = timed(lambda: explore_fast(model, claims, Bounds(2, {"capacity": 40})), 1)
    rate = seen.transitions / float(taken.split()[0]) / 1e6
    broken = spark(2, "2.3.4")
    chief = applicable(CLAIMS, type(broken))[:1]
    found = [timed(lambda seed=seed: simulate(broken, chief, seed=seed), 1) for seed in range(10)]  # type: ignore[misc] # mypy cannot infer a lambda with a default
    lengths = [len(run) for _, each in found if (run := each.found[chief[0].name]) is not None]
    times = [float(words.split()[0]) for words, _ in found]
    return table(
        ("engine", "question", "answer", "time"),
        (
            "explore",
            "yardstick, capacity 40, sizes 1 and 2",
            f"{seen.states:,} states, {seen.transitions:,} transitions",
            f"{taken} ({rate:.1f} M transitions/s)",
        ),
        (
            "simulate",
            "spark@2.3.4, 10 seeds",
            f"found {len(lengths)} of 10, in runs of {min(lengths)} to {max(lengths)} steps",
            f"median {seconds(statistics.median(times))}",
        ),
    )


TABLES = {
    "from the shell": from_the_shell,
    "by stage": by_stage,
    "without equations": without_equations,
    "fewer shapes": fewer_shapes,
    "on integers": on_integers,
}


def main() -> None:
    """Measure, print, and write into the page."""
    resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))
    for name in sys.argv[1:] or TABLES:
        measured = TABLES[name]()
        sys.stdout.write(f"{name}\n\n{measured}\n\n")
        sys.stdout.flush()
        page = PAGE.read_text(encoding="utf-8")
        place = rf"(<!-- measured: {name} -->\n).*?(<!-- end -->)"
        PAGE.write_text(re.sub(place, rf"\g<1>{measured}\n\g<2>", page, flags=re.DOTALL), encoding="utf-8")


if __name__ == "__main__":
    main()
