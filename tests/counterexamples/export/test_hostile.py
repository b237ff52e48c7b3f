"""Trace files that somebody else wrote: always a trace or one clear line, and nothing is executed or opened."""

import json
import os
import re
from collections.abc import Callable, Collection, Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from spillproof.counterexamples import output
from spillproof.counterexamples.export import FORMATS
from spillproof.counterexamples.export.itf import dumps, loads, read, to_itf
from spillproof.counterexamples.trace import Trace
from spillproof.model.errors import ModelError

Change = Callable[[Any], object]


def refusal(text: str) -> str:
    """The line with which a text is refused."""
    with pytest.raises(ModelError) as refused:
        loads(text)
    line = str(refused.value)
    assert line.isprintable()
    assert len(line) < 300
    return line


def big(number: int) -> dict[str, str]:
    """An integer in ITF."""
    return {"#bigint": str(number)}


# Files


def test_a_trace_is_read_from_its_file(incident: Trace, tmp_path: Path) -> None:
    """What `check --out` wrote is read again, with or without a byte order mark."""
    for encoding in ("utf-8", "utf-8-sig"):
        (tmp_path / "run.itf.json").write_text(dumps(incident), encoding=encoding)

        assert read(tmp_path / "run.itf.json") == incident


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "it is empty"),
        (b"  \n", "it is empty"),
        (b"\x00\x01\x02", "it is no text in UTF-8"),
        (b"\xff\xfe{\x00}\x00", "it is no text in UTF-8"),
        ('{"#meta": "größe"}'.encode("latin-1"), "it is no text in UTF-8"),
        (b"PK\x03\x04", "is no JSON"),
        (b"hello", "line 1 is no JSON"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_text_is_refused(content: bytes, said: str, tmp_path: Path) -> None:
    """The line names the file, and says what it is."""
    (tmp_path / "some.json").write_bytes(content)
    with pytest.raises(ModelError, match=said) as refused:
        read(tmp_path / "some.json")

    assert str(refused.value).startswith(str(tmp_path / "some.json"))


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    """A folder, a pipe, a device, a file that is not there, a name that none can have."""
    os.mkfifo(tmp_path / "pipe")
    for path, said in [
        (tmp_path, "this is a folder"),
        (tmp_path / "pipe", "no ordinary file"),
        (Path("/dev/zero"), "no ordinary file"),
        (tmp_path / "nowhere", "No such file"),
        (tmp_path / ("x" * 5000), "File name too long"),
        (Path("a\0b"), "null"),
    ]:
        with pytest.raises(ModelError, match=said):
            read(path)


# Texts


def test_every_truncation_is_refused(incident: Trace) -> None:
    """A file that was cut off anywhere is no trace, and is said to be cut off."""
    text = dumps(incident).rstrip()
    for length in range(1, len(text), 97):
        assert "JSON" in refusal(text[:length])
    assert "cut off" in refusal(text[:-1])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[]", "has no `states` and `vars`"),
        ("null", "has no `states` and `vars`"),
        ('{"states": []}', "has no `states` and `vars`"),
        ('{"vars": ["x"], "states": [{"x": 1}]}', "an ITF trace, but none of spillproof's: it does not say"),
        ('{"#meta": {"source": "lift.qnt"}, "vars": [], "states": [{}]}', "(its source: lift.qnt)"),
        ('{"#meta": [], "vars": [], "states": [{}]}', "an ITF trace, but none of spillproof's"),
        ("[" * 100_000, "nested too deeply"),
        ('{"a":' * 100_000, "nested too deeply"),
        ('{"vars": NaN}', "NaN is no JSON"),
        ('{"vars": -Infinity}', "-Infinity is no JSON"),
        (f'{{"vars": {"9" * 5000}}}', "Exceeds the limit"),
        ('{"vars": "\\ud800"}', "half a character"),
        ('{"vars": "\n"}', "line 1 is no JSON"),
    ],
)  # fmt: skip
def test_a_text_that_is_no_trace_of_ours_is_refused(text: str, said: str) -> None:
    """The line says what it is instead."""
    assert said in refusal(text)


