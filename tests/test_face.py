"""The face: one import, thirty names, and results that print themselves."""

import ast
import inspect
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import spillproof as sp
from spillproof.counterexamples.template import ADAPTER, MODEL
from spillproof.model.errors import place_of
from spillproof.properties.engines.verdict import Unknown

SOURCE = ast.parse(Path(inspect.getsourcefile(sp) or "").read_text(encoding="utf-8"))
PRIVATE = re.compile(r"^[ >]*(?:from|import) (spillproof\.[\w.]+)", re.MULTILINE)


class Page(sp.HeapObject):
    """What is cached."""

    size: sp.Bytes

    def shallow_size(self) -> sp.Bytes:
        return self.size


class Cache(sp.Model):
    """Evicts a page that is still read."""

    used: sp.Bytes

    def begin(self, pages: int = 1) -> None:
        self.pages, self.used = pages, 0
        self.page: Page | None = None
        self.reading: Page | None = None

    @sp.action
    def load(self, size: sp.Bytes) -> None:
        sp.require(self.page is None)
        self.page = Page(size)
        self.used += size

    @sp.action
    def read(self, page: Page) -> None:
        self.reading = page

    @sp.action
    def evict(self) -> None:
        sp.require(self.page is not None)
        assert self.page is not None
        self.used -= self.page.size
        self.page = None

    def accounted(self) -> sp.Bytes:
        """Return what the cache holds to be in use."""
        return self.used


@pytest.fixture(scope="module")
def report() -> sp.Report:
    """The verdict on the cache."""
    return sp.check(Cache(), ["free_is_unreachable"])


@pytest.fixture
def violated(report: sp.Report) -> sp.Violated:
    """Its counterexample."""
    verdict = report.of("free_is_unreachable")
    assert isinstance(verdict, sp.Violated)
    return verdict


def run(*words: str) -> str:
    """What a new process prints."""
    return subprocess.run([sys.executable, *words], check=True, capture_output=True, text=True).stdout


# The names


def assigned(name: str) -> ast.expr:
    """What the face assigns to a name."""
    (value,) = (
        each.value
        for each in SOURCE.body
        if isinstance(each, ast.Assign) and isinstance(each.targets[0], ast.Name) and each.targets[0].id == name
    )
    return value


def for_type_checkers() -> dict[str, str]:
    """The names that type checkers see imported, each with the module."""
    (block,) = (each for each in SOURCE.body if isinstance(each, ast.If) and isinstance(each.test, ast.Name))
    return {
        alias.name: f"{each.module}" for each in block.body if isinstance(each, ast.ImportFrom) for alias in each.names
    }


def test_the_names_are_a_sorted_literal_of_thirty_at_most() -> None:
    """Whoever reads the file sees what is public."""
    names = ast.literal_eval(assigned("__all__"))

    assert names == sorted(set(names)) == sp.__all__
    assert len(names) <= 30


def test_the_three_lists_of_names_agree() -> None:
    """Type checkers and Python find each name in the same module, and nothing else."""
    homes = {name: f"spillproof.{home}" for name, home in ast.literal_eval(assigned("_HOMES")).items()}

    assert homes == for_type_checkers()
    assert sorted(homes) == sp.__all__


@pytest.mark.parametrize("name", sp.__all__)
def test_each_name_is_what_its_module_has(name: str) -> None:
    """There is one of each: what is imported from the face is the same object."""
    found = getattr(sp, name)

    assert found is getattr(sys.modules[for_type_checkers()[name]], name)
    assert name in dir(sp)


def test_a_name_that_is_not_there_is_told_with_those_that_are() -> None:
    """A slip is an AttributeError, from an import an ImportError, and says what there is."""
    with pytest.raises(AttributeError, match=r"'spillproof' has no attribute 'chek'; it has Adapter, .*, check"):
        getattr(sp, "chek")  # noqa: B009 - type checkers would see the slip
    with pytest.raises(ImportError, match="cannot import name 'chek' from 'spillproof'"):
        exec("from spillproof import chek", {})  # noqa: S102 - likewise


def test_importing_it_loads_nothing_heavy() -> None:
    """A model can be written without a solver, Hypothesis, or what draws and prints."""
    heavy = "{'z3', 'hypothesis', 'networkx', 'numpy', 'click', 'rich', 'jinja2', 'pytest'} & set(sys.modules)"

    assert run("-c", f"import sys, spillproof; print(sorted({heavy}))").strip() == "[]"
    assert run("-c", f"import sys; from spillproof import Model, Bag, Bytes, action; print({heavy})").strip() == "set()"


# Who uses it


