"""Traces in the Informal Trace Format (ITF) of Apalache, its ADR 015; Quint and the ITF Trace Viewer read it as well.

Every state has the same variables, and each variable one type, as Apalache demands of a trace that it is to load. The
scope is the parameter of the trace. There is no time stamp: the same run is the same text everywhere.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from spillproof.counterexamples.export import file, soundness, validity
from spillproof.counterexamples.export.escapes import one_line
from spillproof.counterexamples.export.validity import VERSION
from spillproof.counterexamples.trace import Argument, Constant, Event, Object, Pairs, Source, State, Trace
from spillproof.model.errors import ModelError
from spillproof.model.system import Kind
from spillproof.properties.engines.evidence.evidence import Evidence, Reading

Json = dict[str, Any]

TYPES = {
    "action": "Str",
    "arguments": "Seq({ name: Str, value: Size({ bytes: Int }) | Object({ index: Int }) | Value({ name: Str }) | "
    "Switch({ on: Bool }) | Count({ number: Int }) | Members({ names: Set(Str) }) })",
    "picks": "Seq(Int)",
    "step": "Str",
    "accounted": "Int",
    "reachable": "Int",
    "unclaimed": "Int",
    "free": "Int",
    "events": "Seq({ event: Str, details: Str -> Str, lines: Seq(Str) })",
    "raised": "Str",
    "heap": "Seq({ number: Int, name: Str, kind: Str, shallow: Int, sizes: Str -> Int, references: Seq(<<Str, Str>>), "
    "constants: Str -> Str })",
    "roots": "Seq(<<Str, Str>>)",
}
"""The variables of a trace, with their types as Apalache writes them."""

MEASURES = ("accounted", "reachable", "unclaimed", "free")
"""The variables that a model may not be able to say."""

NOT_MEASURED = {"#unserializable": "not measured"}


def dumps(trace: Trace) -> str:
    """Return a trace as ITF text, a state a line."""
    itf = to_itf(trace)
    head = [f" {_text(key)}: {_text(itf[key])}," for key in ("#meta", "params", "vars")]
    states = [f"  {_text(state)}" for state in itf["states"]]
    return "\n".join(["{", *head, ' "states": [', ",\n".join(states), " ]", "}", ""])


def read(path: Path) -> Trace:
    """Return the trace in a file. Raises `ModelError`, in one line that names the file, where there is none."""
    try:
        return loads(file.text(path))
    except ModelError as error:
        raise ModelError(f"{one_line(path)}: {error}") from None
    except MemoryError:
        raise ModelError(f"{one_line(path)}: this trace needs more memory than there is") from None


def loads(text: str) -> Trace:
    """Return the trace that a text was written from. Raises `ModelError`, in one line, where it is none of ours."""
    return soundness.check(from_itf(validity.read(text)))


def to_itf(trace: Trace) -> Json:
    """Return a trace as an ITF object."""
    measures = [name for name in MEASURES if any(getattr(state, name) is not None for state in trace.states)]
    names = [name for name in TYPES if name in measures or name not in MEASURES]
    scope = {name: _constant(value) for name, value in trace.scope}
    states = [{"#meta": {"index": index}, **_state(state, names)} for index, state in enumerate(trace.states)]
    states[0]["scope"] = scope
    return {
        "#meta": {
            "format": "ITF",
            "format-description": "https://apalache-mc.org/docs/adr/015adr-trace.html",
            "source": trace.model,
            "status": "violation" if trace.violation else "ok",
            "description": ", ".join(trace.claims),
            "varTypes": {name: TYPES[name] for name in names},
            "spillproof": {
                "version": _int(VERSION),
                "guilty": [] if trace.guilty is None else [_int(trace.guilty)],
                "sources": [vars(source) for source in trace.sources],
                **(
                    {"neverEmpty": _tuples(trace.never_empty), "final": _tuples(trace.final)}
                    if trace.never_empty
                    else {}
                ),
                **({} if trace.evidence is None else {"evidence": _evidence(trace.evidence)}),
            },
        },
        "params": ["scope"],
        "vars": names,
        "states": states,
    }


def from_itf(itf: Json) -> Trace:
    """Return the trace that an ITF object of ours was made from."""
    meta = itf["#meta"]
    ours = meta["spillproof"]
    first = itf["states"][0]
    return Trace(
        model=meta["source"],
        scope=tuple((name, _read_constant(value)) for name, value in first["scope"].items()),
        claims=tuple(name for name in meta["description"].split(", ") if name),
        violation=meta["status"] == "violation",
        states=tuple(map(_read_state, itf["states"])),
        guilty=next(map(_read_int, ours["guilty"]), None),
        sources=tuple(Source(each["action"], each["place"], each["text"]) for each in ours["sources"]),
        evidence=_read_evidence(ours["evidence"]) if "evidence" in ours else None,
        never_empty=_read_tuples(ours.get("neverEmpty", [])),
        final=_read_tuples(ours.get("final", [])),
    )


# Writing


def _evidence(found: Evidence) -> Json:
    return {
        "claim": found.claim,
        "step": _int(found.step),
        "compared": found.compared,
        "values": found.values,
        "readings": [
            {
                "words": each.words,
                "meaning": each.meaning,
                "values": [[] if value is None else [value] for value in each.values],
                "inner": each.inner,
            }
            for each in found.readings
        ],
    }


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _state(state: State, names: list[str]) -> Json:
    values = {
        "action": state.action,
        "arguments": [{"name": each.name, "value": _argument(each)} for each in state.arguments],
        "picks": [_int(pick) for pick in state.picks],
        "step": state.spelled,
        "accounted": _measure(state.accounted),
        "reachable": _measure(state.reachable),
        "unclaimed": _measure(state.unclaimed),
        "free": _measure(state.free),
        "events": [
            {"event": event.name, "details": _map(event.details), "lines": list(event.lines)} for event in state.events
        ],
        "raised": state.raised,
        "heap": [_object(each) for each in state.heap],
        "roots": _tuples(state.roots),
    }
    return {name: values[name] for name in names}


def _object(each: Object) -> Json:
    return {
        "number": _int(each.number),
        "name": each.name,
        "kind": each.kind,
        "shallow": _int(each.shallow),
        "sizes": {"#map": [[field, _int(size)] for field, size in each.sizes]},
        "references": _tuples(each.references),
        "constants": _map(each.constants),
    }


VARIANTS = {
    "Size": (Kind.SIZE, "bytes"),
    "Object": (Kind.OBJECT, "index"),
    "Switch": (Kind.VALUE, "on"),
    "Count": (Kind.VALUE, "number"),
    "Members": (Kind.VALUE, "names"),
    "Value": (Kind.VALUE, "name"),
}
"""What an argument may be. Each is a record of one field: itf-py reads no variant that is a bare integer or set."""


def _argument(argument: Argument) -> Json:
    tag = _tag(argument)
    return {"tag": tag, "value": {VARIANTS[tag][1]: _constant(argument.value)}}


def _tag(argument: Argument) -> str:
    if argument.kind is not Kind.VALUE:
        return "Size" if argument.kind is Kind.SIZE else "Object"
    match argument.value:
        case bool():
            return "Switch"
        case int():
            return "Count"
        case tuple():
            return "Members"
        case _:
            return "Value"


def _constant(value: Constant) -> Any:
    if isinstance(value, tuple):
        return {"#set": list(value)}
    return value if isinstance(value, (bool, str)) else _int(value)


def _int(value: int) -> Json:
    return {"#bigint": str(value)}


def _measure(value: int | None) -> Json:
    return NOT_MEASURED if value is None else _int(value)


def _map(pairs: Pairs) -> Json:
    return {"#map": [list(pair) for pair in pairs]}


def _tuples(pairs: Pairs) -> list[Json]:
    """Return pairs that are no map: a bag's members share a name."""
    return [{"#tup": list(pair)} for pair in pairs]