# Versions


@pytest.mark.parametrize(
    ("version", "said"),
    [
        (big(4), "this trace is of version 4, and this spillproof reads version 3: a newer one is needed"),
        (big(2), "this trace is of version 2, and this spillproof reads version 3: check the model again"),
        (big(10**30), "its version is no number"),
        (big(-2), "its version is no number"),
        ({"#bigint": "٣"}, "its version is no number"),
        (3, "its version is no number"),
        (None, "its version is no number"),
    ],
)  # fmt: skip
def test_another_version_is_named(itf: Any, version: Any, said: str) -> None:
    """A newer trace is told from a broken one before anything else of it is read."""
    itf["#meta"]["spillproof"] = {"version": version, "what": "nobody knows yet"}

    assert said in refusal(json.dumps(itf))


# What no schema can say


def at(*path: str | int, value: Any) -> Change:
    """A change of one place of a trace."""

    def change(itf: Any) -> None:
        for step in path[:-1]:
            itf = itf[step]
        itf[path[-1]] = value

    return change


ARGUMENT = ("arguments", 0, "value")

BROKEN: list[tuple[Change, str]] = [
    (at("states", 1, "picks", value=3), 'states[1].picks: 3 is not of type "array"'),
    (at("states", 1, "picks", value=[3]), 'states[1].picks[0]: 3 is not of type "object"'),
    (at("states", 1, "picks", value=[big(-1)]), "state 1: a choice is a number of at least 0"),
    (at("states", 1, "heap", value=[]), "states[1].heap: [] has less than 1 item"),
    (at("states", value=[]), "states: [] has less than 1 item"),
    (at("states", 1, "action", value="begin"), "state 1: the first state, and no other, comes of `begin`"),
    (at("states", 0, "action", value="insert"), "state 0: the first state, and no other, comes of `begin`"),
    (at("states", 0, "scope", value=[]), "states[0].scope: [] is not of type"),
    (at("states", 1, "raised", value="E"), "state 1: a step raised an exception, and yet others follow"),
    (at("states", 1, "heap", 2, "name", value="E1"), "state 1: two objects are called 'E1'"),
    (at("states", 1, "heap", 2, "number", value=big(0)), "state 1: two objects have the number 0"),
    (at("states", 1, "heap", 2, "number", value=big(10**2000)), "is longer than 1000 characters"),
    (at("states", 1, "heap", 0, "references", value=[{"#tup": ["x", "nobody"]}]), ".x refers to 'nobody'"),
    (at("states", 1, "roots", value=[{"#tup": ["x", "nobody"]}]), "the root x refers to 'nobody'"),
    (at("states", 1, "heap", 0, "sizes", value={"#map": [["x", big(1)], ["x", big(2)]]}), "two fields called 'x'"),
    (at("states", 1, "heap", 0, "sizes", value={"#map": [["downstream", big(1)]]}), "two fields called 'downstream'"),
    (at("states", 1, "heap", 0, "sizes", value={"#map": [["x", 1]]}), "states[1].heap[0].sizes.#map[0][1]: 1 is not"),
    (at("states", 1, *ARGUMENT, "value", value={"index": big(8)}), "into is object 8 of"),
    (at("states", 1, *ARGUMENT, "value", value={"index": big(-1)}), "into is object -1 of"),
    (at("states", 0, *ARGUMENT, value={"tag": "Object", "value": {"index": big(1)}}), "capacity is object 1 of"),
    (at("states", 1, "arguments", 1, "name", value="into"), "two arguments are called 'into'"),
    (at("states", 1, "events", 0, "details", value={"#map": [["a", "1"], ["a", "2"]]}), "two details called 'a'"),
    (at("#meta", "spillproof", "guilty", value=[big(4)]), "state 4 is called the guilty one, and the last is 3"),
    (at("#meta", "spillproof", "guilty", value=[big(-1)]), "state -1 is called the guilty one"),
    (at("#meta", "status", value="unheard of"), '#meta.status: "unheard of" is not one of'),
]  # fmt: skip


