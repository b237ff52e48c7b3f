"""fsspec's blockcache cannot remove what is too old once a file was read that is not: TypeError, and the file stays."""

import tempfile
import time
from pathlib import Path


def main() -> int:
    import fsspec

    with tempfile.TemporaryDirectory() as folder:
        cached = fsspec.filesystem("blockcache", target_protocol="file", cache_storage=f"{folder}/blocks")
        for name in ("old", "new"):
            Path(folder, name).write_bytes(b"x" * 1_000)
            cached.open(f"{folder}/{name}").read(1)
            time.sleep(1.1)
        try:
            cached.clear_expired_cache(2)
        except TypeError as error:
            known, there = cached._metadata.cached_files[-1], [*Path(folder, "blocks").glob("[0-9a-f]" * 64)]
            print(f"TypeError: {error}; {len(there)} files are on disk, and {len(known)} is known")
            return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
