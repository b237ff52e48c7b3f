"""Random runs: what the machine made of a model does, and what the engine finds with it."""

import subprocess
import sys
import unittest
from enum import Enum
from typing import Any, cast

import pytest
from hypothesis import Phase, Verbosity, seed, settings
from hypothesis.database import InMemoryExampleDatabase
from hypothesis.errors import FailedHealthCheck, Unsatisfiable
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

from spillproof.model.catalogue import find
from spillproof.model.errors import ModelError
from spillproof.model.heap import HeapObject
from spillproof.model.lessons.yardstick import Forgets, Yardstick
from spillproof.model.oracle import choose, preferred
from spillproof.model.quantity import Bytes
from spillproof.model.system import Model, action, require
from spillproof.properties.accounting import free_is_unreachable, release_frees_what_it_says, something_is_released
from spillproof.properties.catalogue import NEVER_NEGATIVE, NO_EXCEPTION, claims_about
from spillproof.properties.claims import always, sometimes
from spillproof.properties.engines import machine
from spillproof.properties.engines.machine import Broken, machine_of
from spillproof.properties.engines.run import Run, Step, replay
from spillproof.properties.engines.simulate import simulate

SHALLOW = Yardstick(forgets=Forgets.ALWAYS)
"""A spill under a reader forgets the pin: there must be bytes, a reader and a spill, and that is enough."""

few = settings(max_examples=20, stateful_step_count=10, deadline=None, database=None, derandomize=True)
"""For machines that fail in no run."""

quick = settings(
    max_examples=200,
    stateful_step_count=10,
    deadline=None,
    database=None,
    derandomize=True,
    phases=[phase for phase in Phase if phase is not Phase.explain],
)


class Buffer(HeapObject):
    size: Bytes = 0


class Color(Enum):
    RED = "red"
    BLUE = "blue"


class DeadEnd(Model):
    """Its only action can be taken once."""

    def begin(self) -> None:
        self.done = False

    @action
    def finish(self) -> None:
        require(not self.done)
        self.done = True


class Refusing(Model):
    """Its only action is always refused, after it has changed everything."""

    held: Bytes

    def begin(self) -> None:
        self.held = 0

    @action
    def hold(self, size: Bytes) -> None:
        self.held += size
        require(False)


class Choosing(Model):
    """The environment chooses which of three comes, and one of them is bad."""

    def begin(self) -> None:
        self.last = choose(["none", "good"])

    @action
    def come(self) -> None:
        self.last = choose(["good", "better", "bad"])


class Painting(Model):
    """Arguments that are an enum, a bool and an object."""

    def begin(self) -> None:
        self.buffer = Buffer()
        self.painted: str = ""

    @action
    def paint(self, buffer: Buffer, color: Color, glossy: bool) -> None:  # noqa: FBT001 - an action's argument
        buffer.size = 7
        self.painted = f"{color.value} {glossy}"


class Raising(Model):
    """Raises on an empty list, which only a second take reaches."""

    def begin(self) -> None:
        self.waiting = ["only"]

    @action
    def take(self) -> None:
        self.waiting.pop()


class Picky(Model):
    """Only one size is accepted, and it is not the smallest."""

    held: Bytes

    def begin(self, capacity: Bytes) -> None:
        require(capacity == 5)
        self.held = 0

    @action
    def hold(self, size: Bytes) -> None:
        require(size == 7)
        self.held = size


class Sinking(Model):
    """Gives back more than was taken."""

    held: Bytes

    def begin(self) -> None:
        self.held = 0

    @action
    def give_back(self, size: Bytes) -> None:
        self.held -= size


class Hiding(Model):
    """Keeps state where no engine looks."""

    calls: list[int] = []  # noqa: RUF012 - the mistake that is to be caught

    def begin(self) -> None:
        self.count = 0

    @action
    def call(self) -> None:
        self.calls.append(1)
        self.count = len(self.calls)


@always
def nothing_bad(now: Any) -> bool:
    """What came last is not bad."""
    return bool(now.last != "bad")


