"""What every page of ours has: it is one file, is filled in by a template that escapes, and may load nothing.

Names come from models, traces, logs and dumps that anybody may have written.
"""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from typing import Any
from xml.etree.ElementTree import Element, tostring

from jinja2 import DictLoader, Environment, StrictUndefined, Template
from markupsafe import Markup


def policy(css: str, js: str = "") -> str:
    """Return what a page may do: its own style and its own script, known by their digests, and nothing else.

    >>> "script-src" in policy("p {}"), "script-src" in policy("p {}", "f()")
    (False, True)
    """
    script = f"script-src {_digest(js)}; " if js else ""
    return f"default-src 'none'; style-src {_digest(css)}; {script}img-src data:; base-uri 'none'; form-action 'none'"


def _digest(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def template(text: str, **filters: Any) -> Template:
    """Return a page's template, which escapes what it is given, and fails where it is not given all that it names."""
    made = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        loader=DictLoader({"page": text}),
    )
    made.filters.update(filters)
    return made.get_template("page")


def inline(root: Element) -> Markup:
    """Return a picture as it stands within a page."""
    root.attrib.pop("xmlns", None)
    return Markup(tostring(root, encoding="unicode", short_empty_elements=False))  # noqa: S704 - ElementTree escapes
