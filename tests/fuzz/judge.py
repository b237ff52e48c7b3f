"""What becomes of a generated model: the verdicts of `check`, and whether a thorough explorer contradicts them."""

from __future__ import annotations

import gc
import itertools
import linecache
import re
import signal
import sys
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from types import FrameType, ModuleType
from typing import Any

from spillproof.model.errors import ModelError
from spillproof.model.system import Model
from spillproof.properties.catalogue import NEVER_NEGATIVE
from spillproof.properties.claims import Mode
from spillproof.properties.engines.challenge.challenge import Challenge
from spillproof.properties.engines.challenge.scratch import Allowance
from spillproof.properties.engines.challenge.words import is_negative, spell
from spillproof.properties.engines.check import check
from spillproof.properties.engines.run import Run, replay
from spillproof.properties.engines.simulate import simulate
from spillproof.properties.engines.verdict import Disputed, Never, Refused, Report, Result, Unknown, Violated

LARGEST, DEPTH, WORK = 3, 5, 6_000
"""The explorer of a judgement looks at sizes up to this, at runs up to this long, and ends after so much work."""

RUNS, STEPS = 6, 10
"""Random runs of each model, and steps of each, that no verdict may contradict."""

TIME_LIMIT = 1.0
"""Seconds for the check of one model."""


@dataclass
class Judgement:
    """What was seen of one model."""

    name: str
    verdicts: dict[str, int] = field(default_factory=dict)
    """How many there were of each word."""
    disagreements: list[str] = field(default_factory=list)
    internal: str = ""
    """The traceback of an error that is none of a model's."""
    refused: str = ""
    late: float = 0.0
    """Seconds, if the check took more than its limit, 1 s and 5 %."""
    seconds: float = 0.0
    """Of processor time."""

    def is_bad(self) -> bool:
        """Whether the model is a finding."""
        return bool(self.disagreements or self.internal or self.late or self.refused)

    def kind(self) -> str:
        """What went wrong, without the particulars: the same for findings that have one cause, often."""
        if self.internal:
            return "internal error: " + self.internal.strip().splitlines()[-1][:100]
        if self.disagreements:
            return "disagreement: " + ", ".join(sorted({each.split(":")[0] for each in self.disagreements}))
        if self.refused:
            return "refused: " + shape(self.refused)
        return "late" if self.late else ""

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def shape(message: str) -> str:
    """A refusal without the names and numbers in it."""
    text = re.sub(r"<[^>]*>:\d+, in \w+", "LINE", message)
    text = re.sub(r"\b(M|Base|Page|Block)(\.\w+)?\b", "X", text)
    text = re.sub(r"\b(act|state)\d\b", r"\1", text)
    return re.sub(r"\d+", "N", text)[:160]


class Hung(BaseException):
    """A check does not end."""


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Raise `Hung` in the block when so much time has passed."""

    def ring(_signal: int, _frame: FrameType | None) -> None:
        raise Hung

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def module_of(source: str, name: str) -> ModuleType:
    """The module that a source makes. Its lines can be found as those of a file can."""
    filename = f"/generated/{name}.py"
    linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
    module = ModuleType(name)
    module.__file__ = filename
    sys.modules[name] = module
    exec(compile(source, filename, "exec"), vars(module))  # noqa: S102 - our own text
    return module


def judged(source: str, name: str, time_limit: float = TIME_LIMIT, work: int = WORK) -> Judgement:
    """What becomes of the model `M` of a source."""
    judgement = Judgement(name)
    began = time.process_time()
    try:
        with at_most(5 * time_limit + 20):
            _judge(module_of(source, name).M(), judgement, time_limit, work)
    except Hung:
        judgement.late = 5 * time_limit + 20
    except ModelError as error:
        judgement.refused = str(error)
    except Exception:  # noqa: BLE001 - whatever it is, it is a finding
        judgement.internal = traceback.format_exc(limit=-6)
    finally:
        sys.modules.pop(name, None)
        _forget()
    judgement.seconds = time.process_time() - began
    return judgement


_judged = itertools.count(1)


def _forget() -> None:
    """Now and then, forget the classes of the models before: engines look at all that there are."""
    if next(_judged) % 16 == 0:
        gc.collect()


def _judge(model: Model, judgement: Judgement, time_limit: float, work: int) -> None:
    began = time.process_time(), time.monotonic()
    report = check(model, time_limit=time_limit)
    took = min(time.process_time() - began[0], time.monotonic() - began[1])  # others may run, too
    if took > time_limit * 1.05 + 1:
        judgement.late = took
    for result in report.results:
        word = type(result.verdict).__name__
        judgement.verdicts[word] = judgement.verdicts.get(word, 0) + 1
        why = getattr(result.verdict, "why", "")
        if isinstance(result.verdict, Refused):
            judgement.refused = why
        elif any(words in why for words in ("this is a defect of spillproof", "was rejected", "was not confirmed")):
            judgement.internal += f"{result.claim.name}: {why}\n"
    judgement.disagreements += disputes(report)
    if not judgement.disagreements:
        Challenge(report, Allowance(work), LARGEST).run(deepest=DEPTH)
        judgement.disagreements += disputes(report)
        judgement.disagreements += met_at_random(report)


def disputes(report: Report) -> list[str]:
    """Each verdict that is withdrawn, in a line."""
    return [
        f"{type(result.verdict.withdrawn).__name__}: {result.claim.name}: {result.verdict.sentence()} "
        f"[{'; '.join(result.verdict.run)}]"
        for result in report.results
        if isinstance(result.verdict, Disputed)
    ]


def met_at_random(report: Report) -> list[str]:
    """Each random run of another engine that a verdict says cannot be, in a line."""
    claims = [each.claim for each in report.results if not each.claim.name.endswith("_is_taken")]  # asked otherwise
    found = simulate(report.model, claims, examples=RUNS, steps=STEPS).found
    return [
        f"simulate: {result.claim.name}: {result.verdict.sentence()}, and a random run of {len(run)} steps shows it"
        for result in report.results
        if (run := found.get(result.claim.name)) is not None and not may_be(result, run)
    ]


def may_be(result: Result, run: Run) -> bool:
    """Whether a verdict lets a run be that shows the claim, or that it is false."""
    verdict = result.verdict
    if isinstance(verdict, Refused):
        return True  # which is a finding by itself
    if result.claim is not NEVER_NEGATIVE and any(is_negative(spell(each.state, None)) for each in replay(run)):
        return True  # no engine goes on from there
    if isinstance(verdict, Violated):
        return not verdict.minimal or bool(verdict.within) or len(verdict.run) <= len(run)
    if isinstance(verdict, Unknown):
        return verdict.depth < len(run)
    return result.claim.mode is Mode.SOMETIMES and not isinstance(verdict, Never)
