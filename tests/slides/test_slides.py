"""The slides say what the lecturer's page and the lessons say, all of it, and make one file that loads nothing."""

from __future__ import annotations

import re

import pytest

from docs.slides import deck as decks
from docs.slides import lessons, sources
from docs.slides.deck import Reveal, deck
from docs.slides.lecturer import PAGE, parts
from docs.slides.plan import LECTURES, Lecture

each_lecture = pytest.mark.parametrize("lecture", LECTURES, ids=[each.name for each in LECTURES])


@each_lecture
def test_every_row_is_shown_and_asked(lecture: Lecture) -> None:
    """Each row of the lecturer's page has slides, and ends with its question on one of its own."""
    rows = parts(lecture.minutes)

    assert len(lecture.rows) == len(rows)
    assert [each.heading for each in lecture.slides if each.kind == "question"] == [each.ask for each in rows]
    assert all(any(row.show in each.notes for each in lecture.slides) for row in rows)


@each_lecture
def test_the_minutes_fill_the_lecture(lecture: Lecture) -> None:
    """The rows follow one another from 0 to the end."""
    ends = [tuple(map(int, each.minutes.split("–"))) for each in parts(lecture.minutes)]

    assert [begin for begin, _ in ends] == [0, *(end for _, end in ends[:-1])]
    assert ends[-1][1] == lecture.minutes


@each_lecture
def test_every_slide_says_something(lecture: Lecture) -> None:
    """It has text, or something that runs; and the lecturer has something to say, but where a title says it all."""
    for each in lecture.slides:
        assert each.text or each.source or each.kind == "question", each.heading
        assert each.notes or each.kind in {"title", "checked"}, each.heading


@each_lecture
def test_a_slide_can_be_read_from_the_last_row(lecture: Lecture) -> None:
    """No program has more lines than a slide has room for, and no slide more letters."""
    for each in lecture.slides:
        programs = re.findall(r"```\w*\n(.*?)```", each.text, re.DOTALL)
        assert sum(len(program.splitlines()) for program in programs) <= lessons.MOST_LINES + 3, each.heading
        assert len(each.text) <= 1_000, each.heading


def test_the_ninety_minutes_go_through_all_lessons() -> None:
    """A slide begins each of the eight."""
    ninety = LECTURES[1]

    assert [each.text for each in ninety.slides if each.text.startswith("Lesson ")] == [
        f"Lesson {number}" for number in range(1, 9)
    ]


def test_a_paragraph_gives_its_first_sentences() -> None:
    """As many as there is room for; lists and programs stand as they are."""
    text = "One thing. Another thing.\n\n- a\n- b\n\n```console\n$ x\nWrote y\n…\n```"

    assert lessons.shown(text) == "One thing. Another thing.\n\n- a\n- b\n\n```console\n$ x\n```"
    assert lessons.shown(f"Short. {'Long ' * 100}end.") == "Short."


def test_what_is_missing_is_named() -> None:
    """A heading that a lesson no longer has, and a lecture that the page does not know."""
    with pytest.raises(LookupError, match="lesson 1 has no heading 'Three numbers'"):
        lessons.section(1, "Three numbers")
    with pytest.raises(LookupError, match="has no lecture of 60 minutes"):
        parts(60)


def test_the_lecturers_page_names_the_files() -> None:
    """With the command that writes them."""
    page = PAGE.read_text(encoding="utf-8")

    assert "`make slides`" in page
    assert all(f"{each.name}.html" in page for each in LECTURES)


def test_a_deck_is_one_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """Slides, notes, and the pages that run are in it, whatever they contain; nothing has an address elsewhere."""
    monkeypatch.setattr(sources, "live", lambda source: f"<script>{source}</script>")
    monkeypatch.setattr(sources, "transcript", lambda _source: "$ spillproof check")
    monkeypatch.setattr(sources, "words", lambda _source: "a story")
    page = deck(LECTURES[0], Reveal(css="/* style */", js="/* script </script> */"))

    assert page.count("<section") == len(LECTURES[0].slides)
    assert page.count("Note:") + page.count('<aside class="notes">') == len(LECTURES[0].slides)
    assert page.count("</script>") == 2
    assert re.findall(r'(?:src|href)="(?!#|data:)', page) == []


def test_without_npm_nothing_is_found() -> None:
    """Who has not installed reveal.js is told so, and gets no page without it."""
    assert Reveal.installed(decks.HERE / "nowhere") is None