@always
def not_glossy_blue(now: Any) -> bool:
    """Nothing is painted in glossy blue."""
    return bool(now.painted != "blue True")


@always
def nothing_held(now: Any) -> bool:
    """Nothing is ever held."""
    return bool(now.held == 0)


@always
def never_ten(now: Any) -> bool:
    """The count is never 10, which is true of every call but the tenth of this process."""
    return bool(now.count != 10)


@sometimes(beside=nothing_bad)
def something_better(now: Any) -> bool:
    """In some state something better came."""
    return bool(now.last == "better")


def steps(run: Run | None) -> list[str]:
    """The steps of a run, spelled."""
    assert run is not None
    return [moment.spelled for moment in replay(run)[1:]]


def failing(machine: type[RuleBasedStateMachine], how: settings = quick) -> Broken:
    """What the machine fails with."""
    with pytest.raises(Broken) as caught:
        run_state_machine_as_test(machine, settings=how)
    return caught.value


# The machine


def test_a_machine_shrinks() -> None:
    """A violation is shrunk to few steps that do what it needs; that they are the fewest is not promised."""
    run = failing(machine_of(SHALLOW, [free_is_unreachable])).run

    assert {step.action for step in run.steps} >= {"acquire", "start_reading", "spill"}
    assert 3 <= len(run) <= 6


def test_a_printed_run_reads_as_calls() -> None:
    """Hypothesis prints the run as calls with named objects and sizes, a line a step, and no line that says nothing."""
    error = failing(machine_of(SHALLOW, [free_is_unreachable]))
    printed = "\n".join(error.__notes__).splitlines()
    printed = printed[: printed.index("state.teardown()") + 1]  # in CI, Hypothesis goes on to say how to reproduce it

    assert printed[1:3] == ["state = YardstickMachine()", f"state.begin(capacity={error.run.opening[0]})"]
    assert [line.replace("consumer=", "").replace("size=", "") for line in printed[3:-1]] == [
        f"state.{step}" for step in steps(error.run)
    ]
    assert printed[3].startswith("state.acquire(consumer=Consumer1, size=")
    assert printed[-1] == "state.teardown()"


def test_a_failure_says_what_is_false() -> None:
    """The exception names the claim, gives its sentence, and spells the run."""
    error = failing(machine_of(SHALLOW, [release_frees_what_it_says]))
    count, capacity = len(error.run), error.run.opening[0]

    assert type(error).__name__ == "release_frees_what_it_says"
    assert str(error).splitlines() == [
        f"release_frees_what_it_says is false after {count} steps. {release_frees_what_it_says.sentence}",
        *(f"    {line}" for line in [f"begin(capacity={capacity})", *steps(error.run)]),
    ]


@pytest.mark.parametrize("model", [DeadEnd(), Refusing()])
def test_a_dead_end_is_no_error(model: Model) -> None:
    """A run that can go no further stays where it is; Hypothesis does not complain that no rule can be taken."""
    run_state_machine_as_test(machine_of(model), settings=few)


def test_a_dead_end_is_printed_as_such(capsys: pytest.CaptureFixture[str]) -> None:
    """Where nothing can be taken any more that is said, and no step is printed again that was not taken again."""
    run_state_machine_as_test(machine_of(DeadEnd()), settings=settings(few, verbosity=Verbosity.debug))
    runs = capsys.readouterr().out.split("state = DeadEndMachine()")

    assert any("state.finish()\n# stuck: refused\n" in each for each in runs)
    assert max(each.count("state.finish()") for each in runs) == 1


def test_what_was_refused_leaves_no_trace() -> None:
    """An action that changes the state before its guard says no has changed nothing."""
    run_state_machine_as_test(machine_of(Refusing(), [nothing_held]), settings=few)


def test_an_exception_in_an_action_is_a_violation() -> None:
    """Whatever an action raises breaks the claim no_exception, and is the cause of the failure."""
    error = failing(machine_of(Raising()))

    assert steps(error.run) == ["take()", "take()"]
    assert error.claim == NO_EXCEPTION
    assert isinstance(error.__cause__, IndexError)


