"""The claims as pytest tests of one's own: `test_memory = claims_of(MyManager)`, and there is a test for each claim.

The random runs are taken once, when the first of the tests runs, and each test tells of its own claim.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, core, settings

from spillproof.model.errors import ModelError
from spillproof.properties.claims import Claim
from spillproof.properties.engines.story.news import Failure, News, in_a_line, where
from spillproof.properties.engines.verdict import Unknown, Verdict
from spillproof.properties.live.adapter import Adapter
from spillproof.properties.live.asked import unasked
from spillproof.properties.live.claims import asked_of
from spillproof.properties.live.findings import report_on
from spillproof.properties.live.kept_runs import keep, kept, script_of
from spillproof.properties.live.live_text import tell
from spillproof.properties.live.offers import seen_of
from spillproof.properties.live.search import STEPS, Search, measuring, searched
from spillproof.properties.live.verdicts import DECLARED, Falsified, LiveReport, NotAsked
from spillproof.properties.live.workers import folder_of, shared


class InnerTest:
    """What Hypothesis's pytest plugin looks for in a test that it cares for."""

    def __init__(self, test: Callable[..., None]) -> None:
        self.inner_test = test


def claims_of(adapter: type[Adapter], *, examples: int | None = None, steps: int = STEPS) -> Callable[..., None]:
    """Return a test for each claim that can be asked of a running manager, to be assigned to a `test_…` name.

    Within a class of tests it is a function that takes no `self`: `test_cache = staticmethod(claims_of(CacheAdapter))`.
    The Hypothesis profile in force says how many random runs are taken, unless `examples` says how many; the seed is
    always the same. What is returned may be decorated as any test of Hypothesis: `settings(max_examples=500)`,
    `seed(7)`, and `example("put(a, 1024)", "spill()")` for a run that is to be taken in any case. `--hypothesis-seed`
    takes the place of the seed, `--hypothesis-show-statistics` works, and a run that broke a claim is kept in
    Hypothesis's database, and taken first the next time. Raises `ModelError` for an example that is no run.
    """
    always, sometimes = asked_of(seen_of(adapter))
    claims = {claim.name: claim for claim in (*always, *sometimes)}
    without = [claim.name for claim in unasked(adapter)]
    known: dict[frozenset[str], Search] = {}

    def search_for(names: frozenset[str], folder: Path | None) -> Search:
        if names not in known:
            asked = [claim for name, claim in claims.items() if name in names]
            known[names] = _search(adapter, asked, test, examples, steps, folder)
        return known[names]

    def report_of(claim: str, request: pytest.FixtureRequest) -> LiveReport:
        names = _selected(request) or frozenset([claim])
        with measuring(adapter):
            return report_on(search_for(names, folder_of(request)), [claims[claim]])

    def test(claim: str, request: pytest.FixtureRequest) -> None:
        if claim in without:
            pytest.skip(DECLARED.sentence())
        report, wrong = _or_wrong(lambda: report_of(claim, request))
        if report is None:
            pytest.fail(wrong, pytrace=False)
        verdict = report.of(claim)
        if isinstance(verdict, Falsified):
            request.config.hook.pytest_spillproof_violation(
                config=request.config, adapter=adapter, claim=claims[claim], verdict=verdict
            )
        if report.violated() or report.vacuous() or report.unknown():
            raise _failed(report)
        if isinstance(verdict, NotAsked):
            pytest.skip(verdict.sentence())

    test.__doc__ = f"What is claimed of {adapter.__name__} is not falsified."
    vars(test).update(is_hypothesis_test=True, hypothesis=InnerTest(test))
    return pytest.mark.spillproof(pytest.mark.parametrize("claim", [*claims, *without])(test))


def _search(  # noqa: PLR0917 - all that a search depends on
    adapter: type[Adapter], claims: list[Claim], test: Any, examples: int | None, steps: int, folder: Path | None
) -> Search:
    """Take the runs, as the decorators of the test say, and its options; those that broke a claim before come first.

    With a folder, other workers have the same tests, and one of them takes the runs for all.
    """
    profile: settings = getattr(test, "_hypothesis_internal_use_settings", settings())
    if examples is not None and not hasattr(test, "_hypothesis_internal_settings_applied"):
        profile = settings(profile, max_examples=examples)
    seed = getattr(test, "_hypothesis_internal_use_seed", 0)
    if core.global_force_seed is not None:
        seed = core.global_force_seed
    examples_given = [each.args for each in getattr(test, "hypothesis_explicit_examples", ())]

    def take() -> Search:
        given = [script_of(adapter, each) for each in examples_given]
        given += kept(adapter, profile) if Phase.reuse in profile.phases else []
        search = searched(adapter, claims, profile, steps=steps, seed=seed, given=given)
        keep(search, claims, profile)
        return search

    if folder is None:
        return take()
    asked = repr((sorted(claim.name for claim in claims), profile, seed, steps, examples_given))
    return shared(folder, adapter, claims, asked, take)


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
