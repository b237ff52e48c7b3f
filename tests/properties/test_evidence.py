"""What a claim reads when it is false: for every `always` claim the values that explain it, in every form."""

import re
from typing import NamedTuple

import pytest

from spillproof.counterexamples.explain.explain import explain
from spillproof.counterexamples.explain.explanation_text import tell
from spillproof.counterexamples.export import itf
from spillproof.counterexamples.export.html import html
from spillproof.counterexamples.export.markdown import markdown
from spillproof.counterexamples.export.regression import regression
from spillproof.counterexamples.trace import Trace, trace
from spillproof.model.system import Model
from spillproof.properties.catalogue import CLAIMS
from spillproof.properties.claims import Claim
from spillproof.properties.engines.evidence.gather import evidence_of
from spillproof.properties.engines.run import Run, Step, false_at
from spillproof.properties.engines.story.counterexample_text import Story, counterexample
from spillproof.properties.engines.verdict import Result, Violated
from tests.properties import violators

SIDES = dict[str, tuple[str | None, str]]
"""What is read, with its values before the step and after it."""


class Expected(NamedTuple):
    """A claim, a model that violates it, and what ought to be seen."""

    claim: str
    model: type[Model]
    compared: str
    values: str
    sides: SIDES


ASLEEP = "Request(whole=False, satisfiable=True, granted=0, holds=0, largest=0, pool_size=0, active=0)"
GREEDY = "Request(whole=True, satisfiable=False, granted=2, holds=5, largest=8, pool_size=8, active=2)"
REFUSED = "Request(whole=False, satisfiable=False, granted=0, holds=0, largest=8, pool_size=8, active=2)"

