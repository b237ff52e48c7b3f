"""zict.Cache keeps an entry for each key whose write failed, also when the key is gone; SpillBuffer has one."""

import logging
import tempfile
import threading
from typing import Any


def main() -> int:
    from distributed.spill import SpillBuffer

    logging.disable()  # each failure is logged at length
    with tempfile.TemporaryDirectory() as folder:
        buffer = SpillBuffer(folder, target=1_000_000)
        for number in range(1_000):
            buffer[f"key-{number}"] = threading.Lock()  # cannot be pickled
            buffer.evict()  # returns -1, as documented: the value stays in memory
            del buffer[f"key-{number}"]
        cache: Any = buffer.slow
        left = cache._last_updated
        print(f"{len(buffer)} values in the buffer, {len(left):,} entries in its zict.Cache")
    return 1 if left else 0


if __name__ == "__main__":
    raise SystemExit(main())
