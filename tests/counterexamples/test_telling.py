"""What a person is told of a verdict."""

import re
from enum import Enum
from pathlib import Path

import pytest

from spillproof.model.catalogue import find
from spillproof.model.lessons.yardstick import Forgets, Yardstick
from spillproof.model.system import Model
from spillproof.properties.catalogue import CLAIMS
from spillproof.properties.claims import Claim, Mode
from spillproof.properties.engines.check import check
from spillproof.properties.engines.run import Run, Step, replay
from spillproof.properties.engines.story.counterexample_text import stories
from spillproof.properties.engines.story.holders import held
from spillproof.properties.engines.story.phrases import exactly, roughly
from spillproof.properties.engines.story.report_text import summary, table, tell
from spillproof.properties.engines.story.snippet import literal, pasted
from spillproof.properties.engines.verdict import Never, Proved, Report, Result, Unknown, Violated
from spillproof.properties.loader import class_in_file

MODELS = Path(__file__).with_name("leaky.py")


def model(name: str, **scope: int) -> Model:
    """A model of the file beside this one."""
    return class_in_file(f"{MODELS}:{name}")(**scope)


@pytest.fixture(scope="module")
def leaky() -> Report:
    """The verdicts on the broken model."""
    return check(model("Leaky"))


@pytest.fixture(scope="module")
def told(leaky: Report) -> list[str]:
    """What is told of the broken model, line by line."""
    return tell(leaky, "leaky").splitlines()


def test_no_line_is_wider_than_a_terminal(told: list[str]) -> None:
    """Every line fits into 80 columns."""
    assert [line for line in told if len(line) > 80] == []


def test_the_verdict_comes_last(told: list[str]) -> None:
    """The last lines say that the model is broken, and name every claim that it violates."""
    assert " ".join(line.strip() for line in told[-2:]) == (
        "✗ leaky violates 3 of 6 claims: free_is_unreachable, release_frees_what_it_says, acquired_can_be_allocated"
    )


def test_one_run_is_told_once(leaky: Report, told: list[str]) -> None:
    """Three claims are violated by the same run: it is told once, with the names of all three."""
    (story,) = stories(leaky)

    assert [result.claim.name for result in story.results] == [result.claim.name for result in leaky.violated()]
    assert len([line for line in told if line.startswith("Counterexample")]) == 1


def test_the_run_has_a_line_a_step_with_bytes_in_columns(told: list[str]) -> None:
    """One byte is inserted into E1 and read; E2 then gets the same byte, while E1's is there. The pool has one."""
    rows = [re.split(r"  +", line.strip()) for line in told if re.search(r"\d  +\d  +-?\d$", line)]

    assert rows == [
        ["begin(capacity=1)", "0", "0", "1", "1"],
        ["1", "insert(E1, 1)", "1", "1", "0", "1"],
        ["2", "read(E1)", "1", "1", "0", "1"],
        ["▶ 3", "insert(E2, 1)", "1", "2", "0", "1"],
    ]


def test_each_step_says_what_was_announced(told: list[str]) -> None:
    """Below the guilty step stand the spill and the release that it made, and the acquisition it made them for."""
    (guilty,) = [place for place, line in enumerate(told) if "▶" in line]

    assert told[guilty + 1].strip() == "forced spill E1; release E1 1 B; acquire E2 1 B"


def test_the_path_leads_to_what_is_counted_free(told: list[str]) -> None:
    """E1's table is the one that was released, and hangs on E1's reader. E2's is accounted, and is not shown."""
    paths = [line.strip() for line in told if "▸" in line]

    assert paths == ["task_memory_manager ▸ consumers ▸ E1 ▸ reader ▸ upstream  (1 B)"]


def test_what_others_are_accounted_for_is_not_blamed(leaky: Report) -> None:
    """E2's two bytes are more than E1's one, and hang on the manager that E1 refers to; still E1's are the ones."""
    steps = (Step("insert", (2, 1)), Step("read", (2,)), Step("insert", (3, 2)))
    moments = replay(Run(leaky.model, (2,), steps))

    assert [each.shallow for each in held(moments, 3)] == [1]


