"""Taking out of a text what only steers a screen: colours, titles, zero bytes.

A colour may stand within a word, as where `grep` marks what it found; so it is taken out before any word is looked for.
"""

from __future__ import annotations

import re

_ESCAPES = re.compile(
    rb"\x1b(?:\[[0-9;:?]*[ -/]*[@-~]|\][^\x07\x1b\n]{0,1000}(?:\x07|\x1b\\)?|[^\n])?"
    rb"|(?<![\x80-\xff])\x9b[0-9;:?]*[@-~]"  # behind another such byte it is a part of a letter
)


def steady(block: bytes) -> bytes:
    r"""Return bytes without what steers a screen; lines stay lines.

    >>> steady(b"GC \x1b[31moverhead\x1b[0m\n")
    b'GC overhead\n'
    """
    return _ESCAPES.sub(b"", block) if b"\x1b" in block or b"\x9b" in block else block


def steady_text(text: str) -> str:
    r"""Return a text, as it comes out of a wrapping, without what steers a screen and without zero bytes.

    >>> steady_text("GC \x1b[31moverhead\x1b[0m\0")
    'GC overhead'
    """
    if "\0" in text:
        text = text.replace("\0", "")
    return steady(text.encode("utf-8", "replace")).decode() if "\x1b" in text else text
