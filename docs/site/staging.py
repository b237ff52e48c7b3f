"""What the site is built from: the documents as they are, with their links, and what documents link to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from docs.site.places import SHOWN_AS_TEXT, place, relinked

CHECKOUT = Path(__file__).resolve().parents[2]
DOCUMENTS = ("*.md", "docs/**/*.md", "counterexamples/gallery/README.md", "counterexamples/gallery/*/README.md")
HIDDEN = "---\nsearch:\n  exclude: true\n---\n\n"
"""At the head of a page that is linked to and not searched."""
NO_PROSE = ("<", "#", "|", "```", "!", "- ", ">")
"""A paragraph that begins so is none that says what a page is about."""

_MERMAID = re.compile(r"^```mermaid\n.*?^```\n\n?", re.MULTILINE | re.DOTALL)


@dataclass
class Staged:
    """What the generator is given, by places on the site."""

    pages: dict[str, str] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)

    def title(self, page: str) -> str:
        """Return the first heading of a page, without its markup."""
        return re.sub(r"[`*]", "", _head(self.pages[page])[0])

    def promise(self, page: str) -> str:
        """Return the first sentence of a page."""
        return _head(self.pages[page])[1]

    def within(self, folder: str) -> list[str]:
        """Return the pages that stand directly in a folder, its own page left out, by their titles."""
        found = [each for each in self.pages if PurePosixPath(each).parent == PurePosixPath(folder)]
        return sorted((each for each in found if not is_index(each)), key=lambda each: self.title(each).lower())

    def write(self, folder: Path) -> None:
        """Write all of it into a folder."""
        for name, content in {**{name: text.encode() for name, text in self.pages.items()}, **self.files}.items():
            file = folder / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)


def is_index(page: str) -> bool:
    """Return whether a page is the one of its folder."""
    return PurePosixPath(page).name in {"README.md", "index.md"}


def documents() -> Staged:
    """Return the documents of the checkout, and every file that one of them links to."""
    staged = Staged()
    wanted: list[str] = []
    for source in _documents():
        text = relinked((CHECKOUT / source).read_text(encoding="utf-8"), source, wanted.append)
        staged.pages[place(source)] = for_the_site(text)
    for source in sorted(set(wanted)):
        _add(staged, source)
    return staged


def _documents() -> Iterator[str]:
    for pattern in DOCUMENTS:
        for file in sorted(CHECKOUT.glob(pattern)):
            if "node_modules" not in file.parts:
                yield file.relative_to(CHECKOUT).as_posix()


def _add(staged: Staged, source: str) -> None:
    file, to = CHECKOUT / source, place(source)
    if to in staged.pages or not file.is_file():
        return
    if file.suffix in SHOWN_AS_TEXT:
        staged.pages[to] = f"{HIDDEN}# `{source}`\n\n````{file.suffix[1:]}\n{file.read_text(encoding='utf-8')}````\n"
    else:
        staged.files[to] = file.read_bytes()


def for_the_site(text: str) -> str:
    """Return a document without what only other readers of Markdown draw, and with its folded parts read as Markdown.

    A diagram of Mermaid needs a script of megabytes; where one stands, the page to step through says the same.
    """
    return _MERMAID.sub("", text).replace("<details>", '<details markdown="1">')


def _head(text: str) -> tuple[str, str]:
    """Return the first heading of a page, and the first sentence after it that is prose."""
    _, _, after = f"\n{text}".partition("\n# ")
    heading, _, body = after.partition("\n")
    prose = (each for each in re.split(r"\n\s*\n", body) if each.strip() and not each.startswith(NO_PROSE))
    first = " ".join(next(prose, "").split())
    return heading.strip(), re.split(r"(?<=[.?])\s", re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", first))[0]