def test_the_path_says_who_retains_how_much(told: list[str]) -> None:
    """E1 and its reader each retain the one byte of E1; the manager retains E2's as well."""
    start = told.index("    shallow  retained") + 1

    assert told[start : start + 4] == [
        "          0         2  task_memory_manager  Manager",
        "          0         1  └ consumers  Collection E1",
        "          0         1    └ reader  Reader",
        "          1         1      └ upstream  Table",
    ]


def test_what_is_told_can_be_pasted(leaky: Report, told: list[str]) -> None:
    """The program at the end of a counterexample takes the same run again."""
    start = told.index("  To take it again:") + 2
    program = [line[4:] for line in told[start:-3]]
    namespace: dict[str, object] = {}
    exec("\n".join(program).replace("replay(Run(", "run = (Run("), namespace)  # noqa: S102 - it is what is tested
    verdict = leaky.violated()[0].verdict
    assert isinstance(verdict, Violated)
    run = namespace["run"]
    assert isinstance(run, Run)

    assert (verdict.run.opening, verdict.run.steps) == (run.opening, run.steps)
    assert [moment.spelled for moment in replay(verdict.run)] == [moment.spelled for moment in replay(run)]


def test_a_run_is_pasted_with_what_it_needs() -> None:
    """Enums are imported, defaults are left out, and choices of the environment are kept."""
    steps = (Step("acquire", (1, 3), (1, 0)), Step("spill", (1,)))
    run = Run(Yardstick(forgets=Forgets.ALWAYS, consumers=5), (5,), steps)

    assert pasted(run).splitlines() == [
        "from spillproof import Run, Step, replay",
        "from spillproof.model.lessons.yardstick import Forgets, Yardstick",
        "",
        "model = Yardstick(consumers=5, forgets=Forgets.ALWAYS)",
        "replay(Run(model, (5,), (",
        '    Step("acquire", (1, 3), (1, 0)),',
        '    Step("spill", (1,)),',
        ")))",
    ]


class Inside(Model):
    """Has an enum of its own."""

    class Way(Enum):
        """Where it goes."""

        OUT = "out"

    def begin(self) -> None:
        """Begin."""


def test_what_stands_within_a_class_is_imported_with_it() -> None:
    """`from … import Inside.Way` is no Python; a class that holds another is imported, and both are said."""
    program = pasted(Run(Inside(), (), (Step("go", (Inside.Way.OUT,)),))).splitlines()

    assert program[:2] == ["from spillproof import Run, Step, replay", f"from {__name__} import Inside"]
    assert '    Step("go", (Inside.Way.OUT,)),' in program


def test_a_model_of_the_catalogue_is_pasted_by_its_name() -> None:
    """A program needs nothing but the face, even where nobody said what the model is called."""
    program = pasted(Run(find("spark@2.3.4").build(), (1,), (Step("insert", (3, 1)),)))

    assert program.splitlines()[:3] == [
        "from spillproof import Run, Step, find, replay",
        "",
        'model = find("spark@2.3.4").build()',
    ]


def test_a_set_is_spelled_in_order() -> None:
    """A set of strings is the same text in every process, whatever its hashes."""
    assert literal(frozenset("cab")) == "frozenset({'a', 'b', 'c'})"


def test_a_repaired_model_is_told_with_its_proof() -> None:
    """A model that keeps every claim has a proof, the scope of it is said, and nothing is called a counterexample."""
    told = tell(check(model("Repaired")))

    assert "Certificate: " in told
    assert "for consumers=2, any capacity, all sizes, any number of steps." in " ".join(told.split())
    assert "Counterexample" not in told
    assert told.splitlines()[-1] == "✓ Repaired: of 6 claims, 6 proved"


def test_an_exception_is_told_where_it_was_raised() -> None:
    """The step that raises is the guilty one; the line of the model is said, and no bytes are claimed to be known."""
    told = tell(check(model("Raises"), [claim for claim in CLAIMS if claim.name == "no_exception"])).splitlines()
    (guilty,) = [place for place, line in enumerate(told) if "▶" in line]

    assert re.fullmatch(r"  ▶ 4  read\(E2\) +–  +–  +–", told[guilty])
    assert told[guilty + 1].strip().startswith("raises AssertionError: two readers")
    assert "leaky.py:" in told[guilty + 1] + told[guilty + 2]


