"""The claims as pytest tests of one's own: `test_memory = claims_of(MyManager)`, and there is a test for each claim.

The random runs are taken once, when the first of the tests runs, and each test tells of its own claim.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from spillproof.model.errors import ModelError
from spillproof.properties.engines.story.news import Failure, News, in_a_line, where
from spillproof.properties.engines.verdict import Unknown, Verdict
from spillproof.properties.live.adapter import Adapter
from spillproof.properties.live.claims import asked_of
from spillproof.properties.live.live_text import tell
from spillproof.properties.live.offers import seen_of
from spillproof.properties.live.search import STEPS, check_live
from spillproof.properties.live.verdicts import Falsified, LiveReport

Report = Callable[[frozenset[str]], LiveReport]


def claims_of(adapter: type[Adapter], *, examples: int | None = None, steps: int = STEPS) -> Callable[..., None]:
    """Return a test for each claim that can be asked of a running manager, to be assigned to a `test_…` name.

    The Hypothesis profile in force says how many random runs are taken, and whether they are the same each time, unless
    `examples` says how many.
    """
    always, sometimes = asked_of(seen_of(adapter))
    claims = {claim.name: claim for claim in (*always, *sometimes)}
    known: dict[frozenset[str], LiveReport] = {}

    def report_on(names: frozenset[str]) -> LiveReport:
        if names not in known:
            asked = [claim for name, claim in claims.items() if name in names]
            known[names] = check_live(adapter, asked, examples=examples, steps=steps, seed=None)
        return known[names]

    def test(claim: str, request: pytest.FixtureRequest) -> None:
        report, wrong = _or_wrong(lambda: report_on(_selected(request) or frozenset([claim])))
        if report is None:
            pytest.fail(wrong, pytrace=False)
        of_claim = LiveReport(
            adapter,
            [result for result in report.results if result.claim.name == claim],
            report.small,
            report.runs,
            report.steps,
            report.seconds,
            report.versions,
            report.parted,
        )
        verdict = of_claim.of(claim)
        if isinstance(verdict, Falsified):
            request.config.hook.pytest_spillproof_violation(
                config=request.config, adapter=adapter, claim=claims[claim], verdict=verdict
            )
        if of_claim.violated() or of_claim.vacuous() or of_claim.unknown():
            raise _failed(of_claim)

    test.__doc__ = f"What is claimed of {adapter.__name__} is not falsified."
    return pytest.mark.spillproof(pytest.mark.parametrize("claim", list(claims))(test))


def _failed(report: LiveReport) -> BaseException:
    """Return the failure of a claim: the news in its first line, then all that there is to tell."""
    found = tuple(News(each.claim.name, _news(each.verdict), *where(report.adapter)) for each in report.results)
    failure = pytest.fail.Exception(f"{in_a_line(found)}\n\n{tell(report)}", pytrace=False)
    vars(failure)["spillproof"] = Failure(found)
    return failure


def _news(verdict: Verdict) -> str:
    if isinstance(verdict, Falsified):
        number = len(verdict.script)
        return f"violated in {number} step{'' if number == 1 else 's'}, at step {number}: {verdict.steps[-1].spelled}"
    return "unknown: it did not repeat" if isinstance(verdict, Unknown) else "never seen"


def _or_wrong(check: Callable[[], LiveReport]) -> tuple[LiveReport | None, str]:
    """Return a report, or what is wrong with the adapter; outside of the handler, so that it is told once."""
    try:
        return check(), ""
    except ModelError as error:
        return None, str(error)


def _selected(request: pytest.FixtureRequest) -> frozenset[str]:
    """Return the claims whose tests are to run, so that no other is shortened."""
    function: Any = getattr(request.node, "obj", None)
    same = [item for item in request.session.items if getattr(item, "obj", None) is function]
    return frozenset(str(item.callspec.params["claim"]) for item in same if isinstance(item, pytest.Function))
