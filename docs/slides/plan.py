"""Which slides a lecture has: for each row of the lecturer's page what is shown, and then its question."""

from __future__ import annotations

from dataclasses import dataclass

from docs.slides import lessons
from docs.slides.lecturer import Part, parts


@dataclass(frozen=True)
class Slide:
    """A heading, Markdown below it, and what the lecturer says."""

    heading: str
    text: str = ""
    notes: str = ""
    kind: str = ""
    """The class of its section: `title`, `question`, `live`, `checked`, or nothing."""
    source: str = ""
    """Of a live page: what it is made from, such as `story smallest`."""


@dataclass(frozen=True)
class Lecture:
    """A lecture of so many minutes."""

    minutes: int
    rows: tuple[tuple[Slide, ...], ...]
    """What is shown in each row of the lecturer's page."""

    @property
    def name(self) -> str:
        """Return the name of its file."""
        return f"lecture-{self.minutes}"

    @property
    def slides(self) -> list[Slide]:
        """Return all slides in order: those of each row, and the row's question."""
        found = [FIRST]
        for part, slides in zip(parts(self.minutes), self.rows, strict=True):
            first, *others = slides
            found += [_timed(first, part), *others, question(part)]
        return [*found, LAST]


def _timed(slide: Slide, part: Part) -> Slide:
    notes = f"Minutes {part.minutes}. {part.show}\n\n{slide.notes}".strip()
    return Slide(slide.heading, slide.text, notes, slide.kind, slide.source)


def question(part: Part) -> Slide:
    """Return the slide that is asked before going on."""
    return Slide(part.ask, kind="question", notes=f"Minutes {part.minutes}. Let them answer before you go on.")


def section(lesson: int, heading: str) -> Slide:
    """Return a section of a lesson."""
    text = lessons.section(lesson, heading)
    return Slide(heading, lessons.shown(text), lessons.said(text))


def lesson(number: int) -> Slide:
    """Return the slide on which a lesson begins."""
    return Slide(lessons.title(number), f"Lesson {number}", kind="title")


def exercise(number: int, name: str) -> Slide:
    """Return what students are to change in an exercise."""
    text = lessons.section(number, f"Exercise: `{name}`")
    command = f"```console\n$ spillproof new exercise {name}\n$ spillproof grade {name}.py\n```"
    return Slide(f"Your turn: {name}.py", f"```python\n{lessons.holes(name)}\n```\n\n{command}", lessons.said(text))


def task(number: int, name: str) -> Slide:
    """Return the task of an exercise whose file is too long for a slide."""
    text = lessons.section(number, f"Exercise: `{name}`")
    return Slide(f"Your turn: {name}.py", lessons.shown(text), lessons.said(text))


def run(story: str, heading: str) -> Slide:
    """Return a run of the gallery to step through, as the projector shows it."""
    notes = (
        "Click into it; → and ← step, and P leaves the large letters. It does not say how it ends. "
        "Click beside it to go on with the slides."
    )
    return Slide(heading, notes=notes, kind="live", source=f"story {story}")


def explore(model: str, heading: str) -> Slide:
    """Return a page in which the hall takes the steps."""
    notes = "Let the hall say which step comes next; C hides what breaks a claim. Click beside it to go on."
    return Slide(heading, notes=notes, kind="live", source=f"explore {model}")


def told(story: str, heading: str) -> Slide:
    """Return a run of the gallery as it ends, with the words of its story to say."""
    notes = "The run as it ends; click into it, and ← steps back."
    return Slide(heading, notes=notes, kind="live", source=f"told {story}")


def checked(model: str) -> Slide:
    """Return what the command prints of a model, down to the last verdict."""
    return Slide(f"`spillproof check {model}`", kind="checked", source=f"check {model}")


FIRST = Slide(
    "Counted free, and still there",
    "A memory manager counts bytes as free that something still references.\n\n"
    "How does one find such a run, and how does one prove that there is none?",
    "Keep a page on the screen while they come in: `spillproof explore lesson:release`.",
    "title",
)
LAST = Slide(
    "To take home",
    "```console\n$ pip install spillproof\n$ spillproof new exercise cache\n$ spillproof grade cache.py\n```\n\n"
    "Eight lessons, each with an exercise that grades itself.\n\nThen: a model of the manager of your own work, with\n"
    "`spillproof new model NAME`",
    "The solutions are kept apart, in docs/course/solutions.",
)

ACCOUNT = (lesson(1), section(1, "Two numbers"), exercise(1, "cache"))
SMALLEST = (run("smallest", "The smallest run"), explore("lesson:release", "Take the steps"))
ITERATORS = (lesson(2), section(2, "A spill"), exercise(2, "spool"))
CONTENTION = (
    lesson(4),
    section(4, "Who spills for whom"),
    run("spark-22713-forced-spill", "SPARK-22713, in three steps"),
    task(4, "task"),
    told("proposal-null-reading-iterator", "The report proposed: readingIterator = null"),
)
WORTH = (lesson(5), section(5, "Three ways to prove nothing"))
PROVED = checked("spark@2.4.0")

LECTURES = (
    Lecture(45, (ACCOUNT, SMALLEST, ITERATORS, CONTENTION, WORTH, (PROVED,))),
    Lecture(
        90,
        (
            (*ACCOUNT, *SMALLEST),
            (*ITERATORS, run("python-spooled-iterator", "In the standard library")),
            (lesson(3), section(3, "A pool"), exercise(3, "grant")),
            (*CONTENTION, explore("spark@2.3.4", "Find it yourselves")),
            (*WORTH, task(5, "doubts")),
            (lesson(6), section(6, "Shapes"), section(6, "Invariants"), task(6, "invariant"), PROVED),
            (lesson(7), section(7, "From a temporary file to your own cache"), task(7, "store")),
            (lesson(8), section(8, "What is left of an executor"), told("incident", "The incident")),
        ),
    ),
)
