"""An answer that runs: the claims are asked of it on real values, by the smallest runs and some at random."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, ClassVar
from weakref import WeakKeyDictionary, WeakSet

from spillproof.counterexamples.course.copies import Copies, roots_in
from spillproof.counterexamples.course.exercise import Judged
from spillproof.properties.claims import Mode
from spillproof.properties.live.adapter import Adapter
from spillproof.properties.live.live_text import counterexample
from spillproof.properties.live.measure import Ledger
from spillproof.properties.live.verdicts import Falsified, LiveReport, LiveResult, is_shown

EXAMPLES = 25
"""So many random runs, and some hundreds of the smallest: enough for every defect that was planted, in two seconds."""

BUDGET = 3
"""In units of the measure: three of the smallest values fit."""


class Shelf(Adapter):
    """The store of a student. Its account is what the budget is kept by."""

    kind: type[Any]
    module: ClassVar[ModuleType]
    """The student's file."""
    measured_by = Copies
    most = 2
    keys_used = ("a", "b")
    oversized = False

    def begin(self, folder: Path) -> None:
        self.store = self.kind(folder, BUDGET * Ledger.unit)
        self.reads: WeakKeyDictionary[Any, str] = WeakKeyDictionary()
        """Of each reader the key, as long as nothing else was put there: what it answers then is left to the store."""
        self.readers: WeakSet[Any] = WeakSet()
        if isinstance(self.measure, Copies):
            self.measure.roots = lambda: [self.store, *self.readers, *roots_in(self.module)]

    def put(self, key: str, value: Any) -> None:
        for reader in [each for each, read in self.reads.items() if read == key]:
            del self.reads[reader]
        self.store.put(key, value)

    def get(self, key: str) -> Any:
        return self.store.get(key)

    def delete(self, key: str) -> None:
        self.store.delete(key)

    def spill(self) -> int:
        return int(self.store.spill()) if self.store.used else 0

    def issue(self, key: str) -> Any:
        reader = self.store.reader(key)
        self.reads[reader] = key
        self.readers.add(reader)
        return reader

    def pull(self, handle: Any) -> None:
        answered = handle.read()
        if (key := self.reads.get(handle)) is not None:
            _compare(key, answered, self.store.get(key) if self.store.has(key) else None)

    def accounted(self) -> int:
        return int(self.store.used)

    def capacity_of_pool(self) -> int:
        return BUDGET * Ledger.unit


def _compare(key: str, answered: Any, there: Any) -> None:
    """Raise `AssertionError` where a reader does not answer what is there."""
    if answered is None and there is not None:
        raise AssertionError(f"the reader of {key} answers None, and there is a value")
    if answered is not None and there is None:
        raise AssertionError(f"the reader of {key} answers a value that is deleted")
    if _content(answered) != _content(there):
        raise AssertionError(f"the reader of {key} answers another value than the one that is there")


def _content(value: Any) -> Any:
    """Return what is in a value; two that were read from one file are two objects."""
    return getattr(value, "bytes", value)


@dataclass(frozen=True)
class ByRunning:
    """Judges a class that runs, on the claims that can be asked of it."""

    wants: str

    def __call__(self, answer: ModuleType) -> Judged:
        """Return what the runs have shown. They prove nothing, and the words say so."""
        from spillproof.properties.live.live_check import check_live  # as in `ByClaims`: a browser has no Hypothesis

        made = {"kind": getattr(answer, self.wants), "module": answer, "__module__": __name__}
        adapter = type(self.wants, (Shelf,), made)
        report = check_live(adapter, examples=EXAMPLES)
        broken = sorted(report.violated(), key=lambda each: len(_run(each).script))
        wrong = [*broken, *report.vacuous(), *report.unknown()]
        unasked = report.unasked()
        claims = [each for each in report.results if each.claim.mode is not Mode.SOMETIMES and each not in unasked]
        lines = [f"✗ {'violated' if each in broken else 'never'}: {each.claim.sentence}" for each in wrong]
        lines.append(f"{'–' if wrong else '✓'} {len(claims) - len(broken)} of {len(claims)} claims are not falsified")
        lines.append(f"by {report.tried}: that is no proof")
        return Judged(not wrong, tuple(lines), _hint(report, wrong) if wrong else "")


def _run(result: LiveResult) -> Falsified:
    assert isinstance(result.verdict, Falsified)
    return result.verdict


def _hint(report: LiveReport, wrong: Iterable[LiveResult]) -> str:
    first = next(iter(wrong))
    if isinstance(first.verdict, Falsified):
        same = [each.claim for each in report.violated() if _run(each).script == first.verdict.script]
        return "\n".join(counterexample(first.verdict, same))
    if not is_shown(first.verdict) and first.claim.mode is Mode.SOMETIMES:
        return f"In no run that was taken: {first.claim.sentence}\nA store that never does this has nothing to show."
    return f"{first.claim.name}: {first.verdict.sentence()}"