EXPECTED = [
    Expected(
        "free_is_unreachable", violators.Forgets, "reachable() <= accounted() + unclaimed()", "3 <= 1 + 0",
        {"reachable()": ("3", "3"), "accounted()": ("3", "1"), "unclaimed()": ("0", "0")},
    ),
    Expected(
        "release_frees_what_it_says", violators.Forgets, "gap(after) <= 0; gap(after) <= gap(before)",
        "2 <= 0; 2 <= 0", {"reachable()": ("3", "3"), "accounted()": ("3", "1"), "unclaimed()": ("0", "0")},
    ),
    Expected(
        "acquired_can_be_allocated", violators.Overfills, "reachable() <= capacity_of_pool() + unclaimed()",
        "3 <= 2 + 0", {"reachable()": ("0", "3"), "capacity_of_pool()": ("2", "2"), "unclaimed()": ("0", "0")},
    ),
    Expected(
        "counters_balance", violators.Miscounts, "accounted() == sum(accounts())", "4 == 3",
        {"accounted()": ("3", "4"), "accounts()": ("[3]", "[3]")},
    ),
    Expected(
        "nothing_left_at_end", violators.Ends, "accounted() + reachable() == 0", "3 + 3 == 0",
        {"has_ended()": ("False", "True"), "ended": ("False", "True"), "accounted()": ("3", "3"),
         "reachable()": ("3", "3")},
    ),
    Expected(
        "accounted_is_held", violators.Drops, "accounted() <= reachable() + unused()", "3 <= 0 + 0",
        {"accounted()": ("3", "3"), "reachable()": ("3", "0"), "unused()": ("0", "0")},
    ),
    Expected(
        "accounting_lags_as_far_as_it_says", violators.Lags, "excess <= allowed", "5 <= 2",
        {"excesses()": ("[1, 1]", "[1, 5]"), "allowances()": ("[2, 2]", "[2, 2]")},
    ),
    Expected(
        "transient_peaks_are_accounted", violators.Rebuilds,
        "reachable() <= accounted() + max(0, unclaimed() - transient())", "7 <= 3 + max(0, 4 - 4)",
        {"reachable()": ("3", "7"), "accounted()": ("3", "3"), "unclaimed()": ("0", "4"), "transient()": ("0", "4")},
    ),
    Expected(
        "no_record_lost_or_repeated", violators.Loses, "owed == readable", "1 == 0",
        {"records_owed()": ("[2, 1]", "[2, 1]"), "records_readable()": ("[2, 1]", "[2, 0]")},
    ),
    Expected(
        "disk_is_accounted", violators.Leaves, "disk_accounted() == disk_used()", "4 == 5",
        {"disk_accounted()": ("4", "4"), "disk_used()": ("4", "5")},
    ),
    Expected(
        "no_request_goes_short_of_spills", violators.Starves, "unmet() == 0; spillable() == 0", "2 == 0; 3 == 0",
        {"unmet()": ("0", "2"), "spillable()": ("3", "3")},
    ),
    Expected(
        "no_more_is_spilled_than_needed", violators.Overspills, "total - each < needed", "5 - 2 < 3",
        {"spilled()": ("[2]", "[2, 3]"), "needed()": ("3", "3")},
    ),
    Expected(
        "nobody_is_asked_in_vain", violators.Asks, "asked_in_vain()", "True",
        {"asked_in_vain()": ("False", "True"), "was_asked": ("False", "True"), "held": ("2", "0")},
    ),
    Expected(
        "a_failure_strands_no_bytes", violators.Strands,
        "after.accounted() - sum(after.accounts()) <= before.accounted() - sum(before.accounts())", "5 - 3 <= 3 - 3",
        {"has_failed()": ("False", "True"), "failed": ("False", "True"), "accounted()": ("3", "5"),
         "accounts()": ("[3]", "[3]")},
    ),
    Expected(
        "a_kill_is_no_shortage", violators.Kills, "was_killed(); is_out_of_memory()", "True; True",
        {"was_killed()": ("False", "True"), "is_out_of_memory()": ("False", "True"), "killed": ("False", "True")},
    ),
    Expected(
        "no_account_outlives_its_task", violators.Outlives, "task_is_over(); accounts_of_tasks() == 0", "True; 1 == 0",
        {"task_is_over()": ("False", "True"), "over": ("False", "True"), "accounts_of_tasks()": ("1", "1")},
    ),
    Expected(
        "nobody_waits_in_vain", violators.Sleeps, "each.satisfiable", f"True (each: {ASLEEP})",
        {"sleeping()[1].satisfiable": (None, "True")},
    ),
    Expected(
        "a_share_is_not_exceeded", violators.Exceeds, "each.granted <= 0; each.holds * each.active <= each.largest",
        f"2 <= 0; 5 * 2 <= 8 (each: {GREEDY})",
        {"shares()[0].granted": (None, "2"), "shares()[0].holds": (None, "5"), "shares()[0].active": (None, "2"),
         "shares()[0].largest": (None, "8")},
    ),
    Expected(
        "half_a_share_is_ensured", violators.Refuses, "each.whole; (each.holds + 1) * 2 * each.active > each.pool_size",
        f"False; (0 + 1) * 2 * 2 > 8 (each: {REFUSED})",
        {"shares()[0].whole": (None, "False"), "shares()[0].holds": (None, "0"), "shares()[0].pool_size": (None, "8")},
    ),
    Expected(
        "no_limit_is_exceeded", violators.Limits, "held <= allowed", "5 <= 4", {"limits()": ("[]", "[(5, 4)]")},
    ),
    Expected(
        "nobody_is_given_up_in_vain", violators.Sacrifices, "there < needed", "6 < 4",
        {"victims()": ("[]", "[(6, 4)]")},
    ),
    Expected(
        "failure_leaves_accounting_unchanged", violators.Fails,
        "sum(after.sizes_of_pools()) == sum(before.sizes_of_pools())", "7 == 8",
        {"gave_up()": ("False", "True"), "sizes_of_pools()": ("[4, 4]", "[4, 3]")},
    ),
    Expected(
        "pools_add_up", violators.Divides, "sum(sizes_of_pools()) == capacity_of_pool()", "7 == 8",
        {"sizes_of_pools()": ("[4, 4]", "[4, 3]"), "capacity_of_pool()": ("8", "8")},
    ),
    Expected(
        "nothing_stays_locked", violators.Locks, "locked_by_nobody()", "[page]",
        {"locked_by_nobody()": ("[]", "[page]"), "locked": ("False", "True")},
    ),
    Expected(
        "a_satisfiable_request_is_satisfied", violators.Satisfiable, "each.whole", f"False (each: {ASLEEP})",
        {"requests()[1].whole": (None, "False"), "requests()[1].satisfiable": (None, "True")},
    ),
    Expected(
        "no_use_after_free", violators.Frees, "page.is_freed", "True (page: page)",
        {"pages_in_use()": ("[page]", "[page]"), "page.is_freed": ("False", "True")},
    ),
    Expected(
        "no_allocation_in_spill", violators.Allocates, "allocated_in_spill()", "True",
        {"allocated_in_spill()": ("False", "True"), "acquired": ("False", "True")},
    ),
    Expected(
        "a_spill_reports_what_it_freed", violators.Misreports, "unreported() == 0", "2 == 0",
        {"unreported()": ("0", "2")},
    ),
    Expected(
        "no_file_outlives_its_task", violators.Litters, "has_ended(); files_on_disk() == 0", "True; 1 == 0",
        {"has_ended()": ("False", "True"), "ended": ("False", "True"), "files_on_disk()": ("1", "1")},
    ),
    Expected(
        "no_more_records_than_the_number", violators.Outnumbers, "each <= records_allowed()", "3 <= 2",
        {"records_in_memory()": ("[2]", "[3]"), "records_allowed()": ("2", "2")},
    ),
    Expected(
        "a_spill_for_the_number_has_the_number", violators.SpillsEarly, "each >= records_allowed()", "1 >= 2",
        {"spilled_for_the_number()": ("[]", "[1]"), "records_allowed()": ("2", "2")},
    ),
    Expected(
        "nobody_spills_for_one_that_spills_anyway", violators.SpillsAnyway, "spilled_anyway() == 0", "4 == 0",
        {"spilled_anyway()": ("0", "4")},
    ),
    Expected(
        "no_deadlock", violators.Deadlocks, "circle(waiting())", "[first, second]",
        {"waiting()": ("[(second, first)]", "[(first, second), (second, first)]"), "first.wants": ("None", "second")},
    ),
    Expected(
        "everything_can_be_given_back", violators.Hoards, "nothing_is_taken()", "False",
        {"nothing_is_taken()": ("True", "False"), "used": ("0", "2")},
    ),
    Expected(
        "whoever_waits_can_be_served", violators.Waits, "nobody_waits()", "False",
        {"nobody_waits()": ("True", "False"), "asked": ("False", "True")},
    ),
    Expected(
        "no_exception", violators.Raises, "PLACE", "KeyError: 7",
        {"self.key": (None, "7"), "self.pages": (None, "{1: 2}")},
    ),
    Expected("counters_never_negative", violators.Underflows, "used >= 0", "-1 >= 0", {"used": ("1", "-1")}),
]  # fmt: skip # a table


