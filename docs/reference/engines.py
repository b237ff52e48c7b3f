"""Writes engines/, a page for each engine of the library, from the code: `python docs/reference/engines.py`.

`generate.py` runs it, too. A test compares the committed pages with what comes out here.
"""  # noqa: INP001 - a script, and no package

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import ModuleType

from spillproof.model.catalogue.library import ENGINES
from spillproof.model.heap import HeapObject
from spillproof.model.library.engine import Engine, Manager
from spillproof.model.library.repair import Repair
from spillproof.model.system import actions_of

HERE = Path(__file__).parent / "engines"
GENERATED = "<!-- Written by engines.py from the code. Do not edit. -->"
CODE = "../../../model"


def page(engine: Engine) -> str:
    """Return the page of an engine: what it is, and each of its managers."""
    package = sys.modules[engine.managers[0].model.__module__.rpartition(".")[0]]
    lines = [f"# {engine.title}", "", GENERATED, "", inspect.getdoc(package) or "", ""]
    lines += [f"The newest that is known here: {engine.version}.", ""]
    return "\n".join([*lines, *(line for each in engine.managers for line in managed(engine, each))])


def managed(engine: Engine, manager: Manager) -> list[str]:
    """Return what is said of a manager: where it is from, what it is made of, what it violates, and its fixes."""
    module = sys.modules[manager.model.__module__]
    path = f"{module.__name__.removeprefix('spillproof.model.').replace('.', '/')}.py"
    return [
        f"## {manager.name}",
        "",
        inspect.getdoc(module) or "",
        "",
        f"Code: [`model/{path}`]({CODE}/{path}). {violated(engine, manager)}",
        "",
        *(f"- `{name}`: {first(kind)}" for name, kind in classes(module)),
        "",
        f"Steps of `{manager.model.__name__}`:",
        "",
        *(f"- `{each.name}`: {first(getattr(manager.model, each.name))}" for each in actions_of(manager.model)),
        "",
        "| fix | since | what it changed | without it | shortest run |",
        "|---|---|---|---|---|",
        *(row(each) for each in manager.repairs.values()),
        "",
    ]


def violated(engine: Engine, manager: Manager) -> str:
    """Return what is expected of a manager in the newest release."""
    names = ", ".join(f"[`{name}`](../claims.md#{name})" for name in sorted(manager.violated))
    if not names:
        return f"No defect that is modelled is known to stand in {engine.version}: all claims hold."
    return f"Expected to be violated in {engine.version}: {names}; by `{manager.whole}`, nothing."


def row(repair: Repair) -> str:
    """Return the row of a fix."""
    since = "–" if repair.stands else ", ".join(repair.since)
    steps = f"{repair.steps} step{'s' if repair.steps > 1 else ''}"
    claim = f"[`{repair.claim}`](../claims.md#{repair.claim}), {steps}"
    return f"| [`{repair.name}`]({repair.url}) | {since} | {repair.sentence} | {claim} | {repair.run} |"


def classes(module: ModuleType) -> list[tuple[str, type]]:
    """Return the heap classes of a module, by name, in the order in which they are written."""
    return [
        (name, kind)
        for name, kind in vars(module).items()
        if isinstance(kind, type) and issubclass(kind, HeapObject) and kind.__module__ == module.__name__
    ]


def first(thing: object) -> str:
    """Return the first paragraph of a docstring in one line."""
    return " ".join((inspect.getdoc(thing) or "").split("\n\n")[0].split())


INTRODUCTION = """\
Memory managers of other engines than Spark, each as a small model that follows the real source: one class of the real
thing a class. `spillproof check datafusion` asks every claim of one as its newest release has it, and `--without FIX`
takes a fix out. A fix is known from a public report, to which its name leads, or from the code, where its module says
so. Without it the claim that is named is violated, in a run of so many steps and in none that is shorter; with it that
claim is proved. That is tested.

*Since* names the oldest release that is known to have a fix, from tags, changelogs or its code: the fix may be older. A
dash says that the newest that is known here does not have it, so that the defect stands in it.

A model is not the engine. It says what the code does as far as it was read, in the steps that are listed, and each page
names what is left out.
"""


def index() -> str:
    """Return the page that leads to the others."""
    rows = [
        f"| [{engine.title}]({engine.name}.md) | {engine.version} | "
        f"{', '.join(f'`{each.name}`' for each in engine.managers)} | "
        f"{sum(len(each.repairs) for each in engine.managers)} | {standing(engine)} |"
        for engine in ENGINES
    ]
    head = [
        "| engine | newest known here | to be checked as | fixes | of which none has come |",
        "|---|---|---|---|---|",
    ]
    return "\n".join(["# Engines", "", GENERATED, "", INTRODUCTION, *head, *rows, ""])


def standing(engine: Engine) -> str:
    """Return the fixes that the newest release does not have."""
    names = [f"`{name}`" for each in engine.managers for name, fix in each.repairs.items() if fix.stands]
    return ", ".join(names) or "–"


PAGES: dict[str, Callable[[], str]] = {
    "README.md": index,
    **{f"{engine.name}.md": partial(page, engine) for engine in ENGINES},
}


if __name__ == "__main__":
    HERE.mkdir(exist_ok=True)
    for name, made in PAGES.items():
        (HERE / name).write_text(made(), encoding="utf-8")
