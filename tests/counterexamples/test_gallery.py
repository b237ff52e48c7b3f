"""The gallery: every story is what the checker says today, and reads as it should.

`make gallery` writes what differs.
"""

import os
import re
from collections.abc import Iterator
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from xml.etree import ElementTree

import pytest

from docs.pages import stories
from docs.pages.gallery import EVERY_STORY, files, index
from docs.pages.live_stories import LiveStory
from docs.pages.stories import GALLERY, Story
from spillproof.counterexamples.explain.explanation import Explanation
from spillproof.counterexamples.export import itf
from spillproof.model.errors import ModelError
from spillproof.properties.engines.check import check

WRITE = "SPILLPROOF_WRITE_GALLERY" in os.environ

each_story = pytest.mark.parametrize("story", EVERY_STORY, ids=[story.folder for story in EVERY_STORY])

QUICK = {"spark-22713-forced-spill", "spark-22713-exhaustion", "spark-4.0-serialized-block"}
"""The stories that are told anew in `make test`."""

_explained: dict[str, Explanation] = {}


def explained(story: Story) -> Explanation:
    """A story's explanation, computed once a process."""
    if story.folder not in _explained:
        _explained[story.folder] = story.explained()
    return _explained[story.folder]


def committed(file: Path, text: str) -> str:
    """What stands in a file; where the gallery is to be written, after writing it."""
    if WRITE:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8", newline="\n")
    return file.read_text(encoding="utf-8") if file.is_file() else ""


@pytest.mark.parametrize(
    "story",
    [
        pytest.param(story, id=story.folder, marks=[] if story.folder in QUICK else [pytest.mark.thorough])
        for story in EVERY_STORY
    ],
)
def test_a_story_is_what_the_checker_says(story: Story) -> None:
    """Page, trace and pictures are made anew, and are what is committed, to the byte."""
    for name, text in files(story, explained(story)).items():
        assert committed(GALLERY / story.folder / name, text) == text, f"{story.folder}/{name}: run make gallery"


@pytest.mark.thorough
def test_the_index_lists_every_story() -> None:
    """One row a story, made from the same runs; and there is no folder without a story."""
    text = index([(story, explained(story)) for story in EVERY_STORY])

    assert committed(GALLERY / "README.md", text) == text, "run make gallery"
    assert {each.name for each in GALLERY.iterdir() if each.is_dir()} == {story.folder for story in EVERY_STORY}


@each_story
def test_the_pages_links_lead_somewhere(story: Story) -> None:
    """Pictures and traces that a page names are beside it."""
    folder = GALLERY / story.folder
    for target in links(folder / "README.md"):
        assert (folder / target).exists(), target


def links(page: Path) -> Iterator[str]:
    """The files that a page refers to."""
    for target in re.findall(r"\]\(([^)]+)\)", page.read_text(encoding="utf-8")):
        if not target.startswith(("http", "#")):
            yield target.partition("#")[0]


@each_story
def test_the_committed_files_are_what_they_say(story: Story) -> None:
    """The trace can be read, and the pictures are well-formed and have a title."""
    folder = GALLERY / story.folder

    assert itf.read(folder / "run.itf.json").model == story.model
    for picture in ("heap.svg", "timeline.svg"):
        root = ElementTree.fromstring((folder / picture).read_text(encoding="utf-8"))  # noqa: S314 - our own file
        assert root.find("{http://www.w3.org/2000/svg}title") is not None


@pytest.mark.parametrize(
    "story", [each for each in EVERY_STORY if isinstance(each, LiveStory)], ids=lambda story: story.folder
)
def test_a_run_on_running_code_is_what_it_was(story: LiveStory) -> None:
    """Taken again on the versions that the committed trace names, it is the same, to the byte."""
    target, _ = story.about()
    if any(find_spec(name) is None for name in target.needs):
        pytest.skip(f"{target.name} is not installed")
    file = GALLERY / story.folder / "run.itf.json"
    if not WRITE and not story.is_installed(itf.read(file)):
        pytest.skip("other versions are installed than those that the trace was taken on")
    text = itf.dumps(story.taken())

    if not file.is_file() or steady(story, file.read_text(encoding="utf-8")) != steady(story, text):
        assert committed(file, text) == text, f"{story.folder}/run.itf.json: run make gallery"


def steady(story: Story | LiveStory, text: str) -> str:
    """A trace without the places in tables that the hash of a key says, which is another in each process."""
    return re.sub(r"\[\d+\]", "[]", text) if story.folder == "theine-never-freed" else text


def test_a_story_stays_when_a_line_is_added() -> None:
    """No number of a line of a model stands in what is committed."""
    numbered = re.compile(r"\bmodel/[\w/]+\.py:\d")
    of_models = [each for each in EVERY_STORY if not isinstance(each, LiveStory)]

    assert not [
        story.folder
        for story in of_models
        for file in (GALLERY / story.folder).iterdir()
        if numbered.search(file.read_text(encoding="utf-8"))
    ]


def test_a_story_without_a_run_is_noticed() -> None:
    """Where the claim is not violated any more, the story says that it has no run, and that the claim was proved."""
    untrue = Story("untrue", "Untrue", "spark@2.4.0", "free_is_unreachable", "", "")

    with pytest.raises(ModelError, match=r"has no run: spark@2\.4\.0, free_is_unreachable: proved for "):
        untrue.explained()


def test_a_story_whose_time_was_up_is_not_called_untrue(monkeypatch: pytest.MonkeyPatch) -> None:
    """A check that ran out of time says nothing of whether the claim is violated, and nor does the story."""
    monkeypatch.setattr(stories, "check", partial(check, time_limit=0))
    late = Story("late", "Late", "spark@2.3.4", "free_is_unreachable", "", "")

    with pytest.raises(ModelError, match=r"has no run: spark@2\.3\.4, free_is_unreachable: unknown: "):
        late.explained()


@each_story
def test_a_story_takes_three_minutes(story: Story) -> None:
    """What the program is and what happens are 500 words at most, which are read in three minutes."""
    assert 8 <= len(story.what.split()) <= 90
    assert len(story.what.split()) + len(story.words.split()) <= 500


@each_story
def test_a_story_begins_with_words_and_pictures(story: Story) -> None:
    """A stranger is told what the program is, then what happens, then sees it; scripts and tables come after."""
    page = (GALLERY / story.folder / "README.md").read_text(encoding="utf-8")
    before, _, _ = page.partition("\n## ")

    assert " ".join(before.split()).startswith(f"# {before.splitlines()[0][2:]} {' '.join(story.what.split())}")
    assert "heap.svg" in before
    assert "timeline.svg" in before
    assert "```" not in before


def test_there_are_thirty_stories() -> None:
    """Of which eight at least are not about Spark."""
    assert len(EVERY_STORY) >= 30
    assert len([each for each in EVERY_STORY if "spark" not in each.model and "incident" not in each.model]) >= 8
