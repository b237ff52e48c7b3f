"""fsspec's simplecache keeps its copy of a file that was written through it when the file is removed through it."""

import tempfile
from pathlib import Path


def main() -> int:
    import fsspec

    with tempfile.TemporaryDirectory() as folder:
        remote = fsspec.filesystem("memory")
        cached = fsspec.filesystem("simplecache", fs=remote, cache_storage=folder)
        with cached.open("/a", "wb") as file:
            file.write(b"x" * 1_000)
        cached.rm("/a")
        left = [each for each in Path(folder).rglob("*") if each.is_file()]
        print(f"the file is there: {remote.exists('/a')}; copies: {sum(each.stat().st_size for each in left)} B")
    return 1 if left else 0


if __name__ == "__main__":
    raise SystemExit(main())
