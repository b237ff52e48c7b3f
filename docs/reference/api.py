"""Writes api.md, the reference of the public interface, from `spillproof.__all__` and the docstrings.

`generate.py` runs it, too. A test compares the committed page with what comes out here.
"""  # noqa: INP001 - a script, and no package

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import spillproof
from spillproof.counterexamples import trace
from spillproof.counterexamples.explain import explanation
from spillproof.model import quantity
from spillproof.model.catalogue import entry
from spillproof.properties.engines import run, verdict
from spillproof.properties.live import verdicts

GENERATED = "<!-- Written by api.py from the code. Do not edit. -->"

GROUPS = {
    "To write a model": (
        "Model", "HeapObject", "Bytes", "Count", "Bag", "action", "require", "choose", "preferred", "announce",
        "WithRest", "ModelError",
    ),
    "To claim": ("always", "sometimes"),
    "To check": ("check", "find", "Report", "Proved", "Violated", "Unknown"),
    "To look closer": ("replay", "Run", "Step", "explain"),
    "To check running code": ("Adapter", "step", "claims_of", "check_live", "watch", "Traced"),
    "In a regression test": ("assert_holds", "Made", "machine_of"),
}  # fmt: skip
"""Every name of the face, by what it is for."""

INTRODUCTION = """
```python
import spillproof as sp
```

The names on this page are the public interface; a name that is not here, in whatever module, may change without
notice. Each is loaded when it is first used: `import spillproof` loads neither a solver nor Hypothesis.
`spillproof.__version__` is the installed version, and `python -m spillproof` is the command.

Every result prints itself: `repr` in a line, `str` as the command prints it, and a notebook shows it.
"""

RETURNED = (entry.Entry, verdict.Result, run.Moment, explanation.Explanation, trace.Trace, verdicts.LiveReport)
"""What the functions of the face return, and nobody needs to import."""

MADE_BY_USERS = ("Model", "Bag", "Run", "Step", "Made")
"""Classes whose constructor is part of the interface; the others are inherited from, or returned."""

PYTEST = """
## From pytest

`pytest --pyargs spillproof.properties --model MODEL` makes one test of each claim and of each witness.
`--spillproof-model` is the same option under a name that no other plugin has.
"""

KINDS = """
`Report.of` returns one of these. `word` tells them apart; `sentence()` says what is known and what is not covered.
None is truthy.

| kind | `word` | what it says |
|---|---|---|
"""


def page() -> str:
    """Return the page."""
    lines = ["# The public interface", "", GENERATED, INTRODUCTION]
    for title, names in GROUPS.items():
        lines += [f"## {title}", ""]
        for name in names:
            lines += [f"### {name}", "", *_described(name, getattr(spillproof, name)), ""]
            if name == "Report":
                lines += ["### Verdicts", KINDS + "\n".join(_kinds()), ""]
    lines += [
        "## What is returned",
        "",
        "These classes are not imported from anywhere: the functions above return them.",
        "",
    ]
    for cls in RETURNED:
        lines += [f"### {cls.__name__}", "", *_described(cls.__name__, cls), ""]
    return "\n".join([*lines, PYTEST.strip(), ""])


def _kinds() -> Iterator[str]:
    """Yield a row for each verdict that an engine gives."""
    for name, kind in vars(verdict).items():
        if isinstance(kind, type) and issubclass(kind, verdict.Verdict) and kind is not verdict.Verdict:
            yield f"| `{name}` | `{kind.word}` | {_paragraphs(kind)[0]} |"


def _described(name: str, public: Any) -> Iterator[str]:
    """Yield the signature, what is promised, and of a class what it has."""
    if name in QUANTITIES:
        yield _below_assignments(inspect.getsource(quantity))[name][1]
        return
    yield from ["```text", *_signature(name, public), "```", ""]
    yield "\n\n".join(_paragraphs(public))
    if isinstance(public, type):
        members = [*_members(public)]
        yield from ["", *members] if members else []