def documents(checkout: Path) -> list[Path]:
    """What a newcomer reads."""
    return [
        checkout / "README.md",
        *(checkout / "docs" / "tutorial").glob("*.md"),
        *(checkout / "docs" / "how-to").glob("*.md"),
    ]


SHIPPED_EXAMPLES = "spillproof.counterexamples.replay.live."
"""Adapters of maintained packages: an example to look at, and no interface."""

INSIDE = {"read-a-certificate.md"}
"""Documents that show the inside, and say that it may change."""


def test_documents_import_from_the_face_alone(checkout: Path) -> None:
    """What a newcomer copies keeps working: it names no module that may change."""
    deep = {
        f"{document.name}: {name}"
        for document in documents(checkout)
        if document.name not in INSIDE
        for name in PRIVATE.findall(document.read_text(encoding="utf-8"))
        if not name.startswith(SHIPPED_EXAMPLES)
    }

    assert deep == set()
    assert PRIVATE.findall("    from spillproof.model.heap import Bag\n>>> import spillproof.model") != []


def test_what_we_write_for_users_imports_from_the_face_alone(report: sp.Report) -> None:
    """So do the template of an adapter, and the program that a report ends with."""
    assert PRIVATE.findall(ADAPTER + MODEL) == []
    assert PRIVATE.findall(str(report)) == []
    assert "from spillproof import Run, Step, replay" in str(report)


# Each function does its job


def test_a_claim_is_asked_by_its_name() -> None:
    """None needs to be imported, and a slip is told with what is meant."""
    with pytest.raises(
        sp.ModelError, match="no claim about Cache is called 'free_is_unreachabel'; did you mean free_is_"
    ):
        sp.check(Cache(), ["free_is_unreachabel"])


def test_a_model_is_found_by_name_or_file(tmp_path: Path) -> None:
    """A release and a file are found alike, and built at a scope."""
    file = tmp_path / "one.py"
    file.write_text(
        "from spillproof import Model, action\nclass One(Model):\n    '''Counts.'''\n"
        "    def begin(self, most: int = 3): self.most = most\n"
        "    @action\n    def step(self): pass\n",
        encoding="utf-8",
    )
    found = sp.find(f"{file}:One")

    assert (found.summary, repr(found.build()), repr(found.build(most=5))) == ("Counts.", "One(most=3)", "One(most=5)")
    assert repr(sp.find("spark@2.3.4").build(capacity=7)).startswith("SparkTask(consumers=2, ")


def test_a_report_is_explained(report: sp.Report) -> None:
    """The reference to cut is the one that the reader keeps."""
    explanation = sp.explain(report)

    assert repr(explanation) == "<Explanation of free_is_unreachable: cut Cache.reading>"
    assert str(explanation).startswith("Cache violates free_is_unreachable in 3 steps\n")
    assert repr(sp.explain(explanation.trace, on=f"{place_of(Cache.begin).rpartition(':')[0]}:Cache")) == repr(
        explanation
    )


def test_what_cannot_be_explained_says_what_can(report: sp.Report) -> None:
    """A claim that is not violated has no explanation."""
    with pytest.raises(
        sp.ModelError, match="nothing to explain about no_exception: counterexamples are there for: free_"
    ):
        sp.explain(report, "no_exception")
    with pytest.raises(sp.ModelError, match="nothing to explain: no claim has a counterexample"):
        sp.explain(sp.Report(Cache()))


# Results print themselves


def test_a_report_prints_itself(report: sp.Report) -> None:
    """In a line, or as the command does."""
    assert repr(report) == "<Report: ✗ Cache violates 1 of 1 claims: free_is_unreachable>"
    assert str(report).splitlines()[0] == "Cache  pages=1"
    assert "▶ 3  evict()" in str(report)


def test_verdicts_print_themselves(violated: sp.Violated) -> None:
    """The kind and its sentence; a violation has its run below."""
    assert repr(Unknown("the time was up", 3)) == (
        "<Unknown: unknown: the time was up; no violation within 3 steps>"
    )
    assert str(sp.Proved("any size", None)) == "proved for any size"
    assert repr(violated).startswith("<Violated: violated in 3 steps (shortest: ")
    assert "    3  evict()                                                     0          1" in str(violated)


def test_moments_print_themselves(violated: sp.Violated) -> None:
    """The step, and the bytes after it."""
    *_, last = sp.replay(violated.run)

    assert repr(last) == "<Moment evict(): accounted 0, reachable 1>"
    assert str(last).splitlines()[1].split() == ["evict()", "0", "1"]


