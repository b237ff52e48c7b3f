"""The runner of `make mutants` on a small project: it kills what a test notices, and names what lives."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

from spillproof.properties.catalogue import CLAIMS
from spillproof.properties.engines.machine import broken
from tests.quality.mutants.__main__ import judge
from tests.quality.mutants.answers import Answers
from tests.quality.mutants.changes import Mutant, mutants_in
from tests.quality.mutants.equivalent import reasons
from tests.quality.mutants.families import FAMILIES, ROOT, Family
from tests.quality.mutants.reach import Reach, forget
from tests.quality.mutants.trial import _in_order, choice, within

SOURCE = '''"""A module."""

LIMIT = 3


def least(one: int, other: int) -> int:
    """Return the smaller one."""
    return one if one < other else other


def count(number: int) -> int:
    """Count down."""
    steps = 0
    while number > 0:
        number -= 1
        steps += 1
    return steps


def unused(flag: bool = True) -> bool:
    """Nobody calls this."""
    if not flag:
        raise ValueError("no")
    return flag
'''

TESTS = '''"""Tests."""

from small import count, least


def test_least() -> None:
    """The smaller one, either way round."""
    assert (least(1, 2), least(2, 1)) == (1, 1)


def test_count() -> None:
    """Three steps from three."""
    assert count(3) == 3
'''

PROGRAM = """
import sys
from pathlib import Path
from tests.quality.mutants import trial
from tests.quality.mutants.__main__ import judge, name_of
from tests.quality.mutants.families import Family
root = Path(sys.argv[1])
sys.path.insert(0, str(root))
family = Family("small", ("small.py",), ("test_small.py",), 0, 100, root, "")
known = {"small": {"least: return one if one < other else other → return one if one <= other else other": "the same"}}
trial.LEAST = 1.0
chosen = [each for each in family.mutants() if name_of(each) in sys.argv[2:]]
for each in judge(family, chosen, 2, known, root / "kept"):
    print(each.outcome, "|", name_of(each.mutant), "|", each.reason)
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project of one module and its tests."""
    (tmp_path / "small.py").write_text(SOURCE, encoding="utf-8")
    (tmp_path / "test_small.py").write_text(TESTS, encoding="utf-8")
    (tmp_path / "conftest.py").touch()
    return tmp_path


def mutants(project: Path) -> dict[str, Mutant]:
    """The mutants of the module, by name."""
    return {each.name.partition(" ")[2]: each for each in mutants_in(project / "small.py", "small")}


SAME = "least: return one if one < other else other → return one if one <= other else other"
OTHER = "least: return one if one < other else other → return one if one >= other else other"
EXPECTED = {
    SAME: "survived",
    OTHER: "killed",
    "count: steps += 1 → steps -= 1": "killed",
    "count: number -= 1 → pass": "no end",
    "unused: raise ValueError('no') → pass": "not reached",
}


def test_what_the_tests_notice_is_killed(project: Path) -> None:
    """A wrong comparison is killed, a loop without end ended; what is the same, and what nobody runs, lives."""
    pytest.importorskip("coverage", reason="coverage says which tests reach a mutant; it is in the extra `dev`")
    words = [sys.executable, "-c", PROGRAM, str(project), *EXPECTED]
    bare = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}  # of which there are many here, for so small a project
    done = subprocess.run(words, capture_output=True, text=True, cwd=ROOT, check=False, env=bare)
    assert done.returncode == 0, done.stderr
    found = [line.split(" | ") for line in done.stdout.splitlines() if " | " in line]

    assert {name: outcome for outcome, name, _ in found} == EXPECTED
    assert [name for _, name, reason in found if reason.strip()] == [SAME]
    assert (project / "small.py").read_text(encoding="utf-8") == SOURCE
    kept = Answers(small(project), project / "kept")
    assert {name.partition(" ")[2]: outcome for (_, name), outcome in kept.found.items()} == EXPECTED


def small(project: Path) -> Family:
    """The family of one module."""
    return Family("small", ("small.py",), ("test_small.py",), 0, 100, project, "")


def test_an_answer_is_kept_when_the_run_is_killed(project: Path) -> None:
    """Each is there for the next run, the last one before a line that was cut off as well."""
    first, second, third = list(mutants(project).values())[:3]
    answers = Answers(small(project), project / "kept")
    answers.keep(first, "survived")
    answers.keep(second, "killed")
    with answers.file.open("a", encoding="utf-8") as file:
        file.write('\n["cut')
    Answers(small(project), project / "kept").keep(third, "no end")

    again = Answers(small(project), project / "kept")
    assert [again.of(each) for each in (first, second, third)] == ["survived", "killed", "no end"]


@pytest.mark.parametrize("changed", ["small.py", "test_small.py", "model/other.py", "tests/conftest.py"])
def test_an_answer_ends_when_what_it_hangs_on_is_changed(project: Path, changed: str) -> None:
    """The sources, their tests, the other code of the house, and what stands beside tests; not another's tests."""
    file = project / changed
    file.parent.mkdir(exist_ok=True)
    file.touch()
    (mutant, *_) = mutants(project).values()
    Answers(small(project), project / "kept").keep(mutant, "killed")
    (project / "tests").mkdir(exist_ok=True)
    (project / "tests/test_of_another.py").touch()
    assert Answers(small(project), project / "kept").of(mutant) == "killed"

    file.write_text(f"{file.read_text(encoding='utf-8')}\n# More.\n", encoding="utf-8")
    assert Answers(small(project), project / "kept").of(mutant) is None


