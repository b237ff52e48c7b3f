"""A report as data: the one JSON object that `--json` prints, and the files that `--out` leaves behind."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from spillproof.counterexamples import files, interrupts
from spillproof.counterexamples.export import FORMATS, KEPT, Format, itf
from spillproof.counterexamples.folder import Folder
from spillproof.counterexamples.output import exported
from spillproof.counterexamples.trace import Trace, constant, trace
from spillproof.model.errors import ModelError
from spillproof.model.system import open_parameters
from spillproof.properties.claims import Mode
from spillproof.properties.engines.evidence.gather import evidence_of
from spillproof.properties.engines.recovery.obstacles import obstacles
from spillproof.properties.engines.run import Run, false_at
from spillproof.properties.engines.verdict import (
    Disputed,
    Holds,
    NotFound,
    Proved,
    Report,
    Result,
    Unknown,
    Verdict,
    Violated,
)

if TYPE_CHECKING:
    from spillproof.properties.engines.proof.certificate import Certificate

INDEX = "index.html"

Json = dict[str, Any]


class Record:
    """A report under the name of its model. Each run becomes a trace once, however many files and pages show it."""

    def __init__(self, report: Report, name: str) -> None:
        self.report = report
        self.name = name
        self._traces: dict[int, Trace] = {}
        self.to_open: Path | None = None
        """The page over all that was kept, for a person to open."""
        self.left_out: dict[str, list[str]] = {}
        """What could not be kept, by why."""

    def trace(self, result: Result) -> Trace:
        """Return the trace of a result that has a run."""
        if id(result) not in self._traces:
            self._traces[id(result)] = trace_of(result, self.name)
        return self._traces[id(result)]

    def traces(self) -> Iterator[Trace]:
        """Yield the trace of every result that has a run, in order."""
        return (self.trace(each) for each in self.report.results if run_of(each) is not None)

    def json(self) -> Json:
        """Return the report as an object that `json.dumps` takes. What the scope leaves open is null."""
        return {
            "model": self.name,
            "scope": scope(self.report),
            "results": [self._result(each) for each in self.report.results],
            "validated": _validated(self.report),
            "unasked": [
                {"claim": each.name, "reason": each.reason, "slip": each.is_slip} for each in self.report.unasked
            ],
        }

    def _result(self, result: Result) -> Json:
        run, verdict = run_of(result), result.verdict
        violated = verdict if isinstance(verdict, Violated) else None
        return {
            "claim": result.claim.name,
            "verdict": verdict.word,
            "engine": result.engine,
            "steps": None if run is None else len(run),
            "objects": None if violated is None else violated.objects,
            "bytes": None if violated is None else violated.bytes,
            "minimal": None if violated is None else bool(violated.minimal) and violated.least,
            "reason": getattr(verdict, "why", None),
            "seconds": round(result.seconds, 3),
            "trace": None if run is None else itf.to_itf(self.trace(result)),
            **_dispute(verdict),
            **_confirmation(verdict),
            **_reach(verdict),
            **_obstacles(result),
        }

    def keep(self, folder: Folder) -> None:
        """Keep what is known: a trace for each run, and the report. Raises `ModelError` where it cannot be written."""
        for each in self.traces():
            folder.add(f"{each.claims[0]}.itf.json", itf.dumps(each))
        folder.report(self.json())

    def keep_more(self, folder: Folder) -> None:
        """Keep what takes longer, pages and certificates, and name them in the report.

        An interrupt ends it, and marks the report; an interrupted report gets none. Raises `ModelError` as `keep` does.
        """
        report = self.report
        report.interrupted = report.interrupted or interrupts.came()
        if report.interrupted:
            return
        try:
            with interrupts.heard():
                for file, text in itertools.chain(self._pages(), _certificates(report)):
                    folder.add(file, text)
                self.to_open = folder.add(INDEX, self._index(folder.names))
        except KeyboardInterrupt:
            report.interrupted = True
        folder.report()

    def _pages(self) -> Iterator[tuple[str, str]]:
        for each in self.report.results:
            if isinstance(each.verdict, Violated):
                yield from self._pages_of(self.trace(each))

    def _pages_of(self, trace: Trace) -> Iterator[tuple[str, str]]:
        """Yield what a person wants of a counterexample, in every format that can show it."""
        from spillproof.counterexamples.explain.explain import explain  # needs networkx, and most checks none
        from spillproof.counterexamples.variants import repaired

        explanation = explain(trace, self.report.model, repaired(trace))
        for wanted in _kept():
            name = _page(trace.claims[0], wanted)
            try:
                text = exported(trace, wanted, explanation)
            except ModelError as error:
                self.left_out.setdefault(str(error), []).append(name)
                continue
            yield name, text

    def _index(self, names: Iterable[str]) -> str:
        from spillproof.counterexamples.export.index import index
        from spillproof.counterexamples.summary import found

        proofs = certificate_files(self.report)
        return index(found(self.report, self.name, self.trace, files=names, proofs=proofs, left_out=self.left_out))


def _validated(report: Report) -> Json | None:
    """Return how much of what the verdicts rest on was compared with the model on integers, at least once."""
    found = report.validated
    if found is None:
        return None
    return {"edges": found.edges, "of_edges": found.of_edges, "ways": found.ways, "of_ways": found.of_ways}


def scope(report: Report) -> Json:
    """Return the scope: constants by name, an enum as the name of its member, a set as a sorted list."""
    model = report.model
    fixed = {key: constant(value) for key, value in model.scope.items()}
    left_open = {each.name: None for each in open_parameters(model)}
    return {
        key: list(value) if isinstance(value, tuple) else value for key, value in sorted({**fixed, **left_open}.items())
    }


def traces(report: Report, name: str) -> Iterator[Trace]:
    """Yield the trace of every result that has a run, in order."""
    return Record(report, name).traces()


def run_of(result: Result) -> Run | None:
    """Return the run that violates a claim, or shows it."""
    match result.verdict:
        case Violated(run=run) | Proved(certificate=Run() as run):
            return run
        case _:
            return None


def trace_of(result: Result, name: str) -> Trace:
    """Return the trace of a result that has a run."""
    run = run_of(result)
    assert run is not None
    guilty = false_at(result.claim, run.moments)
    return trace(
        run,
        name,
        (result.claim.name,),
        violation=isinstance(result.verdict, Violated),
        guilty=guilty,
        evidence=evidence_of(result.claim, run.moments, guilty),
    )


def _reach(verdict: Verdict) -> Json:
    """Return how far a verdict goes and what it rests on, where that is not what the scope alone says."""
    match verdict:
        case Proved(covers=covers, provided=provided) if provided:
            return {"covers": covers, "provided": provided}
        case Holds(bounds=bounds):
            return {"bounds": bounds}
        case NotFound(tried=tried):
            return {"tried": tried}
        case Unknown(depth=depth) if depth >= 0:
            return {"depth": depth}
        case Violated(within=within) if within:
            return {"within": within}
        case _:
            return {}


def _obstacles(result: Result) -> Json:
    """Return the guards that are in the way of a run back; nothing but for a run that is trapped."""
    if not isinstance(result.verdict, Violated) or result.claim.mode is not Mode.RECOVERABLE:
        return {}
    found = obstacles(result.claim, result.verdict.run.moments[-1])
    return {
        "obstacles": [
            {"step": each.step, "guard": each.guard, "place": each.place, "steps_back": each.steps} for each in found
        ]
    }


def _confirmation(verdict: Verdict) -> Json:
    """Return who confirmed a proof, where another solver than Z3 was asked; nothing for any other verdict."""
    if not isinstance(verdict, Proved) or (verdict.confirmed_by == ("Z3",) and not verdict.remark):
        return {}
    return {"confirmed_by": list(verdict.confirmed_by)} | ({"remark": verdict.remark} if verdict.remark else {})


def _dispute(verdict: Verdict) -> Json:
    """Return both sides of a verdict that is withdrawn; nothing for any other."""
    if not isinstance(verdict, Disputed):
        return {}
    withdrawn = verdict.withdrawn
    return {
        "disputed": {
            "withdrawn": withdrawn.word,
            "sentence": withdrawn.sentence(),
            "against": verdict.why,
            "run": list(verdict.run),
        }
    }


def _kept() -> list[Format]:
    return [FORMATS[name] for name in KEPT if name in FORMATS]


def _page(claim: str, wanted: Format) -> str:
    return f"{'test_' if wanted.name == 'pytest' else ''}{claim}{wanted.suffix}"


def folder(path: Path, claims: Iterable[str] = (), *, force: bool) -> Path:
    """Return a folder to keep files in, made if need be.

    Raises `ModelError` where there are others already that might be overwritten, once it is known which of the `claims`
    are violated.
    """
    path.mkdir(parents=True, exist_ok=True)
    files.sweep(path)
    patterns = ("report.json", INDEX, "*.itf.json", "proof*.smt2")
    pages = [path / _page(claim, wanted) for claim in claims for wanted in _kept()]
    there = [*(file for pattern in patterns for file in path.glob(pattern)), *(page for page in pages if page.exists())]
    kept = sorted(file.name for file in there)
    if kept and not force:
        others = f" and {len(kept) - 1} more" if len(kept) > 1 else ""
        message = f"--out {path}: it already keeps {kept[0]}{others}; name another folder, or say --force to overwrite"
        raise ModelError(message)
    return path


def _certificates(report: Report) -> Iterator[tuple[str, str]]:
    """Yield each certificate as a script."""
    names = certificate_files(report)
    for certificate in {id(each): each for each in map(_certificate, report.results) if each is not None}.values():
        if certificate.automaton is not None:
            yield names[id(certificate)], certificate.smtlib(certificate.automaton)


def certificate_files(report: Report) -> dict[int, str]:
    """Return the name of the file of each certificate, by its identity; one alone is `proof.smt2`."""
    found = dict.fromkeys(id(each) for each in map(_certificate, report.results) if each is not None)
    return {each: f"proof{number if len(found) > 1 else ''}.smt2" for number, each in enumerate(found, 1)}


def _certificate(result: Result) -> Certificate | None:
    match result.verdict:
        case Proved(certificate=certificate) if not isinstance(certificate, Run):
            return certificate
        case _:
            return None
