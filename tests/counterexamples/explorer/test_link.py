"""Links to runs, and what the command makes of them."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from spillproof.counterexamples.command import cli
from spillproof.counterexamples.explain.explanation import Explanation
from spillproof.counterexamples.explorer import link
from spillproof.counterexamples.explorer.explore import default_file, explored, is_page, save
from spillproof.counterexamples.explorer.page import ShownModel, page
from spillproof.counterexamples.question import Question
from spillproof.model.errors import ModelError
from spillproof.properties.engines.automaton.shapes import Automaton

E1_E2 = "#model=spark@2.3.4&run=begin:4,insert:E1:1,iterator:E1,insert:E2:4"
LEAK = "#model=lesson:release&run=begin,acquire:1,read,release"


def test_a_link_is_a_run() -> None:
    """Three steps end with 5 bytes reachable and 4 accounted, and the third is guilty."""
    taken = link.traced(f"https://example.org/spark.html{E1_E2}")

    assert [state.spelled for state in taken.states] == [
        "begin(capacity=4)",
        "insert(E1, 1)",
        "iterator(E1)",
        "insert(E2, 4)",
    ]
    assert (taken.states[-1].accounted, taken.states[-1].reachable, taken.guilty) == (4, 5, 3)
    assert taken.claims[0] == "free_is_unreachable"


def test_a_run_that_breaks_nothing() -> None:
    """It is a trace as well, of the chief claim, and nobody is guilty."""
    taken = link.traced("#model=lesson:release&run=begin")

    assert (taken.claims, taken.guilty) == (("free_is_unreachable",), None)


def test_names_of_the_page(shown: Explanation) -> None:
    """The page calls two maps E1 and E2 from the beginning; a trace calls E1 what is mentioned first."""
    text = "#model=leaky&run=begin:4194304,insert:{0}:3145728,read:{0},insert:{1}:2097152"

    assert link.renamed(text.format("E2", "E1"), shown.trace) == {"E2": "E1", "E1": "E2"}
    assert link.renamed(text.format("E1", "E2"), shown.trace) == {}
    assert link.renamed("found/leak.itf.json", shown.trace) == {}


def test_what_was_changed_about_fixes_is_in_the_link() -> None:
    """The title of a model with a fix taken out is one word of the link."""
    said = link.read("#model=spark@2.4.0%20without%20SPARK-22713&consumers=3&run=begin:1")

    assert link.question(said) == Question("spark@2.4.0", {"consumers": 3}, (), ("SPARK-22713",))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("#run=begin:1", "the link says no model"),
        ("#model=spark@2.3.4&run=", "the link has 0 steps"),
        ("#model=spark@2.3.4&consumers=0&run=begin:1", "the link says consumers=0"),
        ("#model=spark@2.3.4&run=begin:1~x", "choices are numbers"),
        ("#model=lesson:release&run=begin,insert:E3:1", "step 1 of the link, insert:E3:1, cannot be taken"),
        ("#model=lesson:pool&run=begin:0", "step 0 of the link, begin:0, cannot be taken"),
        ("#model=spark@9&run=begin:1", "no model is called 'spark@9'"),
        ("#model=own.py:Shelf&run=begin:1", "a file is not run because a link says so: add --on own.py:Shelf"),
    ],
)
def test_a_link_that_says_nothing(text: str, said: str) -> None:
    """What a link lacks is said in one line."""
    with pytest.raises(ModelError, match=said):
        link.traced(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [(E1_E2, True), ("x.html#challenge&run=begin", True), ("found/a.itf.json", False), ("#step=2", False)],
)
def test_a_link_is_told_from_a_file(text: str, *, expected: bool) -> None:
    """Only an address with a run is one; everything else is a file."""
    assert link.is_link(text) is expected


def invoked(*words: str) -> tuple[int, str]:
    """What the command returns and prints."""
    done = CliRunner().invoke(cli, words, standalone_mode=False)
    if done.exception is not None:
        raise done.exception
    return int(done.return_value or 0), done.output


def test_the_command_replays_a_link() -> None:
    """The claim is false on the link's own model, and true on the repaired one."""
    status, text = invoked("replay", LEAK)
    assert (status, "✗ lesson:release violates free_is_unreachable in this run" in text) == (1, True)

    status, text = invoked("replay", LEAK, "--on", "lesson:release+repaired")
    assert (status, "holds in this run" in text) == (0, True)


