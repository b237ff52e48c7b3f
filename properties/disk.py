"""Claims about the disk: a system that accounts for what it wrote there knows of all of it."""

from __future__ import annotations

from typing import Protocol

from spillproof.model.quantity import Bytes
from spillproof.properties.claims import always, sometimes


class OnDisk(Protocol):
    """A system that accounts for its bytes on disk."""

    def disk_accounted(self) -> Bytes:
        """Return the bytes that are held to be on disk."""
        ...

    def disk_used(self) -> Bytes:
        """Return the bytes that are on disk."""
        ...


@always
def disk_is_accounted(now: OnDisk) -> bool:
    """What is accounted on disk is what is on disk: a failed write leaves nothing behind, a delete removes the file."""
    return now.disk_accounted() == now.disk_used()


@sometimes(beside=disk_is_accounted)
def something_is_on_disk(now: OnDisk) -> bool:
    """In some state there are bytes on disk."""
    return now.disk_used() > 0
