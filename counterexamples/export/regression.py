"""A run as a regression test that needs nothing but spillproof and the model.

The test says what was done to which objects, so that a person can read it and change it. Whatever comes from the trace
stands in it as a literal or as a sanitised comment: a name in a trace cannot become code.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Mapping
from keyword import iskeyword

from spillproof.counterexamples.export.escapes import one_line
from spillproof.counterexamples.switches import switched
from spillproof.counterexamples.trace import Argument, Constant, Object, State, Trace
from spillproof.model.errors import ModelError
from spillproof.model.system import Kind
from spillproof.properties.catalogue import CLAIMS, WITNESSES

NEEDED = ("Made", "Step", "assert_holds", "MODEL", "SCOPE", "RUN")
"""Names that the test itself has."""

Numbers = Mapping[int, str]
"""What the test calls each object that a step names, by its number."""


def regression_test(trace: Trace) -> str:
    """Return a test that replays a run: of a model as it is here, of running code in plain Python."""
    from spillproof.counterexamples.replay.live.plain.conversion import test_of

    return test_of(trace) if trace.is_of_running_code else regression(trace)


def regression(trace: Trace) -> str:
    """Return the text of a test module. Raises `ModelError` for a trace that names no claim."""
    if not trace.claims:
        raise ModelError("the trace names no claim, so that there is nothing for a test to assert")
    made = _made(trace)
    names = _names(trace, made)
    uses = ["Made"] if made else []
    return "\n".join(
        [
            '"""' + _about(trace),
            "",
            *_evidence(trace),
            *_how(trace),
            '"""',
            "",
            f"from spillproof import {', '.join([*uses, 'Step', 'assert_holds'])}",
            "",
            f"MODEL = {literal(trace.model)}",
            f"SCOPE = {{{_scope(trace)}}}",
            "",
            *(f"{names[number]} = Made({_birth(made[number])})" for number in made),
            *([""] if made else []),
            "RUN = (",
            *_steps(trace, names),
            ")",
            "",
            *(line for claim in _claims(trace) for line in _test(claim)),
        ]
    )


def _about(trace: Trace) -> str:
    does = "breaks" if trace.violation else "shows"
    return _quiet(f"A run that {does} {', '.join(trace.claims)} on {trace.model}.")


def _evidence(trace: Trace) -> list[str]:
    """Return what the claim reads at the guilty step, for whoever meets the failing test."""
    found = trace.evidence
    if found is None or not trace.violation:
        return []
    lines = [f"{found.compared}: {found.values}"] if found.compared else []
    for each in found.read:
        before = each.before(found.step)
        was = f" (before: {before})" if each.changes(found.step) and before is not None else ""
        lines.append(f"{each.words} is {each.after(found.step)}{was}")
    step = trace.states[found.step].spelled
    return [_quiet(f"After step {found.step}, {step}:"), *map(_indented, lines), ""] if lines else []


def _indented(text: str) -> str:
    return textwrap.fill(_quiet(text), 112, initial_indent="    ", subsequent_indent="      ")


def _how(trace: Trace) -> list[str]:
    passes = (
        "The tests fail as long as the run does its harm on MODEL, and pass once it does none."
        if trace.violation
        else "The tests pass as long as the run shows on MODEL what it is to show."
    )
    return [
        f"Written by `spillproof export`. {passes}",
        "To take the run on another variant of the model, change MODEL; a file is named as path/to/file.py:Class.",
    ]


def literal(text: str) -> str:
    """Return a text as a Python literal in ASCII, in double quotes where that is plain."""
    plain = ascii(text)
    return plain if '"' in plain or "\\" in plain else f'"{plain[1:-1]}"'


def _quiet(text: str, most: int = 400) -> str:
    """Return a text that can stand in a docstring or a comment: it ends neither, and escapes nothing."""
    return one_line(text, most).replace("\\", "/").replace('"', "'")


def _scope(trace: Trace) -> str:
    """Return the part of the scope that another variant of the model takes, too."""
    given = {name: value for name, value in trace.scope if type(value) is int} | switched(trace)
    return ", ".join(
        f"{literal(name)}: {literal(value) if isinstance(value, str) else value}" for name, value in given.items()
    )


# The objects


