"""SpillBuffer raises from a read of one key because another key, which the read pushes out, cannot be pickled."""

import tempfile
import threading


def main() -> int:
    from distributed.spill import SpillBuffer

    with tempfile.TemporaryDirectory() as folder:
        buffer = SpillBuffer(folder, target=3_000)
        buffer["good"] = b"x" * 2_000
        buffer["bad"] = [threading.Lock(), *(bytes(300) for _ in range(8))]  # less than the target, and spills "good"
        print(f"in memory: {list(buffer.fast)}, on disk: {list(buffer.slow)}")
        try:
            buffer["good"]
        except TypeError as error:
            print(f"reading 'good' raises {type(error).__name__}: {error}")
            return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