# Reading


def _read_evidence(found: Json) -> Evidence:
    return Evidence(
        found["claim"],
        _read_int(found["step"]),
        found["compared"],
        found["values"],
        tuple(
            Reading(
                each["words"],
                each["meaning"],
                tuple(value[0] if value else None for value in each["values"]),
                each["inner"],
            )
            for each in found["readings"]
        ),
    )


def _read_state(state: Json) -> State:
    return State(
        action=state["action"],
        arguments=tuple(Argument(each["name"], *_read_argument(each["value"])) for each in state["arguments"]),
        picks=tuple(map(_read_int, state["picks"])),
        spelled=state["step"],
        accounted=_read_measure(state, "accounted"),
        reachable=_read_measure(state, "reachable"),
        unclaimed=_read_measure(state, "unclaimed"),
        free=_read_measure(state, "free"),
        events=tuple(
            Event(each["event"], _read_map(each["details"]), tuple(each["lines"])) for each in state["events"]
        ),
        raised=state["raised"],
        heap=tuple(map(_read_object, state["heap"])),
        roots=_read_tuples(state["roots"]),
    )


def _read_argument(variant: Json) -> tuple[Kind, Constant]:
    kind, field = VARIANTS[variant["tag"]]
    return kind, _read_constant(variant["value"][field])


def _read_object(each: Json) -> Object:
    sizes = tuple((field, _read_int(size)) for field, size in each["sizes"]["#map"])
    references, constants = _read_tuples(each["references"]), _read_map(each["constants"])
    shallow, number = _read_int(each["shallow"]), _read_int(each["number"])
    return Object(number, each["name"], each["kind"], shallow, sizes, references, constants)


def _read_tuples(tuples: list[Json]) -> Pairs:
    return tuple((pair["#tup"][0], pair["#tup"][1]) for pair in tuples)


def _read_constant(value: Any) -> Constant:
    if isinstance(value, dict):
        return tuple(sorted(value["#set"])) if "#set" in value else _read_int(value)
    assert isinstance(value, (bool, str))
    return value


def _read_int(value: Json) -> int:
    return int(value["#bigint"])


def _read_measure(state: Json, name: str) -> int | None:
    value = state.get(name, NOT_MEASURED)
    return _read_int(value) if "#bigint" in value else None


def _read_map(pairs: Json) -> Pairs:
    return tuple((key, value) for key, value in pairs["#map"])
