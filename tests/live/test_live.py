"""Claims on running code: small managers with planted faults, each found with exactly its shortest run."""

import gc
import random
from pathlib import Path
from typing import Any

import pytest

from spillproof.model.errors import ModelError
from spillproof.properties import accounting
from spillproof.properties.engines.verdict import NotFound, Unknown
from spillproof.properties.live.adapter import Adapter
from spillproof.properties.live.claims import asked_of, empty_means_nothing_left, something_is_reachable
from spillproof.properties.live.live_check import check_live
from spillproof.properties.live.live_text import tell
from spillproof.properties.live.machine import BrokenScript, machine_of
from spillproof.properties.live.measure import Ledger, Traced, content
from spillproof.properties.live.move import Move
from spillproof.properties.live.offers import operations_of, renamed, seen_of, spelled
from spillproof.properties.live.search import measuring
from spillproof.properties.live.session import Session, false_at, played
from spillproof.properties.live.shortest import reduced
from spillproof.properties.live.verdicts import Falsified, LiveReport


class Honest(Adapter):
    """Keeps values, and accounts for them."""

    def begin(self, folder: Path) -> None:
        self.values: dict[str, Any] = {}
        self.rest: list[Any] = []

    def put(self, key: str, value: Any) -> None:
        self.values[key] = value

    def get(self, key: str) -> Any:
        return self.values[key]

    def delete(self, key: str) -> None:
        del self.values[key]

    def accounted(self) -> int:
        return sum(len(value) for value in self.values.values())


class ForgetsAReference(Honest):
    def delete(self, key: str) -> None:
        self.rest.append(self.values.pop(key))


class Cyclic(Honest):
    """What it deletes hangs in a cycle until it is collected: garbage, and no violation."""

    def put(self, key: str, value: Any) -> None:
        cycle = [value]
        cycle.append(cycle)
        self.values[key] = cycle

    def get(self, key: str) -> Any:
        return self.values[key][0]

    def accounted(self) -> int:
        return sum(len(cycle[0]) for cycle in self.values.values())


class Lies(Honest):
    def reachable(self) -> int:
        return 0


class Boasts(Honest):
    def spill(self) -> int:
        return 1024 if self.values else 0


class Loses(Honest):
    def get(self, key: str) -> Any:
        return self.values[key].bytes[:-1]


class Raises(Honest):
    def delete(self, key: str) -> None:
        raise KeyError(key)


class Copies(Honest):
    """Keeps pickled copies, to which a ledger is blind."""

    def put(self, key: str, value: Any) -> None:
        self.values[key] = bytes(value.bytes)

    def get(self, key: str) -> Any:
        return self.values[key]


class Unseen(Honest):
    """Its memory is not Python's, so tracemalloc sees nothing of it."""

    measured_by = Traced

    def put(self, key: str, value: Any) -> None:
        self.values[key] = range(len(value))

    def get(self, key: str) -> Any:
        return content(1, len(self.values[key]))


class CountsTwice(Honest):
    """Adds up two measures of the same bytes."""

    def reachable(self) -> int:
        return self.measure.reachable() + sum(len(value) for value in self.values.values())


def found(adapter: type[Adapter], name: str) -> Falsified:
    """The verdict on a claim that is violated."""
    verdict = check_live(adapter, examples=20).of(name)
    assert isinstance(verdict, Falsified)
    return verdict


def words(verdict: Falsified) -> list[str]:
    """The run, a step a word."""
    return [step.spelled for step in verdict.steps[1:]]


@pytest.mark.parametrize(
    ("adapter", "claim", "run"),
    [
        (ForgetsAReference, "free_is_unreachable", ["put(a, 1024)", "delete(a)"]),
        (ForgetsAReference, "empty_means_nothing_left", ["put(a, 1024)", "delete(a)"]),
        (Boasts, "spill_frees_what_it_claims", ["put(a, 1024)", "spill()"]),
        (Loses, "no_record_lost_or_repeated", ["put(a, 1024)", "get(a)"]),
        (Raises, "no_exception", ["put(a, 1024)", "delete(a)"]),
    ],
)
def test_a_planted_fault_is_found_with_its_shortest_run(adapter: type[Adapter], claim: str, run: list[str]) -> None:
    """Every fault is found, and shrunk to the one run that is first of the shortest."""
    verdict = found(adapter, claim)

    assert words(verdict) == run
    assert verdict.minimal


@pytest.mark.parametrize("adapter", [Honest, Cyclic])
def test_an_honest_manager_is_not_falsified(adapter: type[Adapter]) -> None:
    """No claim is violated and none is vacuous; nothing is proved either."""
    report = check_live(adapter, examples=20)
    report.assert_not_falsified()

    assert isinstance(report.of("free_is_unreachable"), NotFound)


