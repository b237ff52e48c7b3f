"""Writes models.md, claims.md, api.md, the tables of formats.md, classes/ and engines/ from the code.

It is run as `python docs/reference/generate.py`.

A test compares the committed pages with what comes out here, so that they cannot go stale.
"""  # noqa: INP001 - a script, and no package

from __future__ import annotations

import runpy
from itertools import groupby
from pathlib import Path

from spillproof.counterexamples.export import FORMATS, MODEL_FORMATS, Format
from spillproof.model.catalogue import CATALOGUE
from spillproof.model.catalogue.entry import Entry
from spillproof.model.spark.fixes import FIXES, HALVES
from spillproof.properties.catalogue import BUILT_IN, CLAIMS, WITNESSES
from spillproof.properties.claims import Claim, Mode

HERE = Path(__file__).parent
GENERATED = "<!-- Written by generate.py from the catalogue. Do not edit. -->"


def models() -> str:
    """The models, what is expected of each, and the fixes."""
    rows = [_model([*entries]) for _, entries in groupby(CATALOGUE.values(), key=_family)]
    fixes = [f"| `{fix.name}` | {', '.join(fix.since) or '–'} | {fix.sentence} |" for fix in FIXES.values()]
    fixes += [
        f"| `{name}` | – | Both {' and '.join(f'`{part}`' for part in sorted(parts))}. |"
        for name, parts in HALVES.items()
    ]
    return "\n".join(
        [
            "# Models",
            "",
            GENERATED,
            "",
            "Each can be checked by its name, as `spillproof check spark@2.3.4`. What is expected to be violated is",
            "what the tests demand, at the scope that the name stands for (two consumers); all other claims hold.",
            "What the models of Spark are composed of is described [class by class](classes/README.md); those of other",
            "engines, with the fixes that each knows, [engine by engine](engines/README.md).",
            "",
            "| name | what it is | expected to be violated |",
            "|---|---|---|",
            *rows,
            "",
            "## Fixes",
            "",
            "`--with FIX` puts one into a model of Spark, `--without FIX` takes it out.",
            "",
            "| fix | since | what it changed |",
            "|---|---|---|",
            *fixes,
            "",
        ]
    )


def _family(entry: Entry) -> tuple[str, object]:
    name, _, version = entry.name.partition("@")
    release, _, change = version.partition("+")
    return (f"{name}+{change}", entry.violated) if release else (entry.name, None)


def _model(entries: list[Entry]) -> str:
    first, last = entries[0], entries[-1]
    names = f"`{first.name}`" + (f" … `{last.name}`" if last is not first else "")
    version = first.name.partition("@")[2].partition("+")[0]
    summary = first.summary.replace(f"Spark {version}", "Spark") if last is not first else first.summary
    violated = [f"[`{claim.name}`](claims.md#{claim.name})" for claim in CLAIMS if claim.name in (first.violated or ())]
    return f"| {names} | {summary} | {', '.join(violated) or 'nothing'} |"


