"""pyarrow beside the model of Arrow: arrays that share buffers of a pool, are converted, and are pickled."""

from __future__ import annotations

import pickle
from typing import Any

from spillproof.model.arrow.memory_pool import DROP_CONVERTED, Sharing
from spillproof.properties.engines.run import Moment, Step
from tests.live.beside.beside import Sight, place

UNIT = 64 * 1024
"""Bytes of pyarrow a byte of the model: what is pickled beside the buffers is less than this."""


def model() -> Sharing:
    """Return the model as pyarrow is: what it is converted to is dropped, and a slice is pickled with its buffer."""
    return Sharing(arrays=4, fixes=frozenset({DROP_CONVERTED.name}))


class ArrowDriver:
    """A pool of its own, and arrays in the order of the model's."""

    def __init__(self) -> None:
        import pyarrow

        self.arrays: list[Any] = []  # go before the pool: a buffer that outlives it crashes (ARROW-4825)
        self.pool: Any = pyarrow.proxy_memory_pool(pyarrow.default_memory_pool())
        self.written = 0

    def takes(self, step: Step, before: Moment) -> bool:
        """Return True: every step can be taken."""
        del step, before
        return True

    def take(self, step: Step, before: Moment) -> None:
        """Take a step."""
        import pyarrow

        if step.action == "make":
            size = step.arguments[0] * UNIT
            buffer = pyarrow.allocate_buffer(size, memory_pool=self.pool)
            self.arrays.append(pyarrow.Array.from_buffers(pyarrow.uint8(), size, [None, buffer]))
            return
        number = place(before, step.arguments[0], before.state.arrays)
        if step.action == "slice":
            self.arrays.append(self.arrays[number].slice(0, step.arguments[1] * UNIT))
        elif step.action == "drop":
            del self.arrays[number]
        elif step.action == "to_pandas":
            parts = [pyarrow.StructArray.from_arrays([self.arrays[number]], ["field"]) for _ in range(2)]
            pyarrow.chunked_array(parts).combine_chunks(memory_pool=self.pool)
        else:
            self.written += len(pickle.dumps(self.arrays[number], protocol=5)) // UNIT

    def follows(self, step: Step, after: Moment) -> Step | None:
        """Return None: nothing happens by itself."""
        del step, after
        return None

    def of_model(self, now: Moment) -> Sight:
        """Return what the pool counts, what the arrays show, and what was pickled."""
        state = now.state
        shown = [each.length for each in state.arrays]
        return {"allocated": state.pool.bytes_allocated, "shown": shown, "written": state.written}

    def of_engine(self) -> Sight:
        """Return the same of pyarrow, in bytes of the model; what is left over would be a fraction."""
        shown = [each.nbytes / UNIT for each in self.arrays]
        return {"allocated": self.pool.bytes_allocated() / UNIT, "shown": shown, "written": self.written}
