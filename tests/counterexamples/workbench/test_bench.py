"""The bench: what it answers of a text, as the page asks it; without a browser."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from docs.site.workbench import STEPPED, kit
from spillproof.counterexamples.workbench.bench import answer
from spillproof.counterexamples.workbench.boundaries import boundaries
from tests.counterexamples.course.test_course import WRONG, Wrong, changed, text_of

GUILTY = ["load:1", "read", "evict"]
EVICT = """        require(self.page is not None)
        self.used -= self.page.size
        self.page = None
"""
REPAIRED = EVICT.replace("is not None)", "is not None and self.reading is None)")


def asked(text: str, *steps: str, name: str = "cache", **more: Any) -> dict[str, Any]:
    """What the bench answers about a text and a run, whose steps are written `insert:e1:1`."""
    written = [[each.split(":")[0], each.split(":")[1:], []] for each in steps]
    question = {"what": "run", "name": f"{name}.py", "text": text, "steps": written, "at": len(steps)} | more
    found: dict[str, Any] = json.loads(answer(json.dumps(question)))
    return found


def looked(text: str, name: str) -> dict[str, Any]:
    """What the bench finds when it looks for a counterexample."""
    return asked(text, name=name, what="look", exercise=name)


def possible(told: dict[str, Any]) -> list[str]:
    """The steps that are offered."""
    return [f"{name}({', '.join(words)})" for each in told["offers"] for name, words, _ in map(_written, each["steps"])]


def _written(step: dict[str, Any]) -> Any:
    return step["written"]


def broken(told: dict[str, Any]) -> list[str]:
    """The claims that are false by the end of the run."""
    return [each["name"] for each in told["claims"] if each["at"] is not None and not each["witness"]]


def test_a_run_is_taken() -> None:
    """Three steps lead to a page that is counted free and held: the same ones that the checker finds."""
    told = asked(text_of("cache", "given"), *GUILTY)

    assert [each["spelled"] for each in told["moments"]] == ["begin()", "load(1)", "read()", "evict()"]
    assert told["moments"][3]["memory"] == {
        "accounted": 0,
        "reachable": 1,
        "unclaimed": 0,
        "capacity": None,
        "gap": 1,
    }
    assert broken(told) == ["free_is_unreachable", "release_frees_what_it_says"]
    heap = told["moments"][3]["heap"]
    assert [heap["objects"][at]["kind"] for at in heap["free"]] == ["Page"]
    assert heap["roots"] == [["reading", 1]]


def test_steps_are_offered_with_their_guards() -> None:
    """What can be taken is a step; what cannot says which guard is false, and each guard has its line."""
    told = asked(text_of("cache", "given"), "load:1")
    by_name = {each["action"]: each for each in told["offers"]}
    lines = text_of("cache", "given").splitlines()

    assert possible(told) == ["read()", "evict()"]
    assert by_name["load"]["refused"] == [[["1"], "require(self.page is None)"]]
    assert by_name["finish"]["refused"] == [[[], "require(self.reading is not None)"]]
    for each in told["offers"]:
        for words, line in each["guards"]:
            assert f"require({words})" in lines[line - 1]


def test_the_run_is_taken_again_after_an_edit() -> None:
    """With the repair written in, the same run ends where the guard refuses it, and nothing is false."""
    repaired = changed(text_of("cache", "given"), f"{EVICT}---\n{REPAIRED}")
    told = asked(repaired, *GUILTY)

    assert len(told["moments"]) == 3
    assert (
        told["stopped"] == "evict() cannot be taken here any more: "
        "require(self.page is not None and self.reading is None) is false"
    )
    assert broken(told) == []


def test_objects_are_called_by_how_they_are_reached() -> None:
    """An argument is a field of the model or a place in its list, so that it survives an edit."""
    told = asked(text_of("grant", "given"), "allocate:1", "allocate:2", name="grant", opening={"capacity": "3"})

    assert possible(told) == ["free(buffers[0])", "free(buffers[1])"]
    assert told["begin"] == [{"name": "capacity", "values": [], "value": "3"}]
    again = asked(text_of("grant", "given"), "allocate:1", "free:buffers[1]", name="grant")
    assert again["stopped"] == "free(buffers[1]): there is no Buffer called buffers[1] any more"


def test_sizes_at_the_boundaries_are_offered() -> None:
    """With 3 of 4 bytes free: one, all that is free, and one more, which forces a spill and is marked."""
    told = asked(text_of("task", "given"), "insert:e1:1", "iterate", name="task")

    assert possible(told) == ["insert(e2, 1)", "insert(e2, 3)", "insert(e2, 4)", "pull()"]
    steps = {step["written"][1][1]: step["breaks"] for step in told["offers"][0]["steps"]}
    assert (steps["3"], steps["4"][0]) == ([], "free_is_unreachable")


@pytest.mark.parametrize(
    ("ask", "sizes"),
    [
        (lambda size: size <= 7, [1, 7, 8]),
        (lambda size: 3 * size < 10, [1, 3, 4]),
        (lambda size: size == 5, [1, 4, 5, 6]),
        (lambda size: size // 4 >= 2, [1, 7, 8]),
        (lambda size: (size > 3) and (size > 9), [1, 3, 4, 9, 10]),
        (lambda size: size + 1, [1]),
    ],
)
def test_boundaries(ask: Any, sizes: list[int]) -> None:
    """A comparison is offered on both of its sides, one behind another one, too."""
    assert boundaries(ask) == sizes


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        ("        self.page = None\n\n    # To", "        self.page = \n\n    # To", 53, "SyntaxError"),
        ("        self.page = None\n\n    # To", "        self.page = nothing\n\n    # To", None, ""),
        ("class Page(HeapObject):", "class Page(HeapObjects):", 8, "NameError"),
        ("class Cache(Model):", "class Cache:", None, "no subclass of Model"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(old: str, new: str, line: int | None, says: str) -> None:
    """A text that is not Python, or not a model, is answered in one line, with the line of the text."""
    text = text_of("cache", "given")
    assert old in text
    told = asked(text.replace(old, new), "load:1")

    if says:
        assert says in told["error"]["message"]
        assert "\n" not in told["error"]["message"]
        assert told["error"]["line"] == line
    else:
        assert "error" not in told


def test_what_a_check_would_refuse_is_said() -> None:
    """A size in a field that is not declared as one can be stepped as a number, and would be refused all the same."""
    text = text_of("cache", "given").replace("    used: Bytes\n", "")
    told = asked(text)

    assert possible(told) == ["load(1)"]
    (refused,) = told["refuses"]
    assert refused["message"].startswith("Cache.used holds the size")
    assert asked(text_of("cache", "given"))["refuses"] == []


def test_a_step_that_raises_ends_the_run() -> None:
    """It says what it raises and at which line; the heap is that of the step before."""
    text = text_of("cache", "given").replace("self.used -= self.page.size", "self.used -= self.pages.size")
    told = asked(text, "load:1", "evict")

    assert told["ended"]
    assert told["offers"] == []
    assert told["moments"][2]["raised"].endswith("(cache.py:52, in evict)")
    assert told["moments"][2]["heap"] is None
    assert broken(told) == ["no_exception"]


@pytest.mark.parametrize("name", ["cache", "spool", "grant", "task", "invariant"])
def test_it_finds_the_run_that_the_checker_finds(name: str) -> None:
    """Of what is given, the shortest run that breaks a claim has as many steps as the grader's."""
    wrong = next(each for each in WRONG if each.exercise == name and each.name == "as-given")
    told = looked(text_of(name, "given"), name)

    assert tuple(each[0] for each in told["steps"]) == wrong.run
    assert told["takes"] is (name != "invariant")


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(each, marks=[pytest.mark.thorough] if each in {"task", "doubts", "spool"} else [])
        for each in STEPPED
    ],
)
def test_it_finds_nothing_wrong_with_a_solution(name: str) -> None:
    """Of a solution no claim is broken, all is met that ought to be, and it says that this is no proof."""
    told = looked(text_of(name, "solution"), name)

    assert told["steps"] == []
    assert "no proof" in told["found"]
    assert not [line for line in told["lines"] if line.startswith("✗")]