def test_what_was_answered_is_not_tried_again(project: Path) -> None:
    """What is known of a mutant is said at once, and if all is known, no test is run."""
    chosen = list(mutants(project).values())
    answers = Answers(small(project), project / "kept")
    for each in chosen:
        answers.keep(each, "killed")

    judged = list(judge(small(project), chosen, 1, {}, project / "kept"))
    assert [(each.mutant, each.outcome) for each in judged] == [(each, "killed") for each in chosen]


def test_each_mutant_is_one_change(project: Path) -> None:
    """Each can be compiled, differs from the source and from all others, and says in its name what was changed."""
    texts = {name: ast.unparse(each.tree()) for name, each in mutants(project).items()}

    assert len({*texts.values(), ast.unparse(ast.parse(SOURCE))}) == len(texts) + 1
    assert "count: while number > 0: → while number >= 0:" in texts
    assert "unused: raise ValueError('no') → pass" in texts
    assert not any("LIMIT" in name for name in texts)
    assert all(name.split(": ", 1)[1].split(" → ")[1] in texts[name] for name in texts)


def test_what_is_not_changed(tmp_path: Path) -> None:
    """Assertions, annotations, decorators, slots, a `strict` zip, text and what a raise says are left alone.

    So is what is there to be overridden, and what shows an object.
    """
    text = (
        "class A:\n    __slots__ = ('a',)\n    field: int\n\n"
        "    @skip(1)\n    def f(self, x: Literal[1]) -> Literal[2]:\n"
        "        assert x == 1\n        raise ValueError(x + 1)\n\n"
        "    def g(self, y):\n        return [a for a in zip(y, y, strict=True)], 'text'\n"
    )
    (tmp_path / "a.py").write_text(text, encoding="utf-8")

    assert [each.name for each in mutants_in(tmp_path / "a.py", "a")] == ["a A.f: raise ValueError(x + 1) → pass"]


def test_a_text_has_no_boundary(tmp_path: Path) -> None:
    """Where something is compared with a text, it is the opposite that is tried, and no other order."""
    (tmp_path / "a.py").write_text("def f(x):\n    return x == 'a'\n", encoding="utf-8")

    assert [each.name for each in mutants_in(tmp_path / "a.py", "a")] == ["a f: return x == 'a' → return x != 'a'"]


def test_moved_lines_change_no_name(project: Path) -> None:
    """A comment above moves every line, and the names stay, by which the sample is drawn and the list goes."""
    before = list(mutants(project))
    (project / "small.py").write_text("# A comment.\n\n" + SOURCE, encoding="utf-8")

    assert list(mutants(project)) == before


def test_which_tests_are_chosen(project: Path) -> None:
    """Those that run the line, the quickest first; those whose fixture ran it, as well; up to the budget."""
    mutant = mutants(project)["count: steps += 1 → pass"]
    line = mutant.lines[0]
    reach = Reach(
        {"t.py::slow": 2.0, "t.py::quick": 1.0, "t.py::other": 0.1, "t.py::shared": 3.0},
        {"t.py::slow": [], "t.py::quick": [], "t.py::other": ["x"], "t.py::shared": ["made"]},
        {"t.py::slow": {"small.py": [line]}, "t.py::quick": {"small.py": [line, 1]}, "@made": {"small.py": [line]}},
        [],
    )

    chosen = choice(mutant, [reach], project)
    assert list(chosen) == ["t.py::quick", "t.py::slow", "t.py::shared"]
    assert list(within(chosen, 3.0)) == ["t.py::quick", "t.py::slow"]
    assert list(within(chosen, 0.5)) == ["t.py::quick"]


