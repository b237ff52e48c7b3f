"""The documentation runs: every block of README.md and docs/ is executed, and prints what it says it prints.

A document is one test, as its blocks build on each other; each has a folder of its own, so that documents run in any
order and in parallel. What a block is for is seen from its language:

- `python`: executed; with `>>>`, an example of what is printed. A first line `# shared.py` writes that file instead,
  and `# in shared.py` puts the methods of the block into it, in place of their namesakes, or adds what is no method.
- `console`: each line after `$ ` is run by a shell, and what follows it is what it prints. A line `…` stands for any
  lines, and times are not compared. `SPILLPROOF_WRITE_DOCS=1 pytest tests/test_docs.py` writes what is printed into
  the documents.
- `sh`: not run, as it installs or takes long; the targets of make that it names exist.
- `text`, `smt2`: only shown.
"""

from __future__ import annotations

import ast
import os
import re
import runpy
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from sybil import Document, Example, Region
from sybil.parsers.markdown import CodeBlockParser, PythonCodeBlockParser

if "SPILLPROOF_FROM_WHEEL" in os.environ:
    pytest.skip("documentation is not part of the wheel", allow_module_level=True)

CHECKOUT = Path(__file__).resolve().parent.parent
DOCUMENTS = sorted([CHECKOUT / "README.md", *(CHECKOUT / "docs").rglob("*.md")])
DOCUMENTS = [each for each in DOCUMENTS if "node_modules" not in each.parts]  # npm brought those
WRITE = "SPILLPROOF_WRITE_DOCS" in os.environ

SHOWN = {"sh", "text", "smt2"}
EXECUTED = {"python", "console"}

LONG = {
    "docs/course/1-accounting-and-reachability.md",
    "docs/course/2-iterators-that-keep.md",
    "docs/course/3-partial-grants-and-pools.md",
    "docs/course/4-force-spilling.md",
    "docs/course/5-is-the-proof-worth-anything.md",
    "docs/course/6-how-it-is-proved.md",
    "docs/course/7-running-code.md",
    "docs/course/8-an-incident.md",
    "docs/course/README.md",
    "docs/explanation/the-sorter-that-was-not-repaired.md",
    "docs/how-to/check-in-ci.md",
    "docs/how-to/compare-two-models.md",
    "docs/how-to/give-a-model-to-other-checkers.md",
    "docs/how-to/prove-any-number.md",
    "docs/how-to/when-a-model-is-refused.md",
    "docs/how-to/check-your-own-manager.md",
    "docs/how-to/explain-a-counterexample.md",
    "docs/how-to/explore-a-model.md",
    "docs/how-to/survey-many-models.md",
    "docs/how-to/when-a-verdict-is-unknown.md",
    "docs/tutorial/from-a-temporary-file-to-spark-22713.md",
    "docs/tutorial/from-the-smallest-leak-to-spark-22713.md",
    "docs/tutorial/your-first-model.md",
}
"""Documents whose blocks take more than five seconds."""

each_document = pytest.mark.parametrize("path", DOCUMENTS, ids=[str(each.relative_to(CHECKOUT)) for each in DOCUMENTS])


# Executing


