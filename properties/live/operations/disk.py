"""What the environment does to the disk."""

from __future__ import annotations

from typing import Protocol

from spillproof.properties.live.move import Move
from spillproof.properties.live.operations.operation import Operation, Situation, Text


class FillDisk(Operation):
    """The disk is full from here on."""

    name, needs, fault, fills_disk = "fill_disk", ("keys",), "full_disk", True

    def can(self, playing: Situation, move: Move) -> bool:
        del move
        return not playing.disk_full

    def call(self, playing: Situation, move: Move) -> None:
        del move
        playing.disk_full = True

    def line(self, text: Text) -> str:
        del text
        return "# the disk is full from here on"


class FreeDisk(Operation):
    """The disk is no longer full."""

    name, needs, fault, fills_disk = "free_disk", ("keys",), "full_disk", False

    def can(self, playing: Situation, move: Move) -> bool:
        del move
        return playing.disk_full

    def call(self, playing: Situation, move: Move) -> None:
        del move
        playing.disk_full = False

    def line(self, text: Text) -> str:
        del text
        return "# the disk is no longer full from here on"


class LimitsSpilled(Protocol):
    """A manager whose spilled data can be limited. For the fault `spill_limit`; it then has `disk_accounted`."""

    def limit_spilled(self, most: int | None) -> None:
        """Let no more than so many bytes be on disk; with None, as many as there may be."""
        ...


class LimitSpill(Operation):
    """No more may be on disk than is there now."""

    name, needs, fault = "limit_spill", ("limit_spilled", "disk_accounted", "keys"), "spill_limit"

    def can(self, playing: Situation, move: Move) -> bool:
        del move
        return playing.limit is None

    def call(self, playing: Situation, move: Move) -> None:
        del move
        playing.limit = int(playing.adapter.disk_accounted())
        playing.do("limit_spilled", playing.limit)

    def line(self, text: Text) -> str:
        del text
        return "manager.limit_spilled(limit := manager.disk_accounted())"


class LiftLimit(Operation):
    """As much may be on disk as there is room."""

    name, needs, fault = "lift_limit", LimitSpill.needs, "spill_limit"

    def can(self, playing: Situation, move: Move) -> bool:
        del move
        return playing.limit is not None

    def call(self, playing: Situation, move: Move) -> None:
        del move
        playing.limit = None
        playing.do("limit_spilled", None)

    def line(self, text: Text) -> str:
        del text
        return "manager.limit_spilled(None)"
