"""Ray beside the model of its object manager: objects that are put and let go of, and those that the node spills.

When an object is spilled, the node says: it does so by itself. What it has pinned, which objects it has spilled, and
the files of these can be seen. A byte of the model is a few MiB here.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from spillproof.model.ray.local_object_manager import COUNT_PENDING, SUBTRACT_SPILLED, Pinning, Where
from spillproof.properties.engines.run import Moment, Step
from tests.live.beside.beside import Sight, place

UNIT = 2 * 1024 * 1024
"""Bytes that are a byte of the model."""

ROOM = 48
"""Of the object store, in bytes of the model; Ray has no smaller one than 75 MiB."""

THRESHOLD = 0.25
"""Where such a part of the store is pinned or being spilled, the node begins to spill."""

PATIENCE = 20.0
"""Seconds for which is waited until the node has done what it does."""


def model() -> Pinning:
    """Return the model as Ray 2.60 is."""
    return Pinning(objects=8, fixes=frozenset({SUBTRACT_SPILLED.name, COUNT_PENDING.name}))


def started(folder: Path) -> Any:
    """Start a node that spills into a folder, and return how its statistics are asked for."""
    import ray
    from ray._private import internal_api

    settings = {
        "object_spilling_threshold": THRESHOLD,
        "min_spilling_size": 1,
        "max_fused_object_count": 1,
        "max_io_workers": 1,
        "free_objects_period_milliseconds": 10,
        "free_objects_batch_size": 1,
        "worker_register_timeout_seconds": 600,
    }
    ray.init(
        num_cpus=1,
        object_store_memory=ROOM * UNIT,
        include_dashboard=False,
        logging_level="error",
        log_to_driver=False,
        object_spilling_directory=str(folder),
        _system_config=settings,
    )
    node = ray.nodes()[0]
    return lambda: internal_api.node_stats(node["NodeManagerAddress"], node["NodeManagerPort"], False).store_stats


class RayDriver:
    """The node of this process, with none but the objects of one run."""

    def __init__(self, statistics: Callable[[], Any], folder: Path) -> None:
        self.statistics, self.folder = statistics, folder
        self.objects: list[tuple[Any, int]] = []
        """Each with its size, in bytes of the model, as the model has them."""

    def takes(self, step: Step, before: Moment) -> bool:
        """Return whether it is a client's step. When an object is spilled or restored, the node decides."""
        del before
        return step.action in ("put", "free")

    def take(self, step: Step, before: Moment) -> None:
        """Put an object, or let go of one."""
        import numpy as np
        import ray

        if step.action == "put":
            size = step.arguments[0]
            self.objects.append((ray.put(np.zeros(size * UNIT - 4096, dtype=np.uint8)), size))
        else:
            del self.objects[place(before, step.arguments[0], before.state.objects)]
        self._settle()

    def end(self) -> None:
        """Let go of all objects, and wait until their files are gone."""
        self.objects.clear()
        self._settle()

    def _settle(self) -> None:
        """Wait until everything is either pinned or in a file, and no more is pinned than may be."""
        began = time.monotonic()
        while time.monotonic() - began < PATIENCE:
            spilled = self._spilled()
            pinned, total = self._pinned(), sum(size for _, size in self.objects)
            in_files = sum(size for (_, size), gone in zip(self.objects, spilled, strict=True) if gone)
            if pinned + in_files == total and len(self._files()) == sum(spilled) and pinned <= THRESHOLD * ROOM:
                return
            time.sleep(0.02)

    def _pinned(self) -> int:
        return int(self.statistics().object_store_bytes_primary_copy / UNIT + 0.5)

    def _spilled(self) -> list[bool]:
        import ray

        references = [reference for reference, _ in self.objects]
        found: Any = ray.experimental.get_object_locations(references) if references else {}
        return [bool(found[each]["did_spill"]) for each in references]

    def _files(self) -> list[int]:
        return [round(file.stat().st_size / UNIT) for file in self.folder.rglob("*") if file.is_file()]

    def follows(self, step: Step, after: Moment) -> Step | None:
        """Return what the node has spilled by itself meanwhile, object by object."""
        del step
        for held, gone in zip(after.state.objects, self._spilled(), strict=True):
            if gone and held.where is not Where.SPILLED:
                index = next(number for number, each in enumerate(after.objects) if each is held)
                return Step("spill" if held.where is Where.PINNED else "written", (index,))
        return None

    def of_model(self, now: Moment) -> Sight:
        """Return what is reported as used by primary copies, and the objects that are in files."""
        files = sorted(each.size for each in now.state.objects if each.where is Where.SPILLED)
        return {"pinned": now.state.accounted(), "files": files, "below the threshold": True}

    def of_engine(self) -> Sight:
        """Return the same of Ray, in bytes of the model."""
        pinned = self._pinned()
        return {
            "pinned": pinned,
            "files": sorted(self._files()),
            "below the threshold": pinned <= THRESHOLD * ROOM,
        }
