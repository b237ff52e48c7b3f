"""What `spillproof audit` does: reads the logs and what stands beside them, and leaves the trace behind."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from spillproof.counterexamples.audit import heap, match
from spillproof.counterexamples.audit.audit import Audit, audit
from spillproof.counterexamples.audit.audit_text import Beside
from spillproof.counterexamples.audit.page import page, picture_of
from spillproof.counterexamples.audit.record import recorded
from spillproof.counterexamples.export import itf
from spillproof.counterexamples.folder import Folder


def audited(
    paths: Sequence[Path],
    release: str,
    histogram: Path | None,
    dominators: Path | None,
    progress: Callable[[str], None],
    *,
    whole: bool = False,
) -> tuple[Audit, Beside]:
    """Return the audit of a log, and what stands beside it. Raises `ModelError` for what cannot be read."""
    counted = heap.histogram(histogram) if histogram else None
    found = heap.dominators(dominators) if dominators else []
    made = audit(paths, release, progress, whole=whole)
    task = made.worst()
    if task is not None:
        found = heap.matched(found, task)
    return made, Beside(counted, tuple(found), match.match(made))


def keep(made: Audit, beside: Beside, path: Path) -> Path | None:
    """Write the trace, the page, its picture and the report into a folder; return where the trace is.

    Raises `ModelError` if one cannot be written.
    """
    folder = Folder(path)
    kept = None
    if beside.match is not None:
        trace = beside.match.trace
        kept = folder.add(f"{trace.claims[0]}.itf.json", itf.dumps(trace))
    folder.add("index.html", page(made, beside))
    if (picture := picture_of(made)) is not None:
        folder.add("audit.svg", picture)
    folder.report(recorded(made, beside), ascii_only=True)
    return kept
