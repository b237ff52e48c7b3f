"""Where a file of the checkout stands on the site, and what a link between two of them becomes."""

from __future__ import annotations

import re
from collections.abc import Callable
from os.path import normpath, relpath
from pathlib import PurePosixPath

MOVED = {"README.md": "start.md", "docs/glossary.md": "reference/glossary.md"}
"""The pages that stand elsewhere on the site than their folders say."""
GALLERY = "counterexamples/gallery/"
SHOWN_AS_TEXT = {".java", ".py", ".toml"}
"""What is linked to and is program text becomes a page; any other file is copied as it is."""

_LINK = re.compile(r"(?<=\]\()(?P<target>[^)\s]+)(?=\))")
_CODE = re.compile(r"^(?P<fence>```+).*?^(?P=fence)$|`[^`\n]+`", re.MULTILINE | re.DOTALL)


def place(source: str) -> str:
    """Return where on the site a file of the checkout stands. Both are relative paths with `/`."""
    if source in MOVED:
        return MOVED[source]
    if source.startswith("docs/") and source.endswith(".md"):
        return source.removeprefix("docs/")
    if source.startswith(GALLERY):
        return "gallery/" + source.removeprefix(GALLERY)
    if "/" not in source and source.endswith(".md"):
        return source.lower()
    return f"source/{source}" + (".md" if PurePosixPath(source).suffix in SHOWN_AS_TEXT else "")


def relinked(text: str, source: str, linked: Callable[[str], None]) -> str:
    """Return the text of a page with each link as the site has it; `linked` hears of every file that one leads to.

    What stands in code is left alone, and so are links that leave the checkout.
    """

    def link(match: re.Match[str]) -> str:
        file, hash_sign, anchor = match["target"].partition("#")
        if not file or "://" in file or file.startswith("mailto:"):
            return match["target"]
        target = normpath(PurePosixPath(source).parent / file)
        linked(target)
        return relpath(place(target), PurePosixPath(place(source)).parent) + hash_sign + anchor

    return outside_code(text, lambda prose: _LINK.sub(link, prose))


def outside_code(text: str, change: Callable[[str], str]) -> str:
    """Return a text in which everything but blocks and words of code is changed."""
    parts, end = [], 0
    for code in _CODE.finditer(text):
        parts += [change(text[end : code.start()]), code[0]]
        end = code.end()
    return "".join([*parts, change(text[end:])])
