"""A run as a Chrome trace."""

import json
from dataclasses import replace
from typing import Any

import pytest
from jsonschema_rs import validator_for

from spillproof.counterexamples.export.perfetto import STEP, perfetto
from spillproof.counterexamples.trace import Trace
from spillproof.model.errors import ModelError

EVENT = {
    "type": "object",
    "required": ["name", "ph", "pid"],
    "properties": {
        "name": {"type": "string"}, "cat": {"type": "string"}, "ts": {"type": "integer", "minimum": 0},
        "dur": {"type": "integer", "minimum": 1}, "pid": {"type": "integer"}, "tid": {"type": "integer"},
        "s": {"enum": ["g", "p", "t"]}, "args": {"type": "object"}, "ph": {"enum": ["X", "i", "C", "M"]},
    },
    "additionalProperties": False,
    "oneOf": [
        {"properties": {"ph": {"const": "X"}}, "required": ["ts", "dur", "tid"]},
        {"properties": {"ph": {"const": "i"}}, "required": ["ts", "tid", "s"]},
        {"properties": {"ph": {"const": "C"}, "args": {"additionalProperties": {"type": "number"}, "minProperties": 1}},
         "required": ["ts", "args"]},
        {"properties": {"ph": {"const": "M"}, "name": {"enum": ["process_name", "thread_name"]},
                        "args": {"required": ["name"], "properties": {"name": {"type": "string"}}}},
         "required": ["args"]},
    ],
}  # fmt: skip
"""The kinds of event that we write, as the Trace Event Format documents their fields."""

DOCUMENTED = {
    "type": "object",
    "required": ["traceEvents"],
    "properties": {"traceEvents": {"type": "array", "items": EVENT}, "displayTimeUnit": {"enum": ["ms", "ns"]}},
    "additionalProperties": False,
}


def events(trace: Trace, kind: str) -> list[dict[str, Any]]:
    """The events of a kind."""
    return [each for each in json.loads(perfetto(trace))["traceEvents"] if each["ph"] == kind]


def test_the_fields_are_the_documented_ones(incident: Trace, lesson: Trace, raised: Trace) -> None:
    """Each event has the fields that its kind must have, of the right types, and no others."""
    for each in (incident, lesson, raised):
        validator_for(DOCUMENTED).validate(json.loads(perfetto(each)))


def test_each_step_is_a_slice(incident: Trace) -> None:
    """The steps follow one another, each as long as the other; the guilty one says what it violates."""
    slices = events(incident, "X")

    assert [each["name"] for each in slices] == ["begin(capacity=1)", "insert(E1, 1)", "iterator(E1)", "insert(E2, 1)"]
    assert [each["ts"] for each in slices] == [0, STEP, 2 * STEP, 3 * STEP]
    assert [each["args"].get("violates") for each in slices] == [None, None, None, "free_is_unreachable"]


def test_counters_follow_the_account_and_the_truth(incident: Trace) -> None:
    """Four tracks, and after the last step one byte is counted free that is reachable."""
    last = {each["name"]: each["args"]["bytes"] for each in events(incident, "C")}

    assert last == {"accounted": 1, "reachable": 2, "free": 0, "gap": 1}


def test_counters_take_their_values_within_the_step(incident: Trace) -> None:
    """A value that only stood at the end of the last step would have no width on the screen."""
    ends = max(each["ts"] + each["dur"] for each in events(incident, "X"))

    assert max(each["ts"] for each in events(incident, "C")) == ends - STEP // 2


def test_events_stand_on_their_consumers_row_and_in_order(incident: Trace) -> None:
    """The forced spill, the release and the acquisition of the last step, on the rows of E1, E1 and E2."""
    rows = {each["tid"]: each["args"]["name"] for each in events(incident, "M") if each["name"] == "thread_name"}
    told = [(rows[each["tid"]], each["name"]) for each in events(incident, "i")]
    times = [each["ts"] for each in events(incident, "i")]

    assert told == [("E1", "acquire 1 B"), ("E1", "forced spill"), ("E1", "release 1 B"), ("E2", "acquire 1 B")]
    assert times == sorted(times)


def test_a_model_without_a_limit_has_no_free_track(lesson: Trace) -> None:
    """What the model does not say is no track."""
    assert {each["name"] for each in events(lesson, "C")} == {"accounted", "reachable", "gap"}


def test_a_counter_has_its_limits(incident: Trace) -> None:
    """A size that no floating-point number holds is refused; one that is only large is not."""
    first = incident.states[0]
    large = replace(incident, states=(replace(first, accounted=10**300),), guilty=None)
    too_large = replace(incident, states=(replace(first, accounted=10**400),), guilty=None)

    assert {each["name"]: each["args"]["bytes"] for each in events(large, "C")}["accounted"] == 10**300
    with pytest.raises(ModelError, match="accounted has 401 digits after a step"):
        perfetto(too_large)
