"""The page on which a model's source is edited and stepped: Python in the browser, served from the site.

npm brings Pyodide (`docs/site/bench/package.json`). Where it is not there, the site is written without the page, and
says so where the page would be linked to.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable

from docs.site.staging import CHECKOUT, Staged
from spillproof.counterexamples.course.exercises import EXERCISES
from spillproof.counterexamples.explorer.page import shipped
from spillproof.counterexamples.export.svg import shipped as of_the_viewer

BENCH = CHECKOUT / "docs" / "site" / "bench"
PYODIDE = BENCH / "node_modules" / "pyodide"
LOADED = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip", "pyodide-lock.json")
"""What the browser asks for, out of the package."""

STEPPED = ("cache", "spool", "grant", "task", "doubts", "invariant")
"""The exercises that are models: the others run, or are read."""

SMALLEST = "model/lessons/release.py"
"""The first text for somebody who comes without a lesson."""

WITHOUT = (
    "(The page on which a model's source is edited was left out of this copy of the site: npm could not be reached "
    "when it was made.)"
)


def is_there() -> bool:
    """Return whether npm has brought what the page needs."""
    return all((PYODIDE / each).is_file() for each in LOADED)


def add_bench(staged: Staged) -> None:
    """Add the page, a link to it from each lesson that it is for, and one from where models are explored."""
    index = staged.pages["explore/index.md"]
    if not is_there():
        staged.pages["explore/index.md"] = f"{index}\n{WITHOUT}\n"
        return
    staged.files.update({f"bench/{name}": content for name, content in bench_files()})
    words = "[Edit a model, and take its steps](../bench/index.html){ .md-button .md-button--primary }"
    staged.pages["explore/index.md"] = f"{index}\n{words}\n"
    for each in EXERCISES:
        if each.name in STEPPED:
            lesson = _page(staged, each.lesson)
            link = f"[Edit and step it here](../bench/index.html#lesson={each.name}){{ .md-button }}"
            staged.pages[lesson] = _after_heading(staged.pages[lesson], f"## Exercise: `{each.name}`", link)


def bench_files() -> Iterator[tuple[str, bytes]]:
    """Yield the files of the page, by their places beside it."""
    yield from ((f"pyodide/{name}", (PYODIDE / name).read_bytes()) for name in LOADED)
    yield "spillproof.zip", kit()
    yield from ((name, (BENCH / name).read_bytes()) for name in ("bench.js", "editor.js", "worker.js"))
    yield "facts.js", of_the_viewer("facts.js").encode()
    yield from ((name, shipped(name).encode()) for name in ("core.js", "layout.js", "drawing.js"))
    styles = (of_the_viewer("picture.css"), of_the_viewer("page.css"), shipped("explorer.css"))
    yield "bench.css", "".join((*styles, (BENCH / "bench.css").read_text(encoding="utf-8"))).encode()
    page = (BENCH / "index.html").read_text(encoding="utf-8")
    yield "index.html", page.replace("{{ lessons }}", lessons()).encode()


def lessons() -> str:
    """Return what may be edited, as the page's script takes it: JSON without what HTML might take for its own."""
    given = [
        {
            "name": each.name,
            "exercise": each.name,
            "title": f"Lesson {each.lesson}: {each.name}",
            "task": each.task,
            "text": each.given(),
            "page": f"../course/{_pages()[each.lesson]}/index.html",
            "words": "The lesson",
        }
        for each in EXERCISES
        if each.name in STEPPED
    ]
    smallest = {
        "name": "release",
        "exercise": "",
        "title": "The smallest leak",
        "task": "A release that forgets a reference: break it in three steps, then repair it.",
        "text": (CHECKOUT / SMALLEST).read_text(encoding="utf-8"),
        "page": "../gallery/smallest/index.html",
        "words": "Its story",
    }
    text = json.dumps([*given, smallest])
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


LEFT_OUT = {
    "spillproof/counterexamples/audit",
    "spillproof/counterexamples/commands",
    "spillproof/counterexamples/heap",
    "spillproof/counterexamples/replay",
    "spillproof/counterexamples/survey",
    "spillproof/model/spark",
    "spillproof/model/catalogue",
    "spillproof/properties/engines/network",
}
"""What the page never imports: half of the package."""


def kit() -> bytes:
    """Return what the page imports of the package as a zip of Python files, the same for the same files."""
    to = io.BytesIO()
    with zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in sorted(_python(files("spillproof"), "spillproof")):
            archive.writestr(zipfile.ZipInfo(name), text, zipfile.ZIP_DEFLATED, 9)
    return to.getvalue()


def _python(folder: Traversable, name: str) -> Iterator[tuple[str, str]]:
    """Yield the Python files of a package, with their places in it."""
    for each in folder.iterdir():
        if f"{name}/{each.name}" in LEFT_OUT:
            continue
        if each.is_dir() and each.joinpath("__init__.py").is_file():
            yield from _python(each, f"{name}/{each.name}")
        elif each.name.endswith(".py"):
            yield f"{name}/{each.name}", each.read_text(encoding="utf-8")


def _pages() -> dict[int, str]:
    """Return the name of each lesson's page, by its number."""
    found = sorted(each.stem for each in (CHECKOUT / "docs" / "course").glob("[0-9]-*.md"))
    return {int(each.partition("-")[0]): each for each in found}


def _page(staged: Staged, lesson: int) -> str:
    name = f"course/{_pages()[lesson]}.md"
    assert name in staged.pages
    return name


def _after_heading(text: str, heading: str, words: str) -> str:
    """Return a page with a paragraph right under one of its headings."""
    before, found, after = text.partition(f"{heading}\n")
    assert found, heading
    return f"{before}{found}\n{words}\n{after}"