def test_a_lying_adapter_is_noticed() -> None:
    """An adapter whose reachable bytes are always 0 violates no claim, and a witness says that they say nothing."""
    report = check_live(Lies, examples=20)

    assert report.violated() == []
    assert {result.claim.name for result in report.vacuous()} == {
        "something_is_reachable",
        "something_becomes_unreachable",
    }
    with pytest.raises(AssertionError) as caught:
        report.assert_not_falsified()
    assert "so that free_is_unreachable says nothing here" in " ".join(str(caught.value).split())


@pytest.mark.parametrize(
    ("adapter", "advice"), [(Copies, "measure with Traced"), (Unseen, "use a Ledger"), (CountsTwice, "overlaps")]
)
def test_a_measure_that_does_not_fit_is_refused(adapter: type[Adapter], advice: str) -> None:
    """A measure that is blind to what the manager keeps is told so before any run, in one line."""
    with pytest.raises(ModelError, match=advice) as caught:
        check_live(adapter, examples=5)

    assert "\n" not in str(caught.value)


class NoNumber(Honest):
    def accounted(self) -> Any:
        return None


class NoAnswer(Honest):
    def accounted(self) -> int:
        raise AttributeError("no total")


class NoBeginning(Honest):
    def begin(self, folder: Path) -> None:
        raise RuntimeError("no server")


@pytest.mark.parametrize(
    ("adapter", "said"),
    [
        (NoNumber, r"NoNumber\.accounted\(\) returned None; it is to return a whole number of bytes"),
        (NoAnswer, r"NoAnswer\.accounted raises AttributeError: no total \(test_live\.py:\d+\); it must not raise"),
        (NoBeginning, r"NoBeginning\.begin raises RuntimeError: no server"),
    ],
)
def test_a_mistake_in_an_adapter_is_one_line(adapter: type[Adapter], said: str) -> None:
    """What is wrong with an adapter is said with its place, and no traceback of ours."""
    with pytest.raises(ModelError, match=said) as caught:
        check_live(adapter, examples=2)

    assert "\n" not in str(caught.value)


def test_the_holder_is_named() -> None:
    """What is counted free is told with the chain of references that keeps it."""
    (path,) = found(ForgetsAReference, "free_is_unreachable").paths

    assert (str(path), path.size) == ("rest ▸ [0] ▸ value 1", 1024)


KEPT: list[Any] = []


class Elsewhere(Honest):
    def delete(self, key: str) -> None:
        KEPT.append(self.values.pop(key))


def test_a_holder_outside_of_the_manager_is_named() -> None:
    """A value that only a module holds is found from its other end."""
    (path,) = found(Elsewhere, "free_is_unreachable").paths

    KEPT.clear()
    assert path.root == "test_live ▸ KEPT"


# One step at a time


def test_a_client_that_keeps_a_value_is_no_fault_of_the_manager() -> None:
    """What the client got and keeps is unclaimed; without the client it would be a violation."""

    class WithClient(Honest):
        faults = frozenset({"kept"})

    script = (Move("put", "a", 1), Move("keep", "a", name="k1"), Move("delete", "a"))
    with measuring(WithClient):
        steps = played(WithClient, script, asked_of(seen_of(WithClient))[0])

    assert steps is not None
    assert [step.now.seen["unclaimed"] for step in steps] == [0, 0, 1024, 1024]
    assert false_at(accounting.free_is_unreachable, steps) is None
    assert false_at(empty_means_nothing_left, steps) is None


@pytest.mark.parametrize(
    ("listed", "said"),
    [
        ({"flood"}, "there are cancelled, full_disk, kept, missing, second_thread, spill_limit, unpicklable"),
        ({"unpicklable"}, "needs the method 'keys'"),
    ],
)
def test_a_fault_that_cannot_be_inflicted_is_refused(listed: set[str], said: str) -> None:
    """An unknown fault, and one for which a method is missing, is said in one line."""

    class Faulty(Honest):
        faults = frozenset(listed)

    with pytest.raises(ModelError, match=said):
        operations_of(Faulty)


def test_a_measurement_that_does_not_repeat_is_no_verdict() -> None:
    """Where a run breaks a claim now and then, the answer is unknown."""
    counts = iter(range(10_000))

    class Flaky(Honest):
        def accounted(self) -> int:
            return super().accounted() - (next(counts) % 7 == 0)

    report = check_live(Flaky, [accounting.free_is_unreachable], examples=20)

    assert isinstance(report.of(accounting.free_is_unreachable), (Unknown, NotFound))