def _made(trace: Trace) -> dict[int, tuple[int, Object, int]]:
    """Return for each object that a step names the step that made it, it, and which of its class that step made."""
    wanted = {each.number for state, before in _pairs(trace) for each in _objects(state, before)}
    found: dict[int, tuple[int, Object, int]] = {}
    seen: set[int] = set()
    for step, state in enumerate(trace.states):
        counts: dict[str, int] = {}
        for each in sorted((each for each in state.heap if each.number not in seen), key=lambda each: each.number):
            seen.add(each.number)
            counts[each.kind] = counts.get(each.kind, 0) + 1
            if each.number in wanted:
                found[each.number] = (step, each, counts[each.kind])
    return found


def _pairs(trace: Trace) -> Iterator[tuple[State, State]]:
    return zip(trace.states[1:], trace.states, strict=False)


def _objects(state: State, before: State) -> Iterator[Object]:
    for each in state.arguments:
        if each.kind is Kind.OBJECT and isinstance(each.value, int):
            yield before.heap[each.value]


def _birth(made: tuple[int, Object, int]) -> str:
    step, each, which = made
    return ", ".join([str(step), literal(each.kind), *([str(which)] if which > 1 else [])])


def _names(trace: Trace, made: Mapping[int, object]) -> dict[int, str]:
    """Return what the test calls each object: as the run does, where Python allows it."""
    called: dict[int, str] = {}
    for state, before in _pairs(trace):
        numbers = [each.number for each in _objects(state, before)]
        for number, name in zip(numbers, _spoken(state, numbers), strict=True):
            called.setdefault(number, name)
    names: dict[int, str] = {}
    for number in made:
        name = called[number]
        free = _is_name(name) and name not in (*NEEDED, *names.values())
        names[number] = name if free else f"object_{number}".replace("-", "_")
    return names


def _spoken(state: State, numbers: list[int]) -> Iterator[str]:
    """Yield what objects are called after the step that names them: then each has a name of its own."""
    after = {each.number: each.name for each in state.heap}
    yield from (after.get(number, "") for number in numbers)


def _is_name(name: str) -> bool:
    return (
        name.isidentifier() and name.isascii() and not iskeyword(name) and not name.startswith(("_", "object_", "test"))
    )


# The steps


def _steps(trace: Trace, names: Numbers) -> Iterator[str]:
    befores: list[State | None] = [None, *trace.states]
    words = [_step(state, before, names) for state, before in zip(trace.states, befores, strict=False)]
    width = min(40, max(len(each) for each in words))
    for index, (state, word) in enumerate(zip(trace.states, words, strict=True)):
        comment = _after(state, guilty=index == trace.guilty, violation=trace.violation)
        yield f"    {word:{width}}  # {comment}" if comment else f"    {word}"


def _step(state: State, before: State | None, names: Numbers) -> str:
    arguments = "".join(f"{_argument(each, before, names)}, " for each in state.arguments)
    arguments = arguments.rstrip() if len(state.arguments) == 1 else arguments.removesuffix(", ")
    picks = [f"picks=({', '.join(map(str, state.picks))},)"] if state.picks else []
    return f"Step({', '.join([literal(state.action), f'({arguments})', *picks])}),"


def _argument(each: Argument, before: State | None, names: Numbers) -> str:
    if each.kind is Kind.OBJECT and before is not None and isinstance(each.value, int):
        return names[before.heap[each.value].number]
    return _constant(each.value)


def _constant(value: Constant) -> str:
    if isinstance(value, tuple):
        return f"({''.join(f'{literal(each)}, ' for each in value).rstrip()})" if value else "()"
    return literal(value) if isinstance(value, str) else repr(value)


def _after(state: State, *, guilty: bool, violation: bool) -> str:
    sizes = [f"{name} {size:,}" for name in ("accounted", "reachable") if (size := getattr(state, name)) is not None]
    said = [", ".join(sizes), f"raises {_quiet(state.raised, 80)}" if state.raised else ""]
    here = ("<-- the guilty step" if violation else "<-- seen here") if guilty else ""
    return "  ".join(each for each in [*said, here] if each)


# The tests


def _claims(trace: Trace) -> list[str]:
    return list(dict.fromkeys(trace.claims))


def _test(claim: str) -> Iterator[str]:
    name = re.sub(r"[^A-Za-z0-9_]", "_", claim)
    sentence = next(
        (each.sentence for each in (*CLAIMS, *WITNESSES) if each.name == claim), f"The claim {claim} is true."
    )
    yield ""
    yield f"def test_{name}() -> None:"
    yield f'    """{_quiet(sentence)}"""'
    yield f"    assert_holds({literal(claim)}, MODEL, SCOPE, RUN)"
    yield ""
