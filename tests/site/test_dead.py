"""Dead links and addresses of other hosts are seen in what was built."""

from __future__ import annotations

from pathlib import Path

from docs.site.dead import dead, foreign


def test_dead_links_are_seen(tmp_path: Path) -> None:
    """A file that is not there, a name that is not on its page, and a way out of the site are dead; the rest is not."""
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "index.html").write_text('<h1 id="here">A</h1><a href="../#there">b</a><a href="#here">c</a>')
    (tmp_path / "index.html").write_text(
        '<a href="a/#here">1</a><a href="a/#gone">2</a><a href="b.html">3</a><img src="c.png">'
        '<a href="../out.html">4</a><a href="https://example.org/x">5</a><p id="there">'
    )

    assert [*dead(tmp_path)] == [
        "index.html: a/#gone: the page has no such name",
        "index.html: b.html: there is no such file",
        "index.html: ../out.html: there is no such file",
        "index.html: c.png: there is no such file",
    ]


def test_what_is_loaded_from_another_host_is_seen(tmp_path: Path) -> None:
    """A script, a style and a font of another host are seen; a link that a reader may follow is not loaded."""
    (tmp_path / "index.html").write_text(
        '<script src="https://example.org/a.js"></script><a href="https://example.org">b</a>'
        '<link rel="canonical" href="https://example.org/">'
    )
    (tmp_path / "a.css").write_text("@font-face { src: url(//example.org/f.woff) } p { background: url(b.png) }")

    assert [*foreign(tmp_path)] == ["index.html: https://example.org/a.js", "a.css: //example.org/f.woff"]