def test_a_manager_that_does_not_do_the_same_twice_is_checked_all_the_same() -> None:
    """Hypothesis gives up where a run goes another way when repeated; it is begun again, and the report says so."""
    chance = random.Random(1)

    class Moody(Honest):
        drops = True

        def put(self, key: str, value: Any) -> None:
            super().put(key, value)
            if chance.random() < 0.3:
                self.values.clear()

        def keys(self) -> list[str]:
            return list(self.values)

    report = check_live(Moody, [accounting.free_is_unreachable], examples=60)

    assert report.runs >= 60
    assert report.parted > 0
    assert f"{report.parted} went another way when repeated" in " ".join(tell(report).split())
    assert isinstance(report.of("free_is_unreachable"), NotFound)


def test_a_ledger_follows_objects_to_their_death() -> None:
    """The ledger falls when the last reference goes, and follows what an adapter tells it of."""
    ledger = Ledger()
    values = [ledger.value(number, 1024) for number in (1, 2)]
    assert ledger.reachable() == 2048
    values.pop()
    assert ledger.reachable() == 1024
    assert [each.number for each in ledger.values()] == [1]


def test_traced_bytes_count_in_whole_units() -> None:
    """Buffers count while they live; bookkeeping does not."""
    with Traced.at_work():
        measure = Traced()
        with measure.watching():
            kept = [bytes(Traced.unit * 3), *map(str, range(100))]
        assert measure.reachable() == 3 * Traced.unit
        with measure.watching():
            kept.clear()
        assert measure.reachable() == 0


@pytest.mark.usefixtures("thawed")
@pytest.mark.parametrize("frozen", [False, True])
def test_the_collector_is_as_it_was(*, frozen: bool) -> None:
    """After a check, garbage is collected as before, and what stays frozen was so before."""
    if frozen:
        gc.freeze()

    check_live(Honest, examples=2)

    assert (gc.isenabled(), gc.get_freeze_count() > 0) == (True, frozen)


def test_scripts_are_renamed_in_order() -> None:
    """Keys, handles and kept values are called a, h1, k1 as they appear, and a step is spelled with its bytes."""
    script = (Move("put", "c", 2), Move("issue", "c", name="h3"), Move("keep", "c", name="k7"), Move("drop", name="h3"))

    class Client(Honest):
        faults = frozenset({"kept"})

        def issue(self, key: str) -> Any:
            return iter(key)

    told = [spelled(Client, move) for move in renamed(Client, script)]

    assert told == [
        "put(a, 2048)",
        "issue(a) as h1",
        "keep(a) as k1",
        "drop(h1)",
    ]


def test_the_same_run_is_found_from_any_other() -> None:
    """Whatever run was found first, the shortest that comes first is reported."""
    claim = accounting.free_is_unreachable
    long = (Move("put", "b", 3), Move("put", "c", 1), Move("get", "b"), Move("delete", "c"), Move("delete", "b"))
    with measuring(ForgetsAReference):
        short = reduced(ForgetsAReference, long, claim)

    assert short == (Move("put", "a", 1), Move("delete", "a"))


@pytest.mark.thorough
def test_the_machine_runs_under_hypothesis_alone() -> None:
    """`machine_of` gives a state machine whose test case fails with the claim and the run."""
    case = machine_of(ForgetsAReference, [accounting.free_is_unreachable]).TestCase("runTest")

    with pytest.raises(BrokenScript, match="free_is_unreachable is false after 2 steps"):
        case.runTest()


def test_what_is_told_says_what_was_not_covered() -> None:
    """The summary of a manager that was not falsified says how many runs were taken, and that it is no proof."""
    told = tell(check_live(Honest, examples=5))

    assert "which proves nothing of others" in " ".join(told.split())
    assert max(map(len, told.splitlines())) <= 80


def test_a_report_says_to_what_its_measure_is_blind() -> None:
    """Beside what was found stands what could not be seen."""
    told = " ".join(tell(check_live(Honest, examples=2)).split())

    assert f"Measured by Ledger: sound for {Ledger.sound_for}; blind to {Ledger.blind_to}." in told


def test_a_report_knows_what_was_asked() -> None:
    """A verdict is found by claim or name; one that was not asked is a KeyError."""
    report = check_live(Honest, [something_is_reachable], examples=2)

    assert report.of("something_is_reachable") is report.of(something_is_reachable)
    with pytest.raises(KeyError):
        LiveReport(Honest, [], 0, 0, 0, 0.0).of("free_is_unreachable")


def test_a_step_that_cannot_be_taken_ends_the_script() -> None:
    """A script with a step on a key that is not there is no run."""
    with measuring(Honest), Session(Honest) as playing:
        assert not playing.can(Move("get", "a"))
        assert played(Honest, (Move("get", "a"),), []) is None