def test_a_refused_step_names_its_guard() -> None:
    """Which of several guards was false is what one wants to know."""
    refused = sp.replay(sp.Run(Cache(), (), (sp.Step("evict", ()),)))[-1]

    assert refused.guard == "sp.require(self.page is not None)"
    assert repr(refused).endswith(", refused: sp.require(self.page is not None) is false>")
    assert "refused: sp.require(self.page is not None) is false" in str(refused)


def test_models_print_themselves() -> None:
    """A model is its class and its scope; what is left open is in its text."""
    model = sp.find("spark@2.3.4").build()

    assert (repr(Cache()), str(Cache(pages=2))) == ("Cache(pages=1)", "Cache  pages=2")
    assert repr(model) == "SparkTask(consumers=2, downstream=COGROUP, merges=False)"
    assert str(model) == "SparkTask  consumers=2, downstream=COGROUP, merges=False, any capacity"


def test_a_trace_prints_itself(report: sp.Report) -> None:
    """As the command tells the run, and as a picture."""
    trace = sp.explain(report).trace

    assert repr(trace) == "<Trace of Cache: 3 steps, violates free_is_unreachable>"
    assert "  ▶ 3  evict()" in str(trace)


def test_a_notebook_gets_the_text_as_it_is(report: sp.Report, violated: sp.Violated) -> None:
    """What is a character in the text is a character in the page."""
    for shown in (report, violated, sp.replay(violated.run)[-1], Cache(), sp.explain(report)):
        page = shown._repr_html_()
        assert page.startswith("<pre ")
        assert "<" not in page.removesuffix("</pre>").partition(">")[2]


# Type checkers, notebooks, the command


def example(checkout: Path, folder: Path) -> list[str]:
    """Write the example of the README, and return the names of the files."""
    text = (checkout / "README.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```python\n# (\w+\.py)\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    for name, block in blocks:
        (folder / name).write_text(block, encoding="utf-8")
    return [name for name, _ in blocks]


CHECKERS = {
    "mypy": ["--strict", "--no-incremental", "--follow-imports=silent"],
    "pyright": ["--pythonpath", sys.executable],
}


@pytest.mark.slow
@pytest.mark.parametrize("name", CHECKERS)
def test_the_example_of_the_readme_is_typed(name: str, checkout: Path, tmp_path: Path) -> None:
    """Two type checkers, strict, have nothing to say about what a newcomer copies, and would see a slip."""
    program = Path(sys.executable).with_name(name)
    if not program.exists():
        pytest.skip(f"{name} is not installed")
    files = example(checkout, tmp_path)
    (tmp_path / "slip.py").write_text("import spillproof\n\nspillproof.check(1)\nspillproof.chek\n", encoding="utf-8")
    links = str(checkout / ".links")
    (tmp_path / "pyrightconfig.json").write_text(
        f'{{"extraPaths": ["{links}"], "typeCheckingMode": "strict", "reportUnknownMemberType": "none"}}',
        encoding="utf-8",
    )

    def said(*names: str) -> tuple[int, str]:
        words = [str(program), *CHECKERS[name], *names]
        settings = {**os.environ, "MYPYPATH": links}
        done = subprocess.run(words, cwd=tmp_path, env=settings, check=False, capture_output=True, text=True)
        return done.returncode, done.stdout

    status, right = said(*files)
    assert (status, len(files)) == (0, 2), right
    status, wrong = said("slip.py")
    assert status == 1
    assert wrong.count("error:") == 2


@pytest.mark.slow
def test_a_notebook_shows_results(tmp_path: Path) -> None:
    """A report, a moment and a trace appear as pages and as a picture; nothing needs to be printed."""
    nbformat = pytest.importorskip("nbformat", reason="the extra `test` brings nbclient and ipykernel")
    nbclient = pytest.importorskip("nbclient", reason="the extra `test` brings nbclient and ipykernel")
    pytest.importorskip("ipykernel", reason="the extra `test` brings nbclient and ipykernel")
    cells = [
        "import spillproof as sp\nreport = sp.check(sp.find('lesson:release').build())\nreport",
        "sp.replay(report.violated()[0].verdict.run)[-1]",
        "sp.explain(report).trace",
    ]
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(each) for each in cells])
    nbclient.NotebookClient(book, timeout=120, resources={"metadata": {"path": str(tmp_path)}}).execute()
    report, moment, trace = (cell.outputs[-1].data for cell in book.cells)

    assert report["text/plain"].startswith("<Report: ✗ ")
    assert "Counterexample: " in report["text/html"]
    assert moment["text/plain"].startswith("<Moment ")
    assert trace["image/svg+xml"].startswith("<svg")