@pytest.mark.parametrize(("change", "said"), BROKEN, ids=[said for _, said in BROKEN])
def test_what_does_not_fit_is_said_with_its_place(itf: Any, change: Change, said: str) -> None:
    """The line names the state, and what is wrong there."""
    change(itf)

    assert said in refusal(json.dumps(itf))


# Names


NASTY = [
    "<script>alert(1)</script>", "</title><img src=x onerror=alert(1)>", '"]; evil [label="', "a\nimport os",
    '"""\nimport os\n"""', "'''", "\\", '\\"', "../../etc/passwd", "`x` | y", "```\n# x", "%%{init: {}}%%", "end", "#",
    "\u2028x = 1", "\x85x = 1", "\x1b[31m", "\u202eevil", "é" * 300, "x" * 5000, "; drop", "A->>B: x", "${x}",
    "{{ 7*7 }}", "]]>", "&lt;", "__import__('os').abort()", "NaN", "\N{PILE OF POO}", " ", "None", "MODEL", "RUN", "if",
]  # fmt: skip


def renamed(itf: Any, old: str, new: str) -> Any:
    """An ITF object in which every text that is `old` is `new`."""
    if isinstance(itf, dict):
        return {new if key == old else key: renamed(value, old, new) for key, value in itf.items()}
    if isinstance(itf, list):
        return [renamed(each, old, new) for each in itf]
    return new if itf == old else itf


DRAWN = ("html", "svg", "timeline")
"""The formats that take longest, half a second each."""


def everything(trace: Trace, besides: Collection[str] = ()) -> dict[str, str]:
    """A trace in each format that can show it. What cannot says so in one line."""
    explanation = output.explained(trace)[0]
    found = {}
    for wanted in FORMATS.values():
        if wanted.name in besides:
            continue
        try:
            found[wanted.name] = output.exported(trace, wanted, explanation)
        except ModelError as error:
            said = str(error)
            assert said.isprintable()
    return found


NAMES = ("E1", "spark@2.3.4", "free_is_unreachable", "insert", "insert(E1, 1)", "downstream")
"""Names in a trace: of an object, a model, a claim, an action, a step, a field."""


def renamings() -> Iterator[Any]:
    """Each nasty text in the place of one name; in the place of all the others, slowly."""
    for place, nasty in enumerate(NASTY):
        for turn, old in enumerate(NAMES):
            yield pytest.param(old, nasty, marks=[] if place % len(NAMES) == turn else [pytest.mark.slow])


@pytest.mark.parametrize(("old", "nasty"), list(renamings()))
def test_a_name_may_be_anything(itf: Any, old: str, nasty: str) -> None:
    """A name that is a script, a path, or marks of a format is shown as what it is; the test that is made compiles."""
    texts = everything(loads(json.dumps(renamed(itf, old, nasty))), besides=() if old == "E1" else DRAWN)

    assert {"itf", "perfetto", "dot"} <= set(texts)
    json.loads(texts["perfetto"])
    if "pytest" in texts:
        assert statements(texts["pytest"]) <= {"Expr", "ImportFrom", "Assign", "FunctionDef"}
    for name in set(texts) - {"itf", "pytest"}:
        assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202e]", texts[name])


def statements(module: str) -> set[str]:
    """What kinds of statement stand in a module; the functions in it have a docstring and an assertion."""
    import ast

    tree = ast.parse(module)
    for each in tree.body:
        if isinstance(each, ast.FunctionDef):
            assert [type(line).__name__ for line in each.body] == ["Expr", "Expr"]
            assert ast.unparse(each.body[1]).startswith("assert_holds(")
        if isinstance(each, ast.ImportFrom):
            assert each.module == "spillproof"
        if isinstance(each, ast.Assign) and ast.unparse(each.targets[0]) not in ("RUN", "MODEL", "SCOPE"):
            assert ast.unparse(each.value).startswith("Made(")
    return {type(each).__name__ for each in tree.body}


