"""Writes classes/, a page for each modelled class of Spark, from the code: `python docs/reference/classes.py`.

`generate.py` runs it, too. A test compares the committed pages with what comes out here.
"""  # noqa: INP001 - a script, and no package

from __future__ import annotations

import inspect
from collections.abc import Iterator
from enum import Enum
from functools import cache, partial
from itertools import groupby
from pathlib import Path
from types import ModuleType
from typing import Any

import modelled
from guards import guards
from modelled import Held, Source, sentence
from prose import item, link, listed, title_of, titled, wrapped

from spillproof.model.catalogue import CATALOGUE
from spillproof.model.catalogue.entry import Entry
from spillproof.model.spark.fixes.fix import Fix
from spillproof.model.spark.releases import NEWEST
from spillproof.model.system import Action, Model, Parameter, actions_of
from spillproof.properties.catalogue import CLAIMS

HERE = Path(__file__).parent / "classes"
GENERATED = "<!-- Written by classes.py from the code. Do not edit. -->"
CODE = "../../../model/spark"
SPARK = "https://github.com/apache/spark/blob"

PACKAGES = {
    "memory": "Pools, the manager of a task, and what consumes memory: `org.apache.spark.memory`",
    "collection": "Maps and sorters of objects: `org.apache.spark.util.collection`",
    "storage": "Cached blocks, and blocks that are unrolled: `org.apache.spark.storage`",
    "unsafe": "Sorters and maps of raw records: `org.apache.spark.util.collection.unsafe.sort` and its like",
    "scenario": "Scenarios: what is composed of them, and can be checked",
}

INTRODUCTION = """The model has one module for each class of Spark that it follows, and each has a page here, generated
from the code: what it is, which files of Spark it follows and at which tags somebody looked at them, its state, its
references, what it does, and which fixes change that."""

READING = (
    "*State* tells states apart: a size (`bytes`, a `number of records`), which engines leave open; or a constant.",
    "*References* are strong. What is reachable by them from a model is reachable memory; there are no weak ones.",
    "*Actions* are steps of a scenario. After *for* stands what their arguments range over, after *if* their guards.",
    "*Fixes* are changes to Spark that tell its releases apart. [Models](../models.md) has them all.",
)


# The page of a module


def page(module: ModuleType) -> str:
    """Return the page of a module: first the class that it is called after, then the others."""
    classes = modelled.classes_of(module)
    main = [each for each in classes if modelled.is_main(each)]
    lines = [f"# {title_of(module)}", "", GENERATED, "", *described(module)]
    lines += [line for each in main for line in introduced(each)]
    lines += origin(module)
    lines += [line for each in main for line in about(each)]
    for each in classes:
        if each not in main and not issubclass(each, (Enum, Exception)):
            lines += [f"## {each.__name__}", "", *introduced(each), *about(each)]
    lines += listed("Choices", [choice(each) for each in classes if issubclass(each, Enum)])
    lines += listed(
        "Exceptions", [f"`{each.__name__}`: {sentence(each)}" for each in classes if issubclass(each, Exception)]
    )
    functions = modelled.functions_of(module)
    lines += listed("Functions", [method(each.__name__, each) for each in functions])
    lines += fixes([*classes, *functions])
    lines += composed(classes) if any(issubclass(each, Model) for each in classes) else used(classes)
    return "\n".join(lines).rstrip("\n") + "\n"


def described(thing: Any) -> Iterator[str]:
    """Return the paragraphs of a docstring, as they are."""
    for each in modelled.paragraphs(thing):
        yield from (each, "")


def origin(module: ModuleType) -> list[str]:
    """Return where the model is, and which files of Spark it follows."""
    path = f"{modelled.package_of(module)}/{modelled.stem(module)}.py"
    source = modelled.source_of(module)
    lines = [item(f"Code: [`model/spark/{path}`]({CODE}/{path})")]
    if source is None:
        lines += [item("Source: none of its own; it is composed of classes that have one.")]
    else:
        lines += [item("Source:" if source.files else f"Source: none. {source.remark}")]
        lines += [item(f"`{file}` at {tagged(file, tags)}", 1) for file, tags in source.files]
        lines += [item(source.remark, 1)] if source.files and source.remark else []
    return [*lines, ""]


def tagged(file: str, tags: tuple[str, ...]) -> str:
    """Return links to a file at tags."""
    return ", ".join(f"[{tag}]({SPARK}/{tag}/{file})" if tag.startswith("v") else tag for tag in tags)


def choice(cls: type[Enum]) -> str:
    """Return what an enumeration is about, and its values."""
    values = ", ".join(f"`{each.name}`" + (f" ({each.value})" if isinstance(each.value, str) else "") for each in cls)
    return f"`{cls.__name__}`: {sentence(cls)} {values}."


# A class