@pytest.mark.thorough
@pytest.mark.parametrize("wrong", [each for each in WRONG if each.exercise in STEPPED], ids=str)
def test_it_finds_something_wrong_with_a_wrong_answer(wrong: Wrong) -> None:
    """What the grader refuses is refused here, too, with the same sentence first."""
    told = looked(changed(text_of(wrong.exercise, wrong.start), wrong.change), wrong.exercise)
    lines = [line for line in told["lines"] if line.startswith("✗")]

    assert lines
    assert any(wrong.says in line for line in lines)


def test_what_is_given_stays_as_it_is() -> None:
    """An answer that changes the question is told so, and not looked at."""
    told = looked(text_of("cache", "given").replace("return self.used", "return self.used + 10"), "cache")

    assert told["lines"] == ["✗ line 57: Cache.accounted is given, and stays as it is"]


KEPT_OUT = """
import sys
class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in "z3 hypothesis numpy networkx pytest click rich jinja2 markupsafe".split():
            raise ModuleNotFoundError(name)
sys.meta_path.insert(0, Absent())
sys.path.insert(0, sys.argv[1])
import json
import os
from spillproof.counterexamples.workbench.bench import answer
import spillproof
assert spillproof.__file__.startswith(sys.argv[1]), spillproof.__file__
for question in json.load(sys.stdin):
    told = json.loads(answer(json.dumps(question)))
    assert "error" not in told, told
print("well")
"""


def test_the_kit_needs_nothing_but_python(tmp_path: Path) -> None:
    """What the site packs for the page runs alone: every lesson, without a solver and without any other package."""
    with zipfile.ZipFile(BytesIO(kit())) as archive:
        archive.extractall(tmp_path)
    questions = [
        {"what": what, "name": f"{each}.py", "text": text_of(each, "given"), "exercise": each, "steps": [], "at": 0}
        for each in STEPPED
        for what in (["run", "look"] if each in {"cache", "invariant"} else ["run"])
    ]
    done = subprocess.run(
        [sys.executable, "-I", "-c", KEPT_OUT, str(tmp_path)],
        input=json.dumps(questions),
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )

    assert (done.stdout.strip(), done.stderr) == ("well", "")


def test_the_texts_of_a_process_go_with_it(tmp_path: Path) -> None:
    """No folder is left behind, however many texts were looked at."""
    program = (
        "from spillproof.counterexamples.workbench.draft import draft\n"
        "for number in range(3):\n"
        "    print(draft('mine.py', f'x = {number}').folder.is_dir())\n"
    )
    where = {**os.environ, "TMPDIR": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", program], env=where, check=True, capture_output=True, text=True)

    assert done.stdout.split() == ["True"] * 3
    assert not [*tmp_path.iterdir()]
