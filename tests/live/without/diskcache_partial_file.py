"""diskcache leaves a file behind with each write that fails; it does not count it, and not even `clear` removes it."""

import resource
import tempfile
from pathlib import Path


def main() -> int:
    import diskcache

    with tempfile.TemporaryDirectory() as folder:
        cache = diskcache.Cache(folder)
        before = cache.volume()
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, hard))  # as a full disk does: the write fails half-way
        for _ in range(3):
            try:
                cache["a"] = b"x" * 1_000_000
            except OSError as error:
                print(error)
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        cache.clear()
        left = sum(file.stat().st_size for file in Path(folder).rglob("*.val"))
        print(f"after clear: {len(cache)} values, volume grown by {cache.volume() - before:,} B, {left:,} B in files")
        cache.close()
    return 1 if left else 0


if __name__ == "__main__":
    raise SystemExit(main())
