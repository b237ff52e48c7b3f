"""An iterator over a SpooledTemporaryFile keeps the copy in memory after the file has rolled over to the disk."""

import tracemalloc
from tempfile import SpooledTemporaryFile


def main() -> int:
    tracemalloc.start()
    with SpooledTemporaryFile() as file:
        file.write(b"x" * 10_000_000)
        suspended = iter(file)
        file.rollover()
        held = tracemalloc.get_traced_memory()[0]
        del suspended
        print(f"{held:,} B in memory after rollover, {tracemalloc.get_traced_memory()[0]:,} B without the iterator")
    return 1 if held > 10_000_000 else 0


if __name__ == "__main__":
    raise SystemExit(main())
