"""Files of fsspec that are read to the end ask the server for a part without bytes, which HTTP cannot ask for."""

from typing import Any

from fsspec.implementations.memory import MemoryFileSystem
from fsspec.spec import AbstractBufferedFile

CONTENT = b"abcdefgh"


class Remote(AbstractBufferedFile):
    """Over HTTP it would be `Range: bytes=8-7`: a server takes no notice of that, and sends all of the file."""

    def _fetch_range(self, start: int, end: int) -> bytes:
        self.asked = [*getattr(self, "asked", []), (start, end)]
        return CONTENT[start:end]


def parts(cache_type: str) -> list[tuple[int, int]]:
    options: Any = {"block_size": 4, "cache_type": cache_type, "size": len(CONTENT)}
    file = Remote(MemoryFileSystem(), "/a", **options)
    while file.read(7):
        pass
    print(f"{cache_type}: asks for {file.asked}")
    return file.asked


if __name__ == "__main__":
    asked = [*parts("mmap"), *parts("first")]
    raise SystemExit(1 if any(start >= end for start, end in asked) else 0)