def always(name: str) -> Claim:
    """A claim that is only a name."""
    return Claim(name, Mode.ALWAYS, lambda _now: True)


def test_witnesses_that_were_seen_take_one_line() -> None:
    """All seen: one line with the longest. One not seen: it has a line of its own, and no more is concluded."""
    witness = Claim("it_happens", Mode.SOMETIMES, lambda _now: True, beside="a")
    run = Run(Yardstick(), (1,), (Step("acquire", (1, 1)),))
    seen = Result(witness, Proved("", run), "bounded", 0.0)
    never = Result(witness, Never("every size"), "bounded", 0.0)

    assert table(Report(Yardstick(), [seen, seen])) == ["✓ seen      all 2 witnesses: no claim is vacuous"]
    assert table(Report(Yardstick(), [seen, never])) == [
        "✗ never     it_happens  so that a says nothing here",
        "✓ seen      1 of 2 witnesses",
    ]


def test_a_reason_is_given_once() -> None:
    """Claims that are unknown for the same reason share one sentence; how far each was searched stands beside it."""
    depths = {"a": 3, "b": -1}
    results = [Result(always(name), Unknown("the time was up", depth), "", 0.0) for name, depth in depths.items()]

    assert tell(Report(Yardstick(), results)).splitlines()[2:] == [
        "? unknown   a  no run of up to 3 steps",
        "? unknown   b",
        "",
        "Unknown, because the time was up: a, b.",
        "",
        "? Yardstick: nothing violated, 2 of 2 claims unknown",
    ]


def test_an_interrupt_is_said() -> None:
    """The last line of an interrupted check says so."""
    report = Report(Yardstick(), [Result(always("a"), Unknown("interrupted"), "none", 0.0)], interrupted=True)

    assert summary(report) == "? Yardstick: nothing violated, 1 of 1 claims unknown (interrupted)"


def test_what_was_not_certified_is_said(leaky: Report) -> None:
    """A run that nothing certifies to be the shortest is never called so."""
    verdict = leaky.violated()[0].verdict
    assert isinstance(verdict, Violated)
    found = Report(leaky.model, [Result(always("a"), Violated(verdict.run, 1, 1), "simulate", 0.0)])

    assert "perhaps not the shortest" in tell(found)
    assert "That no shorter run exists was not certified." in tell(found)
    assert "Shortest" not in tell(found)


def test_assert_holds_tells_the_counterexample(leaky: Report) -> None:
    """The message of a failed `assert_holds` begins with the news in a line; the counterexample follows."""
    with pytest.raises(AssertionError) as caught:
        leaky.assert_holds()
    first, _, rest = str(caught.value).partition("\n\n")

    assert first == (
        "free_is_unreachable violated in 3 steps, at step 3: insert(E2, 1); and 2 more: release_frees_what_it_says, "
        "acquired_can_be_allocated"
    )
    assert rest == tell(leaky)


def test_assert_holds_is_silent_where_all_holds() -> None:
    """Nothing is raised for a model that keeps its claims."""
    check(model("Repaired")).assert_holds()


def test_what_is_unknown_does_not_hold() -> None:
    """An unknown verdict fails `assert_holds`."""
    report = Report(Yardstick(), [Result(always("a"), Unknown("the time was up"), "bounded", 0.0)])

    with pytest.raises(AssertionError, match="the time was up"):
        report.assert_holds()


@pytest.mark.parametrize(
    ("size", "rough", "exact"),
    [
        (1, "1 B", "1 B"),
        (1_048_575, "1,048,575 B", "1,048,575 B"),
        (1_048_576, "1.0 MB", "1,048,576 B (1.0 MB)"),
        (3_554_085_437, "3.3 GB", "3,554,085,437 B (3.3 GB)"),
    ],
)
def test_sizes_are_spelled(size: int, rough: str, exact: str) -> None:
    """Small sizes are exact; large ones have a magnitude in powers of 1024, as in Spark's log."""
    assert (rough, exact) == (roughly(size), exactly(size))
