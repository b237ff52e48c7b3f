"""SpillBuffer raises from a read of one key because another key, which the read pushes out, cannot be written."""

import logging
import tempfile
import threading
from typing import Any


def read(folder: str, bad: Any, **options: Any) -> str:
    from distributed.spill import SpillBuffer

    buffer = SpillBuffer(folder, target=3_000, **options)
    buffer["good"] = b"x" * 2_000
    buffer["bad"] = bad  # less than the target, and spills "good"
    try:
        buffer["good"]
    except Exception as error:  # noqa: BLE001 - which one is what is told
        return f"reading 'good' raises {type(error).__name__}: {error}"
    return ""


def main() -> int:
    logging.disable()  # the failure is logged at length, with the value
    with tempfile.TemporaryDirectory() as folder:
        unpicklable = read(folder, [threading.Lock(), *(bytes(300) for _ in range(8))])
    with tempfile.TemporaryDirectory() as folder:
        limited = read(folder, b"y" * 2_900, max_spill=2_500)  # and the source says that it is "never raised"
    print(unpicklable, limited, sep="\n")
    return 1 if unpicklable or limited else 0


if __name__ == "__main__":
    raise SystemExit(main())
