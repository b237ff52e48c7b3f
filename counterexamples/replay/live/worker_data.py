"""Any container for `Worker(data=…)` of Dask: the documented protocol `ManualEvictProto`, as claims.

A subclass says how the container is made; `test_data = claims_of(MyData)` is then its conformance suite:

- `evict()` returns the size of what it evicted, and that is free (`spill_frees_what_it_claims`, `free_is_unreachable`);
- or -1, and what could not be evicted is where it was (`no_record_lost_or_repeated`); it returns nothing else, and it
  never raises (`no_exception`);
- it is a mapping: what was put is read back, and what was deleted is gone (`empty_means_nothing_left`).
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable
from pathlib import Path
from typing import Any, ClassVar

from spillproof.properties.live.adapter import Adapter
from spillproof.properties.live.measure import Payload
from spillproof.properties.live.surroundings import until_end

FAILED = -1
"""What `evict` returns when it could not."""


class WorkerData(Adapter):
    """What a Dask worker keeps its data in. What is in `fast` counts as in memory, and nothing else."""

    packages: ClassVar[tuple[str, ...]] = ("distributed",)

    @abstractmethod
    def make(self, folder: Path) -> Any:
        """Return a new container. The folder is empty, for what it spills."""

    def begin(self, folder: Path) -> None:
        have_sized()
        self.folder = folder
        self.sizes: dict[str, int] = {}
        self.buffer: Any = self.make(folder)

    def put(self, key: str, value: Any) -> None:
        self.sizes[key] = len(value)
        self.buffer[key] = value

    def get(self, key: str) -> Any:
        return self.buffer[key]

    def delete(self, key: str) -> None:
        del self.buffer[key]
        self.sizes.pop(key, None)

    def keys(self) -> Iterable[str]:
        return list(self.buffer)

    def spill(self) -> int:
        freed = self.buffer.evict() if self.buffer.fast else 0
        if type(freed) is not int or freed < FAILED:
            message = f"evict() returned {freed!r}; it is to return the bytes that it evicted, or {FAILED}"
            raise TypeError(message)
        return max(0, freed)

    def close(self) -> None:
        if hasattr(self.buffer, "close"):
            self.buffer.close()
        self.buffer = None

    def accounted(self) -> int:
        return 0 if self.buffer is None else sum(self.sizes[key] for key in self.buffer.fast)


def have_sized() -> None:
    """Have Dask find the size of a payload, until the run ends."""
    from dask.sizeof import sizeof

    if sizeof.dispatch(Payload) is not len:  # type: ignore[no-untyped-call]
        sizeof.register(Payload, len)  # type: ignore[no-untyped-call]
        until_end().callback(sizeof._lookup.pop, Payload)
