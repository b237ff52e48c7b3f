"""A transaction of diskcache that fails removes the file of what it replaced, and leaves the file of what it put."""

import tempfile
from pathlib import Path


def main() -> int:
    import diskcache

    with tempfile.TemporaryDirectory() as folder, diskcache.Cache(folder, disk_min_file_size=0) as cache:
        cache["a"] = b"old" * 100
        try:
            with cache.transact():
                cache["a"] = b"new" * 100
                raise ValueError  # noqa: TRY301 - the program changes its mind
        except ValueError:
            pass
        found = cache.get("a")
        files = [file.read_bytes()[:3] for file in Path(folder).rglob("*.val")]
    print(f"the value is {found and found[:3]!r}, and the files have {files}; it was b'old'")
    return 1 if found is None or files != [b"old"] else 0


if __name__ == "__main__":
    raise SystemExit(main())