def test_a_model_of_ones_own_is_named_twice(own_title: str) -> None:
    """A link to a file's model is replayed if the command says the file as well."""
    text = f"#model={own_title}&run=begin:4:False,load:1:HEAP,drop"
    status, said = invoked("replay", text, "--on", own_title)

    assert (status, "drop()" in said) == (1, True)


def test_a_link_is_explained_and_exported() -> None:
    """Whatever takes a trace takes a link."""
    assert "The guilty step" in invoked("explain", LEAK)[1]
    assert "lesson:release" in invoked("export", LEAK, "--format", "itf")[1]


# Pages


@pytest.fixture(scope="module")
def text(leak: Automaton) -> str:
    """The page of the smallest leak."""
    return page([ShownModel("lesson:release", {}, is_file=False, automaton=leak)])


def test_the_page_of_spark_is_small(spark: Automaton) -> None:
    """It has less than a quarter of a megabyte; a megabyte was the limit."""
    assert len(page([ShownModel("spark@2.3.4", {}, is_file=False, automaton=spark)]).encode()) < 250_000


def test_names_cannot_bite(leak: Automaton) -> None:
    """A title with markup in it is text, in the page and in its data."""
    bite = "</script><script>alert(1)</script>"
    made = page([ShownModel(bite, {}, is_file=True, automaton=leak)])

    assert bite not in made
    assert made.count("</script>") == 2
    assert "&lt;/script&gt;" in made


def test_a_page_is_the_same_every_time(leak: Automaton, text: str) -> None:
    """Nothing in it depends on the time or the machine."""
    assert page([ShownModel("lesson:release", {}, is_file=False, automaton=leak)]) == text


def test_only_pages_are_replaced(tmp_path: Path, text: str) -> None:
    """A page of the explorer is written anew; anything else only by force."""
    out = tmp_path / "page.html"
    save(text, out, force=False)
    save(text, out, force=False)
    assert is_page(out)

    out.write_text("mine", encoding="utf-8")
    with pytest.raises(ModelError, match="no page of the explorer; say --force"):
        save(text, out, force=False)
    save(text, out, force=True)
    assert is_page(out)


def test_a_folder_that_is_not_there(tmp_path: Path, text: str) -> None:
    """It is said in one line."""
    with pytest.raises(ModelError, match=r"--out .*No such file or directory"):
        save(text, tmp_path / "no" / "page.html", force=False)


def test_the_file_is_named_after_the_model() -> None:
    """With the fixes that were changed, and without the folder of a model's file."""
    questions = [Question("models/own.py:Shelf", {}), Question("spark@2.4.0", {}, (), ("SPARK-22713",))]

    assert default_file(questions[:1]) == Path("own.py-Shelf.html")
    assert default_file(questions) == Path("own.py-Shelf-beside-spark@2.4.0-without-SPARK-22713.html")


def test_the_command_writes_a_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It says where, and opens no browser where nobody looks."""
    monkeypatch.chdir(tmp_path)
    status, said = invoked("explore", "lesson:release", "--against", "lesson:release+repaired")

    assert status == 0
    assert said.startswith("Wrote lesson-release-beside-lesson-release+repaired.html\n")
    assert is_page(tmp_path / "lesson-release-beside-lesson-release+repaired.html")


def test_progress_is_told(own_title: str) -> None:
    """Whoever waits hears how many shapes were found."""
    heard: list[str] = []
    explored([Question(own_title, {})], heard.append)

    assert heard
    assert all("shapes" in each for each in heard)