def test_a_line_that_is_not_seen(project: Path) -> None:
    """As within a function that is called while Python traces: those that run its `def` may notice what is changed."""
    mutant = mutants(project)["count: steps += 1 → pass"]
    reach = Reach({"t.py::a": 1.0, "t.py::b": 1.0}, {"t.py::a": [], "t.py::b": []},
                  {"t.py::a": {"small.py": [mutant.owner[0]]}}, [])  # fmt: skip

    assert list(choice(mutant, [reach], project)) == ["t.py::a"]


def test_what_is_about_a_module_is_tried_first(project: Path) -> None:
    """The tests of a file that names it, though others are quicker, and another module's name is like it."""
    mutant = mutants(project)["count: steps += 1 → pass"]
    lines = {"small.py": [mutant.lines[0]]}
    for name, text in (("test_small.py", "from small import count\n"), ("test_other.py", "import smaller\n")):
        (project / name).write_text(text, encoding="utf-8")
    tests = {"test_other.py::quick": 0.1, "test_small.py::slow": 2.0, "test_small.py::quick": 0.2}
    reach = Reach(tests, {test: [] for test in tests}, dict.fromkeys(tests, lines), [])

    assert list(choice(mutant, [reach], project)) == [
        "test_small.py::quick", "test_small.py::slow", "test_other.py::quick",
    ]  # fmt: skip


def test_much_is_tried_soon() -> None:
    """One set of parameters of each function, then the others, and at last what is slow; file by file."""
    tests = {
        "a::x[1]": 0.3,
        "a::x[2]": 0.2,
        "a::x[3]": 0.4,
        "a::y": 0.1,
        "a::slow": 1.0,
        "b::z[1]": 0.2,
        "b::z[2]": 0.1,
    }

    assert list(_in_order(tests)) == ["b::z[2]", "a::y", "a::x[2]", "b::z[1]", "a::x[1]", "a::x[3]", "a::slow"]


def test_what_runs_at_import_is_noticed_by_any_test_of_the_file(project: Path) -> None:
    """A default value is made when the module is imported: first the tests of its function, then the others there."""
    mutant = next(each for name, each in mutants(project).items() if "flag: bool=False" in name)
    body = mutant.owner[1]
    reach = Reach(
        {"t.py::a": 1.0, "t.py::b": 2.0},
        {"t.py::a": [], "t.py::b": []},
        {"": {"small.py": [mutant.lines[0]]}, "t.py::b": {"small.py": [body]}},
        [],
    )

    assert list(choice(mutant, [reach], project)) == ["t.py::b", "t.py::a"]


def test_the_list_of_equivalent_mutants_is_of_today(checkout: Path) -> None:
    """Each entry is a mutant that there is, and has a reason; an entry whose code was changed has to be judged anew."""
    listed = {(module, name) for module, names in reasons().items() for name in names}
    files = {family.module(file): file for family in FAMILIES.values() for file in family.files()}
    existing = {
        (module, each.name.partition(" ")[2])
        for module in {module for module, _ in listed}
        for each in mutants_in(checkout / files[module], module)
    }

    assert listed - existing == set()
    assert all(reason.strip() for names in reasons().values() for reason in names.values())


def test_the_tests_that_import_a_source_are_about_it(tmp_path: Path) -> None:
    """A test elsewhere that imports something of a folder of sources is run for it; another's is not."""
    for name, imported in (("a", "from house.part.one import x"), ("b", "import house.partial"), ("c", "x = 1")):
        file = tmp_path / "tests" / name / f"test_{name}.py"
        file.parent.mkdir(parents=True)
        file.write_text(f"{imported}\n", encoding="utf-8")
    (tmp_path / "part").mkdir()
    family = Family("part", ("part",), ("tests/c",), 0, 100, tmp_path, "house.")

    assert [file.name for file in family.test_files()] == ["test_c.py", "test_a.py"]


def test_what_is_remembered_is_forgotten_before_each_test() -> None:
    """A function that remembers its answers is reached by every test that asks it, not by the first alone."""
    remembered = broken(CLAIMS[0])
    assert broken(CLAIMS[0]) is remembered
    forget()
    assert broken(CLAIMS[0]) is not remembered


def test_every_family_has_sources_and_tests(checkout: Path) -> None:
    """A folder that was renamed would leave a family with nothing to judge, and that would look like success."""
    assert checkout == ROOT
    for family in FAMILIES.values():
        assert family.files()
        assert family.test_files()
        assert all((ROOT / place).exists() for place in family.tests if "*" not in place), family.name
