"""What is popped from fsspec's filecache has its entry back at once: the table is read before it is written."""

import tempfile


def main() -> int:
    import fsspec

    with tempfile.TemporaryDirectory() as folder:
        remote = fsspec.filesystem("memory")
        cached = fsspec.filesystem("filecache", fs=remote, cache_storage=folder)
        for number in range(3):
            remote.pipe_file(f"/{number}", b"data")
            cached.cat_file(f"/{number}")
            cached.pop_from_cache(f"/{number}")
        left = list(cached._metadata.cached_files[-1])
        print(f"all were popped, and the table has {left}")
    return 1 if left else 0


if __name__ == "__main__":
    raise SystemExit(main())
