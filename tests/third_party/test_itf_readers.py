"""Our ITF, read by tools that are not ours: itf-py reads and writes it, jsonschema finds it as the schema says."""

import json
from dataclasses import replace
from typing import Any

import itf_py
import jsonschema
import pytest

from spillproof.counterexamples.export.itf import dumps, loads, to_itf
from spillproof.counterexamples.export.validity import schema
from spillproof.counterexamples.trace import Argument, Constant, Trace, trace
from spillproof.model.catalogue import find
from spillproof.model.system import Kind
from spillproof.properties.engines.run import Run, Step


@pytest.fixture(scope="module")
def incident() -> Trace:
    """The shortest E1/E2 run, and after it the end of the task."""
    steps = (Step("insert", (3, 1)), Step("iterator", (3,)), Step("insert", (3, 1)), Step("end_task", ()))
    return trace(Run(find("spark@2.3.4").build(), (1,), steps), "spark@2.3.4", ("free_is_unreachable",), guilty=3)


def by_itf_py(written: Trace) -> dict[str, Any]:
    """What itf-py writes after it has read a trace."""
    found = itf_py.trace_to_json(itf_py.trace_from_json(json.loads(dumps(written))))
    assert isinstance(found, dict)
    return found


def test_itf_py_reads_what_is_meant(incident: Trace) -> None:
    """Integers are integers, maps are maps, an argument is a variant with its tag."""
    found = itf_py.trace_from_json(json.loads(dumps(incident)))
    third = found.states[3].values

    assert [state.values["reachable"] for state in found.states] == [0, 1, 1, 2, 0]
    assert [each.value.__class__.__name__ for each in third["arguments"]] == ["Object", "Size"]
    assert third["arguments"][1].value.bytes == 1
    assert dict(third["events"][1].details) == {"consumer": "E1", "size": "1"}
    assert found.states[0].values["scope"].fixes >= {"SPARK-18986", "SPARK-19244"}


def test_itf_py_loses_nothing(incident: Trace) -> None:
    """What itf-py writes after reading is the same trace to us. It adds `loop: null`, and forgets the order of sets."""
    assert loads(json.dumps(by_itf_py(incident))) == loads(dumps(incident))


def test_every_kind_of_argument_goes_through_itf_py(incident: Trace) -> None:
    """A switch, a name, a number, a set of names, a size without bound."""
    values: tuple[Constant, ...] = (True, "COGROUP", 7, ("a", "b"))
    arguments = tuple(Argument(f"a{place}", Kind.VALUE, value) for place, value in enumerate(values))
    first = replace(incident.states[0], arguments=(*arguments, Argument("size", Kind.SIZE, 10**40)))
    short = replace(incident, states=(first,), guilty=None)
    again = loads(json.dumps(by_itf_py(short)))

    assert {each.name: frozenset(each.value) if isinstance(each.value, tuple) else each.value
            for each in again.states[0].arguments} == {
        "a0": True, "a1": "COGROUP", "a2": 7, "a3": frozenset({"a", "b"}), "size": 10**40,
    }  # fmt: skip
    assert loads(dumps(short)) == short


def test_fixme_itf_py_forgets_what_is_not_measured(incident: Trace) -> None:
    """itf-py 0.5.0 reads `#unserializable`, and writes it as a record: what ends in an exception is not ours then."""
    last = replace(incident.states[-1], accounted=None, reachable=None, unclaimed=None, free=None, raised="E")
    written = by_itf_py(replace(incident, states=(*incident.states[:-1], last)))

    assert written["states"][-1]["accounted"] == {"value": "not measured"}


def test_jsonschema_agrees_with_the_schema(incident: Trace) -> None:
    """The schema is one by its own rules, and our traces are as it says, to a validator that we do not use."""
    jsonschema.Draft202012Validator.check_schema(schema())
    jsonschema.Draft202012Validator(schema()).validate(json.loads(dumps(incident)))


def test_jsonschema_refuses_what_we_refuse(incident: Trace) -> None:
    """Pairs of two kinds (`prefixItems`) are checked by both."""
    itf: Any = to_itf(incident)
    itf["states"][1]["heap"][0]["sizes"] = {"#map": [["used", "1"]]}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(schema()).validate(itf)
