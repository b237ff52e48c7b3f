"""The table says what was replied: who is the same shares a row, and what is not known is not said."""

import json
from dataclasses import replace
from typing import Any

import pytest

from spillproof.counterexamples.survey.case import Case
from spillproof.counterexamples.survey.job import Job, Reply
from spillproof.counterexamples.survey.table import Answers, answers, exit_status
from spillproof.counterexamples.survey.table_text import as_json, chosen, html, markdown, summary
from spillproof.model.errors import ModelError


def verdict(claim: str, word: str, steps: int | None = None, *, shortest: bool = True) -> dict[str, Any]:
    """A result as a process says it."""
    return {"claim": claim, "verdict": word, "steps": steps, "shortest": shortest, "reason": ""}


def reply(*results: dict[str, Any], status: int = 0, unasked: tuple[str, ...] = ()) -> Reply:
    """A reply with these results."""
    said = {"scope": "consumers=2", "status": status, "results": list(results), "unasked": list(unasked)}
    return Reply(said, seconds=1.25)


ALL_HOLD = reply(verdict("a", "proved"), verdict("b", "proved"))
BROKEN = reply(verdict("a", "violated", 3), verdict("b", "violated", 5, shortest=False), status=1)
OPEN = reply(verdict("a", "unknown"), verdict("b", "refused"), status=3, unasked=("c",))
ERROR = Reply(error="no model is called 'x'")


def rows(*pairs: tuple[Case, Reply | None]) -> list[Answers]:
    """The rows for cases with their replies."""
    jobs = {case: Job("", str(number), "") for number, (case, _) in enumerate(pairs)}
    return answers(jobs, {jobs[case]: given for case, given in pairs if given is not None})


def cells(row: Answers) -> tuple[str, ...]:
    """The cells of a row in Markdown."""
    (line,) = [each for each in markdown([row], 1).splitlines() if each.startswith("| ") and "| proved |" not in each]
    return tuple(line.strip("| ").split(" | "))


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (ALL_HOLD, ("velox", "consumers=2", "–", "–", "2")),
        (BROKEN, ("velox", "consumers=2", "a 3, b 5 known", "–", "0")),
        (OPEN, ("velox", "consumers=2", "–", "a (unknown), b (refused), c (not asked)", "0")),
        (ERROR, ("velox", "–", "–", "no model is called 'x'", "–")),
        (None, ("velox", "–", "–", "not asked yet", "–")),
        (reply(verdict("w", "violated"), status=1), ("velox", "consumers=2", "w (never)", "–", "0")),
    ],
)
def test_a_row_says_what_was_replied(given: Reply | None, expected: tuple[str, ...]) -> None:
    """Violations with their steps, what was not found out with the verdict, and how many hold."""
    assert cells(*rows((Case("velox"), given))) == expected


def test_what_holds_within_bounds_is_not_said_to_be_proved() -> None:
    """It has a column of its own, which is there when it is needed."""
    (bounded,) = rows((Case("velox"), reply(verdict("a", "holds"), verdict("b", "proved"))))

    assert cells(bounded) == ("velox", "consumers=2", "–", "–", "1", "1")
    assert "| proved | within bounds |" in markdown([bounded], 1)
    assert "| within bounds |" not in markdown(rows((Case("velox"), ALL_HOLD)), 1)


def test_releases_of_which_the_same_is_said_share_a_row() -> None:
    """They are drawn together where they follow each other; another family, scope or verdict is another row."""
    found = rows(
        (Case("spark@2.3.3"), BROKEN),
        (Case("spark@2.3.4"), BROKEN),
        (Case("spark@2.4.0"), ALL_HOLD),
        (Case("spark@2.4.1"), BROKEN),
        (Case("spark@2.4.0+repaired"), BROKEN),
        (Case("spark:sorting@2.3.4"), BROKEN),
    )

    assert [each.called for each in found] == [
        "spark@2.3.3 … 2.3.4, 2.4.1",
        "spark@2.4.0",
        "spark@2.4.0+repaired",
        "spark:sorting@2.3.4",
    ]


