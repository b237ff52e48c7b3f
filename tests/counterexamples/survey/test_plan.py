"""A plan asks each model at each release, with each scope and each seed, once; a slip in it is one line."""

from pathlib import Path

import pytest

from spillproof.counterexamples.survey import plan
from spillproof.counterexamples.survey.case import Case, jobs_of
from spillproof.counterexamples.survey.plan import cases, of_words, read
from spillproof.model.catalogue import CATALOGUE
from spillproof.model.errors import ModelError


def planned(tmp_path: Path, text: str) -> tuple[list[Case], float | None]:
    """The questions in a file of this text."""
    file = tmp_path / "plan.toml"
    file.write_text(text, encoding="utf-8")
    return read(file)


def test_each_with_each(tmp_path: Path) -> None:
    """Two models at two releases, with two scopes and three seeds, are 24 questions."""
    found, limit = planned(
        tmp_path,
        """
        time-limit = 5
        models = ["spark", "spark:sorting"]
        releases = ["2.3.4", "2.4.0"]
        scope = { consumers = [2, 3], merges = true }
        engine = "simulate"
        seeds = 3
        """,
    )

    assert limit == 5
    assert len(found) == len(set(found)) == 24
    assert found[0] == Case("spark@2.3.4", ("consumers=2", "merges=true"), engine="simulate")
    assert found[-1] == Case("spark:sorting@2.4.0", ("consumers=3", "merges=true"), engine="simulate", seed=2)


def test_a_set_has_what_it_does_not_say_from_the_top(tmp_path: Path) -> None:
    """What stands before the sets is of each, unless it says something else."""
    found, _ = planned(
        tmp_path,
        """
        max-steps = 7
        [[ask]]
        models = ["velox"]
        [[ask]]
        models = ["duckdb", "pool.py:Pool"]
        max-steps = 3
        claims = ["free_is_unreachable"]
        """,
    )

    only = ("free_is_unreachable",)
    assert found == [
        Case("velox", max_steps=7),
        Case("duckdb", claims=only, max_steps=3),
        Case("pool.py:Pool", claims=only, max_steps=3, folder=str(tmp_path)),
    ]
    assert found[-1].place() == f"{tmp_path}/pool.py:Pool"


def test_a_pattern_is_all_that_it_fits() -> None:
    """`spark@2.3.*` are the releases 2.3.0 to 2.3.4, with nothing put in, and each is asked once."""
    found = cases([{"models": ["spark@2.3.?", "spark@2.3.[01]"]}])

    assert [each.model for each in found] == [f"spark@2.3.{number}" for number in range(5)]


def test_fixes_are_in_the_title() -> None:
    """A release comes before the fixes that are put in or taken out."""
    found = cases([{"models": ["spark with SPARK-22713"], "releases": ["2.3.4"]}])

    assert [each.model for each in found] == ["spark@2.3.4 with SPARK-22713"]


def test_releases_that_are_one_model_are_asked_once() -> None:
    """The catalogue has thousands of names, and a tenth of that of models; seeds and claims still are apart."""
    jobs = jobs_of(cases([{"models": ["*"]}]))

    assert len(jobs) == len(CATALOGUE) > 2000
    assert 200 < len(set(jobs.values())) < 300
    assert len(set(jobs_of(cases([{"models": ["spark@2.3.[34]"], "seeds": 2}])).values())) == 2
    assert len(set(jobs_of(cases([{"models": ["velox"], "claims": [name]} for name in "ab"])).values())) == 2


def test_what_is_not_there_is_a_question_of_its_own() -> None:
    """A model that is not there is asked for all the same: whoever is asked says so."""
    jobs = jobs_of([Case("nope@1"), Case("nope@2"), Case("spark@2.3.4", ("places=3",))])

    assert len(set(jobs.values())) == 3


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("models = [", "is not TOML: "),
        ("", "models is missing: it must be a list of names"),
        ("models = []", "models is missing: it must be a list of names"),
        ("models = 'velox'", 'models must be a list of names, such as ["spark@*", "pool.py:Pool"], not \'velox\''),
        ("models = ['velox']\nclaim = 'x'", "no setting is called 'claim'; did you mean claims?"),
        ("models = ['velox']\nseeds = 0", "seeds must be how many, or a list of whole numbers, none below 0, not 0"),
        ("models = ['velox']\nseeds = [-1]", "seeds must be how many, or a list of whole numbers"),
        ("models = ['velox']\nseeds = true", "seeds must be how many, or a list of whole numbers"),
        (
            "models = ['velox']\nengine = 'tlc'",
            "engine must be one of bounded, explore, network, prove, simulate, not 'tlc'",
        ),
        ("models = ['velox']\nmax-steps = 0", "max-steps must be a whole number of at least 1, not 0"),
        ("models = ['velox']\nscope = 3", "scope must be a table of values"),
        ("models = ['velox']\nscope = { places = [{}] }", "scope must be a table of values"),
        ("models = ['velox']\nscope = { places = [] }", "scope must be a table of values"),
        ("models = ['velox']\nwitnesses = 1", "witnesses must be true or false, not 1"),
        ("models = ['velox']\ntime-limit = -1", "time-limit must be a number of seconds, more than 0, not -1"),
        ("models = ['velox']\ntime-limit = true", "time-limit must be a number of seconds, more than 0, not True"),
        ("[[ask]]\nmodels = ['velox']\ntime-limit = 1", "no setting is called 'time-limit'"),
        ("ask = 3", "ask must be tables, each below a line [[ask]]"),
        ("models = ['zzz*']", "no model is called zzz*; `spillproof list models` lists all"),
    ],
)
def test_a_slip_is_told(tmp_path: Path, text: str, said: str) -> None:
    """In one line, with the file, what was seen and what was expected."""
    with pytest.raises(ModelError) as refused:
        planned(tmp_path, text)

    message = str(refused.value)
    assert said in message
    assert message.startswith(f"{tmp_path / 'plan.toml'}")
    assert "\n" not in message


def test_a_survey_has_an_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A range that is wrong by a slip does not fill the memory."""
    monkeypatch.setattr(plan, "MOST", 99)
    assert len(planned(tmp_path, "models = ['velox']\nseeds = 99")[0]) == 99
    with pytest.raises(ModelError, match="more than 99 questions; make it several surveys"):
        planned(tmp_path, f"models = ['velox']\nseeds = {10**18}")


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    """With its name, and why."""
    with pytest.raises(ModelError, match=r"plan\.toml: No such file or directory"):
        read(tmp_path / "plan.toml")


def test_words_of_a_scope() -> None:
    """A name that is given several values has each of them."""
    assert of_words(["places=2", "mode=EAGER", "places=3"]) == {"places": ["2", "3"], "mode": ["EAGER"]}
    with pytest.raises(ModelError, match="'places' is not a part of a scope"):
        of_words(["places"])
