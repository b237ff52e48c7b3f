"""The time and chance are in no state: the line that asks is refused, even where a check sees one answer only."""

import datetime
import os
import random
import secrets
import threading
import time
import uuid
from pathlib import Path
from threading import local
from types import SimpleNamespace
from typing import Any

import pytest

from spillproof.model import Bytes, Model, ModelError, action, require
from spillproof.model.errors import KIT
from spillproof.model.oracle import Oracle
from spillproof.properties.claims import always, recoverable
from spillproof.properties.engines.check import check
from spillproof.properties.engines.question import Engine
from spillproof.properties.engines.validation import clocks, executions
from spillproof.properties.engines.validation.executions import executed
from spillproof.properties.engines.verdict import Proved, Refused


class Cache(Model):
    used: Bytes

    def begin(self) -> None:
        self.used, self.is_late = 0, False

    @action
    def load(self, size: Bytes) -> None:
        self.is_late = self.asks()
        self.used += size

    def asks(self) -> bool:
        raise NotImplementedError


class ByTheClock(Cache):
    def asks(self) -> bool:
        return time.time() > 1e11


class ByTheDate(Cache):
    def asks(self) -> bool:
        return datetime.date.today().year > 2999  # noqa: DTZ011 - any clock


class ByChance(Cache):
    def asks(self) -> bool:
        return random.random() < 1e-12


class ByADie(Cache):
    def asks(self) -> bool:
        return random.randint(1, 10**12) == 1


class ByANumberOfItsOwn(Cache):
    def asks(self) -> bool:
        return uuid.uuid4().int == 7


class BySecrets(Cache):
    def asks(self) -> bool:
        return secrets.randbelow(10**12) == 1


class WithoutASeed(Cache):
    def asks(self) -> bool:
        return random.Random().random() < 1e-12


class ByItsProcess(Cache):
    def asks(self) -> bool:
        return os.getpid() == 1


class ByItsTime(Cache):
    def asks(self) -> bool:
        return time.thread_time() < 0


ASKING = [
    (ByANumberOfItsOwn, r"os\.urandom"),
    (BySecrets, r"os\.urandom|random\.Random without a seed"),
    (WithoutASeed, r"random\.Random without a seed"),
    (ByItsProcess, "getpid"),
    (ByItsTime, r"time\.thread_time"),
    (ByTheClock, r"time\.time"),
    (ByTheDate, r"date\.today"),
    (ByChance, r"random\.random"),
    (ByADie, r"random\.randint"),
]


@pytest.mark.parametrize(("model", "what"), ASKING)
def test_what_is_in_no_state_is_refused(model: type[Model], what: str) -> None:
    """With the line, and what is asked there."""
    said = rf"test_clocks\.py:\d+, in \w+\.asks: (the time|chance|what is this process's own) \(({what})\) is asked"
    with pytest.raises(ModelError, match=said):
        check(model(), ["no_exception"], witnesses=False)


class Seeded(Cache):
    """Draws the same every time."""

    def asks(self) -> bool:
        return random.Random(7).random() < 0.5


@always
def it_is_not_late(now: Seeded) -> bool:
    """A claim that asks the time."""
    return time.time() > 0 or now.is_late


def test_a_seed_is_a_constant_and_a_claim_costs_itself() -> None:
    """What a generator of one's own draws is the same each time; a claim that asks the time is refused alone."""
    report = check(Seeded(), ["no_exception", it_is_not_late], witnesses=False)

    assert isinstance(report.of("no_exception"), Proved)
    refused = report.of("it_is_not_late")
    assert isinstance(refused, Refused)
    assert "the time (time.time) is asked" in refused.why


def of_file(file: Path, expression: str) -> Any:
    """A function that stands in a file, and returns an expression."""
    namespace: dict[str, Any] = {"time": time, "random": random}
    exec(compile(f"def asks(): return {expression}", file, "exec"), namespace)  # noqa: S102
    return namespace["asks"]


@pytest.mark.parametrize("file", ["site-packages/library/timing.py", "dist-packages/timing.py"])
def test_what_is_installed_may_measure_time_for_itself(file: str, tmp_path: Path) -> None:
    """It does so for itself. Chance it draws for whoever calls it, and is no model; who calls it is."""
    measuring, drawing = (of_file(tmp_path / file, each) for each in ("time.time()", "random.randint(1, 6)"))

    def draws() -> object:
        return drawing()

    assert executed(measuring, Oracle()) is not None
    assert executed(of_file(tmp_path / "cache.py", "1 + 1"), Oracle()) is not None
    with pytest.raises(ModelError, match=r"cache\.py:1, in asks: the time \(time\.time\) is asked"):
        executed(of_file(tmp_path / "cache.py", "time.time()"), Oracle())
    with pytest.raises(ModelError, match=r"test_clocks\.py:\d+, in \S+draws: chance \(random\.randint\) is asked"):
        executed(draws, Oracle())


