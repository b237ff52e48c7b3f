"""A FileSystemCache leaves a temporary file behind with each write that fails, which not even `clear` removes."""

import logging
import resource
import tempfile
from pathlib import Path


def main() -> int:
    from cachelib.file import FileSystemCache

    logging.disable()  # each failure is logged at length
    with tempfile.TemporaryDirectory() as folder:
        cache = FileSystemCache(folder)
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))  # as a full disk does: the write fails half-way
        for _ in range(3):
            print(f"set returns {cache.set('a', b'x' * 1_000_000)}")
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        cache.clear()
        left = [file for file in Path(folder).iterdir() if file.stat().st_size > 1_000]
        print(f"after clear: {len(left)} files of {sum(file.stat().st_size for file in left):,} B")
    return 1 if left else 0


if __name__ == "__main__":
    raise SystemExit(main())