def about(cls: type) -> list[str]:
    """Return the state of a class, its references, and what it does."""
    held = modelled.state_of(cls)
    return [
        *scope(cls),
        *titled(
            "State" if modelled.is_modelled(cls) else "Fields, no part of a state",
            [*(item(field(each)) for each in held if each.refers_to is None), *sized(cls)],
        ),
        *titled("References", [item(reference(each)) for each in held if each.refers_to is not None]),
        *actions(cls),
        *titled("Methods", methods(cls)),
    ]


def sized(cls: type) -> list[str]:
    """Return what a class occupies, if it is not nothing."""
    size = modelled.occupies(cls)
    return [item(f"It occupies {size}, its shallow size.")] if size else []


def introduced(cls: type) -> list[str]:
    """Return what a class is."""
    bases = [link(each) for each in cls.__bases__ if each.__module__.startswith(modelled.ROOT)]
    kind = [wrapped(f"A kind of {' and '.join(bases)}, with all that it has."), ""] if bases else []
    return [*described(cls), *kind]


def methods(cls: type) -> Iterator[str]:
    """Return what a class does; and by name only, what it does in its own way as another class says."""
    others: dict[type, list[str]] = {}
    for name, each in modelled.methods_of(cls):
        said_by = modelled.sayer(cls, name)
        if said_by is not cls and modelled.is_ours(said_by):
            others.setdefault(said_by, []).append(f"`{modelled.spelled(name, each)}`")
        else:
            yield item(method(name, each))
    for base, names in others.items():
        yield item(f"{', '.join(names)}: in its own way what {link(base)} says.")


def field(held: Held) -> str:
    """Return what a field holds that refers to nothing."""
    return f"`{held.name}`: {held.words}.{' ' if held.meaning else ''}{held.meaning}"


def reference(held: Held) -> str:
    """Return what a field refers to."""
    assert held.refers_to is not None
    number = "" if held.words == "one" else f" ({held.words.removeprefix('one, ')})"
    return f"`{held.name}` → {link(held.refers_to)}{number}.{' ' if held.meaning else ''}{held.meaning}"


def method(name: str, function: Any) -> str:
    """Return how a method is called, and what it does."""
    said = sentence(function)
    return f"`{modelled.spelled(name, function)}`{': ' if said else ''}{said}"


def scope(cls: type) -> list[str]:
    """Return the arguments of a model's beginning, if it is the class that has it."""
    if "begin" not in vars(cls):
        return []
    known = inspect.signature(vars(cls)["begin"]).parameters
    said = [f"`{each.name}`{default(each.default)}" for each in known.values() if each.name not in ("self", "fixes")]
    return [wrapped(f"**Scope**: {', '.join(said)}; and the fixes of a release."), ""] if said else []


def default(value: object) -> str:
    """Return what a scope is where nothing is said."""
    if isinstance(value, type):
        return " (any)"
    if isinstance(value, bool):
        return f" ({'yes' if value else 'no'})"
    return f" (`{value.name}`)" if isinstance(value, Enum) else f" ({value})"


def actions(cls: type) -> list[str]:
    """Return the steps that a model allows: its own in full, those that it has from others by name."""
    if not issubclass(cls, Model) or not any(
        getattr(each, "is_action", False) for base in cls.__mro__ for each in vars(base).values()
    ):
        return []
    own, others = [], []
    for each in actions_of(cls):
        (own if each.name in vars(cls) else others).append(each)
    lines = [line for each in own for line in taken(cls, each)]
    for base, inherited in groupby(others, key=lambda each: owner(cls, each)):
        names = ", ".join(f"`{each.name}`" for each in inherited)
        lines += [item(f"{names}: as {link(base)} has {'it' if ',' not in names else 'them'}.")]
    return titled("Actions", lines)


def owner(cls: type, taken_action: Action) -> type:
    """Return the class that an action is written in."""
    return next(each for each in cls.__mro__ if taken_action.name in vars(each))


def taken(cls: type, each: Action) -> Iterator[str]:
    """Return what an action does, for which arguments, and when it can be taken."""
    yield item(method(each.name, getattr(cls, each.name)))
    if each.parameters:
        yield item("for " + ", ".join(map(ranging, each.parameters)), 1)
    if conditions := guards(cls, each.name):
        yield item("if " + "; ".join(conditions), 1)


def ranging(parameter: Parameter) -> str:
    """Return what an argument ranges over."""
    words = modelled.ranges(parameter.kind)
    return f"`{parameter.name}`: {words}{f' {link(parameter.type)}' if words == 'any' else ''}"


# Fixes, and scenarios


def fixes(things: list[Any]) -> list[str]:
    """Return the fixes that are asked about, and where."""
    where: dict[str, tuple[Fix, list[str]]] = {}
    for each in things:
        for place, fix in modelled.fixes_in(each):
            where.setdefault(fix.name, (fix, []))[1].append(f"`{place}`")
    return listed("Fixes", [fixed(fix, who) for fix, who in sorted(where.values(), key=lambda each: order(each[0]))])


def order(fix: Fix) -> tuple[bool, int, str]:
    """Return what sorts fixes by their number, those that were only proposed last."""
    number = "".join(letter for letter in fix.name if letter.isdigit())
    return (not fix.since, int(number or 0), fix.name)


