"""What `spillproof audit` does: reads the logs and what stands beside them, and leaves the trace behind."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

from spillproof.counterexamples.audit import heap, matching
from spillproof.counterexamples.audit.audit import Audit, audit
from spillproof.counterexamples.audit.record import recorded
from spillproof.counterexamples.audit.telling import Beside
from spillproof.counterexamples.export import itf


def audited(
    paths: Sequence[Path],
    release: str,
    histogram: Path | None,
    dominators: Path | None,
    progress: Callable[[str], None],
) -> tuple[Audit, Beside]:
    """Return the audit of a log, and what stands beside it. Raises `ModelError` for what cannot be read."""
    counted = heap.histogram(histogram) if histogram else None
    found = heap.dominators(dominators) if dominators else []
    made = audit(paths, release, progress)
    task = made.worst()
    if task is not None:
        found = heap.matched(found, task)
    return made, Beside(counted, tuple(found), matching.match(made))


def keep(made: Audit, beside: Beside, folder: Path) -> Path | None:
    """Write the report and the trace into a folder; return where the trace is."""
    (folder / "report.json").write_text(
        json.dumps(recorded(made, beside), indent=1, ensure_ascii=True) + "\n", encoding="utf-8"
    )
    if beside.match is None:
        return None
    path = folder / f"{beside.match.trace.claims[0]}.itf.json"
    path.write_text(itf.dumps(beside.match.trace), encoding="utf-8")
    return path
