"""The menu of the site follows Diátaxis, and takes up what is added to a folder."""

from __future__ import annotations

import re
from pathlib import Path

from docs.site.navigation import indexes, navigation
from docs.site.staging import Staged, documents

SMALL = {
    "index.md": "# Home\n",
    "tutorial/b.md": "# Second\n\nIt says more. And more.\n",
    "tutorial/your-first-model.md": "# `First` model\n\nSee [it](b.md).\n",
    "gallery/README.md": "# Gallery\n\n[y](y/README.md) [x](x/README.md)\n",
    "gallery/x/README.md": "# X\n",
    "gallery/y/README.md": "# Y\n",
    "explore/index.md": "# Steps\n",
    "changelog.md": "# Changelog\n",
}


def test_the_menu_has_what_is_there() -> None:
    """Sections without pages are left out; what comes first is first; stories are as the gallery lists them."""
    staged = Staged(dict(SMALL))
    staged.pages |= indexes(staged)

    assert navigation(staged) == [
        {"Home": "index.md"},
        {"Tutorial": ["tutorial/index.md", "tutorial/your-first-model.md", "tutorial/b.md"]},
        {"Gallery": ["gallery/README.md", "explore/index.md", "gallery/y/README.md", "gallery/x/README.md"]},
        {"News": ["changelog.md"]},
    ]


def test_a_course_is_taken_up() -> None:
    """Lessons that somebody puts into docs/course are in the menu, by their names; their own page comes first."""
    course = {f"course/{name}.md": "# L\n" for name in ("02-b", "01-a", "README")}
    staged = Staged(SMALL | course)
    staged.pages |= indexes(staged)

    assert {"Course": ["course/README.md", "course/01-a.md", "course/02-b.md"]} in navigation(staged)


def test_a_section_lists_its_pages() -> None:
    """The page of a section has the title and the first sentence of each."""
    page = indexes(Staged(dict(SMALL)))["tutorial/index.md"]

    assert "- [First model](your-first-model.md)<br>See it." in page
    assert "- [Second](b.md)<br>It says more." in page


def test_every_link_of_the_documents_has_a_target() -> None:
    """What a document links to is staged, as a page or as a file."""
    staged = documents()

    assert "source/model/spark/collection/external_append_only_map.py.md" in staged.pages
    assert "gallery/smallest/heap.svg" in staged.files
    assert "```mermaid" not in staged.pages["gallery/smallest/README.md"]


def test_every_story_has_a_card() -> None:
    """Above the table of the gallery stands a picture for each story, with its title and how many steps it takes."""
    from docs.site.live import with_cards

    gallery = Path(__file__).resolve().parents[2] / "counterexamples" / "gallery"
    page = with_cards((gallery / "README.md").read_text(encoding="utf-8"))
    stories = sorted(each.parent.name for each in gallery.glob("*/story.md"))

    assert sorted(re.findall(r'<a href="([^"/]+)/index\.html">', page)) == stories
    assert "<span>lesson:release, 3 steps</span>" in page
    assert "SPARK-22713: E1 is spilled by force" in page[: page.index("| story |")]


def test_every_lesson_has_steps_to_take() -> None:
    """At the end of each lesson of the course stands a link to a model's page of the explorer."""
    from docs.site.live import add_live_pages

    staged = documents()
    add_live_pages(staged, stubs=True)
    lessons = {page: text for page, text in staged.pages.items() if re.match(r"course/\d-", page)}
    links = {
        page: re.findall(r"\[Take the steps yourself\]\(\.\./(explore/.+?\.html)\)", text)
        for page, text in lessons.items()
    }

    assert len(links) == 8
    assert {page: found for page, found in links.items() if len(found) != 1 or found[0] not in staged.files} == {}