@pytest.fixture(params=EXPECTED, ids=lambda each: each.claim)
def expected(request: pytest.FixtureRequest) -> Expected:
    """Each claim with its model."""
    found: Expected = request.param
    return found


def claim_of(expected: Expected) -> Claim:
    """The claim itself."""
    return next(each for each in CLAIMS if each.name == expected.claim)


def traced(expected: Expected) -> tuple[Run, Trace]:
    """The one step that violates it."""
    run, claim = Run(expected.model(), (), (Step("go", ()),)), claim_of(expected)
    at = false_at(claim, run.moments)
    assert at == 1
    return run, trace(run, "it", (claim.name,), guilty=at, evidence=evidence_of(claim, run.moments, at))


def test_every_claim_has_a_model() -> None:
    """No claim that must always hold is without a model that violates it."""
    assert sorted(each.claim for each in EXPECTED) == sorted(claim.name for claim in CLAIMS)


def test_both_sides_are_read(expected: Expected) -> None:
    """What is false is said with its values, and what was read has its values before the step and after it."""
    _, taken = traced(expected)
    found = taken.evidence

    assert found is not None
    compared = "PLACE" if re.fullmatch(r"\S+violators.py:\d+, in go", found.compared) else found.compared
    assert (compared, found.values) == (expected.compared, expected.values)
    sides = {each.words: (each.before(1), each.after(1)) for each in found.readings}
    assert {words: sides.get(words) for words in expected.sides} == expected.sides


def test_the_values_are_everywhere(expected: Expected) -> None:
    """The text of a check, of an explanation, the page, Markdown, and the test tell the values; ITF keeps them."""
    run, taken = traced(expected)
    claim, found = claim_of(expected), taken.evidence
    assert found is not None
    told = {
        "check": "\n".join(counterexample(Story(run, [Result(claim, Violated(run, 0, 0), "test", 0.0)]))),
        "explain": tell(explain(taken)),
        "markdown": markdown(taken, explain(taken)),
        "html": html(taken, explain(taken)),
        "pytest": regression(taken),
    }

    for form, text in told.items():
        assert _letters(found.values) in _letters(text), form
        for each in found.read:
            assert _letters(each.after(1) or "") in _letters(text), (form, each.words)
    assert itf.loads(itf.dumps(taken)).evidence == found


def _letters(text: str) -> str:
    """A text without what a form of writing adds: marks, spaces, the ends of lines."""
    plain = text.replace("&lt;", "<").replace("&gt;", ">").replace("&#39;", "'").replace("&#34;", '"')
    return re.sub(r"[\s`\\*]|<(?=/?\w)[^>]*>", "", plain).replace('"', "'")
