"""Where a document stands on the site, and what becomes of its links."""

from __future__ import annotations

import pytest

from docs.site.places import place, relinked


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("README.md", "start.md"),
        ("CHANGELOG.md", "changelog.md"),
        ("docs/how-to/audit-a-log.md", "how-to/audit-a-log.md"),
        ("docs/glossary.md", "reference/glossary.md"),
        ("counterexamples/gallery/smallest/heap.svg", "gallery/smallest/heap.svg"),
        ("model/spark/modes.py", "source/model/spark/modes.py.md"),
    ],
)
def test_a_file_has_its_place(source: str, expected: str) -> None:
    """Documents keep their folders without `docs/`; program text becomes a page."""
    assert place(source) == expected


def test_a_link_leads_to_where_its_target_went() -> None:
    """Of two documents that move apart, the link follows; the heading stays; the target is told of."""
    told: list[str] = []
    text = "[a](../glossary.md#page) [b](../../README.md) [c](https://example.org) [d](#here)"

    assert relinked(text, "docs/how-to/x.md", told.append) == (
        "[a](../reference/glossary.md#page) [b](../start.md) [c](https://example.org) [d](#here)"
    )
    assert told == ["docs/glossary.md", "README.md"]


def test_code_is_left_alone() -> None:
    """What looks like a link in a block or a word of code is none; the text of a link may be code."""
    text = "`[a](b.md)` [`c`](../glossary.md)\n\n```text\n[d](../glossary.md)\n```\n"

    assert relinked(text, "docs/how-to/x.md", lambda _: None) == (
        "`[a](b.md)` [`c`](../reference/glossary.md)\n\n```text\n[d](../glossary.md)\n```\n"
    )
