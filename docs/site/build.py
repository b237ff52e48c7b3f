"""From the checkout to a folder of static files, by MkDocs and its theme Material."""

from __future__ import annotations

import logging
import tempfile
from pathlib import Path
from typing import Any

from docs.site.live import add_live_pages
from docs.site.navigation import indexes, navigation
from docs.site.staging import CHECKOUT, Staged, documents
from docs.site.workbench import add_bench

SETTINGS = CHECKOUT / "docs" / "site" / "mkdocs.yml"
THEME = CHECKOUT / "docs" / "site" / "theme"
WIDE = "---\nhide: [navigation, toc]\n---\n\n"
"""At the head of the first page: nothing stands beside it."""


def staged(*, stubs: bool = False) -> Staged:
    """Return all that the site is made from: the documents, the pages that run, and the page of each section.

    With `stubs` there is nothing on the pages that run.
    """
    found = documents()
    add_live_pages(found, stubs=stubs)
    add_bench(found)
    found.pages.update(indexes(found))
    found.pages["index.md"] = WIDE + found.pages["index.md"]
    found.files.update({each.name: each.read_bytes() for each in THEME.iterdir()})
    return found


MENU = {"generator": False, "version": {"provider": "mike"}}
"""What the theme is told where versions stand beside each other: to read their list, and show a menu."""


def build(to: Path, *, stubs: bool = False, menu: bool = False) -> None:
    """Write the site into a folder; with `stubs` there is nothing on the pages that run, with `menu` one of versions.

    Raises `mkdocs.exceptions.Abort` where a link leads nowhere.
    """
    from mkdocs.commands.build import build as write
    from mkdocs.config import load_config

    logging.basicConfig(format="%(levelname)s: %(message)s", level=logging.WARNING)
    with tempfile.TemporaryDirectory() as name:
        found = staged(stubs=stubs)
        found.write(Path(name))
        extra: dict[str, Any] = {"extra": MENU} if menu else {}
        config = load_config(str(SETTINGS), docs_dir=name, site_dir=str(to.resolve()), nav=navigation(found), **extra)
        write(config)