@pytest.mark.parametrize(
    "path",
    [
        pytest.param(each, id=name, marks=[pytest.mark.thorough] if name in LONG else [])
        for each in DOCUMENTS
        for name in [str(each.relative_to(CHECKOUT))]
    ],
)
def test_every_block_does_what_it_says(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each block runs after those before it, and prints what it says it prints."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    before = set(sys.modules)

    try:
        for example in Document.parse(str(path), PythonBlocks(), CodeBlockParser("console", run_console)):
            example.evaluate()
    finally:
        for name in set(sys.modules) - before:
            if Path(getattr(sys.modules[name], "__file__", None) or "/").is_relative_to(tmp_path):
                del sys.modules[name]


class PythonBlocks:
    """Finds the blocks of Python; those that name a file write it."""

    def __call__(self, document: Document) -> Iterator[Region]:
        for region in PythonCodeBlockParser()(document):
            if re.match(r"# (in )?[\w/]+\.py\n", str(getattr(region, "parsed", ""))):
                region.evaluator = write_file
            yield region


def write_file(example: Example) -> None:
    """Write the file that a block names, or put the block's functions into it."""
    head, _, body = example.parsed.partition("\n")
    file = Path(head.split()[-1])
    file.parent.mkdir(exist_ok=True)
    file.write_text(edited(file.read_text(), body) if head.startswith("# in ") else body.lstrip("\n"))


def edited(source: str, block: str) -> str:
    """Return a source with each method of a block in the place of the one of that name, or after the last one."""
    if not block.startswith(" "):
        return f"{source}\n\n{block.lstrip()}"
    wrapped = f"class _:\n{block}"
    lines = wrapped.splitlines(keepends=True)
    for new in functions(wrapped).values():
        text = "".join(lines[_first_line(new) - 1 : new.end_lineno])
        kept = source.splitlines(keepends=True)
        known = functions(source).get(new.name)
        if known is None:
            kept += ["\n", text]
        else:
            kept[_first_line(known) - 1 : known.end_lineno] = [text]
        source = "".join(kept)
    return source


def functions(source: str) -> dict[str, ast.FunctionDef]:
    """Return the functions and methods of a source by name, in their order."""
    return {each.name: each for each in ast.walk(ast.parse(source)) if isinstance(each, ast.FunctionDef)}


def _first_line(function: ast.FunctionDef) -> int:
    return min([function.lineno, *(each.lineno for each in function.decorator_list)])


def run_console(example: Example) -> str | None:
    """Run each command of a block. Return how what it prints differs from what the block says."""
    said = str(example.parsed)
    printed = "".join(f"$ {command}\n{run(command)}" for command in re.findall(r"^\$ (.*)$", said, re.MULTILINE))
    if is_as_said(printed, said):
        return None
    if WRITE and is_as_said(printed, new := elided(printed, said)):
        path = Path(example.path)
        path.write_text(path.read_text().replace(f"```console\n{said}", f"```console\n{new}", 1))
        return None
    return f"{example.path}, line {example.line}: printed\n\n{printed}"


def run(command: str) -> str:
    """Return what a command prints, as a shell with the installed `spillproof` runs it."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "COV_"))}
    environment |= {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "NO_COLOR": "1",
        "COLUMNS": "80",
        "PYTHONIOENCODING": "utf-8",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    done = subprocess.run(  # noqa: S602 - the commands are those of our own documents
        command,
        shell=True,
        env=environment,
        check=False,
        text=True,
        encoding="utf-8",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=120,
    )
    return done.stdout


def elided(printed: str, said: str) -> str:
    """Return what is printed, with `…` where a block has it: as many lines at the beginning and at the end."""
    first, *middle = re.split(r"^…\n", said, flags=re.MULTILINE)
    if not middle:
        return printed
    lines = printed.splitlines(keepends=True)
    last = len(middle.pop().splitlines())
    kept = ["".join(lines[: len(first.splitlines())]), *middle, "".join(lines[len(lines) - last :])]
    return "…\n".join(kept)


def is_as_said(printed: str, said: str) -> bool:
    """Return whether lines are those that a block says, which may stand `…` for any of them."""
    return _match(_comparable(printed), _comparable(said))


def _match(lines: list[str], patterns: list[str]) -> bool:
    if not patterns:
        return not lines
    if patterns[0] == "…":
        return any(_match(lines[skipped:], patterns[1:]) for skipped in range(len(lines) + 1))
    return bool(lines) and lines[0] == patterns[0] and _match(lines[1:], patterns[1:])


def _comparable(text: str) -> list[str]:
    return [re.sub(r"\b\d+\.\d+ ?s\b", "0.0 s", line.rstrip()) for line in text.strip("\n").splitlines()]


# What is not executed


@each_document
def test_every_block_says_what_it_is(path: Path) -> None:
    """Each block has a language, and it is one that is executed, or one that is known not to be."""
    languages = set(re.findall(r"^```(.*)\n(?:.*\n)*?^```$", path.read_text(), re.MULTILINE))

    assert languages <= SHOWN | EXECUTED


@each_document
def test_targets_of_make_exist(path: Path) -> None:
    """Each `make target` that a document names is in the Makefile."""
    targets = set(re.findall(r"^([\w-]+):", (CHECKOUT / "Makefile").read_text(), re.MULTILINE))
    named = re.findall(r"(?:^|`)make ([\w-]+)", path.read_text(), re.MULTILINE)

    assert {*named} <= targets


@each_document
def test_links_lead_somewhere(path: Path) -> None:
    """Each link within the checkout leads to a file, and to a heading in it where it names one."""
    assert [*_dead_links(path)] == []


def _dead_links(path: Path) -> Iterator[str]:
    text = re.sub(r"^```.*\n(?:.*\n)*?^```$", "", path.read_text(), flags=re.MULTILINE)
    for link in re.findall(r"\]\(([^)\s]+)\)", text):
        if "://" not in link:
            file, _, anchor = link.partition("#")
            target = (path.parent / file).resolve() if file else path
            if not target.exists() or (anchor and anchor not in anchors(target)):
                yield link


def anchors(path: Path) -> list[str]:
    """Return what the headings of a document are called in links."""
    return [re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings(path)]


def headings(path: Path) -> list[str]:
    """Return the headings of a document."""
    text = re.sub(r"^```.*\n(?:.*\n)*?^```$", "", path.read_text(), flags=re.MULTILINE)
    return re.findall(r"^#+ (.*?)\s*$", text, re.MULTILINE)


@each_document
def test_no_heading_stands_twice(path: Path) -> None:
    """A document has no two headings of the same name, so that a link to one is no guess."""
    assert repeated(headings(path)) == []


def repeated(names: Iterable[str]) -> list[str]:
    """Return the names that are there more than once."""
    names = list(names)
    return sorted({each for each in names if names.count(each) > 1})


# The checks themselves are seen to fail


def test_other_lines_than_said_are_noticed() -> None:
    """A line too many, too few or another one is noticed; times and what `…` stands for are not."""
    assert is_as_said("a\nb\nc (1.2 s)\n", "a\n…\nc (0.3 s)\n")
    assert is_as_said("a\nb\n", "a\nb\n")
    assert not is_as_said("a\nb\n", "a\n")
    assert not is_as_said("a\n", "a\nb\n")
    assert not is_as_said("a\nx\n", "a\nb\n")
    assert not is_as_said("b\na\n", "…\nb\n")


def test_lines_left_out_stay_left_out() -> None:
    """What is written anew has `…` at the same places."""
    assert elided("A\nB\nC\nD\n", "a\n…\nd\n") == "A\n…\nD\n"
    assert elided("A\nB\n", "…\nb\n") == "…\nB\n"
    assert elided("A\nB\n", "a\n") == "A\nB\n"


def test_an_edit_replaces_the_function_of_that_name() -> None:
    """A function of a block takes the place of its namesake, decorators included; another one comes last."""
    source = "class A:\n    @one\n    def f(self):\n        pass\n\n    def g(self):\n        pass\n"
    block = "    @two\n    def f(self):\n        return 1\n\n    def h(self):\n        return 2\n"

    expected = (
        "class A:\n    @two\n    def f(self):\n        return 1\n\n    def g(self):\n        pass\n\n"
        "    def h(self):\n        return 2\n"
    )
    assert expected == edited(source, block)


def test_a_dead_link_is_noticed(tmp_path: Path) -> None:
    """A link to no file, or to no heading of a file, is dead."""
    page = tmp_path / "page.md"
    page.write_text(
        "# One heading\n\n[a](page.md) [b](#one-heading) [c](other.md) [d](#two) [e](https://example.org)\n"
    )

    assert [*_dead_links(page)] == ["other.md", "#two"]


def test_headings_are_told_apart() -> None:
    """A name that is there twice is found; one that is a part of another is not."""
    assert repeated(["grant", "release", "grant", "release of a page"]) == ["grant"]


# Pages that are written by a script, and lists


def test_reference_pages_are_up_to_date() -> None:
    """The pages about models and claims say what the catalogue says now."""
    folder = CHECKOUT / "docs" / "reference"
    pages = runpy.run_path(str(folder / "generate.py"))["PAGES"]

    assert {name: page() for name, page in pages.items()} == {name: (folder / name).read_text() for name in pages}


def test_terms_are_in_order() -> None:
    """The terms of the glossary are sorted, so that a person finds them."""
    terms = headings(CHECKOUT / "docs" / "glossary.md")[1:]

    assert sorted(terms) == terms


@pytest.mark.parametrize("path", sorted((CHECKOUT / "docs" / "decisions").glob("0*.md")), ids=lambda path: path.stem)
def test_a_decision_is_one_sentence_and_names_the_roads_not_taken(path: Path) -> None:
    """A decision says in which context, facing what, to achieve and accepting what; and what was not done."""
    sentence = " ".join(path.read_text().split("\n\n")[1].split())

    assert re.fullmatch(r"In the context of .*, facing .*, we decided .*, to achieve .*, accepting .*\.", sentence)
    assert "Roads not taken" in headings(path)


def test_every_decision_is_in_the_list() -> None:
    """The list of decisions has each of them once."""
    folder = CHECKOUT / "docs" / "decisions"
    listed = re.findall(r"\]\((0.*?)\)", (folder / "README.md").read_text())

    assert listed == sorted(each.name for each in folder.glob("0*.md"))
