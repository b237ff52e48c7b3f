"""A run as data, and as ITF."""

import json
from pathlib import Path
from typing import Any

import pytest

from spillproof.counterexamples.export.itf import TYPES, dumps, loads, to_itf
from spillproof.counterexamples.trace import Argument, Object, Trace, trace
from spillproof.model.errors import ModelError
from spillproof.model.lessons.yardstick import Forgets, Yardstick
from spillproof.model.oracle import choose
from spillproof.model.quantity import Bytes
from spillproof.model.system import Kind, Model, action
from spillproof.properties.engines.run import Run, Step, replay
from spillproof.properties.loader import class_in_file

Leaky = class_in_file(f"{Path(__file__).with_name('leaky.py')}:Leaky")
Repaired = class_in_file(f"{Path(__file__).with_name('leaky.py')}:Repaired")

RUN = Run(Leaky(), (1,), (Step("insert", (2, 1)), Step("read", (2,)), Step("insert", (3, 1))))


class Switch(Model):
    """Takes a value of each kind that is no object, and lets the environment choose."""

    total: Bytes

    def begin(self, mode: Forgets, on: bool) -> None:  # noqa: FBT001 - a switch of the scope
        self.mode = mode
        self.on = on
        self.total = 0

    @action
    def turn(self, mode: Forgets, on: bool, size: Bytes) -> None:  # noqa: FBT001 - likewise
        """Turn it."""
        self.mode = mode
        self.on = on
        self.total += size + choose((0, 10, 20))


SWITCHED = Run(Switch(), (Forgets.ALWAYS, True), (Step("turn", (Forgets.NEVER, False, 4), (2,)),))


@pytest.fixture
def leak() -> Trace:
    """The shortest run that breaks the broken model."""
    return trace(RUN, "leaky", ("free_is_unreachable",))


def test_bytes_are_known_after_each_step(leak: Trace) -> None:
    """After the last step one byte is accounted, and two are reachable."""
    assert [(state.accounted, state.reachable, state.free) for state in leak.states] == [
        (0, 0, 1), (1, 1, 0), (1, 1, 0), (1, 2, 0),
    ]  # fmt: skip


def test_what_a_step_released_is_known(leak: Trace) -> None:
    """The last step announced that E1 was spilled and released, and that E2 acquired."""
    assert [(event.name, event.details) for event in leak.states[3].events] == [
        ("spill", (("consumer", "E1"), ("forced", "True"))),
        ("release", (("consumer", "E1"), ("size", "1"))),
        ("acquire", (("consumer", "E2"), ("size", "1"))),
    ]


def test_the_heap_is_named_and_sorted(leak: Trace) -> None:
    """An object is called what the run calls it, or by how it is reached; its fields are sorted by what they hold."""
    heap = {each.name: each for each in leak.states[3].heap}
    refers = (("manager", "task_memory_manager"), ("reader", "E1.reader"))

    assert heap["E1"] == Object(2, "E1", "Collection", 0, (("used", 0),), refers, (("data", "None"),))
    assert heap["E1.reader.upstream"] == Object(4, "E1.reader.upstream", "Table", 1, (("size", 1),), (), ())
    assert heap["Leaky"].references == (("task_memory_manager", "task_memory_manager"),)


def test_names_are_unique(leak: Trace) -> None:
    """Consumers that no step has mentioned are told apart."""
    for state in leak.states:
        names = [each.name for each in state.heap]
        assert len(names) == len(set(names))


@pytest.mark.parametrize("run", [RUN, SWITCHED], ids=["objects", "values"])
def test_a_trace_gives_its_run_back(run: Run) -> None:
    """From the trace alone the run can be taken again: objects, sizes, enums, bools, and the environment's choices."""
    assert trace(run).run(run.model) == run


@pytest.mark.parametrize("run", [RUN, SWITCHED], ids=["objects", "values"])
def test_itf_gives_the_trace_back(run: Run) -> None:
    """Nothing is lost by writing a trace as ITF text and reading it."""
    original = trace(run, "m", ("a", "b"), violation=False)

    assert loads(dumps(original)) == original