def test_an_exception_is_no_violation_of_other_claims() -> None:
    """A machine for one claim looks for this claim only."""
    run_state_machine_as_test(machine_of(Raising(), [NEVER_NEGATIVE]), settings=few)


def test_a_negative_counter_is_a_violation() -> None:
    """A size below zero breaks counters_never_negative, and the least that shows it is 1 given back out of 0."""
    error = failing(machine_of(Sinking(), [NEVER_NEGATIVE]))

    assert steps(error.run) == ["give_back(1)"]


def test_the_environment_chooses_in_all_ways() -> None:
    """A choice within an action is drawn, and printed with the step."""
    error = failing(machine_of(Choosing(), [nothing_bad]))

    assert error.run == Run(error.run.model, (), (Step("come", (), (2,)),), (0,))
    assert "state.come(environment=(2,))" in "\n".join(error.__notes__)


def test_enums_and_bools_range_over_their_values() -> None:
    """An argument that is an enum or a bool takes each of its values, and an object is given as itself."""
    error = failing(machine_of(Painting(), [not_glossy_blue]))

    assert error.run.steps == (Step("paint", (1, Color.BLUE, True)),)
    assert "state.paint(buffer=Buffer1, color=BLUE, glossy=True)" in "\n".join(error.__notes__)


def test_a_beginning_may_be_refused() -> None:
    """A capacity for which there is no beginning is drawn again, and a size that alone is accepted is found."""
    error = failing(machine_of(Picky(), [nothing_held]), settings(quick, max_examples=1000))

    assert [moment.spelled for moment in replay(error.run)] == ["begin(capacity=5)", "hold(7)"]


class Large(Model):
    """Begins with a large capacity, or never."""

    used: Bytes

    def begin(self, capacity: Bytes, most: int = 10**9) -> None:
        require(5000 < capacity <= most)
        self.used = 0

    @action
    def take(self, size: Bytes) -> None:
        self.used -= size


def test_a_beginning_with_large_sizes_is_found() -> None:
    """Where no small size is possible larger ones are drawn; where none is, the test fails: it has tested nothing."""
    machine = machine_of(Large(), ["counters_never_negative"])
    assert [each.action for each in failing(machine, settings(few, phases=[Phase.generate])).run.steps] == ["take"]

    with pytest.raises((Unsatisfiable, FailedHealthCheck)):
        run_state_machine_as_test(machine_of(Large(most=1)), settings=settings(few, max_examples=2))


def test_a_machine_is_made_of_a_model() -> None:
    """Its class is none; and a claim goes by its name, as for `check`."""
    with pytest.raises(ModelError, match=r"the model is Yardstick\(\)"):
        machine_of(cast("Any", Yardstick))
    with pytest.raises(ModelError, match="no claim about Yardstick is called 'no_exceptions'; did you mean no_exc"):
        machine_of(SHALLOW, ["no_exceptions"])
    assert [claim.name for claim in machine_of(SHALLOW, "no_exception").claims] == ["no_exception"]


def test_a_machine_does_not_explain() -> None:
    """The explain phase, two thirds of the time of a failing machine, is left out; the other phases stay."""
    assert set(machine_of(SHALLOW).TestCase.settings.phases) == set(Phase) - {Phase.explain}


def test_the_profile_counts() -> None:
    """A machine runs with the settings of the profile that is loaded when it is made."""
    settings.register_profile("seven", settings.get_profile("ci"), max_examples=7, phases=[Phase.generate])
    settings.load_profile("seven")
    try:
        made = machine_of(SHALLOW).TestCase.settings
    finally:
        settings.load_profile("ci")

    assert (made.max_examples, set(made.phases)) == (7, {Phase.generate})


@pytest.mark.thorough
def test_a_database_remembers_the_failure() -> None:
    """What failed once is in the database, and fails again at once without anything being generated."""
    database = InMemoryExampleDatabase()
    found = failing(machine_of(SHALLOW, [free_is_unreachable]), settings(quick, database=database, derandomize=False))
    again = failing(
        machine_of(SHALLOW, [free_is_unreachable]),
        settings(quick, database=database, derandomize=False, phases=[Phase.reuse]),
    )

    assert steps(again.run) == steps(found.run)


