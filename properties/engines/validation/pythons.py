"""What Python's own modules have that a model has something of: no step may set it, nor put something into a list."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from types import ModuleType

from spillproof.model.errors import is_pythons

MADE_LATE = frozenset(("last_exc", "last_traceback", "last_type", "last_value", "stderr", "stdin", "stdout"))
"""Names that Python sets by itself, or that tests turn elsewhere for a while."""


class Pythons:
    """What those modules have when a check begins."""

    def __init__(self, modules: Collection[ModuleType]) -> None:
        values = {id(each): each for module in modules for each in vars(module).values()}
        found = [each for each in values.values() if isinstance(each, ModuleType) and _is_one(each)]
        self.modules = [(each, {**_public(each)}) for each in found]
        self.lists = [
            (f"{each.__name__}.{name}", value, [*value])
            for each, names in self.modules
            for name, value in names.items()
            if type(value) is list
        ]

    def changed(self) -> Iterator[str]:
        """Yield what is set now, or has other members than before."""
        for module, before in self.modules:
            now = _public(module)
            yield from (f"{module.__name__}.{name}" for name in now if before.get(name, before) is not now[name])
        yield from (name for name, now, before in self.lists if [*map(id, now)] != [*map(id, before)])


def _is_one(module: ModuleType) -> bool:
    file = getattr(module, "__file__", None)
    return module.__name__ != "__main__" and (file is None or is_pythons(file))


def _public(module: ModuleType) -> dict[str, object]:
    """Return what a module has by name, without what it keeps to itself, and without other modules."""
    names = {name: value for name, value in vars(module).items() if not isinstance(value, ModuleType)}
    return {name: value for name, value in names.items() if not name.startswith("_") and name not in MADE_LATE}
