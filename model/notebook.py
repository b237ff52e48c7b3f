"""How a result looks in a notebook: as the text that the command prints."""

from __future__ import annotations


def as_html(text: str) -> str:
    """Return a text as HTML, every character as it is."""
    from html import escape

    return f'<pre style="white-space: pre; overflow-x: auto">{escape(text)}</pre>'
