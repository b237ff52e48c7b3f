"""A write of zict.File that fails leaves a file behind that it neither accounts for nor ever removes."""

import resource
import tempfile
from pathlib import Path


def main() -> int:
    import zict

    with tempfile.TemporaryDirectory() as folder:
        files = zict.File(folder)
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))  # as a full disk does: the write fails half-way
        for _ in range(3):
            try:
                files["a"] = b"x" * 1_000_000
            except OSError as error:
                print(error)
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        left = sum(file.stat().st_size for file in Path(folder).iterdir())
        print(f"{len(files)} values in the mapping, {left:,} B on disk")
    return 1 if left else 0


if __name__ == "__main__":
    raise SystemExit(main())
