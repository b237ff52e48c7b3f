"""What was found before with the same code, so that a page that takes long goes on where it was interrupted."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from spillproof.counterexamples.replay import live as replay
from spillproof.properties import live


@cache
def code() -> str:
    """Return a word for what is run: the engine, and the adapters."""
    places = [Path(live.__file__).parent, Path(replay.__file__).parent]
    files = sorted(file for place in places for file in place.rglob("*.py"))
    return word(b"".join(file.read_bytes() for file in files).hex())


def word(text: str) -> str:
    """Return a word for a text."""
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


def file_of(folder: Path, key: str) -> Path:
    """Return where what is found under a key is kept."""
    return folder / f"{word(key + code())}.json"


def kept(folder: Path, key: str, find: Callable[[], Sequence[Any]]) -> list[Any]:
    """Return what was found before under a key, with this code, or find it."""
    file = file_of(folder, key)
    if file.exists():
        found: list[Any] = json.loads(file.read_text(encoding="utf-8"))
        return found
    result = [*find()]
    folder.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(result), encoding="utf-8")
    return result
