"""Ray's object store: objects in shared memory, pinned while somebody refers to them, and spilled when it is full."""

from __future__ import annotations

from spillproof.model.library.engine import Engine, Manager
from spillproof.model.ray.local_object_manager import Pinning

ENGINE = Engine(
    "ray",
    "Ray",
    "2.60.0",
    (Manager("ray", "Objects of Ray that are pinned, spilled and freed on a node.", Pinning),),
)