def test_machines_share_no_failures() -> None:
    """Machines of one model for other claims, or at another scope, keep apart what they remember."""
    database: Any = InMemoryExampleDatabase()
    both = settings(quick, database=database, derandomize=False, phases=[Phase.generate])
    failing(machine_of(SHALLOW, [free_is_unreachable]), both)
    failing(machine_of(SHALLOW, [release_frees_what_it_says]), both)
    failing(machine_of(Yardstick(consumers=1, forgets=Forgets.ALWAYS), [free_is_unreachable]), both)

    assert len(database.data) >= 3


def test_a_machine_takes_a_seed() -> None:
    """`@seed` decides which run is found."""
    unshrunk = settings(quick, derandomize=False, phases=[Phase.generate])
    runs = [failing(seed(number)(machine_of(SHALLOW, [free_is_unreachable])), unshrunk).run for number in (1, 1, 2)]

    assert [each.steps for each in runs[:1]] == [each.steps for each in runs[1:2]]
    assert runs[0].steps != runs[2].steps


def test_a_machine_is_a_unittest() -> None:
    """Its TestCase runs under unittest, passes where the claims are true and fails where one is not."""
    outcome = unittest.TestResult()
    for model, how in ((Yardstick(), few), (SHALLOW, settings(quick, phases=[Phase.generate]))):
        case = machine_of(model, [free_is_unreachable]).TestCase
        case.settings = how
        case("runTest").run(outcome)

    assert (outcome.testsRun, len(outcome.failures), len(outcome.errors)) == (2, 1, 0)


def test_a_witness_is_counted_and_never_fails(capsys: pytest.CaptureFixture[str]) -> None:
    """A `sometimes` claim breaks nothing; it and the actions that were taken are events in Hypothesis's statistics."""
    seen = settings(few, verbosity=Verbosity.debug)
    run_state_machine_as_test(machine_of(Choosing(), [something_better]), settings=seen)

    assert "state.come(environment=(1,))" in capsys.readouterr().out


def test_what_happened_is_told_in_one_order(monkeypatch: pytest.MonkeyPatch) -> None:
    """The statistics of two runs can be compared: what is told in them is sorted, and not as a set has it."""
    told: list[str] = []
    monkeypatch.setattr(machine, "event", told.append)
    running = machine_of(DeadEnd())()
    running.happened = {f"witness_{number}" for number in range(9)}
    running.teardown()

    assert told == [f"witness_{number} happens" for number in range(9)]


def test_what_happened_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """The actions that were taken, and the witnesses that were seen."""
    told: set[str] = set()
    monkeypatch.setattr(machine, "event", told.add)
    run_state_machine_as_test(machine_of(Choosing(), [something_better]), settings=few)

    assert told == {"come happens", "something_better happens"}


# The engine


def test_each_claim_gets_its_own_run() -> None:
    """Simulation goes on until each claim has a run, and what holds has none."""
    claims = [free_is_unreachable, something_is_released, NO_EXCEPTION]
    result = simulate(SHALLOW, claims, examples=30)

    assert {name: run is not None for name, run in result.found.items()} == {
        "free_is_unreachable": True,
        "something_is_released": True,
        "no_exception": False,
    }
    assert result.examples == 30
    assert result.tried == f"30 random runs of {result.steps} steps in all"


@pytest.mark.parametrize("number", range(6))
def test_the_yardstick_is_found_with_every_seed(number: int) -> None:
    """The deep bug, which needs a second spill while the pool is full, is found whatever the seed."""
    result = simulate(Yardstick(forgets=Forgets.AGAIN_WHEN_FULL), [free_is_unreachable], seed=number)

    assert len(steps(result.found["free_is_unreachable"])) >= 5