def test_the_commands_own_clock_is_none_of_the_models() -> None:
    """A handler of signals, or a collector of garbage, that comes in between may look at the time."""
    command = KIT.parent / "counterexamples" / "interrupts.py"

    assert executed(of_file(command, "time.monotonic()"), Oracle()) is not None


HIDDEN = local()


class Toggles(Cache):
    """Keeps a state where no engine looks; it has no bags."""

    def asks(self) -> bool:
        HIDDEN.on = not getattr(HIDDEN, "on", False)
        return bool(HIDDEN.on)


def test_hidden_state_is_not_called_the_order_of_a_bag() -> None:
    """A step that goes to and fro is said to do something else each time."""
    with pytest.raises(ModelError, match="taken again from the same state, it did something else"):
        check(Toggles(), ["no_exception"], witnesses=False)


DRAWN = random.Random(7)


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (time.perf_counter_ns, "the time (time.perf_counter_ns)"),
        (os.getppid, "what is this process's own (getppid)"),
        (threading.get_ident, "what is this process's own (get_ident)"),
        (os.urandom, "chance (os.urandom)"),
        (SimpleNamespace(__name__="generate_time_safe"), ""),
        (datetime.datetime.now, "the time (datetime.now)"),
        (datetime.date.today, "the time (date.today)"),
        (datetime.date.fromisoformat, ""),
        (random.random, "chance (random.random)"),
        (DRAWN.random, ""),
        (hash, "hash (another number in each process)"),
        (len, ""),
        ([].append, ""),
        ({}, ""),
    ],
)  # fmt: skip
def test_what_a_function_asks(function: Any, said: str) -> None:
    """The time, what is a process's own, chance, a hash; what draws from a seed, or only computes, asks nothing."""
    assert clocks.asked(function) == said


@pytest.mark.parametrize(
    ("file", "name", "known", "said"),
    [
        (random.__file__, "randint", {"self": clocks.CHANCE}, "chance (random.randint)"),
        (random.__file__, "randint", {"self": DRAWN}, ""),
        (random.__file__, "__init__", {"self": DRAWN, "x": None}, "chance (random.Random without a seed)"),
        (random.__file__, "__init__", {"self": DRAWN, "x": 7}, ""),
        (random.__file__, "__init__", {"self": DRAWN}, ""),
        (random.__file__, "choice", {"self": DRAWN, "x": None}, ""),
        (__file__, "randint", {"self": clocks.CHANCE}, ""),
    ],
)
def test_which_frame_draws(file: str, name: str, known: dict[str, Any], said: str) -> None:
    """One of the functions of `random`, and a generator that is made without a seed."""
    frame: Any = SimpleNamespace(f_code=SimpleNamespace(co_filename=file, co_name=name), f_locals=known)

    assert clocks.drawn(frame) == said


def test_who_asked_for_chance() -> None:
    """The nearest that is none of a library's; nobody, if all are."""
    library, own = (SimpleNamespace(co_filename=str(file)) for file in (random.__file__, __file__))
    asking: Any = SimpleNamespace(f_code=own, f_back=SimpleNamespace(f_code=own, f_back=None))
    drawing: Any = SimpleNamespace(f_code=library, f_back=SimpleNamespace(f_code=library, f_back=asking))
    alone: Any = SimpleNamespace(f_code=library, f_back=None)

    assert executions._callers(drawing) is executions._callers(asking) is asking
    assert executions._callers(alone) is None


class EmptiedByTheClock(Model):
    """A model that can be emptied from when the clock says so."""

    def begin(self) -> None:
        self.is_empty = True

    @action
    def fill(self) -> None:
        self.is_empty = False

    @action
    def empty(self) -> None:
        require(time.time() > 1)
        self.is_empty = True


@recoverable
def the_clock_lets_it_be_emptied(now: EmptiedByTheClock) -> bool:
    """From wherever it is, it can be emptied."""
    return now.is_empty


@pytest.mark.parametrize("engine", [None, "explore"])
def test_ways_back_are_validated(engine: Engine | None) -> None:
    """By whichever engine: what a step asks that is in no state is refused."""
    with pytest.raises(ModelError, match="the time"):
        check(EmptiedByTheClock(), [the_clock_lets_it_be_emptied], engine=engine, witnesses=False)
