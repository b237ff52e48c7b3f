"""Paths that lead to the same kind of object by the same fields are told as one."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from spillproof.model.heap import HeapObject
from spillproof.model.quantity import Bytes
from spillproof.model.system import Model, action, require
from spillproof.properties.accounting import free_is_unreachable
from spillproof.properties.engines.run import Run, Step
from spillproof.properties.engines.story.alike import alike
from spillproof.properties.engines.story.counterexample_text import Story, counterexample
from spillproof.properties.engines.story.phrases import WIDTH
from spillproof.properties.engines.verdict import Result, Violated


def words(paths: Iterable[str], kind: str = "Page") -> list[tuple[str, list[int]]]:
    """The signatures of paths, and which of the paths have each."""
    return [(each.words, each.places) for each in alike([(path.split(), kind) for path in paths])]


@pytest.mark.parametrize(
    ("paths", "expected"),
    [
        (["a b", "a b"], [("a ▸ b", [0, 1])]),
        (["a b", "a c"], [("a ▸ b", [0]), ("a ▸ c", [1])]),
        (["r page", "r next page", "r next next page"], [("r ▸ next* ▸ page", [0, 1, 2])]),
        (["r next page", "r page"], [("r ▸ next ▸ page", [0]), ("r ▸ page", [1])]),
        (["pages[0]", "pages[12]", "pages['k']"], [("pages[*]", [0, 1, 2])]),
        (["r", "r n v", "r n v n v", "r n v n v n v"], [("r ▸ (n ▸ v)*", [0, 1, 2, 3])]),
        (["n n n", "n n"], [("n*", [0, 1])]),
        ([], []),
    ],
)
def test_a_signature_is_a_path_with_repetitions_drawn_together(
    paths: list[str], expected: list[tuple[str, list[int]]]
) -> None:
    """What is repeated has a star, and paths with one or none of it are counted with the others."""
    assert words(paths) == expected


def test_classes_are_told_apart() -> None:
    """The same fields that lead to objects of two classes are two signatures."""
    found = alike([(["a"], "Page"), (["a"], "Table"), (["a"], "Page")])

    assert [(each.kind, each.places) for each in found] == [("Page", [0, 2]), ("Table", [1])]


class Page(HeapObject):
    """Where the bytes are."""

    size: Bytes

    def shallow_size(self) -> Bytes:
        return self.size


class Link(HeapObject):
    """One of a list."""

    page: Page
    next: Link | None


class Pages(Model):
    """A list of pages that is released, and kept by a reader."""

    used: Bytes

    def begin(self, places: int = 36) -> None:
        self.places = places
        self.used = 0
        self.reader: Link | None = None

    @action
    def fill(self, size: Bytes) -> None:
        """Fill every page."""
        require(self.reader is None)
        for _ in range(self.places):
            self.reader = Link(Page(size), self.reader)
            self.used += size

    @action
    def release(self) -> None:
        """Release what is read."""
        self.used = 0

    def accounted(self) -> Bytes:
        return self.used


def told(places: int) -> list[str]:
    """The counterexample of so many pages, as it is told."""
    run = Run(Pages(places=places), (), (Step("fill", (1024,)), Step("release", ())))
    found = counterexample(Story(run, [Result(free_is_unreachable, Violated(run, places * 2, 1024), "test", 0.0)]))
    return "\n".join(found).splitlines()


def test_many_pages_are_one_line() -> None:
    """36 pages of a list are told once, with one of them as an example."""
    lines = told(36)

    assert "    36 × Page by reader ▸ next* ▸ page  (36,864 B), such as" in lines
    assert [line for line in lines if "▸ page  (1,024 B)" in line] == ["    reader ▸ page  (1,024 B)"]
    assert max(map(len, lines[: lines.index("  To take it again:")])) <= WIDTH


def test_two_pages_are_two() -> None:
    """Of few, each is shown with its own path."""
    assert [line.strip() for line in told(2) if "▸ page  (" in line] == [
        "reader ▸ page  (1,024 B)",
        "reader ▸ next ▸ page  (1,024 B)",
    ]
