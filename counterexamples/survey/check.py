"""What a process does for one case of a survey: it checks the model, and says as data what came of it."""

from __future__ import annotations

from spillproof.counterexamples.question import Question, placed, select
from spillproof.counterexamples.survey.job import Json
from spillproof.model.system import Model, headline
from spillproof.properties.claims import Mode
from spillproof.properties.engines.check import check
from spillproof.properties.engines.verdict import Report, Result, Violated

CERTAIN = ("proved", "violated", "refused", "disputed")
"""Verdicts that more time does not change."""


def checked(given: Json, seconds: float | None) -> Json:
    """Return the verdicts on a case. Raises `ModelError` where what is asked cannot be done."""
    model = Question.of(given["model"]).at(given["scope"]).model()
    wanted = select(model, given["claims"], given["model"])
    asked = wanted.claims if given["claims"] or given["witnesses"] else None
    with placed(model):
        report = check(
            model,
            asked,
            engine=given["engine"],
            time_limit=seconds,
            max_steps=given["max_steps"],
            seed=given["seed"],
            witnesses=given["witnesses"],
            certify=given["certify"],
        )
    return as_json(model, wanted.of(report))


def as_json(model: Model, report: Report) -> Json:
    """Return the verdicts as an object that `json.dumps` takes, without what depends on the machine or the day."""
    results = [result_as_json(each) for each in report.results]
    return {
        "scope": headline(model).partition("  ")[2].strip(),
        "status": report.exit_status(),
        "results": results,
        "unasked": [each.name for each in report.slips()],
        "open": any(not each["certain"] for each in results),
    }


def result_as_json(result: Result) -> Json:
    """Return one verdict. `certain` says that more time would not change it."""
    verdict = result.verdict
    run = verdict.run if isinstance(verdict, Violated) else None
    certified = not isinstance(verdict, Violated) or bool(verdict.minimal)
    return {
        "claim": result.claim.name,
        "witness": result.claim.mode is Mode.SOMETIMES,
        "verdict": verdict.word,
        "steps": None if run is None else len(run),
        "shortest": None if run is None else certified,
        "reason": getattr(verdict, "why", ""),
        "certain": verdict.word in CERTAIN and certified,
    }