QUANTITIES = ("Bytes", "Count")
"""Names that are annotations, and have neither a signature nor a docstring of their own."""


# Signatures


def _signature(name: str, public: Any) -> list[str]:
    """Return a call, in one line or with a line for each argument."""
    if isinstance(public, type) and name not in MADE_BY_USERS:
        return [f"class {name}"]
    given = [_argument(each) for each in _arguments(public)]
    returns = _annotation(inspect.signature(public).return_annotation)
    arrow = f" -> {returns}" if returns and not isinstance(public, type) else ""
    line = f"{name}({', '.join(given)}){arrow}"
    return [line] if len(line) <= WIDTH else [f"{name}(", *(f"    {each}," for each in given), f"){arrow}"]


WIDTH = 100


def _arguments(public: Any) -> Iterator[inspect.Parameter | str]:
    """Yield the parameters, with the star that separates those that are given by name."""
    parameters = [each for each in inspect.signature(public).parameters.values() if each.name != "self"]
    for before, each in pairwise([None, *parameters]):
        assert each is not None
        if each.kind is each.KEYWORD_ONLY and (before is None or before.kind is each.POSITIONAL_OR_KEYWORD):
            yield "*"
        yield each


def _argument(each: inspect.Parameter | str) -> str:
    if isinstance(each, str):
        return each
    stars = "*" if each.kind is each.VAR_POSITIONAL else "**" if each.kind is each.VAR_KEYWORD else ""
    default = "" if each.default is each.empty else f" = {each.default!r}"
    return f"{stars}{each.name}: {_annotation(each.annotation)}{default}"


def _annotation(annotation: Any) -> str:
    if annotation is inspect.Signature.empty:
        return ""
    return annotation if isinstance(annotation, str) else str(getattr(annotation, "__name__", annotation))


# What a class has


def _members(cls: type) -> Iterator[str]:
    """Yield an item for each public field and method that the class itself defines."""
    fields = _below_assignments(textwrap.dedent(inspect.getsource(cls)))
    for name, (kind, said) in fields.items():
        if not name.startswith("_"):
            yield from _item(f"`{name}: {kind}`", said)
    for name, member in vars(cls).items():
        if name.startswith("_"):
            continue
        if isinstance(member, property):
            yield from _item(f"`{name}`", _paragraphs(member.fget)[0])
        elif inspect.isfunction(member) or isinstance(member, (staticmethod, classmethod)):
            bound = getattr(cls, name)
            if said := inspect.getdoc(bound):
                yield from _item(f"`{' '.join(_signature(name, bound))}`", " ".join(said.split()))


def _item(what: str, said: str) -> Iterator[str]:
    yield textwrap.fill(
        f"- {what}{f': {said}' if said else ''}", 120, subsequent_indent="  ", break_long_words=False,
        break_on_hyphens=False,
    )  # fmt: skip


def _below_assignments(source: str) -> dict[str, tuple[str, str]]:
    """Return by name each annotation of a module, or of the body of its one class, and what is said below it."""
    body: list[ast.stmt] = ast.parse(source).body
    if len(body) == 1 and isinstance(body[0], ast.ClassDef):
        body = body[0].body
    found: dict[str, tuple[str, str]] = {}
    for statement, after in pairwise([*body, ast.Pass()]):
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            said = after.value if isinstance(after, ast.Expr) else None
            text = said.value if isinstance(said, ast.Constant) and isinstance(said.value, str) else ""
            found[statement.target.id] = ast.unparse(statement.annotation), " ".join(text.split())
    return found


def _paragraphs(public: Any) -> list[str]:
    """Return the paragraphs of a docstring, each filled anew; a list in one stays as it is."""
    parts = re.split(r"\n\s*\n", inspect.getdoc(public) or "")
    return [part if part.startswith("- ") else textwrap.fill(" ".join(part.split()), 120) for part in parts]
