"""The page that says how this house was laid out before it was rearranged, and how it is now.

`make house` writes it; it reads one older commit, so that it needs a clone with its history. No test does.
"""

from __future__ import annotations

import sys

from tests.quality.house import table, taken_away

BEFORE = "6f04839"
"""The last commit before the code was read critically."""

HEAD = f"""# The house, before and after

What it costs to find something here, and to add something. `make house` writes this page: `python -m
tests.quality.house {BEFORE}` counts the files of Python of that commit and of what is here now. *Before* is
{BEFORE}, at which the code was read critically; since then the features have grown about threefold (engines of
proof, live adapters, heap dumps, the course, audits of other logs), which the lines say.
"""

MEANING = """
- *Lines* are those of `wc -l`, with docstrings and blank lines; `tests/` and `docs/` are not counted.
- *Names that a root has more than once* are those of modules, or of classes, of which whoever searches finds
  several. Each has its reason in `tests/quality/test_names.py`, and a test fails for one that has none.
- *Imports that run up* go from the model to claims, or from claims to counterexamples. *Circles* are groups of
  modules that import each other.
"""

KINDS = (
    ("an export format", "2", "3 (`3505997`)", "2: the module, and its row"),
    ("a claim", "2, two tuples 60 lines apart", "2 (`ead5f4d`)", "1: the function, with its witness"),
    ("a step on running code", "6, in ten places", "3 (`a7ebb0e`)", "1: the class, with the protocol of its method"),
    (
        "a claim about running code",
        "7",
        "not tried",
        "1: the function, with its witness; 2 for one about a step: what a plain test looks at before it",
    ),
    ("a release of Spark", "1, and 23 that spelled the newest", "1 (`d69ed2a`)", "1: the line"),
    (
        "a fix of Spark",
        "4, in three parallel trees",
        "1 (`1cea4c6`), as no model asked for it; 3 for one that matters",
        "2: its declaration, and the line of the model",
    ),
)

ADDED = """
## What is touched to add one of each

Files of the product that are written by hand; beside them there are a test, a line of the changelog for what users
see, and what `docs/reference/generate.py` writes. *Before* was counted while reading. *First trial*: somebody with
the README and CONTRIBUTING.md only added one of each, in the commits that are named; they were reverted in
`2b9362d`, and what held them up was mended. *Now* is a second trial, on a branch that was not kept, with the same
things added: a table of comma-separated values, a claim that no account exceeds the pool, a step that touches a
value, Spark 4.3.1, and a fix that came with it and whose absence older releases show.

| | before | first trial | now |
|---|---|---|---|
"""

AFTER = """
A fix that hides another, or is hidden by one, takes a rule in `model/catalogue/` besides: four families have one. A
check with `--out` replayed each run up to 19 times for three steps, and replays it once now
(`tests/test_command.py`).
"""


MOVED = ("0b342a0", "229b8c5", "b695b43", "04eb538", "e6574ed", "ef46bac")
"""Commits that moved out of the product what no path of a user reaches: to the pages, to the tests, into stories."""

SAID_ONCE = (
    "efab3a7", "306aca7", "90312c0", "cd4fa64", "d4d4d78", "727b8c2", "cecb40d", "d6dc912", "4b3b570", "a09da0f",
    "6342c03", "4a93b27", "109493d", "10e610b", "ba1ff31", "0654295", "1616c4e",
)  # fmt: skip
"""Commits that say once what stood in several places, or take out what nothing reads."""

TAKEN = """
## What was taken away

Lines that commits since {before} took away from the product where they only rearranged it: same features, same
messages. Counted are those of Python, removed less added, by `git show --numstat --no-renames`, commit by commit; a
commit that also took a feature back is not among them, nor is one that took away less than it added. The features
that came meanwhile are why the product has more lines than before all the same.

| what was done | lines fewer | commits |
|---|---|---|
{rows}
"""


def _taken() -> str:
    """Return the section on what was taken away."""
    kinds = {
        "moved out of the product: what writes pages, and what only our tests and pages use": MOVED,
        "gone: said once instead of several times, or read by nothing": SAID_ONCE,
    }
    counts = {what: sum(map(taken_away, commits)) for what, commits in kinds.items()}
    rows = [
        f"| {what} | {counts[what]:,} | {', '.join(f'`{each}`' for each in commits)} |"
        for what, commits in kinds.items()
    ]
    rows.append(f"| together | {sum(counts.values()):,} | |")
    return TAKEN.format(before=BEFORE, rows="\n".join(rows))


def page() -> str:
    """Return the page."""
    kinds = "\n".join(f"| {' | '.join(row)} |" for row in KINDS)
    return f"{HEAD}\n{table([BEFORE])}\n{MEANING}{ADDED}{kinds}\n{AFTER}{_taken()}"


if __name__ == "__main__":
    sys.stdout.write(page())
