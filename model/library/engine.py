"""An engine of the library: which version is followed, and which of its memory managers are models under a name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from spillproof.model.library.repair import Repair, repairs_of
from spillproof.model.system import Model


@dataclass(frozen=True)
class Manager:
    """A memory manager of an engine, as a model under a name of the catalogue."""

    name: str
    summary: str
    model: type[Model]
    violated: frozenset[str] = frozenset()
    """The claims that the newest release violates, because of the defects that stand in it."""
    scope: Mapping[str, object] = field(default_factory=dict)

    @property
    def repairs(self) -> dict[str, Repair]:
        """Return the fixes that the model asks about, by name."""
        return repairs_of(self.model)

    @property
    def released(self) -> frozenset[str]:
        """Return the names of the fixes that the newest release has."""
        return frozenset(name for name, each in self.repairs.items() if not each.stands)

    @property
    def whole(self) -> str:
        """Return the name of the entry that has every fix: the manager's own, if the newest release has them all."""
        return self.name if self.released == frozenset(self.repairs) else f"{self.name}+repaired"


@dataclass(frozen=True)
class Engine:
    """An engine whose memory managers are modelled."""

    name: str
    title: str
    version: str
    """The newest that is known: a defect that stands, stands in it, by its code, its changelog or its issue."""
    managers: tuple[Manager, ...]