RULES = """
A claim is about every model that has the methods it asks for; no other is asked. Beside each stand the
witnesses that must be true in some run. That each action is taken in some run is asked of every model.

## What a claim is

A function of a state (`now`) or of the states before and after a step (`before, after`), at the top of the module of
the model, marked with `@always`, `@recoverable` or `@sometimes(beside=…)`. The annotation of its arguments says what it
is about: the class of a model, or a protocol whose methods the model must have. The claims of the modules of inherited
classes are asked too.

A `recoverable` claim has one argument, `now`. It need not be true in every state: from every state that a run reaches,
some run must lead to one in which it is true ([how-to](../how-to/claim-that-nothing-gets-stuck.md)).

It answers `True` or `False`. Nothing else is taken for one of them: not `None`, a size, an object or a method that is
not called. It may only look: it changes no state, and raises nothing in any state that a run reaches.

In a claim over steps, objects of the heap have an identity across the step. `before.page is after.page` is true where
the page is the same object, whatever changed in it; `==`, `in`, `id` and sets of objects go by the same. Sizes, text,
containers and the states themselves have none: `is` between two of these is refused.

## What is said of a claim

| word | meaning |
|---|---|
| `proved` | true in every run at this scope; a witness: some run shows it |
| `holds` | true in every run within the bounds that are named |
| `violated` | a run breaks it, or leads to where no run leads back; a witness: no run shows it (`never`) |
| `unknown`, `not-found` | not found out within the limits |
| `refused` | it cannot be asked as it stands, and its line and the reason are given; the others have their verdicts |
| not asked | it is not about this model, though somebody seems to have meant it to be; the reason is given |

A claim is named as *not asked* where its annotation is missing or names nothing, where the model has a method that it
needs in another form (a property, an attribute, a static method, with other arguments, misspelt), where it stands in a
class or a function, and where another claim has its name. These are slips. That a model keeps no account, so that
`free_is_unreachable` is not asked, is said as well, and is not a slip.

`--json` has the reason of such a verdict as `reason`, and what was not asked as `unasked`: objects with `claim`,
`reason` and `slip`. What a script is told is in [exit status, signals and files](exit-status.md): it is never 0 where a
claim was refused, or by a slip not asked.
"""


def claims() -> str:
    """The claims, what each is about, and what keeps it from being vacuous."""
    return "\n".join(
        [
            "# Claims",
            "",
            GENERATED,
            "",
            RULES.strip(),
            "",
            *(line for claim in CLAIMS for line in _claim(claim)),
        ]
    )


def _claim(claim: Claim) -> list[str]:
    offers = sorted(name for name in dir(claim.about) if not name.startswith("_") and claim.about is not object)
    about = "every model" if claim in BUILT_IN else f"models with {', '.join(f'`{name}`' for name in offers)}"
    beside = [
        f"- witness `{witness.name}`: {witness.sentence}" for witness in WITNESSES if witness.beside == claim.name
    ]
    return [
        f"## {claim.name}",
        "",
        claim.sentence,
        "",
        f"- about {about}; {_when(claim)}",
        *beside,
        "",
    ]


def _when(claim: Claim) -> str:
    if claim.mode is Mode.RECOVERABLE:
        return "from every reachable state some run leads to one in which it is true"
    return f"true in every {'step' if claim.over_steps else 'state'}"


def api() -> str:
    """The public interface."""
    written: str = runpy.run_path(str(HERE / "api.py"))["page"]()
    return written


def formats() -> str:
    """The formats of a run and of a model, in tables; what else is said of them is kept as it is written."""
    page = (HERE / "formats.md").read_text(encoding="utf-8")
    page = _between(
        page,
        "formats",
        ["| format | suffix | what it is | runs of |", "|---|---|---|---|", *map(_format, FORMATS.values())],
    )
    rows = [f"| `{each.name}` | `{each.suffix}` | {each.sentence} |" for each in MODEL_FORMATS.values()]
    return _between(page, "model formats", ["| format | suffix | what it is |", "|---|---|---|", *rows])


def _format(each: Format) -> str:
    length = "any length" if each.most_steps is None else f"{each.most_steps:,} steps"
    shown = f"{length}, or one step (`--step`)" if each.by_step else length
    return f"| `{each.name}` | `{each.suffix}` | {each.sentence} | {shown} |"


def _between(page: str, name: str, lines: list[str]) -> str:
    """Put lines between the marks of that name."""
    before, rest = page.split(f"<!-- {name} -->")
    _, after = rest.split(f"<!-- /{name} -->")
    return "\n".join([f"{before}<!-- {name} -->", "", *lines, "", f"<!-- /{name} -->{after}"])


PAGES = {"models.md": models, "claims.md": claims, "api.md": api, "formats.md": formats}


if __name__ == "__main__":
    for name, page in PAGES.items():
        (HERE / name).write_text(page(), encoding="utf-8")
    for script in ("classes.py", "engines.py"):
        runpy.run_path(str(HERE / script), run_name="__main__")