def test_a_trace_runs_on_a_variant(leak: Trace) -> None:
    """The same steps can be taken on the repaired model, and there only what is accounted is reachable."""
    last = replay(leak.run(Repaired()))[-1].state

    assert (last.accounted(), last.reachable()) == (1, 1)


def test_the_arguments_keep_their_kinds() -> None:
    """An argument has its name, and says whether it is a size, an object or a value."""
    (turned,) = trace(SWITCHED).states[1:]

    assert turned.arguments == (
        Argument("mode", Kind.VALUE, "NEVER"), Argument("on", Kind.VALUE, value=False), Argument("size", Kind.SIZE, 4),
    )  # fmt: skip


def test_a_step_that_raises_has_no_bytes() -> None:
    """Where an action was left half-way, no sum of bytes is claimed; ITF says so in its own way."""
    raises = class_in_file(f"{Path(__file__).with_name('leaky.py')}:Raises")
    both = (Step("insert", (2, 1)), Step("read", (2,)), Step("insert", (3, 1)), Step("read", (2,)))
    raised = trace(Run(raises(), (2,), both))
    last = raised.states[-1]

    assert (last.accounted, last.reachable, last.free) == (None, None, None)
    assert last.raised.startswith("AssertionError: two readers")
    written = to_itf(raised)
    assert written["states"][-1]["reachable"] == {"#unserializable": "not measured"}
    assert loads(json.dumps(written)).states[-1] == last


def plain_numbers(value: Any) -> list[object]:
    """Every JSON number in a value, but for the index in `#meta`."""
    if isinstance(value, dict):
        return [found for key, each in value.items() if key != "#meta" for found in plain_numbers(each)]
    if isinstance(value, list):
        return [found for each in value for found in plain_numbers(each)]
    return [value] if type(value) in (int, float) else []


def test_itf_is_as_apalache_wants_it(leak: Trace) -> None:
    """Every variable is in every state and has a type, parameters are in the first, every integer is a `#bigint`."""
    itf = to_itf(leak)

    assert list(itf) == ["#meta", "params", "vars", "states"]
    assert all(set(itf["vars"]) <= set(state) for state in itf["states"])
    assert set(itf["vars"]) == set(itf["#meta"]["varTypes"]) == set(TYPES)
    assert [set(itf["params"]) <= set(state) for state in itf["states"]] == [True, False, False, False]
    assert [state["#meta"]["index"] for state in itf["states"]] == [0, 1, 2, 3]
    assert plain_numbers(itf) == []
    assert itf["#meta"]["status"] == "violation"


def test_every_kind_of_argument_has_its_tag() -> None:
    """A variant says which kind an argument is of, so that each tag has one type."""
    first, turned = to_itf(trace(SWITCHED))["states"]

    assert [each["value"]["tag"] for each in first["arguments"]] == ["Value", "Switch"]
    assert [each["value"]["tag"] for each in turned["arguments"]] == ["Value", "Switch", "Size"]


def test_a_model_without_a_pool_has_no_free_variable() -> None:
    """What a model cannot say is no variable of the trace."""
    itf = to_itf(trace(Run(Yardstick(), (1,), ())))

    assert "free" not in itf["vars"]
    assert "reachable" in itf["vars"]


def test_a_trace_of_another_model_is_refused(leak: Trace) -> None:
    """A model that has no such action says which it has."""
    with pytest.raises(ModelError, match=r"Yardstick has no action 'insert'; available: acquire, start_reading"):
        leak.run(Yardstick())


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"#meta": {}, "states": []}', '{"#meta": {}, "states": [{}]}'])
def test_what_is_no_trace_is_refused(text: str) -> None:
    """A text that is no ITF trace of ours is a `ModelError`, not a crash."""
    with pytest.raises(ModelError, match=r"this is no|this is an ITF trace, but none"):
        loads(text)
