"""What a check found out, in a line for each claim that does not hold: what CI shows before anybody opens the log."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from spillproof.model.system import Model
from spillproof.properties.engines.run import false_at
from spillproof.properties.engines.story.phrases import steps
from spillproof.properties.engines.verdict import Holds, Never, Proved, Report, Result, Violated
from spillproof.properties.unasked import Unasked


@dataclass(frozen=True)
class News:
    """A claim that does not hold, or was not asked."""

    claim: str
    words: str
    """What is known of it, in one line: `violated in 3 steps, at step 3: evict()`."""
    file: str = ""
    """Where to look: the file of the guilty action, or of the model. Empty where there is none."""
    line: int = 0

    def __str__(self) -> str:
        return f"{self.claim} {self.words}"


@dataclass(frozen=True)
class Failure:
    """What the error of a failed test has in its attribute `spillproof`."""

    news: tuple[News, ...]
    report: Report | None = None


def news(report: Report) -> list[News]:
    """Return what is new of a report, violations first; nothing where every claim holds."""
    model = type(report.model)
    found = [_news(result, words, model) for result in report.results if (words := _words(result))]
    found.sort(key=lambda each: not each.words.startswith("violated"))
    return found + [News(each.name, f"not asked: {_line(each)}", *where(model)) for each in report.slips()]


def in_a_line(found: Iterable[News]) -> str:
    """Return the first news, and the names of the others."""
    first, *others = [*found]
    more = f"; and {len(others)} more: {', '.join(each.claim for each in others)}" if others else ""
    return f"{first}{more}"


def failed(report: Report) -> AssertionError:
    """Return the error of a report that does not hold: the news in its first line, then all that there is to tell."""
    found = news(report)
    first = in_a_line(found) if found else "interrupted" if report.interrupted else "nothing was asked"
    error = AssertionError(f"{first}\n\n{report}")
    vars(error)["spillproof"] = Failure(tuple(found), report)
    return error


def where(code: type | Callable[..., object]) -> tuple[str, int]:
    """Return the file and the line of a class or a function; an empty name where there is none."""
    try:
        return inspect.getsourcefile(code) or "", inspect.getsourcelines(code)[1]
    except (OSError, TypeError):  # written where no file is
        return "", 0


def _news(result: Result, words: str, model: type[Model]) -> News:
    guilty = _guilty(result)
    if guilty is None:
        return News(result.claim.name, words, *where(model))
    step, action, spelled = guilty
    return News(result.claim.name, f"{words}, at step {step}: {spelled}", *where(getattr(model, action)))


def _guilty(result: Result) -> tuple[int, str, str] | None:
    """Return the step after which a claim is false: its number, its action, and how it is written."""
    if not isinstance(result.verdict, Violated):
        return None
    moments = result.verdict.run.moments
    at = false_at(result.claim, moments)
    if at is None:
        return None
    step = moments[at].step
    return at, "begin" if step is None else step.action, moments[at].spelled


def _words(result: Result) -> str:
    match result.verdict:
        case Violated(run=run):
            return f"violated in {steps(len(run))}"
        case Never():
            return f"never seen, so that {result.claim.beside or 'it'} says nothing"
        case Proved() | Holds():
            return ""
        case verdict:
            return _flat(verdict.sentence())


def _line(unasked: Unasked) -> str:
    return _flat(unasked.reason)


def _flat(text: str) -> str:
    return " ".join(text.split())
