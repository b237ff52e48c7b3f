"""A text that somebody is writing: the model in it, or what is wrong with it, and at which line."""

from __future__ import annotations

import atexit
import re
import shutil
import sys
import tempfile
from contextlib import chdir
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from types import ModuleType

from spillproof.model.errors import ModelError
from spillproof.model.system import Model, actions_of
from spillproof.properties.loader import module_in_file


@dataclass(frozen=True)
class Draft:
    """A text as a module, and the folder that it stands in alone."""

    folder: Path
    name: str
    """Of its file, such as `cache.py`."""
    module: ModuleType

    @property
    def models(self) -> list[type[Model]]:
        """The models that are written in it, in its order."""
        found = [each for each in vars(self.module).values() if isinstance(each, type) and issubclass(each, Model)]
        return [each for each in dict.fromkeys(found) if each.__module__ == self.module.__name__]

    def model(self, name: str) -> type[Model]:
        """Return the model of a name, or the last where there is none of that name.

        Raises `ModelError` where there is no model in the text, or where one of its actions cannot be taken by anybody.
        """
        if not self.models:
            raise ModelError(f"{self.name}: there is no subclass of Model in it; begin with `class Mine(Model):`")
        found = next((each for each in self.models if each.__name__ == name), self.models[-1])
        actions_of(found)
        return found


@lru_cache(maxsize=1)
def draft(name: str, text: str) -> Draft:
    """Return a text as a module; it is run by this. Raises `ModelError`, in one line, where it does not import."""
    folder = Path(tempfile.mkdtemp(dir=_room()))  # of its own: the lines of a file are remembered by its path
    path = folder / name
    path.write_text(text, encoding="utf-8")
    sys.modules.pop(path.stem, None)
    with chdir(folder):
        return Draft(folder, name, module_in_file(path))


@cache
def _room() -> Path:
    """Return the folder that all texts of this process stand in; it goes with the process."""
    room = Path(tempfile.mkdtemp(prefix="spillproof-"))
    atexit.register(shutil.rmtree, room, ignore_errors=True)
    return room


def line_in(message: str, name: str) -> int | None:
    """Return the line of a file that a message names, the last of them; None where it names none.

    >>> line_in("KeyError: 1 (cache.py:7, in evict)", "cache.py")
    7
    """
    found = re.findall(rf"(?<![\w.]){re.escape(name)}:(\d+)", message)
    return int(found[-1]) if found else None