def test_seeds_are_told_with_their_model() -> None:
    """Seeds share a row where the same was found, and never lend it to another model."""
    found = rows(
        *[
            (Case(model, engine="simulate", seed=seed), BROKEN if (model, seed) != ("velox", 3) else ALL_HOLD)
            for model in ("duckdb", "velox")
            for seed in range(4)
        ]
    )

    assert [(each.called, each.seeds) for each in found] == [
        ("duckdb", (0, 1, 2, 3)),
        ("velox", (0, 1, 2)),
        ("velox", (3,)),
    ]
    assert "| velox | consumers=2 | engine simulate, seeds 0–2 | a 3," in markdown(found, 8)


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ([ALL_HOLD], 0),
        ([ALL_HOLD, BROKEN, OPEN, ERROR], 1),
        ([ALL_HOLD, OPEN], 3),
        ([ALL_HOLD, ERROR], 3),
        ([ALL_HOLD, None], 3),
        ([ERROR, ERROR], 2),
        ([BROKEN, replace(ERROR, defect=True)], 70),
        ([BROKEN, reply(verdict("a", "disputed"), status=70)], 70),
    ],
)
def test_the_status_is_that_of_the_worst(given: list[Reply | None], status: int) -> None:
    """An error of one question is not one of all; whatever is not known is never 0."""
    models = [Case(f"model{number}") for number in range(len(given))]

    assert exit_status(rows(*zip(models, given, strict=True))) == status


def test_the_summary_counts() -> None:
    """Each question is in one of four groups."""
    found = rows(*[(Case(f"m{n}"), each) for n, each in enumerate([ALL_HOLD, BROKEN, BROKEN, OPEN, ERROR, None])])

    assert summary(found, 6) == (
        "6 questions: 2 with a violation, 1 in which all holds, 1 with something not found out, 2 without an answer"
    )
    assert summary(found, 4).startswith("6 questions (4 that differ): ")


def test_times_are_told_only_if_wanted() -> None:
    """Without times, what took longer is the same text; a job that several share counts once."""
    fast = rows((Case("velox"), BROKEN))
    slow = rows((Case("velox"), replace(BROKEN, seconds=99.0)))
    for write in (markdown, html, as_json):
        assert write(fast, 1) == write(slow, 1)
        assert write(fast, 1, times=True) != write(slow, 1, times=True)
    shared = Job("", "", "")
    both = answers({Case("spark@2.3.3"): shared, Case("spark@2.3.4"): shared}, {shared: BROKEN})

    assert both[0].seconds == 1.25


def test_names_are_never_code() -> None:
    """A name that would like to be Markdown or HTML is text."""
    found = rows((Case("<b>|*x*"), ERROR))

    assert "| \\<b\\>\\|\\*x\\* |" in markdown(found, 1)
    assert "<td>&lt;b&gt;|*x*</td>" in html(found, 1)


def test_json_has_every_verdict() -> None:
    """What the process said of each claim is there, besides what the row is about."""
    (row,) = json.loads(as_json(rows((Case("velox", seed=2), BROKEN)), 1))["rows"]

    assert (row["models"], row["seeds"], row["status"], row["error"]) == (["velox"], [2], 1, "")
    assert row["results"][1] == verdict("b", "violated", 5, shortest=False)


def test_a_suffix_says_the_format(tmp_path: Any) -> None:
    """An unknown suffix is refused, with those that are known, unless the format is said."""
    assert chosen(None, tmp_path / "a.MD") is markdown
    assert chosen(None, tmp_path / "a.html") is html
    assert chosen("json", tmp_path / "a.md") is as_json
    with pytest.raises(ModelError, match=r"a\.csv: its suffix says no format; the suffixes are \.md \(markdown\)"):
        chosen(None, tmp_path / "a.csv")
    with pytest.raises(ModelError, match="no format of a survey is called 'csv'"):
        chosen("csv", tmp_path / "a.md")
