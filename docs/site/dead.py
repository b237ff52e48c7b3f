"""What is wrong with a built site, seen from its files: dead links, and what is loaded from other hosts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

LOADS = {"audio", "embed", "iframe", "img", "link", "object", "script", "source", "video"}
"""Elements whose address a browser asks for by itself."""
STATES = {"author", "canonical", "next", "prev"}
"""Links of a head that say something, and load nothing."""


@dataclass
class Read(HTMLParser):
    """What a page has: the names to link to, the links, and what it loads."""

    names: set[str] = field(default_factory=set)
    links: list[str] = field(default_factory=list)
    loads: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        self.names |= {said[name] or "" for name in ("id", "name") if name in said}
        if self._states(tag, said):
            return
        found = [each for name in ("href", "src", "data") if (each := said.get(name))]
        (self.loads if tag in LOADS else self.links).extend(found)

    @staticmethod
    def _states(tag: str, said: dict[str, str | None]) -> bool:
        return tag == "link" and (said.get("rel") or "") in STATES


def dead(site: Path) -> Iterator[str]:
    """Yield each link of each page that leads to no file of the site, or to no name on a page of it."""
    for page in pages(site):
        for link in dict.fromkeys([*_read(page).links, *_read(page).loads]):
            if not _is_elsewhere(link) and (why := _wrong(site, page, link)):
                yield f"{page.relative_to(site)}: {link}: {why}"


def foreign(site: Path) -> Iterator[str]:
    """Yield each address of another host that a page or a style of the site loads."""
    for page in pages(site):
        yield from (f"{page.relative_to(site)}: {each}" for each in _read(page).loads if _is_foreign(each))
    for file in [*sorted(site.rglob("*.css")), *pages(site)]:
        for address in re.findall(r"""(?:url\(|@import)\s*["']?((?:https?:)?//[^"')\s]+)""", file.read_text("utf-8")):
            yield f"{file.relative_to(site)}: {address}"


def pages(site: Path) -> list[Path]:
    """Return the pages of a site."""
    return sorted(site.rglob("*.html"))


def _wrong(site: Path, page: Path, link: str) -> str:
    parts = urlsplit(link)
    target = _target(site, page, unquote(parts.path))
    if not target.is_relative_to(site.resolve()) or not target.is_file():
        return "there is no such file"
    if parts.fragment and target.suffix == ".html" and not _is_there(target, unquote(parts.fragment)):
        return "the page has no such name"
    return ""


def _is_there(page: Path, fragment: str) -> bool:
    return fragment.startswith(("step=", "lesson=")) or fragment in _read(page).names


def _target(site: Path, page: Path, path: str) -> Path:
    if not path:
        return page.resolve()
    target = (site / path.lstrip("/") if path.startswith("/") else page.parent / path).resolve()
    return target / "index.html" if target.is_dir() else target


def _is_elsewhere(link: str) -> bool:
    parts = urlsplit(link)
    return bool(parts.scheme or parts.netloc)


def _is_foreign(link: str) -> bool:
    return bool(urlsplit(link).netloc)


@cache
def _read(page: Path) -> Read:
    found = Read()
    found.feed(page.read_text(encoding="utf-8"))
    return found
