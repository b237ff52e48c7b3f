"""fsspec's simplecache gives out the part of a file whose copy failed, as if it were the file, from then on."""

import resource
import tempfile


def main() -> int:
    import fsspec

    with tempfile.TemporaryDirectory() as folder:
        remote = fsspec.filesystem("memory")
        remote.pipe("/a", b"x" * 1_000_000)
        cached = fsspec.filesystem("simplecache", fs=remote, cache_storage=folder)
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))  # as a full disk does: the copy fails half-way
        try:
            cached.cat_file("/a")
        except OSError as error:
            print(error)
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))  # there is room again
        got = len(cached.cat_file("/a"))
        print(f"the file has 1,000,000 B; read, without an error: {got:,} B")
    return 1 if got != 1_000_000 else 0


if __name__ == "__main__":
    raise SystemExit(main())
