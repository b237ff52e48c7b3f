"""The order in which the site is read: Diátaxis, then the course, the gallery and the news."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from docs.site.staging import Staged

Entry = str | dict[str, "str | list[Entry]"]
"""A page, or a heading with what stands under it, as the generator takes them."""


@dataclass(frozen=True)
class Section:
    """A tab of the site: the pages of a folder."""

    title: str
    folder: str
    why: str
    """What its own page says before it lists the others."""
    first: tuple[str, ...] = ()
    """These come before the others of the folder, in this order; they may stand elsewhere."""


SECTIONS = (
    Section(
        "Tutorial",
        "tutorial",
        "You learn by doing. Each takes about a quarter of an hour, and all that it prints was printed by the program.",
        ("start.md", "tutorial/your-first-model.md", "tutorial/from-the-smallest-leak-to-spark-22713.md"),
    ),
    Section(
        "How-to",
        "how-to",
        "You have a goal. Each page leads to one.",
        ("how-to/check-your-own-manager.md", "how-to/check-in-ci.md", "how-to/audit-a-log.md"),
    ),
    Section(
        "Reference",
        "reference",
        "You look something up. Most of these pages are written by the program from itself.",
        ("reference/command-line.md", "reference/api.md", "reference/models.md", "reference/claims.md"),
    ),
    Section(
        "Explanation",
        "explanation",
        "You want to know why, and how far it can be trusted.",
        ("explanation/one-model-every-engine.md", "explanation/what-a-verdict-covers.md"),
    ),
    Section("Course", "course", "Lessons, with exercises, for a lecture and a lab."),
)
BELOW = {"Reference": ("reference/classes", "reference/engines"), "Explanation": ("decisions",)}
"""Folders that have a page of their own, and stand under a section."""
NEWS = ("changelog.md", "contributing.md", "security.md")


def indexes(staged: Staged) -> dict[str, str]:
    """Return the page of each section that has pages and no page of its own."""
    return {
        f"{section.folder}/index.md": _index(staged, section)
        for section in SECTIONS
        if staged.within(section.folder) and f"{section.folder}/README.md" not in staged.pages
    }


def navigation(staged: Staged) -> list[Entry]:
    """Return the navigation of all that is staged. A folder without pages has no place in it."""
    found: list[Entry] = [{"Home": "index.md"}]
    found += [{each.title: _section(staged, each)} for each in SECTIONS if staged.within(each.folder)]
    found.append({"Gallery": ["gallery/README.md", "explore/index.md", *_stories(staged)]})
    found.append({"News": [*_known(staged, NEWS)]})
    return found


def _section(staged: Staged, section: Section) -> list[Entry]:
    below: list[Entry] = [
        {staged.title(f"{each}/README.md"): [f"{each}/README.md", *staged.within(each)]}
        for each in BELOW.get(section.title, ())
    ]
    return [_own_page(staged, section.folder), *_ordered(staged, section), *below]


def _own_page(staged: Staged, folder: str) -> str:
    return next(_known(staged, (f"{folder}/README.md", f"{folder}/index.md")))


def _ordered(staged: Staged, section: Section) -> list[str]:
    first = [*_known(staged, section.first)]
    return [*first, *(each for each in _others(staged, section) if each not in first)]


def _others(staged: Staged, section: Section) -> list[str]:
    """Return the pages of a folder by their titles; those of the course by their names, which are numbered."""
    pages = staged.within(section.folder)
    return sorted(pages) if section.folder == "course" else pages


def _known(staged: Staged, pages: Iterable[str]) -> Iterator[str]:
    return (each for each in pages if each in staged.pages)


def _stories(staged: Staged) -> list[str]:
    """Return the pages of the stories in the order in which the gallery lists them."""
    text = staged.pages["gallery/README.md"]
    stories = [each for each in staged.pages if each.startswith("gallery/") and each.count("/") > 1]
    return sorted(stories, key=lambda each: text.find(f"({each.removeprefix('gallery/')})"))


def _index(staged: Staged, section: Section) -> str:
    rows = [
        f"- [{staged.title(each)}]({_from(section, each)})<br>{staged.promise(each)}"
        for each in _ordered(staged, section)
    ]
    rows += [
        f"- [{staged.title(page)}]({_from(section, page)})<br>{staged.promise(page)}"
        for page in (f"{each}/README.md" for each in BELOW.get(section.title, ()))
    ]
    return "\n".join([f"# {section.title}", "", section.why, "", *rows, ""])


def _from(section: Section, page: str) -> str:
    own = f"{section.folder}/"
    return page.removeprefix(own) if page.startswith(own) else f"../{page}"
