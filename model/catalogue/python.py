"""Models of Python packages, which tests run in lockstep with the code."""

from __future__ import annotations

from collections.abc import Iterator

from spillproof.model.catalogue.entry import Entry
from spillproof.model.claim_names import LEAK, ON_DISK
from spillproof.model.python.spooled import SpooledFile
from spillproof.model.python.zict_buffer import ZictBuffer
from spillproof.model.system import Model

OF_PYTHON: tuple[tuple[str, type[Model], str, frozenset[str]], ...] = (
    ("spooled-file", SpooledFile, "tempfile.SpooledTemporaryFile, and iterators over it", LEAK),
    ("zict-buffer", ZictBuffer, "zict.Buffer over files, on a disk that may be full", frozenset({ON_DISK})),
)
"""Each has a switch `repaired`."""


def of_python() -> Iterator[Entry]:
    """Each as it is, and repaired."""
    for word, model, summary, violated in OF_PYTHON:
        repaired = f"python:{word}+repaired"
        yield Entry(f"python:{word}", f"{summary}.", model, violated=violated, repaired=repaired)
        yield Entry(repaired, f"{summary}, repaired.", model, {"repaired": True})
