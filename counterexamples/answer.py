"""From a question to its answer: the model is checked, and the report is printed and kept."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from spillproof.counterexamples import interrupts, screen, supervisor
from spillproof.properties import github

if TYPE_CHECKING:
    from spillproof.counterexamples.question import Question, Selection
    from spillproof.model.system import Model
    from spillproof.properties.engines.verdict import Report


def checked(model: Model, wanted: Selection, deadline: float | None, **options: Any) -> Report:
    """Check, until a deadline of `time.monotonic` that what is imported here counts towards."""
    from spillproof.counterexamples.question import placed
    from spillproof.properties.engines.check import check as portfolio

    left = None if deadline is None else max(0.001, deadline - time.monotonic())
    with screen.Progress() as progress, placed(model):
        report = portfolio(model, wanted.claims, time_limit=left, progress=progress, **options)
        interrupts.hold()
        supervisor.limit(None)
        return wanted.of(report)


def keep(report: Report, asked: Question, seconds: float | None, path: Path) -> None:
    """Keep and print a report, and only then keep what takes longer: nothing that is known waits for it."""
    from spillproof.counterexamples import record
    from spillproof.counterexamples.folder import Folder

    kept, folder = record.Record(report, asked.title()), Folder(path)
    try:
        kept.keep(folder)
    finally:
        show(report, asked, seconds)
    kept.keep_more(folder)
    for why, names in kept.left_out.items():
        screen.complain(f"--out {path} is without {', '.join(names)}: {why}")
    if kept.to_open and seconds is not None:
        screen.show(f"\nTo look at it, open {kept.to_open}")
    if report.interrupted:
        screen.complain(f"interrupted: --out {path} has the report and the traces, and not all pages and certificates")


def show(report: Report, asked: Question, seconds: float | None) -> None:
    """Print a report for a person, or without `seconds` as JSON."""
    if seconds is None:
        from spillproof.counterexamples import record

        screen.show(json.dumps(record.Record(report, asked.title()).json(), ensure_ascii=False))
    else:
        from spillproof.properties.engines.story.report_text import tell

        screen.show(tell(report, asked.title(), asked.python(), seconds))
    if github.is_there():
        annotate(report)


def annotate(report: Report) -> None:
    """Say on stderr, as GitHub reads it, which claims do not hold, and at which lines of the model."""
    from spillproof.properties.engines.story.news import news

    for each in news(report):
        screen.annotate(github.annotation(each.claim, str(each), each.file, each.line))