def fixed(fix: Fix, who: list[str]) -> str:
    """Return what a fix changed, since when, and who asks about it."""
    since = f"since {' and '.join(fix.since)}" if fix.since else "only proposed"
    return f"`{fix.name}`, {since}, asked about in {', '.join(who)}. {fix.sentence}"


@cache
def scenarios() -> list[type[Model]]:
    """Return the models that are in the catalogue, and can be checked."""
    found = {entry.model for entry in CATALOGUE.values()}
    return [each for module in modelled.modules() for each in modelled.classes_of(module) if each in found]


def used(classes: list[type]) -> list[str]:
    """Return the scenarios that have objects of a page, and what they violate."""
    ours = {each for each in classes if modelled.is_modelled(each)}
    rows = [
        line
        for each in scenarios()
        if (found := ours & modelled.parts_of(each))
        for line in verdicts(each, [cls for cls in classes if cls in found])
    ]
    return section("Scenarios that have it", rows)


def composed(classes: list[type]) -> list[str]:
    """Return the classes that scenarios are composed of, and what those in the catalogue violate."""
    parts = frozenset[type]().union(*(modelled.parts_of(each) for each in classes if issubclass(each, Model)))
    lines = []
    for package in modelled.PACKAGES:
        named = [
            each
            for module in modelled.modules()
            if modelled.package_of(module) == package
            for each in modelled.classes_of(module)
        ]
        found = [link(each) for each in named if each in parts and each not in classes]
        lines += [item(f"{package}: {', '.join(found)}")] if found else []
    rows = [line for each in scenarios() if each in classes for line in verdicts(each, classes)]
    return [*(["## Composed of", "", *lines, ""] if lines else []), *section("In the catalogue", rows)]


def section(title: str, rows: list[str]) -> list[str]:
    """Return what scenarios violate under a heading, or nothing."""
    said = f"What is expected of Spark {NEWEST}, the newest release in the [catalogue](../models.md):"
    return [f"## {title}", "", wrapped(said), "", *rows, ""] if rows else []


def verdicts(scenario: type[Model], parts: list[type]) -> Iterator[str]:
    """Return what the catalogue expects of a scenario in the newest release, those alike together.

    `parts` is what it has of a page, which is said if the class that the page is called after is not among it.
    """
    only = "" if any(map(modelled.is_main, parts)) else f" (only {', '.join(map(link, parts))})"
    newest = [each for each in CATALOGUE.values() if each.model is scenario and each.name.endswith(f"@{NEWEST}")]
    alike: dict[frozenset[str], list[Entry]] = {}
    for each in newest:
        alike.setdefault(each.violated or frozenset(), []).append(each)
    for violated, entries in alike.items():
        names = ", ".join(f"`{each.name}`" for each in entries)
        verb = "violates" if len(entries) == 1 else "violate"
        yield item(f"{link(scenario)}{only}: {names} {verb} {claims(violated) or 'nothing'}.")


def claims(names: frozenset[str]) -> str:
    """Return links to claims."""
    return ", ".join(f"[`{each.name}`](../claims.md#{each.name})" for each in CLAIMS if each.name in names)


# The index


def index() -> str:
    """Return the page that leads to all others."""
    lines = [
        "# Modelled classes",
        "",
        GENERATED,
        "",
        wrapped(INTRODUCTION),
        "",
        *map(item, READING),
        "",
    ]
    for package, about_it in PACKAGES.items():
        lines += [f"## {package.capitalize()}", "", f"{about_it}.", ""]
        lines += [item(summary(each)) for each in modelled.modules() if modelled.package_of(each) == package]
        lines += [""]
    return "\n".join([*lines, *by_file()]).rstrip("\n") + "\n"


def summary(module: ModuleType) -> str:
    """Return a link to the page of a module, and what it is."""
    return f"[{title_of(module)}]({modelled.stem(module)}.md): {sentence(module)}"


def by_file() -> list[str]:
    """Return the files of Spark, each with the pages of what follows it."""
    followed: dict[str, list[ModuleType]] = {}
    for module in modelled.modules():
        for file, _ in (modelled.source_of(module) or Source((), "")).files:
            followed.setdefault(file, []).append(module)
    lines = ["## By file of Spark", "", "| file | in | followed by |", "|---|---|---|"]
    for folder, _, name in sorted((file.rpartition("/") for file in followed), key=lambda each: (each[2], each[0])):
        pages = ", ".join(f"[{title_of(each)}]({modelled.stem(each)}.md)" for each in followed[f"{folder}/{name}"])
        lines += [f"| `{name}` | `{folder}` | {pages} |"]
    return lines


PAGES = {"README.md": index} | {f"{modelled.stem(each)}.md": partial(page, each) for each in modelled.modules()}


if __name__ == "__main__":
    written = {name: text() for name, text in PAGES.items()}
    HERE.mkdir(exist_ok=True)
    for stale in HERE.glob("*.md"):
        stale.unlink()
    for name, text in written.items():
        (HERE / name).write_text(text, encoding="utf-8")
