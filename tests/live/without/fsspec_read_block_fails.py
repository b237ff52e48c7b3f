"""`read_block` of fsspec's simplecache and filecache raises AttributeError: the copy on disk has no `size`."""

from tempfile import TemporaryDirectory

from fsspec.implementations.cached import SimpleCacheFileSystem, WholeFileCacheFileSystem
from fsspec.implementations.memory import MemoryFileSystem


def read() -> bool:
    remote = MemoryFileSystem()
    remote.pipe_file("/a", b"0123456789")
    told = []
    for kind in (SimpleCacheFileSystem, WholeFileCacheFileSystem):
        with TemporaryDirectory() as folder:
            try:
                told.append(kind(fs=remote, cache_storage=folder).read_block("/a", 2, 3))
            except AttributeError as error:
                told.append(error)
    print(f"without a cache {remote.read_block('/a', 2, 3)!r} is read, with one {told}")
    return told == [b"234"] * 2


if __name__ == "__main__":
    raise SystemExit(0 if read() else 1)