@pytest.mark.parametrize("number", range(20))
def test_all_that_a_release_violates_is_found_with_every_seed(number: int) -> None:
    """Of Spark 2.3.4, each violated claim is found by random runs, whatever the seed: one of them is rarely reached."""
    entry = find("spark@2.3.4")
    claims, _ = claims_about(entry.model)
    assert entry.violated
    wanted = [claim for claim in claims if claim.name in entry.violated]
    found = simulate(entry.build(), wanted, seed=number).found

    assert {name for name, run in found.items() if run is not None} == entry.violated


def test_a_seed_decides_everything() -> None:
    """The same seed gives the same runs after as many steps, in this process and in another."""
    program = (
        "from spillproof.model.lessons.yardstick import *\n"
        "from spillproof.properties.accounting import free_is_unreachable\n"
        "from spillproof.properties.engines.simulate import simulate\n"
        "result = simulate(Yardstick(forgets=Forgets.ALWAYS), [free_is_unreachable], seed=5)\n"
        "print(result.found['free_is_unreachable'].steps, result.tried)"
    )
    elsewhere = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout
    here: list[Any] = [simulate(SHALLOW, [free_is_unreachable], seed=5) for _ in range(2)]

    assert [f"{each.found['free_is_unreachable'].steps} {each.tried}\n" for each in here] == [elsewhere] * 2


def test_nothing_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    """A simulation that finds something is no failing test: Hypothesis reports nothing."""
    simulate(SHALLOW, [free_is_unreachable])

    assert capsys.readouterr() == ("", "")


def test_time_is_limited() -> None:
    """A simulation ends at its deadline, and says how much it tried."""
    result = simulate(Yardstick(), [free_is_unreachable], examples=100_000, deadline=0.2)

    assert result.found == {"free_is_unreachable": None}
    assert 0 < result.examples < 100_000
    assert result.seconds >= 0.2


@pytest.mark.parametrize("model", [DeadEnd(), Refusing()])
def test_a_dead_end_ends_nothing(model: Model) -> None:
    """Where all runs end at once, there is nothing to find and nothing to complain about."""
    assert simulate(model, [NO_EXCEPTION, NEVER_NEGATIVE], examples=20).found == {
        "no_exception": None,
        "counters_never_negative": None,
    }


def test_hidden_state_is_noticed() -> None:
    """A run that does not repeat itself is not reported: the model holds state outside of the heap."""
    Hiding.calls.clear()
    with pytest.raises(ModelError, match="Hiding is not deterministic: never_ten"):
        simulate(Hiding(), [never_ten])


def test_an_error_of_the_model_is_passed_on() -> None:
    """A model that no engine can honour is reported as itself, not as a counterexample."""

    class Unspellable(Model):
        def begin(self) -> None:
            self.seen: set[int] = set()

        @action
        def see(self) -> None:
            self.seen.add(1)

    with pytest.raises(ModelError, match=r"Unspellable\.seen holds set"):
        simulate(Unspellable(), [NO_EXCEPTION])


class Shelf(Model):
    """Asks the largest of its buffers, which a heuristic prefers, and which comes last, to give up what it has."""

    def begin(self) -> None:
        self.buffers = [Buffer(1), Buffer(2), Buffer(2)]
        self.given = 0

    @action
    def spill(self) -> None:
        """Have one give up all."""
        largest = max(each.size for each in self.buffers)
        chosen = preferred(self.buffers, lambda: [each for each in self.buffers if each.size == largest])
        self.given, chosen.size = chosen.size, 0


@always
def nothing_large_is_given(now: Shelf) -> bool:
    """Nothing of two bytes is given up."""
    return now.given < 2


@always
def the_last_keeps_all(now: Shelf) -> bool:
    """The last one keeps what it has."""
    return now.buffers[2].size == 2


@pytest.mark.parametrize("claim", [nothing_large_is_given, the_last_keeps_all])
def test_what_a_heuristic_prefers_is_kept_in_the_run(claim: Any) -> None:
    """Which of the best was drawn, among all options: taken again, the run does the same; so a model is not blamed."""
    (run,) = simulate(Shelf(), [claim]).found.values()
    assert run is not None
    assert not claim(replay(run)[-1].state)

    with pytest.raises(Broken, match=claim.name):
        run_state_machine_as_test(machine_of(Shelf(), [claim]), settings=quick)
