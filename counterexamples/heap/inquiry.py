"""What `spillproof heap` does: reads a dump, asks it, and leaves the result behind."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from spillproof.counterexamples.folder import Folder
from spillproof.counterexamples.heap import accountants, expressions
from spillproof.counterexamples.heap.accountants import Accounting
from spillproof.counterexamples.heap.accounts import Asked
from spillproof.counterexamples.heap.heap import Heap, opened
from spillproof.counterexamples.heap.layout import WORD
from spillproof.counterexamples.heap.paths import dominating
from spillproof.counterexamples.heap.result import ClassRow, Result
from spillproof.counterexamples.heap.tree import tree

GALLERY = Path(__file__).parent.parent / "gallery"

CLASSES = 25
"""Rows of the histogram that are kept."""


def asked(path: Path, accountant: str, progress: Callable[[str], None]) -> Result:
    """Return what was found in a dump. Raises `ModelError` for what cannot be read.

    Without an accountant, that one of those that come with spillproof is asked whose classes are in the heap.
    """
    given = accountants.read(accountant) if accountant else None
    with opened(path, progress) as heap:
        return result(heap, given or chosen(heap), path, progress)


def chosen(heap: Heap) -> Accounting:
    """Return the accounting whose accountants are in a heap, or Spark's where none is."""
    known = [accountants.read(name) for name in sorted(accountants.shipped(), key=lambda name: name != "spark")]
    for each in known:
        if _is_of(heap, each):
            return each
    return known[0]


def result(heap: Heap, accounting: Accounting, path: Path, progress: Callable[[str], None]) -> Result:
    """Ask a heap."""
    asking = Asked(heap, accounting, progress)
    accounts = tuple(asking.accounts())
    found = asking.found(accounts)
    progress("drawing the dominator tree")
    reached = heap.dominators.reached
    records = heap.index.records
    owners = {each.node for account in accounts for each in account.consumers}
    owners |= {above for each in owners for above in dominating(heap, each)}
    return Result(
        file=str(path),
        size=len(records.source),
        written=records.written.strftime("%Y-%m-%d %H:%M:%S UTC"),
        java=heap.java,
        layout=heap.sizes.layout.told(),
        program=_program(heap, accounting),
        accounting=accounting,
        objects=len(heap.index),
        live=heap.live,
        softly=_bytes(heap, reached.strong, reached.soft),
        weakly=_bytes(heap, reached.soft, reached.met),
        total=heap.total,
        accounts=accounts,
        pools=tuple(asking.pools(accounts)),
        found=tuple(found),
        unowned=heap.live - sum(each.held for each in accounts),
        tree=tree(heap),
        rest=tree(heap, lambda node: node not in owners and not asking.is_held(node)),
        classes=tuple(_histogram(heap)),
        troubles=tuple(_troubles(heap)),
        strays=asking.strays(),
    )


def _bytes(heap: Heap, first: int, last: int) -> int:
    return int(heap.sizes.words[heap.dominators.reached.objects[first:last]].sum(dtype=np.int64)) * WORD


def _is_of(heap: Heap, accounting: Accounting) -> bool:
    """Return whether a heap has any class that accounts as a file says."""
    return any(heap.classes.extending(of.class_) for of in accounting.accountants)


def _program(heap: Heap, accounting: Accounting) -> str:
    if not _is_of(heap, accounting):
        return ""
    text = heap.text(expressions.static(heap, accounting.version)) if accounting.version else None
    return f"{accounting.name} {text}" if text else accounting.name


def _histogram(heap: Heap) -> list[ClassRow]:
    """Return the classes with the most bytes that are in the dump, as `jcmd GC.class_histogram` counts them."""
    types, words = heap.classes.types, heap.sizes.words
    counts = np.bincount(types, minlength=len(heap.classes.all))
    sizes = np.bincount(types, weights=words, minlength=len(heap.classes.all))
    order = np.argsort(-sizes, kind="stable")[:CLASSES]
    return [
        ClassRow(heap.classes.all[k].name, int(counts[k]), int(sizes[k]) * WORD) for k in order.tolist() if counts[k]
    ]


def _troubles(heap: Heap) -> list[str]:
    told = list(heap.index.records.troubles)
    if heap.missing and told:
        told.append(f"{heap.missing:,} references lead to objects that are not in the dump")
    if heap.sizes.wrong > MANY:
        told.append(f"{heap.sizes.wrong:,} classes lie closer together than HotSpot lays them out: sizes are estimates")
    return told


MANY = 20
"""Classes that may contradict the layout: a field that some release of HotSpot has, or has no more."""


def kept(result: Result, folder: Folder) -> str:
    """Write the page, the run of the model that matches, and the report; return where the run is, or nothing."""
    from spillproof.counterexamples.heap.page import page
    from spillproof.counterexamples.heap.record import recorded

    written = ""
    for name, text in runs(result):
        path = str(folder.add(name, text))
        written = written or path
    folder.add("index.html", page(result))
    folder.report(recorded(result, written), ascii_only=True)
    return written


def runs(result: Result) -> Iterator[tuple[str, str]]:
    """Yield the runs of models that match what was found: of the gallery, each once, and under its own name."""
    for story in dict.fromkeys(each.fault.story for each in result.found if each.fault is not None):
        path = GALLERY / story / "run.itf.json"
        if re.fullmatch(r"[\w.-]+", story) and path.is_file():
            yield f"{story}.itf.json", path.read_text(encoding="utf-8")