# Anything at all


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in a JSON value."""
    yield path
    if isinstance(value, dict):
        for key, each in value.items():
            yield from places(each, (*path, key))
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from places(each, (*path, index))


SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.text(max_size=20),
    st.sampled_from(NASTY), st.integers().map(big), st.integers(0, 9).map(big), st.just(big(10**999)),
    st.sampled_from(["E1", "E2", "SparkTask", "begin", "insert", "downstream", "True", "size", "consumer", "release"]),
)  # fmt: skip
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@st.composite
def mutations(draw: st.DrawFn) -> list[tuple[float, str, Any]]:
    """Where, as a fraction of all places; what is done there; with what."""
    kind = st.sampled_from(["replace", "replace", "delete", "twice", "swap", "other"])
    return draw(st.lists(st.tuples(st.floats(0, 1, exclude_max=True), kind, VALUES), min_size=1, max_size=4))


def mutated(itf: Any, changes: list[tuple[float, str, Any]]) -> Any:
    """An ITF object with a few places changed."""
    for where, kind, value in changes:
        known = [place for place in places(itf) if place]
        if not known:
            return itf
        *path, last = known[int(where * len(known))]
        holder = itf
        for step in path:
            holder = holder[step]
        if kind == "replace":
            holder[last] = deepcopy(value)
        elif kind == "delete":
            del holder[last]
        elif kind == "twice" and isinstance(holder, list):
            holder.insert(last, deepcopy(holder[last]))
        elif kind == "swap" and isinstance(holder, list):
            holder.reverse()
        elif kind == "other":
            alike = [place for place in known if place[-1] == last]
            other: Any = itf
            for step in alike[int(where * 7919) % len(alike)]:
                other = other[step]
            holder[last] = deepcopy(other)
    return itf


def check_mutated(incident: Trace, changes: list[tuple[float, str, Any]], besides: Collection[str] = ()) -> None:
    """A mutated trace is read or refused, and what is read is shown or refused."""
    text = json.dumps(mutated(deepcopy(to_itf(incident)), changes))
    try:
        trace = loads(text)
    except ModelError as error:
        said = str(error)
        assert said.isprintable()
        return

    assert loads(dumps(trace)) == trace
    everything(trace, besides=besides)


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(changes=mutations())
@example(changes=[(0.0, "delete", None)])
def test_a_mutated_trace_is_a_trace_or_a_line(incident: Trace, changes: list[tuple[float, str, Any]]) -> None:
    """Whatever was done to a trace file, there is a trace or one line."""
    check_mutated(incident, changes, besides=DRAWN)


@pytest.mark.slow
@settings(max_examples=2000, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(changes=mutations())
def test_many_mutated_traces_are_traces_or_lines(incident: Trace, changes: list[tuple[float, str, Any]]) -> None:
    """The same, many more times."""
    check_mutated(incident, changes)


@pytest.mark.parametrize("count", [10**9, 10**999, -(10**9)])
def test_a_scope_builds_no_monster(itf: Any, count: int) -> None:
    """A trace that says it has a thousand million consumers is shown from itself alone, at once."""
    itf["states"][0]["scope"]["consumers"] = big(count)
    trace = loads(json.dumps(itf))
    explanation, lacks = output.explained(trace)

    assert lacks.startswith("shown from the trace alone: ")
    assert "a model with more than 1,000 is not built" in lacks
    assert explanation is not None
    assert explanation.paths


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(where=st.integers(0), what=st.binary(max_size=5))
def test_a_file_with_other_bytes_is_a_trace_or_a_line(incident: Trace, where: int, what: bytes, tmp_path: Path) -> None:
    """Whatever bytes stand in the middle of the file."""
    data = dumps(incident).encode()
    where %= len(data)
    (tmp_path / "x").write_bytes(data[:where] + what + data[where + len(what) :])
    try:
        everything(read(tmp_path / "x"), besides=DRAWN)
    except ModelError as error:
        said = str(error)
        assert said.isprintable()
